import { expect, test } from "vitest";
import { previewed } from "./words";

test("a picture says which of its channels are previews", () => {
  expect([previewed([], 3), previewed(["DNA", "ER"], 2), previewed(["DNA", "ER"], 3)]).toEqual(["", "Preview", "Preview: DNA, ER"]);
});
