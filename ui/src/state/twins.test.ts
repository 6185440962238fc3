import { beforeEach, expect, test } from "vitest";
import type { PlateTile } from "../ipc/generated";
import { desk } from "./desk.svelte";

const hang = (plate: string, barcode: string, run: string): PlateTile => {
  const made = { plate, barcode, run } as PlateTile;
  desk.plates.set(plate, made);
  return made;
};
beforeEach(() => desk.plates.clear());

test("a plate's run is said where its barcode occurs twice, and nowhere else", () => {
  const [a, b] = [hang("1", "BR1", "R1"), hang("2", "BR2", "R1")];
  expect([a, b].map((plate) => desk.nameOf(plate))).toEqual(["BR1", "BR2"]);
  const [c, d] = [hang("3", "BR1", "R2"), hang("4", "BR2", "")];
  expect([a, b, c, d].map((plate) => desk.nameOf(plate))).toEqual(["BR1 (R1)", "BR2 (R1)", "BR1 (R2)", "BR2 (no run)"]);
  expect([a, c].map((plate) => desk.runOf(plate))).toEqual(["R1", "R2"]);
  desk.plates.delete("3");
  expect(desk.runOf(a)).toBe("");
});

test("barcodes are looked at when plates come, and not with each tick of those that are there", () => {
  let looks = 0;
  for (let n = 0; n < 200; n += 1) hang(`${n}`, "", "R1");
  for (const [plate, tile] of desk.plates) desk.plates.set(plate, { ...tile, get barcode() { looks += 1; return `BR${plate}`; } });
  const tile = (n: number): PlateTile => desk.plates.get(`${n}`) as PlateTile;
  hang("200", "BR7", "R2");
  for (let n = 0; n < 200; n += 1) expect(desk.runOf({ barcode: `BR${n}`, run: "R1" })).toBe(n === 7 ? "R1" : "");
  const once = looks;
  desk.plates.set("8", { ...tile(8), wells_in: 9 });
  for (let n = 0; n < 200; n += 1) desk.runOf({ barcode: `BR${n}`, run: "R1" });
  expect(looks - once).toBeLessThanOrEqual(1);
});
