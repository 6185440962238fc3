/** What is listed of alerts: bursts on one line, those that are over in their own words. */
import { expect, test } from "vitest";
import { time } from "../../shared/format";
import { type Burst, collapsed, counted, isBurst, plates, span, state, worst } from "./bursts";
import { alert } from "./made";

const lines = (all: ReturnType<typeof collapsed>): string[] => all.map((line) => (isBurst(line) ? `${line.rule}×${line.alerts.length}` : `${line.seq}`));

test("alerts of one rule within ten seconds are one line, where the engine says that they are a burst", () => {
  const all = [
    alert(9, "D", { at_ms: 40_000, burst: 3 }), alert(8, "C", { at_ms: 33_000, burst: 3 }), alert(7, "C", { at_ms: 32_000, rule: "edge", burst: 2 }),
    alert(6, "B", { at_ms: 31_000, burst: 3 }), alert(5, "B", { at_ms: 30_500, rule: "edge", burst: 2 }), alert(4, "A", { at_ms: 10_000 }), alert(3, "A", { at_ms: 9000 }),
  ];
  expect(lines(collapsed(all))).toEqual(["z_prime×3", "edge×2", "4", "3"]);
});

test("what is far apart, or the last of a burst, stays a line of its own", () => {
  expect(lines(collapsed([alert(2, "B", { at_ms: 30_000, burst: 2 }), alert(1, "A", { at_ms: 19_999, burst: 2 })]))).toEqual(["2", "1"]);
  expect(lines(collapsed([alert(2, "B", { burst: 2 })]))).toEqual(["2"]);
  expect(collapsed([])).toEqual([]);
});

test("a burst says the worst that holds, on which plates and when", () => {
  const all = ["A", "B", "C", "D"].map((name, n) => alert(n, name, { level: n === 0 ? "fail" : "attention", open: n > 0, at_ms: 1000 * n, burst: 4 }));
  expect(worst(all)).toBe("attention");
  expect(worst(all.slice(0, 1))).toBe("fail");
  const barcode = ({ barcode }: { barcode: string }): string => barcode;
  expect(plates(all, barcode)).toBe("A, B and 2 more");
  expect(plates(all.slice(0, 2), barcode)).toBe("A, B");
  // The same barcode in two runs is two plates.
  const twins = [alert(1, "A"), alert(2, "A"), alert(3, "A in R2", { barcode: "A", run: "R2" })];
  expect(plates(twins, ({ barcode, run }) => `${barcode} (${run})`)).toBe("A (R1), A (R2)");
  expect(span(all)).toBe(time(0, false));
  expect((collapsed([...all].reverse())[0] as Burst).alerts).toHaveLength(4);
});

test("an alert that is over says when, and that nobody has acknowledged it", () => {
  const at = new Date(2026, 1, 3, 14, 32).getTime();
  expect(state(alert(1, "A"))).toBe("");
  expect(state(alert(1, "A", { open: false, over_at_ms: at }))).toBe("over 14:32, not acknowledged yet");
  expect(state(alert(1, "A", { open: false }))).toBe("over, not acknowledged yet");
  expect(counted([alert(1, "A"), alert(2, "A", { open: false })])).toBe("1 open, 1 over");
  expect(counted([alert(1, "A")])).toBe("1 open");
  expect([counted([alert(1, "A"), alert(2, "A", { open: false })], true), counted([alert(2, "A", { open: false })], true), counted([], true)]).toEqual(["1 open", "1 over", "0 open"]);
});
