/** Layouts as they are edited: fields, differences, dilutions, and what comes from a spreadsheet. */
import { expect, it } from "vitest";
import { begun, done, redone, undone } from "../history";
import { diluted, doses, lines, wrongWith } from "./dilution";
import { doseOf, pasted, wellOf } from "./paste";
import { blank, changed, common, counts, differences, rowsOf, type Sheet, sheetOf } from "./sheet";

const sample = { role: "sample", compound: "CMP-1", concentration: 10, unit: "uM", replicate: 1 };
const of = (format: number, wells: Record<number, object> = {}): Sheet => sheetOf({ format, assay: "CP", cells: null, wells: Object.entries(wells).map(([well, entry]) => ({ ...sample, ...entry, well: Number(well) })) });

it("sets fields of many wells in one step; an empty well that is given something becomes a sample", () => {
  const sheet = of(6, { 0: {}, 1: { role: "negative", compound: "DMSO" } });
  const next = changed(sheet, [0, 1, 2], { compound: "CMP-9" });
  expect(next.wells.map((entry) => [entry?.role, entry?.compound])).toEqual([["sample", "CMP-9"], ["negative", "CMP-9"], ["sample", "CMP-9"], [undefined, undefined], [undefined, undefined], [undefined, undefined]]);
  expect(changed(sheet, [0], { role: "empty" }).wells[0], "an empty well keeps nothing").toBeNull();
  expect(changed(sheet, [0], { compound: "CMP-1" }), "what changes nothing is no step").toBe(sheet);
  expect(common(sheet, [0, 1], "compound")).toEqual({ value: null, several: true });
  expect(common(sheet, [0, 1], "unit")).toEqual({ value: "uM", several: false });
  expect(counts(next)).toMatchObject({ sample: 2, negative: 1, empty: 3 });
});

it("says what differs, well by well, and not what only looks so", () => {
  const sheet = of(6, { 0: {}, 1: { concentration: null, unit: "uM" }, 2: { role: "empty", compound: null, concentration: null, unit: null, replicate: null } });
  expect(rowsOf(sheet).map((row) => row.well), "an empty well of which nothing is said is not named").toEqual([0, 1]);
  const same = changed(sheet, [1], { unit: null });
  expect([...differences(same, sheet).wells], "a unit without a dose says nothing").toEqual([]);
  const next = { ...changed(sheet, [0, 5], { role: "positive" }), assay: "CP2", cells: "" };
  expect(differences(next, sheet)).toEqual({ wells: new Set([0, 5]), others: ["assay"] });
  expect(differences(blank(12), sheet).others).toEqual(["format", "assay"]);
});

it("undoes and does again every edit", () => {
  const first = of(6, { 0: {} });
  let history = begun(first);
  history = done(history, changed(first, [0], { role: "positive" }));
  history = done(history, changed(history.now, [1], { compound: "B" }));
  expect(undone(undone(history)).now).toBe(first);
  expect(redone(redone(undone(undone(history)))).now).toBe(history.now);
});

it("dilutes along rows and columns, either way, with wells beside each other, and leaves empty wells empty", () => {
  const sheet = changed(of(24), Array.from({ length: 24 }, (_, n) => n).filter((n) => n !== 2), { role: "sample" });
  const dilution = { first: 10, factor: 3, unit: "uM", way: "right", each: 1 } as const;
  const across = diluted(sheet, [0, 1, 2, 3, 6, 7], 6, dilution);
  expect([0, 1, 2, 3, 6, 7].map((well) => across.wells[well]?.concentration)).toEqual([10, 3.33333, undefined, 0.37037, 10, 3.33333]);
  expect(lines([0, 6, 12, 1, 7], 6, "up")).toEqual([[12, 6, 0], [7, 1]]);
  expect(diluted(sheet, [0, 6, 12, 18], 6, { ...dilution, way: "down", each: 2 }).wells.filter((_, n) => n % 6 === 0).map((entry) => entry?.concentration)).toEqual([10, 10, 3.33333, 3.33333]);
  expect(doses({ ...dilution, factor: 2 }, [0, 1, 3, 4], 6)).toEqual([10, 5, 2.5, 1.25]);
  expect([wrongWith({ ...dilution, first: 0 }), wrongWith({ ...dilution, factor: 1 }), wrongWith({ ...dilution, each: 0 }), wrongWith(dilution)].map((says) => says === null)).toEqual([false, false, false, true]);
});

