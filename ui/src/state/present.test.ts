/** Which plate is shown where nobody chose one, and for how long identifiers are seen. */
import { afterEach, expect, it, vi } from "vitest";
import type { PlateTile } from "../ipc/generated";
import { newest, presenting } from "./present.svelte";

afterEach(() => vi.useRealTimers());
const tile = (plate: string, last_ms: number | null, wells_in = 1): PlateTile => ({ plate, last_ms, wells_in }) as PlateTile;

it("shows the plate that a message was about last, of those with values where there are any", () => {
  expect(newest([])).toBe(null);
  expect(newest([tile("a", 5), tile("b", 9), tile("c", 7)])?.plate).toBe("b");
  expect(newest([tile("a", 5), tile("b", 5)])?.plate).toBe("b");
  expect(newest([tile("a", 5), tile("b", 9, 0)])?.plate).toBe("a");
  expect(newest([tile("a", 5, 0), tile("b", null, 0)])?.plate).toBe("a");
});

it("identifiers are seen for ten seconds, or until they are hidden again", () => {
  vi.useFakeTimers();
  expect(presenting.hidden).toBe(true);
  presenting.toggle();
  vi.advanceTimersByTime(9_900);
  expect(presenting.hidden).toBe(false);
  vi.advanceTimersByTime(200);
  expect(presenting.hidden).toBe(true);
  presenting.toggle();
  presenting.toggle();
  expect(presenting.hidden).toBe(true);
  presenting.toggle();
  vi.advanceTimersByTime(5000);
  expect(presenting.hidden).toBe(false);
  presenting.hide();
});
