import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GapLedger, WindowTick } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { gaps } from "./gaps.svelte";

let asked = 0;
let fails = false;
let slow = 0;
let off: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  [asked, fails, slow] = [0, false, 0];
  desk.session += 1;
  desk.host = {
    call: async () => {
      const mine = (asked += 1);
      if (slow > 0) await new Promise((go) => setTimeout(go, slow));
      if (fails) throw { code: "unreadable", message: "gone", detail: null };
      return { rows: [], left_out: 0, plates: 1, expected: 2, received: mine, lag: null } satisfies GapLedger;
    },
  } as unknown as Host;
  off = gaps.watch();
});
afterEach(() => {
  off();
  vi.useRealTimers();
});
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const tick = (): void => void desk.hear({ kind: "tick", number: 1, reset: false, seq: 1, plates: [], alerts: [], alerts_left_out: 0, received_us: 0 } as WindowTick & { kind: "tick" });

test("asks at once, then with ticks, at most once a second, and rests where nothing comes", async () => {
  await pass(1);
  expect([asked, gaps.ledger?.received]).toEqual([1, 1]);
  for (let n = 0; n < 30; n += 1) {
    tick();
    await pass(100);
  }
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(asked).toBeLessThanOrEqual(4);
  await pass(2000);
  const now = asked;
  await pass(10_000);
  expect(asked).toBe(now);
});

test("asks nothing when nobody looks", async () => {
  off();
  const now = asked;
  tick();
  await pass(5000);
  expect(asked).toBe(now);
  off = gaps.watch();
});

test("a slow answer is waited for, and what happened meanwhile is asked for after it", async () => {
  await pass(1);
  slow = 3000;
  tick();
  await pass(1500);
  tick();
  tick();
  await pass(1000);
  expect(asked).toBe(2);
  await pass(2500);
  expect(asked).toBe(3);
  await pass(4000);
});

test("a refusal is said beside what was known; another session begins anew", async () => {
  await pass(1);
  fails = true;
  tick();
  await pass(1100);
  expect([gaps.failure?.message, gaps.ledger?.received]).toEqual(["gone", 1]);
  fails = false;
  desk.session += 1;
  gaps.stir();
  expect([gaps.failure, gaps.ledger]).toEqual([null, null]);
  await pass(1);
  expect(gaps.ledger?.plates).toBe(1);
});
