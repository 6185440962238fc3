import { expect, test } from "vitest";
import { clock } from "./clock.svelte";

/** So many seconds from now on, and how often each of the two clocks moved. */
function pass(from: number, seconds: number): [number, number] {
  const moved: [Set<number>, Set<number>] = [new Set([clock.now]), new Set([clock.seldom])];
  for (let second = 1; second <= seconds; second += 1) {
    clock.tick(from + second * 1000);
    moved[0].add(clock.now);
    moved[1].add(clock.seldom);
  }
  return [moved[0].size - 1, moved[1].size - 1];
}

test("it ticks each second while something comes, each other one at rest, and seldom for what nobody waits for", () => {
  const begun = Date.now();
  clock.heard();
  expect(pass(begun, 9)[0]).toBe(9);
  const [ticks, seldom] = pass(begun + 20_000, 60);
  expect(ticks).toBe(30);
  expect(seldom).toBeGreaterThanOrEqual(5);
  expect(seldom).toBeLessThanOrEqual(6);
  clock.heard();
  expect(pass(Date.now(), 5)[0]).toBe(5);
});

test("it goes on where the machine's clock was set back", () => {
  clock.heard();
  const [ticks, seldom] = pass(Date.now() - 3_600_000, 60);
  expect(ticks).toBe(30);
  expect(seldom).toBeGreaterThanOrEqual(5);
});
