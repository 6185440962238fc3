/** No message is lost where stretches become bars. */
import { expect, it } from "vitest";
import { gathered } from "./bars";

it("sums stretches into fewer bars", () => {
  expect(gathered([1, 2, 3, 4], 2)).toEqual([3, 7]);
  expect(gathered([1, 2, 3, 4, 5], 2).reduce((a, b) => a + b)).toBe(15);
  expect(gathered([1, 2], 2)).toEqual([1, 2]);
});
