/** The workspace's own words: what was left, what a dry run found, where a problem is, what a check says. */
import type { DryRunRule, Level, RuleProblemRow, RuleRow, RulesDryRun } from "../../ipc/generated";
import { count } from "../../shared/format";
import type { Tab } from "../../state/judging.svelte";

const OF: Record<Tab, string> = { limits: "limits", rules: "rules", calls: "calls" };

const listed = (open: readonly Tab[]): string => (open.length < 2 ? open.map((tab) => OF[tab]).join("") : `${open.slice(0, -1).map((tab) => OF[tab]).join(", ")} and ${OF[open.at(-1) ?? "limits"]}`);

/** Whoever leaves is told what is not in force. */
export const leftSays = (open: readonly Tab[]): string => `Edits of ${listed(open)} are not in force. They wait here.`;

/** Which tabs have something that is not in force: "limits and rules edited". */
export const editedSays = (open: readonly Tab[]): string => `${listed(open)} edited`;

export const SEVERITY: Record<string, { glyph: string; says: string }> = {
  info: { glyph: "info", says: "information" },
  warning: { glyph: "warn", says: "attention" },
  error: { glyph: "bad", says: "fail" },
};
export const GLYPH: Record<Level, string> = { ok: "ok", info: "info", attention: "warn", fail: "bad", unknown: "idle" };

/** Of what a rule is asked. */
export const scopeSays = (rule: Pick<RuleRow, "scope" | "per_feature">): string => `${rule.scope}${rule.per_feature ? ", each headline" : ""}`;

export const ORIGIN: Record<string, string> = { shipped: "shipped", changed: "changed", own: "own" };

/** Where a problem is: "line 12, rule edge, when". */
export function whereSays(problem: RuleProblemRow): string {
  const parts = [problem.line === null ? "" : `line ${problem.line}`, problem.rule === null ? "" : `rule ${problem.rule}`, problem.field];
  return parts.filter(Boolean).join(", ") || "the whole file";
}

/** The answer of a dry run in one sentence. */
export function drySays(run: RulesDryRun): string {
  const took = run.took_ms < 1000 ? `${count(run.took_ms)} ms` : `${(run.took_ms / 1000).toFixed(1)} s`;
  const change = run.gained_count + run.lost_count === 0 ? "The same alerts as recorded." : `${count(run.gained_count)} more and ${count(run.lost_count)} fewer than recorded.`;
  return `${change} ${count(run.records)} records in ${took}; nothing was written.`;
}

/** How many more or fewer a rule raises: "+2", "−3", nothing where it is the same. */
export function difference({ raised, recorded }: Pick<DryRunRule, "raised" | "recorded">): string {
  if (raised === recorded) return "";
  return raised > recorded ? `+${count(raised - recorded)}` : `−${count(recorded - raised)}`;
}

/** What changed stands first. */
export const byChange = (rules: readonly DryRunRule[]): DryRunRule[] => [...rules].sort((a, b) => Math.abs(b.raised - b.recorded) - Math.abs(a.raised - a.recorded) || (a.rule < b.rule ? -1 : 1));

/** Which layouts ask for an assay: "3 plates: BR1, BR2, BR3". */
export function askedBy(barcodes: readonly string[]): string {
  if (barcodes.length === 0) return "asked for by a layout of this session";
  const shown = barcodes.slice(0, 3).join(", ");
  return `asked for by ${count(barcodes.length)} ${barcodes.length === 1 ? "plate" : "plates"}: ${shown}${barcodes.length > 3 ? " …" : ""}`;
}

/** Some things by parts of their names. */
export function found<T>(all: readonly T[], text: string, of: (one: T) => string): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? all : all.filter((one) => words.every((word) => of(one).toLowerCase().includes(word)));
}
