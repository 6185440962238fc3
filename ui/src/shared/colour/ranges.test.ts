import { expect, it } from "vitest";
import { between, clipped, ordered, pooled, rangeBy, type Shaded, sketch, widened } from "./ranges";

const of = (values: number[], roles: number[] = values.map(() => 4), states: number[] = values.map(() => 1)): Shaded => ({ values, roles, states });

it("takes percentiles of what is there, whatever is missing", () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i);
  expect(between([Number.NaN, ...hundred, Infinity], [10, 90], false)).toEqual([10, 90]);
  expect(between(hundred, [90, 10], false)).toEqual([10, 90]);
  expect(between(hundred, [-5, 400], false)).toEqual([0, 100]);
  expect(between([-3, 1, 2], [0, 100], true)).toEqual([-3, 3]);
  expect([between([], [0, 100], false), between([], [0, 100], true), between([7], [0, 100], false)]).toEqual([[0, 1], [-1, 1], [6.5, 7.5]]);
});

it("goes from the negatives' mean to the positives', without excluded wells, whichever is higher", () => {
  const plate = of([10, 12, 2, 4, 99, 7], [1, 1, 2, 2, 2, 4], [1, 1, 1, 1, 0x11, 1]);
  expect(rangeBy("controls", plate, false, [1, 99], null)).toEqual([3, 11]);
  expect(rangeBy("controls", plate, true, [1, 99], null)).toEqual([-11, 11]);
  expect(rangeBy("controls", of([1, 2], [1, 4]), false, [1, 99], null)).toBeNull();
  expect(rangeBy("controls", of([2, 2], [1, 2]), false, [1, 99], null)).toBeNull();
});

it("knows each mode, and says where a range is not there yet", () => {
  const plate = of([0, 5, 10]);
  expect(rangeBy("all", plate, false, [1, 99], null)).toEqual([0, 10]);
  expect(rangeBy("percentiles", plate, false, [0, 50], null)).toEqual([0, 5]);
  expect(rangeBy("plate", plate, false, [1, 99], null)).toEqual([0, 10]);
  expect([rangeBy("run", plate, false, [1, 99], null), rangeBy("run", plate, false, [1, 99], [-4, 40])]).toEqual([null, [-4, 40]]);
});

it("widens by more than a twentieth alone, so that colours do not dance", () => {
  expect(widened(null, [1, 2])).toEqual([1, 2]);
  const range: [number, number] = [0, 100];
  expect(widened(range, [-4, 104])).toBe(range);
  expect(widened(range, [3, 110])).toEqual([0, 110]);
  expect(ordered(4, 4, false)).toEqual([3.5, 4.5]);
});

it("finds what lies outside, and no well without a value", () => {
  expect(clipped([0, 1, 2, 3, Number.NaN], [1, 2])).toEqual({ below: [0], above: [3] });
});

it("holds a run's plates together by little of each", () => {
  const one = Float64Array.from({ length: 1536 }, (_, i) => i);
  expect(sketch(one).length).toBe(64);
  expect([sketch(one)[0], sketch(one)[63], sketch([3, Number.NaN, 1]).join()]).toEqual([0, 1535, "1,3"]);
  const range = pooled([sketch(one), sketch(one.map((v) => v + 1536))], false);
  expect(range?.[0]).toBeLessThan(80);
  expect(range?.[1]).toBeGreaterThan(2950);
  expect([pooled([], false), pooled([new Float64Array()], true), pooled([Float64Array.of(-1, 2)], true)]).toEqual([null, null, [-2, 2]]);
});
