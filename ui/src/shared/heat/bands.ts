/** How far a sample must lie from the negatives to be a hit, and how strong a hit is. The limits are conventions. */

export const BANDS = ["strong", "medium", "weak"] as const;
export type Band = (typeof BANDS)[number];
/** Robust z from which a hit is strong, medium, weak; the last is the threshold. */
export type Limits = readonly [number, number, number];
export const USUAL: Limits = [5, 4, 3];

/** A robust z in the direction that counts. */
export const far = (z: number, direction: string | null): number => (direction === "up" ? z : direction === "down" ? -z : Math.abs(z));

/** The band of a robust z, or null for none. */
export function bandOf(z: number, direction: string | null, limits: Limits): Band | null {
  const size = far(z, direction);
  return BANDS[limits.findIndex((limit) => size >= limit)] ?? null;
}

/** One limit changed; the others give way so that strong is never below weak. */
export function changed(limits: Limits, which: 0 | 1 | 2, to: number): Limits {
  return [0, 1, 2].map((n) => (n === which ? to : n < which ? Math.max(limits[n as 0] ?? to, to) : Math.min(limits[n as 0] ?? to, to))) as unknown as Limits;
}
