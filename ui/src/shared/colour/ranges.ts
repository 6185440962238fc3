/** Which values get a colour map's two ends: by the values of a plate, of a run, of the controls, or as a person says. */
import { autoRange } from "./colour";

export const MODES = [
  { name: "plate", label: "By plate", says: "1st to 98.5th percentile of this plate" },
  { name: "run", label: "By run", says: "One range over the run’s plates, so that they compare" },
  { name: "controls", label: "By controls", says: "From the negatives’ mean to the positives’" },
  { name: "all", label: "Min to max", says: "From the lowest value to the highest" },
  { name: "percentiles", label: "Percentiles", says: "Between two percentiles of this plate" },
] as const;
export type Mode = (typeof MODES)[number]["name"];

/** A plate's values with the numbers of its wells' roles and states, as `ipc/bytes.ts` has them. */
export interface Shaded {
  values: ArrayLike<number>;
  roles: ArrayLike<number>;
  states: ArrayLike<number>;
}

const [NEGATIVE, POSITIVE, EXCLUDED] = [1, 2, 0x10];

/** Two ends that differ, in order; symmetric about 0 where the scale is signed. */
export function ordered(one: number, other: number, signed: boolean): [number, number] {
  if (signed) {
    const most = Math.max(Math.abs(one), Math.abs(other)) || 1;
    return [-most, most];
  }
  const [low, high] = one <= other ? [one, other] : [other, one];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** Between two percentiles, 0 to 100, of what is there. */
export function between(values: ArrayLike<number>, [from, to]: readonly [number, number], signed: boolean): [number, number] {
  const there = Float64Array.from(values as ArrayLike<number>).filter(Number.isFinite).sort();
  if (there.length === 0) return signed ? [-1, 1] : [0, 1];
  const at = (percent: number): number => there[Math.round((there.length - 1) * Math.min(1, Math.max(0, percent / 100)))] ?? 0;
  return ordered(at(from), at(to), signed);
}

/** The mean of a role's wells that count; NaN for none. */
function mean(of: Shaded, role: number): number {
  let [sum, n] = [0, 0];
  for (let well = 0; well < of.values.length; well += 1) {
    const value = of.values[well] ?? Number.NaN;
    if (of.roles[well] === role && Number.isFinite(value) && ((of.states[well] ?? 0) & EXCLUDED) === 0) [sum, n] = [sum + value, n + 1];
  }
  return n > 0 ? sum / n : Number.NaN;
}

/** The range of a mode, or null where there is none yet: no controls of a kind, no other plate. */
export function rangeBy(mode: Mode, of: Shaded, signed: boolean, percentiles: readonly [number, number], run: readonly [number, number] | null): [number, number] | null {
  if (mode === "run") return run ? [run[0], run[1]] : null;
  if (mode === "all") return between(of.values, [0, 100], signed);
  if (mode === "percentiles") return between(of.values, percentiles, signed);
  if (mode === "plate") return autoRange(of.values, signed);
  const [negative, positive] = [mean(of, NEGATIVE), mean(of, POSITIVE)];
  return Number.isFinite(negative) && Number.isFinite(positive) && negative !== positive ? ordered(negative, positive, signed) : null;
}

/** Widens a range by another where that lies outside by more than a twentieth; the same one where it does not. */
export function widened(range: readonly [number, number] | null, by: readonly [number, number]): [number, number] {
  if (!range) return [by[0], by[1]];
  const slack = (range[1] - range[0]) / 20;
  if (by[0] >= range[0] - slack && by[1] <= range[1] + slack) return range as [number, number];
  return [Math.min(by[0], range[0]), Math.max(by[1], range[1])];
}

/** Wells whose values lie outside a range: they have the colour of its end and may lie anywhere beyond it. */
export function clipped(values: ArrayLike<number>, [low, high]: readonly [number, number]): { below: number[]; above: number[] } {
  const [below, above]: [number[], number[]] = [[], []];
  for (let well = 0; well < values.length; well += 1) {
    const value = values[well] ?? Number.NaN;
    if (value < low) below.push(well);
    else if (value > high) above.push(well);
  }
  return { below, above };
}

/** A plate's values as few as its distribution needs, so that a run's can be held together. */
export function sketch(values: ArrayLike<number>, n = 64): Float64Array {
  const there = Float64Array.from(values as ArrayLike<number>).filter(Number.isFinite).sort();
  return there.length <= n ? there : Float64Array.from({ length: n }, (_, i) => there[Math.round((i * (there.length - 1)) / (n - 1))] ?? 0);
}

/** The range that some plates ask for together; null where none has a value. */
export function pooled(sketches: Iterable<Float64Array>, signed: boolean): [number, number] | null {
  const all: number[] = [];
  for (const one of sketches) all.push(...one);
  return all.length > 0 ? autoRange(all, signed) : null;
}
