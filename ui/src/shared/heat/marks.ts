/** What is drawn over the wells' colours: roles, hits, what is selected. All in device pixels. */
import { isLight, place } from "../colour/colour";

export interface Marks {
  columns: number;
  pitch: number;
  values: ArrayLike<number>;
  /** Numbers of `ROLES`: 1 negative, 2 positive, 3 reference. */
  roles: ArrayLike<number>;
  hits: ReadonlySet<number>;
  /** Wells beyond the range: a bar at the lower edge for what is lower, at the upper one for what is higher. Corners are flags'. */
  clipped?: { below: readonly number[]; above: readonly number[] };
  range: readonly [number, number];
  lut: Uint32Array;
  /** The ink of marks on wells without a value. */
  ink: string;
  font: string;
}

/** Outlines with a sign for controls and references, rings for hits: ink by what is below, in a casing of the other. */
export function drawMarks(context: CanvasRenderingContext2D, marks: Marks): void {
  const { columns, pitch, values, roles, hits, range, lut } = marks;
  const side = pitch - 1;
  const corner = (well: number): [number, number] => [(well % columns) * pitch, Math.floor(well / columns) * pitch];
  const below = (well: number): { light: boolean; ink: string } => {
    const value = values[well] ?? Number.NaN;
    if (!Number.isFinite(value)) return { light: false, ink: marks.ink };
    const light = isLight(lut[place(value, range)] ?? 0);
    return { light, ink: light ? "#000" : "#fff" };
  };
  if (marks.clipped && pitch >= 6) {
    const [wide, thick] = [Math.max(3, Math.round(side * 0.46)), Math.max(1, Math.round(side * 0.09))];
    for (const [wells, isAbove] of [[marks.clipped.below, false], [marks.clipped.above, true]] as const) {
      for (const well of wells) {
        const [x, y] = corner(well);
        // Inside the outline of a control.
        const inset = (roles[well] ?? 0) >= 1 && (roles[well] ?? 0) <= 3 ? thick * 2 : thick;
        context.fillStyle = below(well).ink;
        context.fillRect(x + Math.round((side - wide) / 2), isAbove ? y + inset : y + side - inset - thick, wide, thick);
      }
    }
  }
  if (pitch < 7) {
    // No room for rings and signs: a hit is a dot, and the table says the rest.
    if (pitch < 4) return;
    const inset = Math.floor((side - 2) / 2);
    for (const well of hits) {
      const [x, y] = corner(well);
      context.fillStyle = below(well).ink;
      context.fillRect(x + inset, y + inset, 2, 2);
    }
    return;
  }
  const line = Math.max(1, Math.round(pitch / 26));
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 ${Math.round(Math.min(pitch * 0.5, 22))}px ${marks.font}`;
  for (let well = 0; well < roles.length; well += 1) {
    const role = roles[well] ?? 0;
    const isControl = role >= 1 && role <= 3;
    if (!isControl && !hits.has(well)) continue;
    const [x, y] = corner(well);
    const [middle, level] = [x + side / 2, y + side / 2];
    const { light, ink } = below(well);
    const casing = light ? "rgba(255,255,255,.55)" : "rgba(0,0,0,.7)";
    const twice = (wide: number, draw: () => void): void => {
      for (const [width, style] of [[wide * 2.2, casing], [wide, ink]] as const) {
        context.lineWidth = width;
        context.strokeStyle = style;
        context.beginPath();
        draw();
        context.stroke();
      }
    };
    if (isControl) {
      context.lineWidth = line;
      // Without the casing an outline would look like a wider gap where the surround has its colour.
      context.strokeStyle = casing;
      if (pitch >= 12) context.strokeRect(x + line / 2, y + line / 2, side - line, side - line);
      const inset = pitch >= 12 ? line : 0;
      context.strokeStyle = context.fillStyle = ink;
      context.strokeRect(x + inset + line / 2, y + inset + line / 2, side - 2 * inset - line, side - 2 * inset - line);
      if (pitch < 12) continue;
      if (role === 3) {
        context.fillText("r", middle, level + pitch * 0.02);
        continue;
      }
      const arm = side * 0.145;
      twice(line * 1.3, () => {
        context.moveTo(middle - arm, level);
        context.lineTo(middle + arm, level);
        if (role === 2) {
          context.moveTo(middle, level - arm);
          context.lineTo(middle, level + arm);
        }
      });
    } else twice(line * 1.5, () => context.arc(middle, level, Math.min(side * 0.21, 14), 0, 7));
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
