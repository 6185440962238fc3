import { expect, it } from "vitest";
import { bandOf, changed, USUAL } from "./bands";

it("bands a robust z in its direction", () => {
  expect([6, 5, 4.9, 4, 3.2, 3, 2.9].map((z) => bandOf(z, "up", USUAL))).toEqual(["strong", "strong", "medium", "medium", "weak", "weak", null]);
  expect([bandOf(-6, "up", USUAL), bandOf(-6, "down", USUAL), bandOf(-6, null, USUAL), bandOf(Number.NaN, null, USUAL)]).toEqual([null, "strong", "strong", null]);
});

it("keeps the limits in order, whichever is changed", () => {
  expect(changed(USUAL, 2, 4.5)).toEqual([5, 4.5, 4.5]);
  expect(changed(USUAL, 2, 6)).toEqual([6, 6, 6]);
  expect(changed(USUAL, 0, 3.5)).toEqual([3.5, 3.5, 3]);
  expect(changed(USUAL, 1, 2)).toEqual([5, 2, 2]);
  expect(changed(USUAL, 2, 0)).toEqual([5, 4, 0]);
});
