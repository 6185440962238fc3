/** Colour maps as look-up tables of 256 pixels. */
import { MAPS } from "./tables";

const tables = new Map<string, Uint32Array>();

/** The map by name: 256 pixels as ImageData holds them (ABGR in a little-endian word). `tide` follows the theme. */
export function lut(name: string, theme: string): Uint32Array {
  const full = name === "tide" ? `tide-${theme}` : name in MAPS ? name : "viridis";
  let table = tables.get(full);
  if (!table) {
    const hex = MAPS[full] ?? "";
    table = Uint32Array.from({ length: 256 }, (_, i) => {
      const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(i * 6 + at, i * 6 + at + 2), 16));
      return (0xff000000 | ((b ?? 0) << 16) | ((g ?? 0) << 8) | (r ?? 0)) >>> 0;
    });
    tables.set(full, table);
  }
  return table;
}

/** The place of a value in a range: 0 to 255. */
export function place(value: number, [low, high]: readonly [number, number]): number {
  const at = Math.round(((value - low) / (high - low || 1)) * 255);
  return at < 0 ? 0 : at > 255 ? 255 : at;
}

/** A pixel as CSS. */
export const css = (pixel: number): string =>
  `rgb(${pixel & 255}, ${(pixel >>> 8) & 255}, ${(pixel >>> 16) & 255})`;

/** Whether black ink reads better than white on a pixel. */
export const isLight = (pixel: number): boolean =>
  (0.3 * (pixel & 255) + 0.59 * ((pixel >>> 8) & 255) + 0.11 * ((pixel >>> 16) & 255)) / 255 > 0.6;

/** A range from the 1st to the 98.5th percentile; `[0, 1]` without values. Signed maps are symmetric about 0. */
export function autoRange(values: ArrayLike<number>, signed = false): [number, number] {
  const there = Float64Array.from(values as ArrayLike<number>).filter(Number.isFinite).sort();
  const at = (q: number): number => there[Math.round((there.length - 1) * q)] ?? 0;
  if (there.length === 0) return signed ? [-1, 1] : [0, 1];
  const [low, high] = [at(0.01), at(0.985)];
  if (signed) {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-most, most];
  }
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}
