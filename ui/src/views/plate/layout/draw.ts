/** A layout as a picture: role marks as on the heatmap, doses as colours, a corner where it differs from what is in force. */
import { isLight, lut, place } from "../../../shared/colour/colour";
import { dose } from "../../../shared/dose";
import { drawMarks } from "../../../shared/heat/marks";
import { rectangles } from "../../../shared/heat/listed";
import { paint, pixel } from "../../../shared/heat/paint";
import type { Sheet } from "../../../shared/layout/sheet";

const NUMBERS: Record<string, number> = { negative: 1, positive: 2, reference: 3, sample: 4, empty: 5 };
const [VALUE, EMPTY, NOT_YET] = [1, 0x20, 0];
export type By = "roles" | "doses";

/** The least and the largest dose, as powers of ten; `null` where no well has one. */
export function doseRange(sheet: Sheet): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const entry of sheet.wells) {
    if (!entry || entry.concentration === null || entry.concentration <= 0) continue;
    const at = Math.log10(entry.concentration);
    [low, high] = [Math.min(low, at), Math.max(high, at)];
  }
  return low > high ? null : low === high ? [low - 0.5, high + 0.5] : [low, high];
}

export interface Look {
  sheet: Sheet;
  rows: number;
  columns: number;
  /** Device pixels from well to well. */
  pitch: number;
  /** Device pixels in one of CSS. */
  scale: number;
  by: By;
  map: string;
  theme: string;
  differs: ReadonlySet<number>;
  token: (name: string) => string;
}

/** The plate's wells with their marks on a canvas of its own. */
export function drawSheet(look: Look): HTMLCanvasElement | null {
  const { sheet, rows, columns, pitch, by, token } = look;
  const wells = rows * columns;
  const [values, states, roles] = [new Float64Array(wells).fill(Number.NaN), new Uint8Array(wells), new Uint8Array(wells)];
  const range: [number, number] = by === "doses" ? (doseRange(sheet) ?? [0, 1]) : [0, 1];
  // Roles need two greys: of a sample, and of what is none.
  const flat = new Uint32Array(256).fill(pixel(token("--c-raised")), 0, 128).fill(pixel(token("--c-ink-4")), 128);
  const table = by === "doses" ? lut(look.map, look.theme) : flat;
  for (let well = 0; well < wells; well += 1) {
    const entry = sheet.wells[well];
    roles[well] = NUMBERS[entry?.role ?? "empty"] ?? 5;
    if (!entry || entry.role === "empty") states[well] = EMPTY | NOT_YET;
    else if (by === "roles") [values[well], states[well]] = [entry.role === "sample" ? 1 : 0, VALUE];
    else if (entry.concentration !== null && entry.concentration > 0) [values[well], states[well]] = [Math.log10(entry.concentration), VALUE];
  }
  const image = paint({ rows, columns, pitch, range, lut: table, values, states, ground: pixel(token("--c-void")), empty: pixel(token("--c-empty")), mark: pixel(token("--c-ink-4")) });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.putImageData(image, 0, 0);
  drawMarks(context, { columns, pitch, values, roles, hits: new Set(), range, lut: table, ink: token("--c-ink-2"), font: token("--font-ui") });
  const inkOf = (well: number): string => (Number.isFinite(values[well]) ? (isLight(table[place(values[well] ?? 0, range)] ?? 0) ? "#000" : "#fff") : token("--c-ink-2"));
  drawNames(context, look, inkOf);
  const side = pitch - 1;
  const arm = Math.max(2, Math.round(side * 0.3));
  for (const well of look.differs) {
    const [x, y] = [(well % columns) * pitch + side, Math.floor(well / columns) * pitch + side];
    context.beginPath();
    context.moveTo(x, y - arm);
    context.lineTo(x, y);
    context.lineTo(x - arm, y);
    context.closePath();
    context.fillStyle = token("--c-warn");
    context.fill();
    if (pitch < 12) continue;
    context.lineWidth = Math.max(1, look.scale);
    context.strokeStyle = token("--c-void");
    context.beginPath();
    context.moveTo(x - arm, y);
    context.lineTo(x, y - arm);
    context.stroke();
  }
  return canvas;
}

/** Where wells are large enough, what is in them: the compound, and its dose. */
function drawNames(context: CanvasRenderingContext2D, { sheet, columns, pitch, scale, token }: Look, inkOf: (well: number) => string): void {
  if (pitch / scale < 52) return;
  context.font = `${11 * scale}px ${token("--font-ui")}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const room = pitch - 8 * scale;
  for (const [well, entry] of sheet.wells.entries()) {
    if (!entry) continue;
    const [x, bottom] = [(well % columns) * pitch + (pitch - 1) / 2, (Math.floor(well / columns) + 1) * pitch - 7 * scale];
    context.fillStyle = inkOf(well);
    if (entry.concentration !== null) context.fillText(fits(context, [dose(entry.concentration, entry.unit ?? ""), dose(entry.concentration, "")], room), x, bottom);
    // A sign in the middle has that line to itself.
    const line = entry.concentration === null && entry.role !== "sample" ? bottom : bottom - (entry.role === "sample" ? 15 * scale : pitch - 22 * scale);
    if (entry.compound !== null) context.fillText(tail(context, entry.compound, room), x, line);
  }
}

/** The first that has room; the last where none has. */
const fits = (context: CanvasRenderingContext2D, texts: readonly string[], room: number): string => texts.find((text) => context.measureText(text).width <= room) ?? texts.at(-1) ?? "";

/** The end of a name: compounds of one library begin alike. */
function tail(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let from = 1;
  while (from < text.length - 1 && context.measureText(`…${text.slice(from)}`).width > room) from += 1;
  return `…${text.slice(from)}`;
}

/** One line round each rectangle of what is selected: round each of 3,456 wells they would hide the wells. */
export function drawRectangles(context: CanvasRenderingContext2D, of: { columns: number; pitch: number; wells: ReadonlySet<number>; scale: number; line: string; casing: string }): void {
  for (const [from, to] of rectangles(of.wells, of.columns)) {
    const [x, y] = [(from % of.columns) * of.pitch, Math.floor(from / of.columns) * of.pitch];
    const [wide, high] = [((to % of.columns) - (from % of.columns) + 1) * of.pitch - 1, (Math.floor(to / of.columns) - Math.floor(from / of.columns) + 1) * of.pitch - 1];
    context.lineWidth = of.scale;
    for (const [style, out] of [[of.casing, 1.5], [of.line, 0.5], [of.casing, -0.5]] as const) {
      const by = out * of.scale;
      context.strokeStyle = style;
      context.strokeRect(x - by, y - by, wide + 2 * by, high + 2 * by);
    }
  }
}
