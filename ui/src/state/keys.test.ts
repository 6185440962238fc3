/** The table of keys: no collisions, the screen before the window, Alt for what is covered, and where a letter is only a letter. */
import { afterEach, expect, it } from "vitest";
import { collisions, found, keys, TABLE, written } from "./keys.svelte";
import { settings } from "./settings.svelte";

afterEach(() => (settings.letterKeys = true));

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

it("a screen's own key wins, and Alt reaches the window's", () => {
  expect(found(TABLE, " ", "live")?.action).toBe("play");
  expect(found(TABLE, " ", "sessions")?.action).toBe("replay");
  expect(found(TABLE, "Alt+ ", "sessions")?.action).toBe("play");
  // Nothing covers it there, so Alt means nothing.
  expect(found(TABLE, "Alt+ ", "live")).toBeUndefined();
});

it("holds every key of the design that this version has", () => {
  const kept = TABLE.filter((row) => row.scope === "global").map((row) => row.key);
  expect(kept).toEqual(expect.arrayContaining([..."12345678"].map((digit) => `Ctrl+${digit}`)));
  expect(kept).toEqual(expect.arrayContaining(["Ctrl+k", "t", "i", "F6", " ", "[", "]", "r", "End", "Shift+1", "Shift+2", "Shift+3", "Shift+4", "Escape"]));
  expect(TABLE.filter((row) => row.scope === "live").map((row) => row.key)).toEqual(expect.arrayContaining(["f", "a", "/"]));
  const images = TABLE.filter((row) => row.scope === "images").map((row) => row.key);
  expect(images).toEqual(expect.arrayContaining(["1", "5", "8", "o", "a", "k", "v", "+", "-", "0", "ArrowLeft", "ArrowDown", ",", "."]));
  expect(TABLE.every((row) => row.label !== "")).toBe(true);
});

it("a letter is typed where one types, and does nothing where letters are turned off", () => {
  const done: string[] = [];
  const off = keys.on("global", { theme: () => done.push("theme"), play: () => done.push("play"), region: () => done.push("region"), menu: () => done.push("menu"), dismiss: () => done.push("dismiss"), "speed-1": () => done.push("speed") });
  const press = (on: EventTarget, init: KeyboardEventInit): boolean => {
    let taken = false;
    const hear = (event: Event): void => void (taken = keys.press(event as KeyboardEvent, "live"));
    on.addEventListener("keydown", hear, { once: true });
    on.dispatchEvent(new KeyboardEvent("keydown", init));
    return taken;
  };
  const field = document.createElement("input");
  expect(["t", " ", "F6", "Escape"].map((key) => press(field, { key }))).toEqual([false, false, true, true]);
  expect(press(field, { key: "k", ctrlKey: true })).toBe(true);
  settings.letterKeys = false;
  done.length = 0;
  const page = document.createElement("div");
  expect(press(page, { key: "t" })).toBe(false);
  expect(press(page, { key: "!", code: "Digit1", shiftKey: true })).toBe(false);
  // Neither is a character.
  expect([" ", "F6"].map((key) => press(page, { key }))).toEqual([true, true]);
  expect(done).toEqual(["play", "region"]);
  off();
});
