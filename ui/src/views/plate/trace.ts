/** How a number came, in words: what each message gave, which counts, and why the others do not. */
import type { TraceStep } from "../../ipc/generated";
import { value } from "../../shared/format";

const MISSING: Record<string, string> = { cleared: "the value was cleared", "not a number": "not a number", infinite: "infinite" };

/** What the message gave. */
export const gave = (step: TraceStep): string => (step.value !== null ? value(step.value) : (MISSING[step.missing ?? ""] ?? step.missing ?? "no value"));

/** Whether it counts: a word and a shape, never the shape alone. */
export function standing(step: TraceStep, isOfSites: boolean): { glyph: "ok" | "idle"; says: string } {
  if (!step.message.wins) return { glyph: "idle", says: "replaced" };
  return { glyph: "ok", says: isOfSites ? "counts for its site" : "counts" };
}

/** The verb with which a step is told. */
export const verb = (step: TraceStep): string => (step.corrects ? "corrected" : "received");

/** All of it in one line. */
export function storyOf(steps: readonly TraceStep[]): string {
  const sites = new Set(steps.map((step) => step.site));
  const corrections = steps.filter((step) => step.corrects).length;
  const said = corrections === 0 ? "never corrected" : corrections === 1 ? "corrected once" : `corrected ${corrections} times`;
  return `${steps.length} ${steps.length === 1 ? "message" : "messages"}${sites.size > 1 ? `, ${[...sites].filter((site) => site !== null).length} sites` : ""}, ${said}`;
}
