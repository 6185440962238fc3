/** A control chart laid out in a box: one point a plate in the order of arrival, the median and its band. */
import { value } from "../format";
import { along, type Axis, extent, ticks } from "./axis";

export interface Point {
  value: number | null;
  complete: boolean;
}

export interface Chart {
  y: Axis;
  /** By the order of the points; those without a value stand on the axis. */
  points: { x: number; y: number; has: boolean }[];
  centre: number | null;
  /** Three MADs round the median, cut to the box. */
  band: [number, number] | null;
  ys: { at: number; says: string }[];
}

export const ROOM = { left: 40, right: 10, top: 8, bottom: 18 };
export const MADS = 3;

export function control(points: readonly Point[], centre: number | null, scatter: number | null, width: number, height: number): Chart {
  const limits = centre !== null && scatter !== null ? [centre - MADS * scatter, centre + MADS * scatter] : centre === null ? [] : [centre];
  const [low, high] = extent([...points.map((point) => point.value ?? Number.NaN), ...limits], 0.06);
  const y: Axis = { low, high, from: height - ROOM.bottom, to: ROOM.top };
  const step = (width - ROOM.left - ROOM.right) / Math.max(1, points.length);
  return {
    y,
    points: points.map((point, n) => ({ x: ROOM.left + step * (n + 0.5), y: point.value === null ? y.from : along(y, point.value), has: point.value !== null })),
    centre: centre === null ? null : along(y, centre),
    band: limits.length === 2 ? [along(y, limits[1] ?? 0), along(y, limits[0] ?? 0)] : null,
    ys: ticks(low, high, 4).map((at) => ({ at: along(y, at), says: value(at) })),
  };
}

/** The point at a place from the left: each has as much of the width as any other. */
export const pointAt = (x: number, n: number, width: number): number | null =>
  n === 0 ? null : Math.min(n - 1, Math.max(0, Math.floor(((x - ROOM.left) / (width - ROOM.left - ROOM.right)) * n)));
