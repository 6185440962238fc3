import { expect, it } from "vitest";
import { listed, rectangles } from "./listed";
import { rectangle } from "./wells";

it("says wells as a person would type them", () => {
  const said = (wells: number[]): string => listed(wells, 16, 24);
  expect(said([80])).toBe("D09");
  expect(said(rectangle(0, 24 * 15 + 1, 24))).toBe("col:1-2");
  expect(said(rectangle(48, 71, 24))).toBe("row:C");
  expect(said(rectangle(26, 75, 24))).toBe("B03-D04");
  expect(said([0, 2, 3, 4])).toBe("A01, A03-A05");
  expect([said([]), listed([1], 0, 0)]).toEqual(["", ""]);
  // The end of one row and the beginning of the next lie apart.
  expect(said([23, 24])).toBe("A24, B01");
});

it("holds every well once, and gives up where it would be long", () => {
  const odd = Array.from({ length: 384 }, (_, well) => well).filter((well) => (well * 7) % 5 === 0 || well % 24 === 3);
  const again = rectangles(odd, 24).flatMap(([from, to]) => rectangle(from, to, 24)).sort((a, b) => a - b);
  expect(again).toEqual(odd);
  expect(listed(odd, 16, 24)).toBe("");
});
