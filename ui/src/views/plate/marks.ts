/** What is drawn over the wells' colours: roles, hits, what is selected. All in device pixels. */
import { isLight, place } from "../../shared/colour/colour";

export interface Marks {
  columns: number;
  pitch: number;
  values: ArrayLike<number>;
  /** Numbers of `ROLES`: 1 negative, 2 positive, 3 reference. */
  roles: ArrayLike<number>;
  hits: ReadonlySet<number>;
  range: readonly [number, number];
  lut: Uint32Array;
  /** The ink of marks on wells without a value. */
  ink: string;
  font: string;
}

const SIGNS: readonly string[] = ["", "−", "+", "r"];

/** Outlines with a sign for controls and references, rings for hits; black or white by what is below them. */
export function drawMarks(context: CanvasRenderingContext2D, marks: Marks): void {
  const { columns, pitch, values, roles, hits, range, lut } = marks;
  if (pitch < 7) return;
  const side = pitch - 1;
  const line = Math.max(1, Math.round(pitch / 20));
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 ${Math.round(Math.min(pitch * 0.5, 22))}px ${marks.font}`;
  for (let well = 0; well < roles.length; well += 1) {
    const role = roles[well] ?? 0;
    const isControl = role >= 1 && role <= 3;
    if (!isControl && !hits.has(well)) continue;
    const value = values[well] ?? Number.NaN;
    const [x, y] = [(well % columns) * pitch, Math.floor(well / columns) * pitch];
    const ink = Number.isFinite(value) ? (isLight(lut[place(value, range)] ?? 0) ? "#000" : "#fff") : marks.ink;
    context.strokeStyle = context.fillStyle = ink;
    context.lineWidth = line;
    if (isControl) {
      context.strokeRect(x + line / 2, y + line / 2, side - line, side - line);
      if (pitch >= 12) context.fillText(SIGNS[role] ?? "", x + side / 2, y + side / 2 + pitch * 0.02);
    } else {
      context.beginPath();
      context.arc(x + side / 2, y + side / 2, Math.min(side * 0.23, 14), 0, 7);
      context.stroke();
    }
  }
}

/** A line in a casing round every selected well; the well of the keyboard has a thicker one. */
export function drawSelection(context: CanvasRenderingContext2D, of: {
  columns: number;
  pitch: number;
  wells: ReadonlySet<number>;
  cursor: number | null;
  scale: number;
  line: string;
  casing: string;
}): void {
  const side = of.pitch - 1;
  for (const well of of.wells) {
    const [x, y] = [(well % of.columns) * of.pitch, Math.floor(well / of.columns) * of.pitch];
    const wide = Math.min(well === of.cursor ? 2 : 1, Math.max(1, of.pitch / 6)) * of.scale;
    context.lineWidth = of.scale;
    context.strokeStyle = of.casing;
    context.strokeRect(x - of.scale / 2, y - of.scale / 2, side + of.scale, side + of.scale);
    context.lineWidth = wide;
    context.strokeStyle = of.line;
    context.strokeRect(x + wide / 2, y + wide / 2, side - wide, side - wide);
  }
}
