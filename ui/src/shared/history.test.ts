import { expect, test } from "vitest";
import { begun, done, further, redone, undone } from "./history";

test("goes back and forth, and a new step ends what was taken back", () => {
  const three = done(done(begun(0), 1), 2);
  expect(undone(undone(three)).now).toBe(0);
  expect(undone(undone(undone(three))).now).toBe(0);
  expect(redone(undone(three))).toEqual(three);
  expect(redone(three)).toBe(three);
  const other = done(undone(three), 9);
  expect([other.now, other.after, undone(other).now]).toEqual([9, [], 1]);
});

test("what is dragged is one step", () => {
  const dragged = further(further(done(begun("a"), "b"), "c"), "d");
  expect([dragged.now, undone(dragged).now, redone(undone(dragged)).now]).toEqual(["d", "a", "d"]);
});

test("holds a bounded number of steps", () => {
  let history = begun(0);
  for (let n = 1; n <= 1000; n += 1) history = done(history, n);
  expect(history.before.length).toBe(200);
  expect(undone(history).now).toBe(999);
});
