import { expect, it } from "vitest";
import type { WellDetail } from "../../ipc/generated";
import { beside } from "./beside";

const well = (...values: [string, number | null, number | null][]): Pick<WellDetail, "values"> => ({ values: values.map(([feature, value, robust_z]) => ({ feature, value, missing: null, robust_z, sites: null })) });

it("puts what differs most first, and keeps what is not known apart from 0", () => {
  const rows = beside([well(["a", 1, 0.1], ["b", 2, -3], ["c", 3, null]), well(["a", 1.5, 0.4], ["b", 9, 5], ["d", 0, 0])]);
  expect(rows.map(({ feature, values }) => [feature, ...values])).toEqual([["b", 2, 9], ["a", 1, 1.5], ["c", 3, null], ["d", null, 0]]);
  expect(beside([])).toEqual([]);
});
