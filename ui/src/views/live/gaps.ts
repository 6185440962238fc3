/** The ledger of gaps in words and numbers. */
import type { GapLedger, GapRow } from "../../ipc/generated";
import { count } from "../../shared/format";

export const missing = (row: Pick<GapRow, "expected" | "received">): number => Math.max(0, row.expected - row.received);

const wells = (given: number): string => `${count(given)} well${given === 1 ? "" : "s"}`;

/** Messages that cannot be read and name no well: they are blamed on none. */
export const unreadable = (given: number): string => `${count(given)} unreadable message${given === 1 ? "" : "s"}, well unknown`;

/** Why wells of a plate are missing, the most first. */
export function causes(row: GapRow): string {
  const all: [number, string][] = [
    [row.not_sent, "not sent yet"],
    [row.behind, "behind by lag"],
    [row.undecodable, "undecodable"],
    [row.unknown, "of unknown cause"],
  ];
  const known = all.filter(([given]) => given > 0).sort((a, b) => b[0] - a[0]);
  const said = known.map(([given, what]) => `${count(given)} ${what}`);
  // A well without its image has its result: it stands beside the others and counts to none of them.
  if (row.imaged < row.image_expected) said.push(`images of ${count(row.imaged)} of ${wells(row.image_expected)}`);
  if (row.image_partial > 0) said.push(`${wells(row.image_partial)} without all sites or channels`);
  if (row.unreadable > 0 && missing(row) > 0) said.push(unreadable(row.unreadable));
  return said.join(", ");
}

export interface Totals {
  missing: number;
  plates: number;
  not_sent: number;
  behind: number;
  undecodable: number;
  unknown: number;
  unreadable: number;
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
    unknown: sum((row) => row.unknown),
    unreadable: sum((row) => (missing(row) > 0 ? row.unreadable : 0)),
    image_missing: sum((row) => row.image_missing),
  };
}

/** What is known in one sentence. */
export function summary(ledger: GapLedger): string {
  if (ledger.plates === 0) return "No layout has been received: what is expected is not known";
  const all = totals(ledger);
  if (all.missing === 0 && all.image_missing === 0 && ledger.rows.length === 0) return "Nothing is missing";
  const lack = all.missing === 0 ? `All wells are in, images of ${wells(all.image_missing)} missing` : `${wells(all.missing)} of ${count(ledger.expected)} missing`;
  return `${lack}, on ${count(all.plates)} of ${count(ledger.plates)} plate${ledger.plates === 1 ? "" : "s"}`;
}

/** How far behind the results are; unknown is not zero. */
export const lagSays = (lag: number | null): string => (lag === null ? "unknown" : lag === 0 ? "none" : `${count(lag)} message${lag === 1 ? "" : "s"} behind`);

/** What is missing of one plate, for its line. */
export const short = (row: GapRow): string => (missing(row) > 0 ? `${count(missing(row))} of ${count(row.expected)} missing` : `all ${count(row.expected)} in`);
