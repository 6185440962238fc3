import { expect, it } from "vitest";
import { control, pointAt } from "./control";

const points = [0.5, 0.6, null, 0.2].map((value) => ({ value, complete: true }));

it("lays plates in their order, the band round the median, and no value on the axis", () => {
  const chart = control(points, 0.5, 0.05, 250, 126);
  expect(chart.points.map(({ x }) => x)).toEqual([65, 115, 165, 215]);
  expect([chart.points[2]?.y, chart.points[2]?.has]).toEqual([108, false]);
  const [top, bottom] = chart.band ?? [0, 0];
  expect(top < (chart.centre ?? 0) && (chart.centre ?? 0) < bottom).toBe(true);
  expect(chart.points[3]?.y).toBeGreaterThan(bottom);
  expect(chart.ys.map(({ says }) => says)).toContain("0.400");
});

it("needs neither median nor values", () => {
  const bare = control([{ value: null, complete: false }], null, null, 250, 126);
  expect([bare.centre, bare.band]).toEqual([null, null]);
  expect(control([], null, null, 250, 126).points).toEqual([]);
});

it("finds the plate at a place", () => {
  expect([pointAt(0, 4, 250), pointAt(70, 4, 250), pointAt(116, 4, 250), pointAt(999, 4, 250), pointAt(5, 0, 250)]).toEqual([0, 0, 1, 3, null]);
});
