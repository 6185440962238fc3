import { expect, it } from "vitest";
import { age, bytes, elapsed, number, value } from "./format";

it("writes numbers with a true minus and never minus nothing", () => {
  expect(number(-1.234)).toBe("−1.23");
  expect(number(-0.001)).toBe("0.00");
  expect(number(Number.NaN)).toBe("–");
  expect(value(0.00001)).toBe("1.00e−5");
  expect([value(0), value(-0), value(0.05)]).toEqual(["0", "0", "0.050"]);
  expect(value(1750.2)).toBe("1,750");
  // No size loses the digits that the next smaller one has.
  expect([0.0014, 0.0016, -0.0049, 0.00099].map(value)).toEqual(["0.00140", "0.00160", "−0.00490", "9.90e−4"]);
});

it("writes ages, clocks and sizes", () => {
  expect([400, 12_000, 47 * 60_000, 8_040_000].map((ms) => age(ms))).toEqual(["0.4 s", "12 s", "47 m", "2 h 14 m"]);
  expect(elapsed(16_937_000)).toBe("04:42:17");
  expect([999, 3_800_000_000].map(bytes)).toEqual(["999 B", "3.8 GB"]);
});
