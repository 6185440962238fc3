/** Shapes on a plane, in its pixels: where they lie, what is hit, how they move and change. Pure arithmetic. */
import type { Size, Spot } from "./frame";

/** `point` (x, y), `line` (x, y, x, y), `box` (left, top, width, height), `polygon` and `path` (x, y, …). */
export interface Shape {
  id: string;
  kind: string;
  numbers: readonly number[];
  label: string;
}

/** Left, top, right, bottom. */
export type Bounds = readonly [number, number, number, number];

/** A tenth of a pixel is as fine as anybody draws. */
const fine = (given: number): number => Math.round(given * 10) / 10;

/** The corners of a shape, in order. */
export function corners({ kind, numbers }: Pick<Shape, "kind" | "numbers">): Spot[] {
  if (kind === "box") {
    const [x = 0, y = 0, wide = 0, high = 0] = numbers;
    return [{ x, y }, { x: x + wide, y }, { x: x + wide, y: y + high }, { x, y: y + high }];
  }
  return Array.from({ length: numbers.length >> 1 }, (_, n) => ({ x: numbers[2 * n] ?? 0, y: numbers[2 * n + 1] ?? 0 }));
}

export const isClosed = (kind: string): boolean => kind === "box" || kind === "polygon";
export const flat = (spots: readonly Spot[]): number[] => spots.flatMap(({ x, y }) => [fine(x), fine(y)]);

export function bounds(shape: Pick<Shape, "kind" | "numbers">): Bounds {
  const all = corners(shape);
  const [x, y] = [all.map((spot) => spot.x), all.map((spot) => spot.y)];
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

/** A box from two of its corners that lie across, cut to the plane. */
export function boxOf(a: Spot, b: Spot, plane: Size): number[] {
  const held = (at: number, end: number): number => Math.min(end, Math.max(0, at));
  const [left, right] = [held(Math.min(a.x, b.x), plane.width), held(Math.max(a.x, b.x), plane.width)];
  const [top, bottom] = [held(Math.min(a.y, b.y), plane.height), held(Math.max(a.y, b.y), plane.height)];
  return [left, top, right - left, bottom - top].map(fine);
}

/** Moved as far as the plane goes. */
export function moved<S extends Shape>(shape: S, by: Spot, plane: Size): S {
  const [left, top, right, bottom] = bounds(shape);
  const x = Math.min(Math.max(by.x, -left), Math.max(0, plane.width - right));
  const y = Math.min(Math.max(by.y, -top), Math.max(0, plane.height - bottom));
  if (shape.kind === "box") return { ...shape, numbers: shape.numbers.map((n, at) => (at === 0 ? fine(n + x) : at === 1 ? fine(n + y) : n)) };
  return { ...shape, numbers: shape.numbers.map((n, at) => fine(n + (at % 2 === 0 ? x : y))) };
}

/** Where a shape can be taken to change its form: a box at its corners and sides, in turn from the top left; others at their corners. */
export function handles(shape: Pick<Shape, "kind" | "numbers">): Spot[] {
  if (shape.kind !== "box") return shape.kind === "point" ? [] : corners(shape);
  const [left, top, right, bottom] = bounds(shape);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [{ x: left, y: top }, { x, y: top }, { x: right, y: top }, { x: right, y }, { x: right, y: bottom }, { x, y: bottom }, { x: left, y: bottom }, { x: left, y }];
}

/** With one handle elsewhere. A box that is pulled through itself is turned, never negative. */
export function pulled<S extends Shape>(shape: S, handle: number, to: Spot, plane: Size): S {
  const at = { x: Math.min(plane.width, Math.max(0, to.x)), y: Math.min(plane.height, Math.max(0, to.y)) };
  if (shape.kind !== "box") return { ...shape, numbers: shape.numbers.map((n, k) => (k >> 1 !== handle ? n : fine(k % 2 === 0 ? at.x : at.y))) };
  const [left, top, right, bottom] = bounds(shape);
  const [isLeft, isRight] = [[0, 6, 7].includes(handle), [2, 3, 4].includes(handle)];
  const [isTop, isBottom] = [handle <= 2, handle >= 4 && handle <= 6];
  return { ...shape, numbers: boxOf({ x: isLeft ? at.x : left, y: isTop ? at.y : top }, { x: isRight ? at.x : right, y: isBottom ? at.y : bottom }, plane) };
}

const between = (p: Spot, a: Spot, b: Spot): number => {
  const [x, y] = [b.x - a.x, b.y - a.y];
  const long = x * x + y * y;
  const share = long === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * x + (p.y - a.y) * y) / long));
  return Math.hypot(p.x - a.x - share * x, p.y - a.y - share * y);
};

/** How far a spot is from a shape's line, 0 inside a closed one. */
export function away(shape: Pick<Shape, "kind" | "numbers">, spot: Spot): number {
  const all = corners(shape);
  const [first] = all;
  if (!first) return Infinity;
  if (isClosed(shape.kind) && inside(all, spot)) return 0;
  const line = isClosed(shape.kind) ? [...all, first] : all;
  return line.length === 1 ? Math.hypot(spot.x - first.x, spot.y - first.y) : Math.min(...line.slice(1).map((end, n) => between(spot, line[n] ?? end, end)));
}

function inside(all: readonly Spot[], { x, y }: Spot): boolean {
  let is = false;
  for (const [n, a] of all.entries()) {
    const b = all[(n + 1) % all.length] ?? a;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) is = !is;
  }
  return is;
}

/** What a spot hits, within so many pixels: the smallest that it lies in, else the nearest; of equals the last that was drawn. */
export function hit<S extends Shape>(shapes: readonly S[], spot: Spot, near: number): S | null {
  const size = (shape: S): number => { const [left, top, right, bottom] = bounds(shape); return (right - left) * (bottom - top); };
  const found = shapes.map((shape) => ({ shape, far: away(shape, spot) })).filter(({ far }) => far <= near);
  return found.reduce<{ shape: S; far: number } | null>((best, one) => (best === null || one.far < best.far || (one.far === best.far && size(one.shape) <= size(best.shape)) ? one : best), null)?.shape ?? null;
}

/** Square pixels that a closed shape covers. */
export function area(shape: Pick<Shape, "kind" | "numbers">): number {
  const all = corners(shape);
  return Math.abs(all.reduce((sum, a, n) => { const b = all[(n + 1) % all.length] ?? a; return sum + a.x * b.y - b.x * a.y; }, 0)) / 2;
}

/** How long a line or a path is, in pixels. */
export const long = (shape: Pick<Shape, "kind" | "numbers">): number => corners(shape).reduce((sum, b, n, all) => { const a = all[n - 1] ?? b; return sum + Math.hypot(b.x - a.x, b.y - a.y); }, 0);

/** How much of it there is, in words: a share of the plane, an area, a length; nothing for a point. */
export function extent(shape: Pick<Shape, "kind" | "numbers">, plane: Size | null, pixelUm: number | null): string {
  const written = (given: number): string => given.toLocaleString("en-US", { maximumFractionDigits: given < 100 ? 1 : 0 });
  if (shape.kind === "point") return "";
  if (!isClosed(shape.kind)) return pixelUm ? `${written(long(shape) * pixelUm)} µm` : `${written(long(shape))} px`;
  const share = plane ? (area(shape) / (plane.width * plane.height)) * 100 : 0;
  if (share >= 1) return `${Math.round(share)}%`;
  return pixelUm ? `${written(area(shape) * pixelUm ** 2)} µm²` : `${written(area(shape))} px²`;
}
