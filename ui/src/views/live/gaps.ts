/** The ledger of gaps in words and numbers. */
import type { GapLedger, GapRow } from "../../ipc/generated";
import { count } from "../../shared/format";

export const missing = (row: Pick<GapRow, "expected" | "received">): number => Math.max(0, row.expected - row.received);

const wells = (given: number): string => `${count(given)} well${given === 1 ? "" : "s"}`;

/** Why wells of a plate are missing, the most first. */
export function causes(row: Pick<GapRow, "not_sent" | "behind" | "undecodable" | "image_missing">): string {
  const all: [number, string][] = [
    [row.not_sent, "not sent yet"],
    [row.behind, "behind by lag"],
    [row.undecodable, "undecodable"],
  ];
  const known = all.filter(([given]) => given > 0).sort((a, b) => b[0] - a[0]);
  // A well without its image has its result: it stands beside the others and counts to none of them.
  if (row.image_missing > 0) known.push([row.image_missing, row.image_missing === 1 ? "image missing" : "images missing"]);
  return known.map(([given, what]) => `${count(given)} ${what}`).join(", ");
}

export interface Totals {
  missing: number;
  plates: number;
  not_sent: number;
  behind: number;
  undecodable: number;
  image_missing: number;
}

/** Of the plates that are listed. */
export function totals(ledger: GapLedger): Totals {
  const sum = (of: (row: GapRow) => number): number => ledger.rows.reduce((all, row) => all + of(row), 0);
  return {
    missing: Math.max(0, ledger.expected - ledger.received),
    plates: ledger.rows.length + ledger.left_out,
    not_sent: sum((row) => row.not_sent),
    behind: sum((row) => row.behind),
    undecodable: sum((row) => row.undecodable),
    image_missing: sum((row) => row.image_missing),
  };
}

/** What is known in one sentence. */
export function summary(ledger: GapLedger): string {
  if (ledger.plates === 0) return "No layout has been received: what is expected is not known";
  const all = totals(ledger);
  if (all.missing === 0 && all.image_missing === 0 && ledger.rows.length === 0) return "Nothing is missing";
  return `${wells(all.missing)} of ${count(ledger.expected)} missing, on ${count(all.plates)} of ${count(ledger.plates)} plate${ledger.plates === 1 ? "" : "s"}`;
}

/** How far behind the results are; unknown is not zero. */
export const lagSays = (lag: number | null): string => (lag === null ? "unknown" : lag === 0 ? "none" : `${count(lag)} message${lag === 1 ? "" : "s"} behind`);

/** What is missing of one plate, for its line. */
export const short = (row: GapRow): string => (missing(row) > 0 ? `${count(missing(row))} of ${count(row.expected)} missing` : `all ${count(row.expected)} in`);
