import { expect, it } from "vitest";
import { along, back, decades, extent, nearestPoint, ticks } from "./axis";

it("writes few round numbers", () => {
  expect(ticks(0, 1)).toEqual([0, 0.5, 1]);
  expect(ticks(-0.3, 0.3)).toEqual([-0.2, 0, 0.2]);
  expect(ticks(2.5, 22.3)).toEqual([5, 10, 15, 20]);
  expect(ticks(0.1, 0.34, 3)).toEqual([0.1, 0.2, 0.3]);
  expect(ticks(1e6, 1.00001e6).length).toBeGreaterThan(1);
  expect([ticks(1, 1), ticks(2, 1), ticks(Number.NaN, 1), ticks(0, Infinity)]).toEqual([[], [], [], []]);
  for (const [low, high] of [[0, 7], [-13, 999], [1e-9, 3e-9], [-5e12, 4e12]] as const) expect(ticks(low, high).length).toBeLessThanOrEqual(5);
});

it("writes whole powers of ten, none where there is none", () => {
  expect(decades(-9.2, -4.5)).toEqual([-9, -7, -5]);
  expect(decades(-2, 1)).toEqual([-2, -1, 0, 1]);
  expect(decades(0.2, 0.8)).toEqual([]);
});

it("goes there and back, either way up", () => {
  const axis = { low: 2, high: 12, from: 100, to: 0 };
  expect([along(axis, 2), along(axis, 12), along(axis, 7)]).toEqual([100, 0, 50]);
  expect(back(axis, along(axis, 3.3))).toBeCloseTo(3.3);
  expect(extent([5, Number.NaN, 5])).toEqual([4.5, 5.5]);
  expect([extent([]), extent([0, 0])]).toEqual([[0, 1], [-1, 1]]);
});

it("finds the nearest point that is near enough", () => {
  expect([nearestPoint([0, 10, Number.NaN], [0, 10, 0], 8, 9, 6), nearestPoint([0, 10], [0, 10], 5, 0, 4), nearestPoint([], [], 0, 0, 9)]).toEqual([1, null, null]);
});
