import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PlateTile, Strip, WindowTick } from "../ipc/generated";
import { desk } from "./desk.svelte";
import { forget } from "./kept";
import { seen } from "./seen.svelte";

const tile = (barcode: string, change: Partial<PlateTile> = {}): PlateTile => ({
  plate: `h-${barcode}`, run: "R1", barcode, revision: 1, format: 384, rows: 16, columns: 24, wells_in: 10, wells_expected: 384,
  complete: false, headline: null, flags: 0, level: "ok", review_flags: 0, images: 0, stage: null, instrument: null, assay: null, cells: null, last_ms: null, fresh: [], ...change,
});
let number = 0;
/** The desk hears a tick, and then whoever watches it. */
function tell(plates: PlateTile[], reset = false): void {
  if (reset) desk.plates.clear();
  for (const one of plates) desk.plates.set(one.plate, one);
  desk.ready = true;
  seen.hear({ number: (number += 1), reset, seq: 1, plates, alerts: [], alerts_left_out: 0, received_us: 0 } satisfies WindowTick);
}
const session = (folder: string, mode: Strip["mode"] = "live"): void => void (desk.strip = { mode, session: { folder, name: folder, demo: false } } as unknown as Strip);
const changed = (): Record<string, string[]> => Object.fromEntries(seen.changed);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 27, 13, 20) });
  localStorage.clear();
  forget();
  session(`/s/${(number += 1)}`);
  tell([tile("a"), tile("b")], true);
});
afterEach(() => vi.useRealTimers());

test("all are seen when a session appears; then what changes is named, and looked at it is seen", () => {
  expect(changed()).toEqual({});
  expect(seen.since).toBe(Date.now());
  tell([tile("a", { complete: true }), tile("c")]);
  expect(changed()).toEqual({ "h-a": ["complete"], "h-c": ["new plate"] });
  tell([tile("a", { complete: true, wells_in: 11 })]);
  seen.look(["h-a"]);
  expect(changed()).toEqual({ "h-c": ["new plate"] });
  // Back to what it was when it was looked at: nothing changed.
  tell([tile("a")]);
  expect(changed()["h-a"]).toEqual(["no longer complete"]);
  tell([tile("a", { complete: true })]);
  expect(changed()["h-a"]).toBeUndefined();
  vi.advanceTimersByTime(60_000);
  seen.all();
  expect([changed(), seen.since]).toEqual([{}, Date.now()]);
});

test("is kept for each session, under other handles too", () => {
  const folder = desk.strip?.session?.folder ?? "";
  const since = seen.since;
  tell([tile("b", { complete: true })]);
  vi.advanceTimersByTime(1000);
  session("/other");
  tell([tile("z")], true);
  expect(changed()).toEqual({});
  // As after a start: nothing but what was written down.
  vi.advanceTimersByTime(1000);
  forget();
  session(folder);
  tell([tile("a", { plate: "again-a" }), tile("b", { plate: "again-b", complete: true })], true);
  expect(changed()).toEqual({ "again-b": ["complete"] });
  expect(seen.since).toBe(since);
});

test("another moment of the session is no change, and looking there marks nothing", () => {
  session(desk.strip?.session?.folder ?? "", "replay");
  tell([tile("a", { complete: true }), tile("b")], true);
  expect(seen.counts).toBe(false);
  seen.look(["h-a"]);
  session(desk.strip?.session?.folder ?? "", "live");
  tell([tile("a", { complete: true }), tile("b")], true);
  expect(changed()).toEqual({ "h-a": ["complete"] });
});

test("damaged or refused storage costs nothing but the memory of it", () => {
  localStorage.setItem("plateside.seen", '[{"folder":"/d","since":"x"},7,{"folder":"/d","since":5,"marks":[["R1\\na",["good"]],3]}]');
  forget();
  session("/d");
  tell([tile("a")], true);
  expect(changed()).toEqual({});
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new Error("full");
  });
  seen.all();
  vi.advanceTimersByTime(1000);
  tell([tile("a", { complete: true })]);
  expect(changed()).toEqual({ "h-a": ["complete"] });
});
