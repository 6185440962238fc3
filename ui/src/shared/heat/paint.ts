/**
 * Paints a plate's wells into one ImageData: a colour for a value, a dot for not yet, hatching for an empty well,
 * hatching both ways for one that was read and has no value; a cross over whatever is excluded.
 */
import { isLight, place } from "../colour/colour";

export interface Heat {
  rows: number;
  columns: number;
  /** Device pixels from well to well, 1 px of it gap. */
  pitch: number;
  values: ArrayLike<number>;
  /** State and flags, as `ipc/bytes.ts` names them. */
  states: Uint8Array;
  range: readonly [number, number];
  lut: Uint32Array;
  /** Pixels (as in the LUT) of the surround, of a well without a value, and of marks on it. */
  ground: number;
  empty: number;
  mark: number;
  /** Device pixels of the dot of a well that was not read yet; by the pitch where left out. */
  dot?: number;
}

const STATE = 15;
const EMPTY = 0x20;
const EXCLUDED = 0x10;
const BLACK = 0xff000000;
const WHITE = 0xffffffff;

/** The pixels of a plate, `columns * pitch` by `rows * pitch`; of `only` these wells, where `into` has the others as they are. */
export function paint(heat: Heat, into?: ImageData, only?: readonly number[]): ImageData {
  const { rows, columns, pitch, ground, empty, mark } = heat;
  const [width, height] = [columns * pitch, rows * pitch];
  const image = into?.width === width && into.height === height ? into : new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const wells = only && image === into ? only : null;
  if (!wells) pixels.fill(ground);
  const side = Math.max(1, pitch > 2 ? pitch - 1 : pitch);
  /** From line to line of the hatching. */
  const apart = Math.max(4, Math.round(side / 4));
  const many = wells ? wells.length : rows * columns;
  for (let n = 0; n < many; n += 1) {
    const well = wells ? (wells[n] ?? 0) : n;
    const left = (well % columns) * pitch;
    const top = Math.floor(well / columns) * pitch;
    const state = heat.states[well] ?? 0;
    const value = heat.values[well] ?? Number.NaN;
    if (wells) {
      for (let y = 0; y < side; y += 1) pixels.fill(ground, (top + y) * width + left, (top + y) * width + left + side);
    }
    const known = (state & STATE) === 1 && Number.isFinite(value);
    let cross = mark;
    if (known) {
      const pixel = heat.lut[place(value, heat.range)] ?? empty;
      for (let y = 0; y < side; y += 1) {
        const row = (top + y) * width + left;
        pixels.fill(pixel, row, row + side);
      }
      cross = isLight(pixel) ? BLACK : WHITE;
    } else if ((state & EMPTY) !== 0 || (state & STATE) === 2) {
      const both = (state & EMPTY) === 0;
      for (let y = 0; y < side; y += 1) {
        const row = (top + y) * width + left;
        for (let x = 0; x < side; x += 1) pixels[row + x] = (x + y) % apart === 0 || (both && (x - y + side * apart) % apart === 0) ? mark : empty;
      }
    } else {
      const dot = heat.dot ?? (pitch >= 16 ? 2 : 1);
      const middle = Math.floor((side - dot) / 2);
      for (let y = 0; y < dot; y += 1) {
        const row = (top + middle + y) * width + left + middle;
        pixels.fill(mark, row, row + dot);
      }
    }
    if ((state & EXCLUDED) !== 0) {
      const thick = pitch >= 20 ? 2 : 1;
      for (let y = 0; y < side; y += 1) {
        const row = (top + y) * width + left;
        for (let t = 0; t < thick; t += 1) for (const x of [y + t, side - 1 - y - t]) if (x >= 0 && x < side) pixels[row + x] = cross;
      }
    }
  }
  return image;
}

/** A CSS colour `#rrggbb` or `#rgb` (as minifiers write it) as a pixel. */
export function pixel(hex: string): number {
  const digits = hex.trim().slice(1);
  const value = parseInt(digits.length === 3 ? digits.replace(/./g, "$&$&") : digits.slice(0, 6), 16) || 0;
  return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
}
