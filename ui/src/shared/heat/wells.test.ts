import { expect, it } from "vitest";
import { ahead, beside, fit, means, median, nearest, rectangle, ring, wellName } from "./wells";

it("names the corners of every format", () => {
  expect([wellName(0, 3), wellName(5, 3), wellName(95, 12), wellName(383, 24), wellName(1535, 48), wellName(3455, 72)]).toEqual(
    ["A01", "B03", "H12", "P24", "AF48", "AV72"]);
});

it("takes rectangles from any corner and stays on the plate", () => {
  expect(rectangle(25, 2, 24)).toEqual([1, 2, 25, 26]);
  expect(rectangle(7, 7, 24)).toEqual([7]);
  expect([beside(0, [-1, -1], 16, 24), beside(383, [1, 1], 16, 24), beside(0, [1, 1], 16, 24)]).toEqual([0, 383, 25]);
});

it("means what counts alone", () => {
  const found = means([1, 3, Number.NaN, 100, 5, 7], (well) => well !== 3, 2, 3);
  expect(found).toEqual({ all: 4, rows: [2, 6], columns: [1, 4, 7] });
  expect(means([Number.NaN], () => true, 1, 1)).toEqual({ all: Number.NaN, rows: [Number.NaN], columns: [Number.NaN] });
  expect([median([3, 1, Number.NaN, 2]), median([1, 2]), median([])]).toEqual([2, 1.5, Number.NaN]);
});

it("fits the mock's pitches, every format, and whole device pixels", () => {
  expect(fit({ width: 600, height: 444 }, 16, 24, 1)).toBe(25);
  expect(fit({ width: 1020, height: 624 }, 16, 24, 1)).toBe(39);
  expect(fit({ width: 600, height: 444 }, 2, 3, 1)).toBe(100);
  expect(fit({ width: 600, height: 444 }, 48, 72, 1)).toBe(8);
  expect(fit({ width: 600, height: 444 }, 48, 72, 2)).toBe(8);
  expect(fit({ width: 610, height: 444 }, 16, 24, 1.5) * 1.5).toBe(38);
  expect([fit({ width: 0, height: 0 }, 16, 24, 1), fit({ width: 9, height: 9 }, 0, 0, 1)]).toEqual([3, 0]);
});

it("finds the nearest control and the next well ahead", () => {
  // D09 of 384 wells, controls in columns 1, 2 and 23.
  const controls = [0, 1, 22, 72, 73, 94, 96];
  expect(nearest(3 * 24 + 8, controls, 24)).toBe(73);
  expect(nearest(73, controls, 24)).toBe(72);
  expect([nearest(5, [], 24), nearest(5, [5], 24)]).toEqual([null, null]);
  const imaged = [0, 3, 24, 50, 383];
  expect(ahead(0, [0, 1], imaged, 24)).toBe(3);
  expect(ahead(3, [0, 1], imaged, 24)).toBe(383);
  expect(ahead(0, [1, 0], imaged, 24)).toBe(24);
  expect(ahead(24, [-1, 0], imaged, 24)).toBe(0);
  expect(ahead(0, [-1, 0], imaged, 24)).toBeNull();
});

it("takes the outer rings, all of a plate that has no more", () => {
  expect(ring(3, 4, 1)).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
  expect([ring(16, 24, 1).length, ring(16, 24, 2).length, ring(2, 3, 1).length, ring(0, 0, 1).length]).toEqual([76, 144, 6, 0]);
});
