import { expect, it } from "vitest";
import { gridOf, led, seenRows } from "./tiles";

it("lays them in rows and knows which are seen", () => {
  const grid = gridOf(200, 1000, 192, 16, 170);
  expect(grid).toEqual({ across: 4, rows: 50, height: 8500 });
  expect(seenRows(grid, 170, 0, 700)).toEqual({ from: 0, to: 6 });
  expect(seenRows(grid, 170, 8000, 700)).toEqual({ from: 46, to: 50 });
  expect([gridOf(0, 1000, 192, 16, 170).rows, gridOf(3, 10, 192, 16, 170).across]).toEqual([0, 1]);
});

it("goes by keys, and stays at the edges", () => {
  expect([led(0, "ArrowRight", 10, 4), led(1, "ArrowDown", 10, 4), led(0, "ArrowUp", 10, 4), led(9, "ArrowRight", 10, 4), led(-1, "ArrowDown", 10, 4), led(3, "End", 10, 4), led(3, "x", 10, 4), led(0, "Home", 0, 4)]).toEqual([1, 5, null, null, 0, 9, null, null]);
});
