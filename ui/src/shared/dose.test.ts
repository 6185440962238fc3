import { expect, it } from "vitest";
import { dose } from "./dose";

it("writes doses short, and micro as micro", () => {
  expect([dose(10, "uM"), dose(0.3704, "uM"), dose(3.333333, "µM"), dose(5, "nM"), dose(2, "units"), dose(1, "")]).toEqual(
    ["10 µM", "0.37 µM", "3.33 µM", "5 nM", "2 units", "1"]);
});
