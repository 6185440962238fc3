import { expect, it } from "vitest";
import { type Curve, ec50Of, laid } from "./doses";

const FIT = { bottom: 5, top: 20, log10_ec50: -0.6, hill: 1.2, r_squared: 0.98, interval: [-0.8, -0.4] as [number, number], extrapolated: false, doses: 6, n: 12 };
const curve = (more: Partial<Curve> = {}): Curve => ({ unit: "uM", points: [0.01, 0.1, 1, 10].map((dose, n) => ({ dose, value: 5 + n * 4 })), fit: FIT, ...more });

it("lays points, line, interval and few ticks inside its box", () => {
  const box = laid(curve(), 160, 100);
  expect(box.points.every(({ x, y }) => x >= 32 && x <= 154 && y >= 4 && y <= 84)).toBe(true);
  expect(box.xs.map(({ says }) => says)).toEqual(["10 nM", "1 µM"]);
  expect(box.ys.length).toBeGreaterThan(1);
  expect(box.line.startsWith("M32.0 ")).toBe(true);
  expect(box.middle?.x).toBeGreaterThan(box.band?.[0] ?? Infinity);
  expect(box.middle?.x).toBeLessThan(box.band?.[1] ?? 0);
  expect(box.rises).toBe(true);
  expect(laid(curve({ fit: { ...FIT, hill: -1 } }), 160, 100).rises).toBe(false);
});

it("has a place for what is odd: no fit, one dose, none, an EC50 outside", () => {
  const bare = laid(curve({ fit: null }), 160, 100);
  expect([bare.line, bare.middle, bare.band]).toEqual(["", null, null]);
  const one = laid(curve({ fit: null, points: [{ dose: 5, value: 1 }] }), 160, 100);
  expect(one.points[0]?.x).toBe(93);
  expect(one.xs.map(({ says }) => says)).toEqual(["5 µM"]);
  expect(laid(curve({ fit: null, points: [{ dose: 0, value: 1 }] }), 160, 100).points[0]?.x).toBeNaN();
  const far = laid(curve({ fit: { ...FIT, log10_ec50: 4, interval: [2, 6], extrapolated: true } }), 160, 100);
  expect([far.middle, far.band]).toEqual([null, null]);
  // An end that nothing bounds reaches the edge; where both are so there is no band.
  const open = laid(curve({ fit: { ...FIT, interval: [-0.8, 40] } }), 160, 100);
  expect(open.band?.[1]).toBe(154);
  expect(open.band?.[0]).toBeGreaterThan(32);
  expect(laid(curve({ fit: { ...FIT, interval: [-40, 40] } }), 160, 100).band).toBeNull();
});

it("says the EC50 with its interval, or why there is none", () => {
  expect(ec50Of({ ...curve(), undefined: null })).toEqual({ says: "EC50 251 nM", interval: "95 % 158 nM to 398 nM", short: "251 nM", between: "158 to 398 nM" });
  expect(ec50Of({ ...curve({ fit: { ...FIT, interval: [-0.5, 0.5] } }), undefined: null }).between).toBe("316 nM to 3.16 µM");
  const fitted = (more: object) => ec50Of({ ...curve({ fit: { ...FIT, ...more } }), undefined: null });
  expect(fitted({ interval: null })).toEqual({ says: "EC50 251 nM", interval: "no interval", short: "251 nM", between: "" });
  expect(fitted({ log10_ec50: 3, extrapolated: true })).toEqual({ says: "EC50 above 10 µM, the highest dose (the curve would put it at 1 mM)", interval: "", short: "> 10 µM", between: "" });
  expect(fitted({ log10_ec50: -3, extrapolated: true })).toEqual({ says: "EC50 below 10 nM, the lowest dose (the curve would put it at 1 nM)", interval: "", short: "< 10 nM", between: "" });
  // Half a step beyond the doses is the curve's own; a thousandfold is nobody's.
  expect(fitted({ interval: [-2.4, 1.4] }).between).toBe("3.98 nM to 25.1 µM");
  expect(fitted({ interval: [-0.8, 40] })).toMatchObject({ interval: "95 % 158 nM and more", between: "158 nM and more" });
  expect(fitted({ interval: [-40, 0] }).between).toBe("up to 1 µM");
  expect(fitted({ interval: [-40, 40] })).toMatchObject({ interval: "95 % not bounded by the doses", between: "not bounded" });
  expect(ec50Of({ ...curve({ fit: null }), undefined: "3 doses are too few" }).says).toBe("3 doses are too few");
});
