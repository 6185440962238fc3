/** The queue's order, tabs and words: what waits, what is next. Nothing here asks anybody. */
import type { FlagItem, FlagStanding } from "../ipc/generated";

export type Tab = "waiting" | "second" | "all";

const OF: Record<Tab, readonly FlagStanding[]> = { waiting: ["waiting"], second: ["second_reader"], all: ["waiting", "second_reader", "decided", "cleared"] };

/** The items of a tab in the desk's order. The one that is looked at stays, whatever became of it. */
export const tabbed = (items: readonly FlagItem[], tab: Tab, current: string | null): FlagItem[] => items.filter((item) => item.flag === current || OF[tab].includes(item.standing));

/** The item so many places on; from one that is no longer there, that which took its place. At the ends it stays. */
export function stepped(items: readonly FlagItem[], current: string | null, by: number, place: number): FlagItem | null {
  const at = items.findIndex((item) => item.flag === current);
  const to = at >= 0 ? at + by : by > 0 ? place + by - 1 : place + by;
  return items[Math.min(items.length - 1, Math.max(0, to))] ?? null;
}

/** The next after one that still waits for somebody, around the end; null where none does. */
export function following(items: readonly FlagItem[], current: string | null): FlagItem | null {
  const at = items.findIndex((item) => item.flag === current);
  const round = [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))];
  return round.find((item) => item.standing === "waiting" && item.flag !== current) ?? round.find((item) => item.standing === "second_reader" && item.flag !== current) ?? null;
}

/** What our own rules say. */
const RULES: Record<string, string> = { z_prime: "Z′ is low", z_prime_fail: "Z′ fails", z_prime_attention: "Z′ is below good", edge_effect: "Edge effect", row_line: "One row stands out", column_line: "One column stands out", row_gradient: "Gradient over the rows", column_gradient: "Gradient over the columns", control_drift: "Controls drift away from the run", ssmd: "SSMD is low", signal_ratio: "Signal ratio is low", cv_negative: "CV of negatives is high", count_differs: "Count differs from the pipeline" };

/** As a maker writes a reason, in words: `out_of_focus` becomes "Out of focus". What a person wrote stays as it is. */
export function inWords(reason: string): string {
  const rule = RULES[reason];
  if (rule) return rule;
  const plain = /\s/.test(reason) ? reason : reason.replaceAll(/[_-]+/g, " ").trim();
  return plain === "" ? "No reason given" : plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Enough of a barcode to tell it from its neighbours. */
export const tail = (barcode: string): string => [...barcode].slice(-5).join("");

/** The glyph and the words of an item's state. */
export function standing(item: Pick<FlagItem, "standing" | "has_draft">): readonly ["info" | "idle" | "warn" | "ok", string] {
  if (item.standing === "decided") return ["ok", "Decided"];
  if (item.standing === "cleared") return ["ok", "Cleared"];
  if (item.has_draft) return ["info", "Draft"];
  return item.standing === "second_reader" ? ["warn", "2nd reader"] : ["idle", "Waiting"];
}

export const VERDICTS = [["pass", "Pass"], ["reject", "Reject"], ["reimage", "Re-image"], ["second_reader", "Second reader"]] as const;
export const verdictOf = (verdict: string | null): string => VERDICTS.find(([name]) => name === verdict)?.[1] ?? inWords(verdict ?? "");
