import { expect, test } from "vitest";
import type { FlagItem, FlagStanding } from "../ipc/generated";
import { following, inWords, standing, stepped, tabbed, tail } from "./queue";

const item = (flag: string, standing: FlagStanding, has_draft = false): FlagItem => ({
  flag, plate: "p", run: "r", barcode: "BR00117011", well: 1, well_name: "A02", site: 1, channel: null, reason: "out_of_focus", severity: "warning", source: "model", score: null, guidance: null,
  at_ms: 0, standing, has_draft, verdict: null, decided_by: null, decided_ms: null,
});
const ALL = [item("a", "waiting"), item("b", "waiting"), item("c", "second_reader"), item("d", "decided"), item("e", "cleared")];
const names = (items: readonly FlagItem[]): string => items.map((one) => one.flag).join("");

test("each tab keeps the desk's order, and the one that is looked at stays", () => {
  expect(names(tabbed(ALL, "waiting", null))).toBe("ab");
  expect(names(tabbed(ALL, "second", null))).toBe("c");
  expect(names(tabbed(ALL, "all", null))).toBe("abcde");
  expect(names(tabbed(ALL, "waiting", "d"))).toBe("abd");
});

test("steps stay in the list; from one that went away, to what took its place", () => {
  expect(stepped(ALL, "a", 1, 0)?.flag).toBe("b");
  expect(stepped(ALL, "a", -1, 0)?.flag).toBe("a");
  expect(stepped(ALL, "e", 5, 0)?.flag).toBe("e");
  expect(stepped(ALL, "gone", 1, 2)?.flag).toBe("c");
  expect(stepped(ALL, "gone", -1, 2)?.flag).toBe("b");
  expect(stepped([], null, 1, 0)).toBeNull();
});

test("after a decision comes the next that waits, around the end, then a second reader's", () => {
  expect(following(ALL, "a")?.flag).toBe("b");
  expect(following(ALL, "b")?.flag).toBe("a");
  expect(following(ALL.slice(1), "b")?.flag).toBe("c");
  expect(following([item("a", "waiting"), item("d", "decided")], "a")).toBeNull();
});

test("writes reasons and states in words", () => {
  expect(["out_of_focus", "saturated_AGP", "Looks like a hair_1", "", "__"].map(inWords)).toEqual(["Out of focus", "Saturated AGP", "Looks like a hair_1", "No reason given", "No reason given"]);
  expect(tail("BR00117011")).toBe("17011");
  expect(tail("7🧫")).toBe("7🧫");
  expect([standing(item("a", "waiting")), standing(item("a", "waiting", true)), standing(item("a", "second_reader")), standing(item("a", "decided", true))].map(([, says]) => says)).toEqual(["Waiting", "Draft", "2nd reader", "Decided"]);
});
