/** How the Review screen names shapes, and in which of the annotation inks and lines it draws them. */
import type { ReasonCode } from "../../ipc/generated";

const NAMES: Record<string, string> = { point: "Point", line: "Measure", box: "Box", polygon: "Polygon", path: "Brush" };
export const named = (kind: string): string => NAMES[kind] ?? kind;

const LINES = ["2 3", "6 3", "", "9 3 2 3", "12 4"];
const OTHER = 4;

/** The class of a label: its reason's place; the last one for free words. Never the colour alone: each has its own line. */
export function classOf(label: string, codes: readonly ReasonCode[]): number {
  const at = codes.findIndex(({ code, says }) => label === code || label === says || label.startsWith(`${code} `));
  return at < 0 ? OTHER : [1, 2, 3, 0][at % 4] ?? OTHER;
}
export const inkOf = (cls: number): string => `var(--an-${cls + 1})`;
export const dashOf = (cls: number): string => LINES[cls] ?? "";
