import { expect, it } from "vitest";
import { leads } from "./leads";

it("says where an alert leads", () => {
  expect(["plate", "images", "live", "sessions", "connect", "elsewhere"].map((opens) => leads({ opens }))).toEqual([
    "Open plate", "Open images", "Show on the wall", "Open sessions", "Open connection", "Open plate",
  ]);
});
