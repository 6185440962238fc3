/** Every state has its glyph and word, and bars stay inside their box. */
import { expect, test } from "vitest";
import { bars, stands } from "./words";

test("a state says what is the matter", () => {
  expect(stands({ state: "broken", state_says: "the audit chain breaks at entry 90112" })).toEqual(["bad", "Chain broken"]);
  expect(stands({ state: "broken", state_says: "images/ab is not what it was" })).toEqual(["bad", "Broken"]);
  expect(stands({ state: "not_verified", state_says: "is being read" })).toEqual(["run", "Being read"]);
  expect(stands({ state: "not_verified", state_says: null })).toEqual(["idle", "Not verified"]);
  expect(stands({ state: "recording", state_says: "by process 7" })).toEqual(["rec", "Recording"]);
});

test("bars: none for nothing, the tallest as tall as there is room, inside the box", () => {
  expect(bars([0, 0], 90, 16)).toBe("");
  expect(bars([0, 5], 90, 16)).toBe("M67.50 16v-15.0");
  expect(bars([], 90, 16)).toBe("");
});
