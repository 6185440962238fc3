/** When the strip warns of a lag, of silence, and of a full disk. */
import { expect, test } from "vitest";
import type { PlateTile, SourceHead, Strip } from "../ipc/generated";
import { behind, room, type Sample, sampled, silence } from "./flow";

const steady = (lags: number[], rate: number): Sample[] => lags.map((lag, n) => ({ at_ms: n * 1000, lag, rate }));
const strip = (source: Partial<SourceHead>, now_ms = 0): Strip =>
  ({ mode: "live", now_ms, source: { brokers: "a:1", state: "live", lag: 0, messages_per_s: 100, last_message_ms: 0, ...source } }) as Strip;

test("five seconds of messages wait: said with how fast it catches up", () => {
  // 300 a second delivered while the lag shrinks by 200 a second: 100 a second are produced, three times fewer.
  expect(behind(steady([13_080, 12_880, 12_680, 12_480], 300))).toBe("12,480 behind, catching up 3×");
  expect(behind(steady([1000, 800, 600, 400], 300))).toBeNull();
  expect(behind(steady([1020, 510], 520))).toBe("510 behind, catching up 52×");
});

test("a lag that grows does not catch up, and one that holds says only how large it is", () => {
  expect(behind(steady([10_000, 10_100, 10_200], 100))).toBe("10,200 behind, falling further behind");
  expect(behind(steady([9000, 9000, 9000], 100))).toBe("9,000 behind");
});

test("nothing is produced any more: what waits is measured by what is delivered", () => {
  expect(behind(steady([4000, 3000, 2000], 1000))).toBeNull();
  expect(behind(steady([90_000, 89_000, 88_000], 1000))).toBe("88,000 behind, catching up");
});

test("an unknown lag and another broker begin anew", () => {
  const one = strip({ lag: 5 });
  expect(sampled([], one, null)).toHaveLength(1);
  expect(sampled([{ at_ms: 0, lag: 1, rate: 1 }], strip({ lag: null }), one)).toEqual([]);
  expect(sampled([{ at_ms: 0, lag: 1, rate: 1 }], strip({ brokers: "b:1" }), one)).toHaveLength(1);
  expect(sampled([{ at_ms: 0, lag: 1, rate: 1 }], strip({}, 9000), one)).toHaveLength(2);
  expect(sampled([{ at_ms: 0, lag: 1, rate: 1 }], strip({}, 11_000), one)).toHaveLength(1);
});

test("silence counts while a plate reads, from 30 s and worse from 5 min", () => {
  const reads = [{ wells_in: 3, complete: false }] as PlateTile[];
  const done = [{ wells_in: 384, complete: true }, { wells_in: 0, complete: false }] as PlateTile[];
  expect([29_999, 30_000, 299_999, 300_000].map((now) => silence(strip({}), reads, now))).toEqual([null, "attention", "attention", "fail"]);
  expect(silence(strip({}), done, 300_000)).toBeNull();
  expect(silence(strip({ state: "offline" }), reads, 300_000)).toBeNull();
  expect(silence({ ...strip({}), mode: "replay" }, reads, 300_000)).toBeNull();
});

test("the disk: the desk judges two limits, one gibibyte lies between", () => {
  expect(room({ level: "ok", free_bytes: 11e9 })).toBeNull();
  expect(room({ level: "ok", free_bytes: null })).toBeNull();
  expect(room({ level: "attention", free_bytes: 9e9 })).toBe("little");
  expect(room({ level: "attention", free_bytes: 9e8 })).toBe("no_pixels");
  expect(room({ level: "fail", free_bytes: 1e8 })).toBe("pauses");
});
