import { expect, it } from "vitest";
import { collisions, TABLE, written } from "./keys.svelte";

it("no key does two things in one place", () => {
  expect(collisions(TABLE)).toEqual([]);
  const twice = [...TABLE, { key: "t", scope: "global", action: "other", label: "" }];
  expect(collisions(twice)).toEqual(["global t: theme and other"]);
});

it("writes key events as the table does", () => {
  const event = (init: KeyboardEventInit): string => written(new KeyboardEvent("keydown", init));
  expect(event({ key: "K", ctrlKey: true })).toBe("Ctrl+k");
  expect(event({ key: "!", code: "Digit1", shiftKey: true })).toBe("Shift+1");
  expect(event({ key: "/" })).toBe("/");
  expect(event({ key: "F6" })).toBe("F6");
});
