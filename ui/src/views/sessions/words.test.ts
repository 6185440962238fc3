/** Every state has its glyph and word, and bars stay inside their box. */
import { expect, test } from "vitest";
import type { BundleWork, SessionState } from "../../ipc/generated";
import { bars, doing, stands } from "./words";

test("a state says what is the matter", () => {
  const of = (state: SessionState, unsent = 0): readonly [string, string] => stands({ state, unsent });
  expect(of("broken", 3)).toEqual(["bad", "Broken"]);
  expect(of("reading")).toEqual(["run", "Being read"]);
  expect(of("not_verified")).toEqual(["idle", "Not verified"]);
  expect(of("verified", 12)).toEqual(["warn", "12 unsynced"]);
  expect(of("recording", 2)).toEqual(["rec", "Recording"]);
});

test("bars: none for nothing, the tallest as tall as there is room, inside the box", () => {
  expect(bars([0, 0], 90, 16)).toBe("");
  expect(bars([0, 5], 90, 16)).toBe("M67.50 16v-15.0");
  expect(bars([], 90, 16)).toBe("");
});

test("a bundle at work: entries while it is verified, else bytes; nothing is made up", () => {
  const at = (change: Partial<BundleWork>): BundleWork => ({ doing: "export", name: "a", path: "/a", step: "packing", done: 1.2e9, total: 6.1e9, stopping: false, ...change });
  expect(doing(at({}))).toEqual({ step: "Packing", far: "1.2 GB of 6.1 GB", part: 1.2 / 6.1 });
  expect(doing(at({ step: "verifying", done: 1200, total: 3499 })).far).toBe("1,200 of 3,499 entries");
  expect(doing(at({ step: "preparing", done: 0, total: 0 }))).toEqual({ step: "Copying the rows", far: "", part: null });
  expect(doing(at({ doing: "import", step: "sealing" })).step).toBe("Comparing the digest");
  expect(doing(at({ stopping: true }))).toEqual({ step: "Clearing away", far: "", part: null });
});
