/** A channel's contrast as it is drawn and handled: histogram, curve from low over gamma to high, and values of the file. */

export const LEAST_GAMMA = 0.2;
export const MOST_GAMMA = 5;
/** Low and high stay this share of the axis apart. */
const GAP = 1 / 200;

export interface Range {
  lo: number;
  hi: number;
}

/** A range with one end moved; the ends neither meet nor leave the axis, which begins at 0. */
export function moved(range: Range, end: "lo" | "hi", to: number, axis: number): Range {
  const gap = Math.max(1, Math.round(axis * GAP));
  const whole = Math.round(to);
  return end === "lo" ? { ...range, lo: Math.max(0, Math.min(whole, range.hi - gap)) } : { ...range, hi: Math.min(Math.round(axis), Math.max(whole, range.lo + gap)) };
}

/** The range *Auto* gives, of at least one step. */
export const spread = ([lo, hi]: readonly [number, number]): Range => (hi > lo ? { lo, hi } : { lo, hi: lo + 1 });

export const bounded = (gamma: number): number => Math.min(MOST_GAMMA, Math.max(LEAST_GAMMA, Math.round(gamma * 100) / 100));

/** The share of a range that comes out half as bright: shares are bent by 1/gamma. */
export const middle = (gamma: number): number => 0.5 ** gamma;

/** The gamma by which that share of a range comes out half as bright. */
export const gammaOf = (share: number): number => bounded(Math.log(Math.min(0.999, Math.max(0.001, share))) / Math.log(0.5));

/** The histogram's outline by the logarithm, as an SVG path: `counts` are equal stretches of `0..=top`, drawn up to `axis`. */
export function bars(counts: readonly number[], top: number, axis: number, width: number, height: number): string {
  const shown = Math.max(1, Math.min(counts.length, Math.ceil((axis / (top || 1)) * counts.length)));
  const wide = ((top / counts.length) * width) / (axis || 1);
  const most = Math.log1p(Math.max(1, ...counts.slice(0, shown)));
  const steps = Array.from({ length: shown }, (_, n) => {
    const y = (height - (Math.log1p(counts[n] ?? 0) / most) * (height - 4)).toFixed(1);
    return `L${Math.min(width, n * wide).toFixed(1)} ${y}L${Math.min(width, (n + 1) * wide).toFixed(1)} ${y}`;
  });
  return `M0 ${height}${steps.join("")}L${Math.min(width, shown * wide).toFixed(1)} ${height}z`;
}

/** How intensities become brightness, as an SVG path from low to high. */
export function curve({ lo, hi }: Range, gamma: number, axis: number, width: number, height: number): string {
  const x = (share: number): number => ((lo + (hi - lo) * share) / (axis || 1)) * width;
  const points = Array.from({ length: 17 }, (_, n) => `${x(n / 16).toFixed(1)} ${(height - (n / 16) ** (1 / gamma) * (height - 3)).toFixed(1)}`);
  return `M${points.join("L")}`;
}

/** An intensity in the file's own unit. */
export const inUnit = (intensity: number, [from, to]: readonly [number, number]): number => from + (intensity / 65_535) * (to - from);
