import { expect, test } from "vitest";
import { bars, curve, gammaOf, inUnit, middle, moved, spread } from "./contrast";
import { scaleBar } from "./scalebar";

test("ends of a range neither meet nor leave the axis", () => {
  const range = { lo: 100, hi: 1000 };
  expect(moved(range, "lo", 2000, 4000)).toEqual({ lo: 980, hi: 1000 });
  expect(moved(range, "lo", -5, 4000)).toEqual({ lo: 0, hi: 1000 });
  expect(moved(range, "hi", 0, 4000)).toEqual({ lo: 100, hi: 120 });
  expect(moved(range, "hi", 9999, 4000)).toEqual({ lo: 100, hi: 4000 });
  expect(moved({ lo: 0, hi: 1 }, "hi", 0, 10)).toEqual({ lo: 0, hi: 1 });
  expect(spread([7, 7])).toEqual({ lo: 7, hi: 8 });
});

test("the middle of a range and gamma are each other's way back", () => {
  for (const gamma of [0.2, 0.5, 1, 2.2, 5]) expect(gammaOf(middle(gamma))).toBeCloseTo(gamma, 6);
  expect([gammaOf(0), gammaOf(1), gammaOf(0.5)]).toEqual([5, 0.2, 1]);
});

test("draws counts by their logarithm, and only as far as the axis goes", () => {
  expect(bars([0, Math.E - 1, 0, 999], 4000, 2000, 100, 30)).toBe("M0 30L0.0 30.0L50.0 30.0L50.0 4.0L100.0 4.0L100.0 30z");
  expect(curve({ lo: 0, hi: 100 }, 1, 100, 100, 33)).toMatch(/^M0\.0 33\.0L.*L100\.0 3\.0$/);
  expect(curve({ lo: 0, hi: 100 }, 2, 100, 100, 33)).toContain("L25.0 18.0L");
});

test("says intensities in the file's own unit", () => {
  expect(inUnit(1234, [0, 65_535])).toBe(1234);
  expect(inUnit(65_535, [-1, 3])).toBe(3);
});

test("the scale bar is a round length of about 100 pixels", () => {
  expect(scaleBar(0.62, 0.299)).toEqual({ says: "50 µm", length: expect.closeTo(103.68, 1) as number });
  expect(scaleBar(1, null)).toEqual({ says: "100 px", length: 100 });
  expect(scaleBar(4, null).says).toBe("20 px");
  expect(scaleBar(0.01, 1).says).toBe("10 mm");
  expect(scaleBar(32, 0.1).says).toBe("200 nm");
  for (let zoom = 0.01; zoom < 40; zoom *= 1.1) {
    const { length, says } = scaleBar(zoom, 0.299);
    expect(length).toBeGreaterThan(60);
    expect(length).toBeLessThan(160);
    expect(says).toMatch(/^(1|2|5)0*(\.\d)? (nm|µm|mm)$/);
  }
});
