import { expect, it } from "vitest";
import type { PlateTile } from "../../ipc/generated";
import { groups, next, rows, visible } from "./groups";

const tile = (barcode: string, change: Partial<PlateTile> = {}): PlateTile => ({
  plate: barcode, run: "R1", barcode, revision: 1, format: 384, rows: 16, columns: 24, wells_in: 10, wells_expected: 384,
  complete: false, headline: null, flags: 0, level: "ok", review_flags: 0, images: 0, stage: null, instrument: null, assay: null, cells: null,
  last_ms: null, fresh: [], ...change,
});

it("parts plates by run, instrument or state, and counts their wells", () => {
  const plates = [tile("a"), tile("b", { run: "R2", instrument: "imager 2", complete: true }), tile("c", { wells_in: 0, assay: "Cell Painting", cells: "A549" })];
  const runs = groups(plates, "run");
  expect(runs.map((one) => [one.name, one.says, one.wells])).toEqual([
    ["R1", "Cell Painting, A549", "10 of 768 wells"],
    ["R2", "", "10 of 384 wells"],
  ]);
  expect(groups(plates, "instrument").map((one) => one.name)).toEqual(["no instrument named", "imager 2"]);
  expect(groups(plates, "state").map((one) => one.name)).toEqual(["Reading", "Complete", "Waiting"]);
});

it("keeps few of ten thousand plates near the eye", () => {
  const plates = Array.from({ length: 10_000 }, (_, n) => tile(`p${n}`, { run: `R${Math.floor(n / 40)}` }));
  const laid = rows(groups(plates, "run"), 192, 5);
  expect(laid.rows.length).toBe(250 + 2000);
  const near = visible(laid.rows, laid.height / 2, 780).flatMap((row) => ("tiles" in row ? row.tiles : []));
  expect(near.length).toBeGreaterThan(15);
  expect(near.length).toBeLessThan(60);
  // A row is as tall as its plates, whatever their format.
  expect(rows(groups([tile("a"), tile("b", { rows: 32, columns: 48 }), tile("c", { rows: 2, columns: 3 })], "run"), 192, 5).rows[1]?.height).toBe(172);
});

it("moves by arrows as the eye does, across groups of unequal length", () => {
  const plates = [..."abcdefg"].map((name) => tile(name)).concat([..."xy"].map((name) => tile(name, { run: "R2" })));
  const laid = rows(groups(plates, "run"), 192, 5).rows;
  // a b c d e / f g // x y
  expect(next(laid, "e", "ArrowDown")?.plate).toBe("g");
  expect(next(laid, "g", "ArrowDown")?.plate).toBe("y");
  expect(next(laid, "x", "ArrowUp")?.plate).toBe("f");
  expect(next(laid, "g", "ArrowRight")?.plate).toBe("x");
  expect(next(laid, "a", "ArrowLeft")?.plate).toBe("a");
  expect(next(laid, "y", "ArrowRight")?.plate).toBe("y");
  expect(next(laid, null, "ArrowRight")?.plate).toBe("a");
  expect(next(laid, "a", "q")).toBeUndefined();
});
