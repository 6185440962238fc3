import { expect, it } from "vitest";
import type { AlertItem, PlateTile } from "../ipc/generated";
import { byPlate, changes, markOf, nameOf, read, written } from "./mark";

const tile = (z: number | null, change: Partial<PlateTile> = {}): PlateTile => ({
  plate: "p", run: "R1", barcode: "a", revision: 1, format: 384, rows: 16, columns: 24, wells_in: 10, wells_expected: 384,
  complete: false, headline: { feature: "Cells_Count", z_prime: z, undefined: null, level: z === null ? "unknown" : z >= 0.5 ? "ok" : z >= 0.4 ? "attention" : "fail", controls_in: 3, controls_expected: 3 },
  flags: 0, level: "ok", review_flags: 0, images: 0, stage: null, instrument: null, assay: null, cells: null, last_ms: null, fresh: [], ...change,
});
const alert = (seq: number, change: Partial<AlertItem> = {}): AlertItem => ({
  seq, plate: "p", run: "R1", barcode: "a", rule: "z_prime", title: "Z′ is low", opens: "plate", feature: "Cells_Count", level: "fail", value: 0.3, limit: 0.4, place: "", well: null, site: null, counts: [3, 24], at_ms: 0, guidance: "", open: true, acknowledged: false, listed: true, calls: true, over_at_ms: null, burst: 1, neighbours: [], ...change,
});

it("names what changed, and calls nothing a change that only drifts", () => {
  const before = markOf(tile(0.58));
  expect(changes(before, tile(0.58))).toEqual([]);
  expect(changes(before, tile(0.52, { wells_in: 200 }))).toEqual([]);
  expect(changes(before, tile(0.31))).toEqual(["Z′ 0.58 to 0.31"]);
  expect(changes(before, tile(-0.2))).toEqual(["Z′ 0.58 to −0.20"]);
  expect(changes(before, tile(null))).toEqual(["Z′ 0.58 to –"]);
  expect(changes(markOf(tile(null)), tile(0.58))).toEqual(["Z′ now 0.58"]);
  expect(changes(before, tile(0.58, { complete: true }))).toEqual(["complete"]);
  expect(changes(markOf(tile(0.58, { complete: true })), tile(0.58))).toEqual(["no longer complete"]);
  // As few digits as tell them apart.
  expect(changes(markOf(tile(0.5001)), tile(0.4999))).toEqual(["Z′ 0.5001 to 0.4999"]);
  expect(changes(undefined, tile(0.58, { complete: true, flags: 2 }))).toEqual(["new plate", "complete", "2 alerts"]);
});

it("counts alerts by which they are, not by how many stand", () => {
  const before = markOf(tile(0.58, { flags: 1, level: "fail" }), [alert(7)]);
  expect(changes(before, tile(0.58, { flags: 1, level: "fail" }), [alert(7)])).toEqual([]);
  expect(changes(before, tile(0.58, { flags: 3, level: "fail" }), [alert(7), alert(8), alert(9)])).toEqual(["2 new alerts"]);
  // One is over, another began.
  expect(changes(before, tile(0.58, { flags: 1, level: "fail" }), [alert(9)])).toEqual(["1 new alert"]);
  expect(changes(before, tile(0.58), [])).toEqual(["1 alert over"]);
  // The list may lack some: the tile's count still says it.
  expect(changes(before, tile(0.58, { flags: 2, level: "fail" }), [])).toEqual(["1 new alert"]);
  expect(changes(markOf(tile(0.58, { flags: 1, level: "attention" }), [alert(7)]), tile(0.58, { flags: 1, level: "fail" }), [alert(7)])).toEqual(["alerts attention to fail"]);
  expect([...byPlate([alert(1), alert(2, { open: false }), alert(3, { plate: "q" })])].map(([plate, all]) => [plate, all.map((one) => one.seq)])).toEqual([["p", [1]], ["q", [3]]]);
});

it("is kept under the run and the barcode, and reads nothing that is none", () => {
  const mark = markOf(tile(0.58, { flags: 1 }), [alert(7)]);
  expect(read(JSON.parse(JSON.stringify(written(mark))))).toEqual(mark);
  for (const wrong of [null, [], "x", ["ok"], ["good", 1, true, 0, "ok", 0], ["ok", 1, 1, 0, "ok", 0]]) expect(read(wrong)).toBeNull();
  expect(nameOf(tile(0.5))).toBe("R1\na");
});
