import { beforeEach, expect, test } from "vitest";
import { arranged } from "./arranged.svelte";
import { forget, keep } from "./kept";
import { route } from "./route.svelte";

beforeEach(() => {
  localStorage.clear();
  forget();
});

test("the wall hangs as it was left", () => {
  route.inspects = true;
  arranged.part("state");
  arranged.order("worst");
  arranged.turn(true);
  expect(route.inspects, "the inspector is out of the way").toBe(false);
  forget();
  [arranged.by, arranged.sort, arranged.far] = ["run", "arrival", false];
  arranged.recall();
  expect([arranged.by, arranged.sort, arranged.far]).toEqual(["state", "worst", true]);
  keep("wall", { by: "colour", sort: 3, far: "yes" });
  arranged.recall();
  expect([arranged.by, arranged.sort, arranged.far]).toEqual(["run", "arrival", false]);
});