it("knows wells and doses however they are written, and refuses what can be read in two ways", () => {
  expect([wellOf("A1", 96), wellOf("h12", 96), wellOf("A-03", 96), wellOf("I1", 96), wellOf("AV72", 3456), wellOf("A0", 96), wellOf("CMP", 96)]).toEqual([0, 95, 2, null, 3455, null, null]);
  expect([doseOf("10"), doseOf("0,5"), doseOf("2.5 µM"), doseOf("1e-3"), doseOf("1,000"), doseOf("-1"), doseOf("high")]).toEqual([{ concentration: 10, unit: null }, { concentration: 0.5, unit: null }, { concentration: 2.5, unit: "uM" }, { concentration: 0.001, unit: null }, null, null, null]);
});

it("reads a table with heads in any order, one without, and says what it cannot take", () => {
  const heads = pasted("Compound\tWell\tConc (µM)\tRole\nCMP-7\tA01\t2,5\tsample\nDMSO\tA02\t\tneg\nX\tZ99\t1\tsample\nY\tA03\t1\twizard\n\t\t\t\n", blank(96), []);
  expect(rowsOf(heads.sheet ?? blank(96))).toEqual([
    { well: 0, role: "sample", compound: "CMP-7", concentration: 2.5, unit: "uM", replicate: null },
    { well: 1, role: "negative", compound: "DMSO", concentration: null, unit: null, replicate: null },
  ]);
  expect(heads.problems).toEqual(["Line 4: “Z99” is no well of a plate of 96.", "Line 5: “wizard” is no role."]);
  const bare = pasted("A1\tsample\tCMP-1\t10\tuM\t2\r\nA2\tpos\r\nA2\tneg\r\n", of(96, { 1: { compound: "kept" } }), []);
  expect(rowsOf(bare.sheet ?? blank(96)).map((row) => [row.well, row.role, row.compound, row.replicate])).toEqual([[0, "sample", "CMP-1", 2], [1, "positive", null, null]]);
  expect(bare.problems).toEqual(["Line 3: A02 stands there twice; the first is kept."]);
  expect(pasted("  ", blank(96), []).sheet).toBeNull();
  expect(pasted("a\tb\nc\td", blank(96), []).says).toContain("no table of wells");
});

it("lays a column over the wells that are selected, line by line", () => {
  const roles = pasted("pos\nneg", of(6, { 0: {}, 3: {} }), [3, 0]);
  expect([roles.sheet?.wells[0]?.role, roles.sheet?.wells[3]?.role, roles.sheet?.wells[0]?.compound]).toEqual(["positive", "negative", "CMP-1"]);
  const named = pasted("compound\nCMP-4\nCMP-5", blank(6), [0, 1]);
  expect(named.sheet?.wells.slice(0, 2).map((entry) => [entry?.role, entry?.compound])).toEqual([["sample", "CMP-4"], ["sample", "CMP-5"]]);
  expect(pasted("10\n5\n2.5", of(6, { 0: {}, 1: {}, 2: {} }), [0, 1, 2]).sheet?.wells.slice(0, 3).map((entry) => entry?.concentration)).toEqual([10, 5, 2.5]);
  expect(pasted("10\n5", blank(6), [0]).says).toBe("2 lines without well names, and 1 selected well: select as many as there are lines.");
});

it("reads a plate drawn in roles, with and without what stands round it", () => {
  const bare = pasted("+\t-\ts\n\tr\tx", of(6, { 0: {} }), []);
  expect(bare.sheet?.wells.map((entry) => entry?.role ?? "empty")).toEqual(["positive", "negative", "sample", "empty", "reference", "sample"]);
  expect(bare.sheet?.wells[0]?.compound, "a role alone leaves the compound").toBe("CMP-1");
  const round = pasted("\t1\t2\t3\nA\tpos\tneg\tsample\nB\tempty\twhat\tsample", blank(6), []);
  expect(round.sheet?.wells.map((entry) => entry?.role ?? "empty")).toEqual(["positive", "negative", "sample", "empty", "empty", "sample"]);
  expect(round.problems).toEqual(["B02: “what” is no role."]);
});
