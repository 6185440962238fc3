import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paging, PAGE_SECONDS } from "./paging.svelte";
import { plate } from "./made";

let end: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  end = paging.begin();
  paging.show({ pages: [[plate("a")], [plate("b")], [plate("c")]], others: [plate("d")] });
});
afterEach(() => {
  end();
  [paging.held, paging.still] = [false, false];
  vi.useRealTimers();
});
const pass = (seconds: number): void => void vi.advanceTimersByTime(seconds * 1000);

it("turns a page each time its seconds have passed, and begins anew after the last", () => {
  pass(PAGE_SECONDS - 1);
  expect(paging.page).toBe(0);
  pass(1);
  expect(paging.page).toBe(1);
  pass(2 * PAGE_SECONDS);
  expect(paging.page).toBe(0);
});

it("is held by a person, for a while by whoever points there, and where less motion is wished for", () => {
  paging.touch();
  pass(29);
  expect(paging.page).toBe(0);
  // The pointer was left where it lies.
  pass(2 + PAGE_SECONDS);
  expect(paging.page).toBe(1);
  paging.turn(-1);
  for (const hold of ["held", "still"] as const) {
    paging[hold] = true;
    pass(3 * PAGE_SECONDS);
    expect(paging.page, hold).toBe(0);
    paging[hold] = false;
  }
  paging.still = true;
  paging.turn(-1);
  expect(paging.page, "keys turn it").toBe(2);
});

it("does not stand on a page that is gone, and turns nothing where there is one page", () => {
  paging.turn(-1);
  paging.show({ pages: [[plate("a")]], others: [] });
  expect([paging.page, paging.pages, paging.turns]).toEqual([0, 1, false]);
  paging.show({ pages: [], others: [] });
  expect(paging.pages).toBe(1);
});
