/** What the layout editor says of where a layout comes from, what would come back, and of doses. */
import type { LayoutDetail } from "../../../ipc/generated";
import { dose } from "../../../shared/dose";
import { count, day, time } from "../../../shared/format";
import type { Difference, Entry } from "../../../shared/layout/sheet";

export const ROLE_NAMES: Record<string, string> = { negative: "Negative", positive: "Positive", reference: "Reference", sample: "Sample", empty: "Empty" };
/** Units as they are stored; micro is written with a letter that is typed. */
export const UNITS = ["pM", "nM", "uM", "mM", "M", "ng/mL", "ug/mL", "mg/mL", "%"];
export const shownUnit = (unit: string): string => unit.replace(/^u(?=[MmLlg])/, "µ");

/** A moment of today as a clock, of another day with it. */
export const when = (ms: number, now = Date.now()): string => (day(ms, now) === day(now, now) ? time(ms, false) : `${day(ms, now)}, ${time(ms, false)}`);

export function originOf(detail: LayoutDetail, now = Date.now()): { glyph: "ok" | "info" | "idle"; says: string } {
  const who = [detail.by === null ? "" : ` by ${detail.by}`, detail.at_ms === null ? "" : ` at ${when(detail.at_ms, now)}`, detail.reason ? `: ${detail.reason}` : ""].join("");
  if (detail.origin === "topic") return { glyph: "ok", says: "From the topic" };
  if (detail.origin === "plate") return { glyph: "info", says: `Set here${who}` };
  if (detail.origin === "run") return { glyph: "info", says: `Set here for the whole run${who}` };
  return { glyph: "idle", says: "No layout has come, and none was set" };
}

/** What is in force once the one that was set here is taken back. */
export function comesBack(detail: LayoutDetail, wholeRun: boolean): string {
  if (wholeRun && detail.origin !== "run") return "This plate keeps its own layout; other plates of the run lose the run’s.";
  if (!wholeRun && detail.has_topic) return "The topic’s layout comes back.";
  if (!wholeRun && detail.has_run) return "The run’s layout comes back.";
  return "No layout is left: every well is without a role.";
}

/** What holds of a run's layout on this plate. */
export function holdsHere(detail: LayoutDetail): string {
  if (detail.origin === "plate") return "This plate has one of its own, set here, and keeps it.";
  if (detail.has_topic) return "This plate has one by the topic and keeps it.";
  return "This plate takes it too.";
}

export function differs({ wells, others }: Difference): string {
  const parts = [...(wells.size > 0 ? [`${count(wells.size)} ${wells.size === 1 ? "well" : "wells"}`] : []), ...others];
  const last = parts.pop();
  return parts.length > 0 ? `${parts.join(", ")} and ${last ?? ""}` : (last ?? "nothing");
}

/** A well's entry in a line. */
export function entrySays(entry: Entry | null): string {
  if (!entry) return "empty";
  return [ROLE_NAMES[entry.role]?.toLowerCase() ?? entry.role, entry.compound ?? "", entry.concentration === null ? "" : dose(entry.concentration, entry.unit ?? ""), entry.replicate === null ? "" : `replicate ${entry.replicate}`].filter(Boolean).join(", ");
}
