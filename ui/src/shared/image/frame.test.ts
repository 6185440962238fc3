import { expect, test } from "vitest";
import { fitted, levelOf, panned, partOf, pointOf, spotAt, within, zoomed } from "./frame";

const PLANE = { width: 2160, height: 2160 };
const WINDOW = { width: 1080, height: 540 };

test("fits the whole plane, and reads a level that has at least the pixels that are seen", () => {
  expect(fitted(WINDOW, PLANE)).toEqual({ zoom: 0.25, x: 1080, y: 1080 });
  expect(fitted({ width: 0, height: 0 }, PLANE).zoom).toBe(1);
  expect([4, 1, 0.99, 0.5, 0.49, 0.25, 0.2, 1e-9].map(levelOf)).toEqual([0, 0, 0, 1, 1, 2, 2, 12]);
});

test("asks for what is seen and a margin, in steps, cut to the plane", () => {
  const fit = fitted(WINDOW, PLANE);
  expect(partOf(fit, WINDOW, PLANE, 2)).toEqual({ x: 0, y: 0, width: 540, height: 540 });
  const near = { zoom: 1, x: 1080, y: 1080 };
  const part = partOf(near, WINDOW, PLANE, 0);
  expect(part).toEqual({ x: 384, y: 704, width: 1408, height: 768 });
  // A few pixels further it is the same question.
  expect(partOf({ ...near, x: 1083, y: 1078 }, WINDOW, PLANE, 0)).toEqual(part);
  expect(partOf({ zoom: 4, x: 0, y: 0 }, WINDOW, PLANE, 0)).toMatchObject({ x: 0, y: 0, width: 192, height: 128 });
  expect(partOf({ zoom: 1, x: 9000, y: 0 }, WINDOW, PLANE, 0).width).toBe(0);
});

test("zooms at the pointer and comes back; points and spots are each other's way back", () => {
  const from = { zoom: 1, x: 1000, y: 900 };
  const point = { x: 300, y: 100 };
  const spot = spotAt(from, WINDOW, point);
  const near = zoomed(from, 3, point, WINDOW, PLANE);
  expect(near.zoom).toBe(3);
  expect(pointOf(near, WINDOW, spot)).toEqual({ x: expect.closeTo(300, 6) as number, y: expect.closeTo(100, 6) as number });
  const back = zoomed(near, 1 / 3, point, WINDOW, PLANE);
  expect([back.zoom, back.x, back.y].map((n) => Number(n.toFixed(6)))).toEqual([1, 1000, 900]);
});

test("neither zoom nor pan loses the plane", () => {
  expect(within({ zoom: 1e9, x: -5, y: 9999 }, WINDOW, PLANE)).toEqual({ zoom: 32, x: 0, y: 2160 });
  expect(within({ zoom: 1e-9, x: 1, y: 1 }, WINDOW, PLANE).zoom).toBe(0.125);
  expect(panned({ zoom: 2, x: 100, y: 100 }, { x: 50, y: -20 }, WINDOW, PLANE)).toEqual({ zoom: 2, x: 75, y: 110 });
  expect(panned({ zoom: 2, x: 100, y: 100 }, { x: 5000, y: 0 }, WINDOW, PLANE).x).toBe(0);
});
