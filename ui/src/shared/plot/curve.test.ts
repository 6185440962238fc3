import { expect, it } from "vitest";
import { doseOf, effect, sampled } from "./curve";

const FIT = { bottom: 5, top: 21, log10_ec50: -0.6, hill: 1.3 };

it("is half way at its EC50 and near its ends far from it, rising or falling", () => {
  expect(effect(FIT, -0.6)).toBe(13);
  expect([effect(FIT, -20), effect(FIT, 20)].map((y) => Number(y.toFixed(6)))).toEqual([5, 21]);
  expect(effect({ ...FIT, hill: -1.3 }, 20)).toBeCloseTo(5);
  expect([effect({ ...FIT, hill: 400 }, 300), effect({ ...FIT, hill: 400 }, -300)]).toEqual([21, 5]);
});

it("is sampled from end to end", () => {
  const line = sampled(FIT, -3, 2, 10);
  expect([line.length, line[0]?.[0], line[10]?.[0]]).toEqual([11, -3, 2]);
  expect(line.every(([, y], n) => n === 0 || y > (line[n - 1]?.[1] ?? 0))).toBe(true);
});

it("writes a dose in the step of its unit that reads best", () => {
  expect([doseOf(-0.602, "uM"), doseOf(-3, "uM"), doseOf(0, "µM"), doseOf(-9, "M"), doseOf(1.3, "nM"), doseOf(3, "uM")]).toEqual(["250 nM", "1 nM", "1 µM", "1 nM", "20 nM", "1 mM"]);
  expect([doseOf(0.5, "ug/mL"), doseOf(0, "")]).toEqual(["3.16 µg/mL", "1"]);
});
