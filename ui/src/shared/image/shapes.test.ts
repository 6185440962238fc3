import { expect, test } from "vitest";
import { area, away, bounds, boxOf, corners, extent, handles, hit, long, moved, pulled, type Shape } from "./shapes";

const PLANE = { width: 2160, height: 2000 };
const shape = (kind: string, numbers: number[], id = kind): Shape => ({ id, kind, numbers, label: "" });
const BOX = shape("box", [100, 200, 300, 100]);
const TRIANGLE = shape("polygon", [0, 0, 100, 0, 0, 100]);

test("a box has four corners and eight handles; others their own corners", () => {
  expect(corners(BOX)).toEqual([{ x: 100, y: 200 }, { x: 400, y: 200 }, { x: 400, y: 300 }, { x: 100, y: 300 }]);
  expect(handles(BOX)).toHaveLength(8);
  expect(handles(BOX)[3]).toEqual({ x: 400, y: 250 });
  expect(handles(shape("point", [5, 5]))).toEqual([]);
  expect(handles(TRIANGLE)).toEqual(corners(TRIANGLE));
  expect(bounds(shape("line", [50, 10, 20, 90]))).toEqual([20, 10, 50, 90]);
});

test("a box is the same whichever corner comes first, and stays in the plane", () => {
  expect(boxOf({ x: 10, y: 20 }, { x: 4, y: 50 }, PLANE)).toEqual([4, 20, 6, 30]);
  expect(boxOf({ x: -10, y: 1990 }, { x: 30, y: 2500 }, PLANE)).toEqual([0, 1990, 30, 10]);
  expect(boxOf({ x: 0.04, y: 0 }, { x: 1.06, y: 1 }, PLANE)).toEqual([0, 0, 1, 1]);
});

test("moves as far as the plane goes and keeps its form", () => {
  expect(moved(BOX, { x: 10, y: -20 }, PLANE).numbers).toEqual([110, 180, 300, 100]);
  expect(moved(BOX, { x: 9999, y: -9999 }, PLANE).numbers).toEqual([1860, 0, 300, 100]);
  expect(moved(TRIANGLE, { x: -5, y: 7 }, PLANE).numbers).toEqual([0, 7, 100, 7, 0, 107]);
  expect(moved(shape("point", [5, 5]), { x: 1, y: 1 }, PLANE).numbers).toEqual([6, 6]);
});

test("a handle changes what it is at; a box pulled through itself is turned, never negative", () => {
  expect(pulled(BOX, 4, { x: 500, y: 400 }, PLANE).numbers).toEqual([100, 200, 400, 200]);
  expect(pulled(BOX, 0, { x: 450, y: 350 }, PLANE).numbers).toEqual([400, 300, 50, 50]);
  expect(pulled(BOX, 1, { x: 9, y: 250 }, PLANE).numbers).toEqual([100, 250, 300, 50]);
  expect(pulled(BOX, 7, { x: 50, y: 9 }, PLANE).numbers).toEqual([50, 200, 350, 100]);
  expect(pulled(TRIANGLE, 1, { x: 9999, y: 5 }, PLANE).numbers).toEqual([0, 0, 2160, 5, 0, 100]);
});

test("hits the smallest that it lies in, else the nearest line", () => {
  const large = shape("box", [0, 0, 1000, 1000], "large");
  const line = shape("line", [1200, 0, 1200, 500]);
  const all = [BOX, large, line];
  expect(hit(all, { x: 150, y: 250 }, 5)?.id).toBe("box");
  expect(hit(all, { x: 900, y: 900 }, 5)?.id).toBe("large");
  expect(hit(all, { x: 1204, y: 250 }, 5)?.id).toBe("line");
  expect(hit(all, { x: 1210, y: 250 }, 5)).toBeNull();
  expect(away(TRIANGLE, { x: 60, y: 60 })).toBeCloseTo(Math.hypot(10, 10), 6);
  expect(away(TRIANGLE, { x: 20, y: 20 })).toBe(0);
  expect(away(shape("polygon", []), { x: 0, y: 0 })).toBe(Infinity);
});

test("says how much it is, in the unit that is known", () => {
  expect(area(BOX)).toBe(30_000);
  expect(area(TRIANGLE)).toBe(5000);
  expect(long(shape("line", [0, 0, 30, 40]))).toBe(50);
  expect(extent(shape("point", [1, 1]), PLANE, 0.5)).toBe("");
  expect(extent(shape("line", [0, 0, 30, 40]), PLANE, 0.5)).toBe("25 µm");
  expect(extent(shape("line", [0, 0, 30, 40]), PLANE, null)).toBe("50 px");
  expect(extent(TRIANGLE, PLANE, 0.5)).toBe("1,250 µm²");
  expect(extent(shape("box", [0, 0, 1080, 2000]), PLANE, 0.5)).toBe("50%");
});
