/** Ticks stand at round times, apart from each other, and never bear the same label twice. */
import { expect, test } from "vitest";
import { ticks } from "./density";

const at = (...clock: [number, number, number?]): number => new Date(2025, 10, 18, ...clock).getTime();

test("an afternoon has its half hours, three seconds their seconds", () => {
  expect(ticks(at(9, 30), at(14, 13), 1035).map((tick) => tick.label)).toEqual(["10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00", "13:30", "14:00"]);
  expect(ticks(at(9, 30) + 200, at(9, 30, 3) + 400, 1035).map((tick) => tick.label)).toEqual(["09:30:01", "09:30:02", "09:30:03"]);
});

test("never closer than a label, for a second as for a year, and none twice", () => {
  for (const span of [500, 5000, 60_000, 7_200_000, 86_400_000, 30 * 86_400_000, 400 * 86_400_000]) {
    const found = ticks(at(9, 0), at(9, 0) + span, 1000);
    const apart = found.slice(1).map((tick, n) => ((tick.at - (found[n]?.at ?? 0)) / span) * 1000);
    expect(Math.min(...apart, Infinity)).toBeGreaterThanOrEqual(90);
    expect(new Set(found.map((tick) => tick.label)).size).toBe(found.length);
  }
  expect(ticks(at(9, 0), at(9, 0), 1000)).toEqual([]);
});
