/** Every state has its glyph and word, and bars stay inside their box. */
import { expect, test } from "vitest";
import { bars, stands } from "./words";

test("a state says what is the matter", () => {
  expect(stands("broken")).toEqual(["bad", "Broken"]);
  expect(stands("reading")).toEqual(["run", "Being read"]);
  expect(stands("not_verified")).toEqual(["idle", "Not verified"]);
  expect(stands("recording")).toEqual(["rec", "Recording"]);
});

test("bars: none for nothing, the tallest as tall as there is room, inside the box", () => {
  expect(bars([0, 0], 90, 16)).toBe("");
  expect(bars([0, 5], 90, 16)).toBe("M67.50 16v-15.0");
  expect(bars([], 90, 16)).toBe("");
});
