import { expect, it } from "vitest";
import { has, words } from "./find";
import { plate } from "./made";

const found = (text: string, change: Parameters<typeof plate>[1] = {}): boolean => has(plate("BR00117010", change), words(text));

it("finds by everything that is written about a plate, in any case, all words of several", () => {
  const change = { run: "CP-A549-0412", instrument: "Imager 2", assay: "Cell Painting", cells: "A549", stage: "on stage" };
  for (const text of ["117010", "a549-04", "imager 2", "painting cell", "ON STAGE", "br0011 imager reading", "  "]) expect(found(text, change), text).toBe(true);
  for (const text of ["117011", "imager 3", "painting hepg2"]) expect(found(text, change), text).toBe(false);
});

it("finds by words for what state a plate is in", () => {
  const fails = { headline: { feature: "Cells_Count", z_prime: 0.1, undefined: null, level: "fail" as const, controls_in: 3, controls_expected: 3 } };
  expect(found("fail", fails)).toBe(true);
  expect(found("pass", fails)).toBe(false);
  expect(found("reading")).toBe(true);
  expect(found("reading", { complete: true })).toBe(false);
  expect(found("complete", { complete: true })).toBe(true);
  expect(found("waiting", { wells_in: 0 })).toBe(true);
  expect(found("alert attention", { flags: 1, level: "attention" })).toBe(true);
  expect(found("flagged review", { review_flags: 1 })).toBe(true);
  expect(found("flagged")).toBe(false);
  // A level of alerts that are over says nothing.
  expect(found("attention", { level: "attention" })).toBe(false);
});

it("finds names in letters of any kind, however they are composed", () => {
  expect(has(plate("Планшет-ЙЦ"), words("планшет йц".normalize("NFD")))).toBe(true);
});
