/** Pictures of sites as bytes, little-endian: how they are asked for, and what crates/engine/src/desk/composite.rs and outlines.rs write. */
import type { CompositeAsk } from "./host";

/** The part of a site that was asked for, cut to what there is. */
export interface Composite {
  width: number;
  height: number;
  /** The whole plane, unshrunk. */
  full: { width: number; height: number };
  level: number;
  /** Asked channels that are not in the picture, by their place in the question: missing, unreadable or of another size. */
  absent: number[];
  /** Those of which only a preview is there: the level may be coarser than the asked one. */
  previews: number[];
  /** Asked channels for which there was no room: a picture holds eight. */
  beyond: number[];
  /** Red, green, blue, opacity. Lies in the answer's bytes. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

const HEAD = 32;
const hex = (part: number): string => Math.max(0, Math.min(255, Math.round(part))).toString(16).padStart(2, "0");

/** The question of `/composite`. A channel's name stands last in its `c`, since commas may be in it. */
export function compositeQuery(ask: CompositeAsk): URLSearchParams {
  const query = new URLSearchParams({
    plate: ask.plate, well: String(ask.well), site: String(ask.site), z: ask.z === null ? "max" : String(ask.z), t: String(ask.t),
    level: String(ask.level), x: String(ask.x), y: String(ask.y), w: String(ask.width), h: String(ask.height), view: ask.view,
  });
  for (const { name, rgb, lo, hi, gamma } of ask.channels) query.append("c", `${rgb.map(hex).join("")},${Math.round(lo)},${Math.round(hi)},${Number(gamma.toFixed(3))},${name}`);
  return query;
}

/**
 * Reads a picture: u32 width, height, full width, full height, level, a bit for each asked channel that is not in it, one for
 * each that is a preview, one for each for which there was no room; then four bytes a pixel, row by row.
 */
export function parseComposite(bytes: ArrayBuffer): Composite {
  if (bytes.byteLength < HEAD) throw new RangeError("the picture has no head");
  const [width = 0, height = 0, fullWidth = 0, fullHeight = 0, level = 0, absent = 0, previews = 0, beyond = 0] = new Uint32Array(bytes, 0, 8);
  const length = width * height * 4;
  if (bytes.byteLength < HEAD + length) throw new RangeError("the picture is cut short");
  const inMask = (bits: number): number[] => Array.from({ length: 32 }, (_, n) => n).filter((n) => ((bits >>> n) & 1) === 1);
  return { width, height, full: { width: fullWidth, height: fullHeight }, level, absent: inMask(absent), previews: inMask(previews), beyond: inMask(beyond), pixels: new Uint8ClampedArray(bytes, HEAD, length) };
}

/** Reads outlines: u32 objects; for each u32 points and as many pairs of f32 x, y in pixels of the whole plane. Each is closed. */
export function parseOutlines(bytes: ArrayBuffer): Float32Array[] {
  const view = new DataView(bytes);
  const objects: Float32Array[] = [];
  let at = 4;
  for (let n = view.getUint32(0, true); n > 0; n -= 1) {
    if (at + 4 > bytes.byteLength) throw new RangeError("the outlines are cut short");
    const points = view.getUint32(at, true);
    if (at + 4 + points * 8 > bytes.byteLength) throw new RangeError("the outlines are cut short");
    objects.push(new Float32Array(bytes, at + 4, points * 2));
    at += 4 + points * 8;
  }
  return objects;
}
