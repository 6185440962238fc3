/** What would change: the lines of two judgements beside each other, and which way each went. */
import type { Qc, QcLine, WhatIf } from "../../ipc/generated";
import { count, number } from "../../shared/format";
import { nameOf, valueOf } from "./qc";

export interface Change {
  key: string;
  name: string;
  before: string;
  after: string;
  /** Whether it is better, worse, only different, or the same. */
  went: "better" | "worse" | "other" | "same";
  was: QcLine["level"] | null;
  is: QcLine["level"] | null;
}

const RANK: Record<QcLine["level"], number> = { ok: 3, info: 2, unknown: 2, attention: 1, fail: 0 };

/** By its level; within one, by how far it is on the good side of its limit. */
function wentOf(before: QcLine | undefined, after: QcLine | undefined): Change["went"] {
  if (!before || !after || before.value === after.value) return "same";
  // What cannot be told any more is neither better nor worse.
  if (after.value === null) return "other";
  if (RANK[before.level] !== RANK[after.level]) return RANK[after.level] > RANK[before.level] ? "better" : "worse";
  if (before.limit === null || before.value === null || after.value === null || before.level === "info") return "other";
  const [was, is] = [Math.abs(before.value), Math.abs(after.value)];
  // Z' may be below 0; of what is judged by size alone a sign says nothing.
  const grew = before.name.includes("z_prime") ? after.value > before.value : is > was;
  if (!before.name.includes("z_prime") && is === was) return "other";
  return grew === before.at_least ? "better" : "worse";
}

/** The judgement of a feature's pair of roles on one side. */
const pairOf = (side: Qc[], feature: string): Qc | undefined => side.find((known) => known.feature === feature) ?? side[0];

export function changes(of: WhatIf, feature: string, direction: string | null): Change[] {
  const [was, is] = [pairOf(of.before.qc, feature), pairOf(of.after.qc, feature)];
  const names = [...new Set([...(was?.lines ?? []), ...(is?.lines ?? [])].map((line) => line.name))];
  const lines = names.map((key): Change => {
    const [before, after] = [was, is].map((side) => side?.lines.find((line) => line.name === key)) as [QcLine | undefined, QcLine | undefined];
    const known = before ?? after;
    return { key, name: known ? nameOf(known, direction) : key, before: before ? valueOf(before) : "–", after: after ? valueOf(after) : "–", went: wentOf(before, after), was: before?.level ?? null, is: after?.level ?? null };
  });
  const hits = (side: WhatIf["before"]): string => `${count(side.hits)}, ${side.samples > 0 ? `${number((100 * side.hits) / side.samples, 1)}%` : "–"}`;
  const plain = (key: string, name: string, before: string, after: string): Change => ({ key, name, before, after, went: before === after ? "same" : "other", was: null, is: null });
  return [
    ...lines,
    plain("hits", "Hits, of samples", hits(of.before), hits(of.after)),
    plain("samples", "Samples", count(of.before.samples), count(of.after.samples)),
    plain("excluded", "Wells excluded", count(of.before.excluded), count(of.after.excluded)),
  ];
}
