/** Axes of small plots: from values to pixels and back, and few round numbers to write at them. */

export interface Axis {
  low: number;
  high: number;
  from: number;
  to: number;
}

/** The ends of what is there, a little wider so that no point lies on the edge; some room where all is one value. */
export function extent(values: Iterable<number>, margin = 0.04): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return [0, 1];
  const room = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * margin;
  return [low - room, high + room];
}

/** Where a value lies. */
export const along = ({ low, high, from, to }: Axis, value: number): number => from + ((value - low) / (high - low || 1)) * (to - from);
/** The value at a place. */
export const back = ({ low, high, from, to }: Axis, at: number): number => low + ((at - from) / (to - from || 1)) * (high - low);

/** Round numbers within, about so many: 1, 2 or 5 times a power of ten apart. */
export function ticks(low: number, high: number, most = 4): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) return [];
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Multiples of a step, not sums: 0.1 + 0.2 is no 0.3.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

/** Whole powers of ten between two logarithms, every so many of them so that at most so many are written. */
export function decades(low: number, high: number, most = 4): number[] {
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, n) => first + n * step);
}

/** The nearest of some points to a place, within so many pixels; null for none. */
export function nearestPoint(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number, y: number, within: number): number | null {
  let [best, least] = [null as number | null, within * within];
  for (let n = 0; n < xs.length; n += 1) {
    const far = ((xs[n] ?? Number.NaN) - x) ** 2 + ((ys[n] ?? Number.NaN) - y) ** 2;
    if (far <= least) [best, least] = [n, far];
  }
  return best;
}
