/** A file of layouts: read again with what is said beside it, one question at a time; the wells of a large one asked for page by page. */
import { beforeEach, expect, it } from "vitest";
import type { LayoutRead, LayoutsRead, ReadLayoutsArgs, SetLayoutArgs } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { layoutBeside, rulesOf, wrongWith } from "./layoutbeside.svelte";
import { layoutFile, pageFrom } from "./layoutfile.svelte";

const ROLES = { negative: 0, positive: 0, reference: 0, sample: 6, empty: 0 };
let asked: ReadLayoutsArgs[] = [];
let sent: SetLayoutArgs[] = [];
let plates: string[] = [];
/** Layouts whose wells one answer has. */
let page = 100;
let answers: ((found: LayoutsRead) => void)[] | null = null;

function answer({ plate, from }: ReadLayoutsArgs): LayoutsRead {
  const first = plates.length <= page ? 0 : (from ?? Math.max(0, plates.indexOf(plate)));
  const one = (barcode: string, at: number): LayoutRead => ({
    barcode, plate: barcode, problem: null, format: 3456, assay: null, cells: null, roles: ROLES,
    wells: at >= first && at < first + page ? [{ well: 0, role: "sample", compound: barcode, concentration: null, unit: null, replicate: null }] : null,
  });
  return { style: "long", refused: null, asks: [], sheets: [], sheet: null, notes: [], problems: [], problem_count: 0, layouts: plates.map(one), layout_count: plates.length, roles: ROLES };
}
const wait = (): Promise<void> => new Promise((rested) => setTimeout(rested, 10));

beforeEach(() => {
  [asked, sent, plates, page, answers] = [[], [], ["a", "b", "c"], 100, null];
  desk.selected = "b";
  desk.host = {
    call: async (command: string, args: unknown) => {
      if (command === "set_layout") {
        sent.push(args as SetLayoutArgs);
        return { seq: 1 };
      }
      if (command !== "read_layouts") throw { code: "no_such_plate", message: "None.", detail: null };
      asked.push(args as ReadLayoutsArgs);
      if (answers) return new Promise((give) => answers?.push(give));
      return answer(args as ReadLayoutsArgs);
    },
  } as unknown as Host;
  layoutFile.clear();
  layoutFile.look("b");
  for (const which of ["barcodes", "compounds"] as const) layoutBeside.drop(which);
  [layoutBeside.rules, layoutBeside.unit, layoutBeside.blank] = [[], "", ""];
});

it("makes rules of what is written, and says what is wrong with one", () => {
  const rule = { id: 1, compound: " BRD-K1 ", above: "15", atMost: "", role: "positive" };
  expect(rulesOf([rule])).toEqual([{ compound: "BRD-K1", above: 15, at_most: null, role: "positive" }]);
  expect(rulesOf([{ ...rule, above: "1,5", atMost: "2.5" }])).toEqual([{ compound: "BRD-K1", above: 1.5, at_most: 2.5, role: "positive" }]);
  expect(rulesOf([{ ...rule, compound: " " }]), "it is not written yet").toEqual([]);
  expect(wrongWith({ ...rule, compound: "" })).toBeNull();
  for (const [above, atMost, says] of [["15 uM", "", /without a unit/], ["x", "", /is a number/], ["1,000", "", /is a number/], ["5", "5", /No dose is above/]] as const) {
    expect(wrongWith({ ...rule, above, atMost })).toMatch(says);
    expect(rulesOf([{ ...rule, above, atMost }])).toEqual([]);
  }
});

it("reads the file again with what is said, and looks at the same layout", async () => {
  await layoutFile.read(new File(["x"], "map.csv"));
  expect([layoutFile.chosen?.barcode, layoutFile.shown?.barcode, asked[0]?.unit]).toEqual(["b", "b", null]);
  layoutFile.pick(2);
  plates = ["z", "a", "c"];
  layoutBeside.unit = "nM";
  await layoutBeside.take("compounds", new File(["y"], "meta.tsv"));
  await layoutFile.again();
  expect(asked[1]).toMatchObject({ plate: "b", name: "map.csv", unit: "nM", compounds: { name: "meta.tsv", base64: "eQ==" }, barcodes: null });
  expect([layoutFile.at, layoutFile.chosen?.barcode, layoutBeside.count]).toEqual([2, "c", 2]);
  expect(await layoutBeside.take("barcodes", new File([""], "none.csv"))).toBe(false);
  expect([layoutBeside.wrong.barcodes, layoutBeside.tables.barcodes]).toEqual(["The file is empty.", null]);
  layoutBeside.sheet = "Two";
  await layoutFile.read(new File(["x"], "other.csv"));
  expect(asked[2], "the sheet was the file’s; the rest stays").toMatchObject({ sheet: null, unit: "nM", compounds: { name: "meta.tsv" } });
});

it("asks one question at a time, and the newest counts", async () => {
  await layoutFile.read(new File(["x"], "map.csv"));
  answers = [];
  for (const unit of ["nM", "uM", "mM"]) {
    layoutBeside.unit = unit;
    void layoutFile.again();
  }
  await wait();
  expect([asked.length, layoutFile.busy, layoutFile.found?.layouts.length]).toEqual([2, true, 3]);
  plates = ["old"];
  answers.shift()?.(answer(asked[1]!));
  await wait();
  expect([asked.length, asked[2]?.unit, layoutFile.busy], "an answer to an older question is none").toEqual([3, "mM", true]);
  expect(layoutFile.found?.layouts.length).toBe(3);
  // Another plate meanwhile: what comes is for nobody.
  layoutFile.look("c");
  answers.shift()?.(answer(asked[2]!));
  await wait();
  expect([layoutFile.found, layoutFile.busy, layoutFile.name]).toEqual([null, false, ""]);
});

it("says what is refused, also as a failure", async () => {
  const before = desk.host;
  await layoutFile.read(new File(["x"], "map.csv"));
  desk.host = { call: async () => ({ ...answer({ plate: "b", from: null } as ReadLayoutsArgs), style: null, refused: "map.csv: no.", layouts: [], layout_count: 0, sheets: ["One", "Two"] }) } as unknown as Host;
  await layoutFile.again();
  expect([layoutFile.problem, layoutFile.chosen, layoutFile.preview, layoutFile.found?.sheets.length]).toEqual(["map.csv: no.", null, null, 2]);
  desk.host = { call: async () => { throw { code: "invalid", message: "A rule names its compound.", detail: null }; } } as unknown as Host;
  await layoutFile.again();
  expect([layoutFile.problem, layoutFile.found, layoutFile.busy]).toEqual(["A rule names its compound.", null, false]);
  desk.host = before;
  await layoutFile.again();
  expect([layoutFile.problem, layoutFile.chosen?.barcode]).toEqual([null, "b"]);
});

it("fetches wells that one answer had no room for: when they are looked at, and when all are set", async () => {
  plates = Array.from({ length: 60 }, (_, n) => `p${n}`);
  page = 28;
  await layoutFile.read(new File(["x"], "map.csv"));
  expect([layoutFile.at, layoutFile.shown?.barcode]).toEqual([0, "p0"]);
  layoutFile.pick(40);
  expect([layoutFile.at, layoutFile.shown?.barcode, layoutFile.unfit], "the old one stays until the new one is there").toEqual([40, "p0", "Its wells are on their way."]);
  await wait();
  expect([layoutFile.shown?.barcode, layoutFile.busy, asked.length, asked[1]?.from]).toEqual(["p40", false, 2, 33]);
  layoutFile.pick(36);
  await wait();
  expect([layoutFile.shown?.barcode, asked.length], "one goes up as well as down").toEqual(["p36", 2]);
  expect(pageFrom(layoutFile.found?.layouts ?? [], 3)).toBe(0);
  await layoutFile.setAll("platemap");
  expect(sent.map((args) => [args.plate, args.wells[0]?.compound])).toEqual(plates.map((name) => [name, name]));
  expect(asked.slice(2).map((args) => args.from)).toEqual([0, 28, 56]);
  expect(layoutFile.outcome).toEqual({ set: 60, failed: [], stopped: false });
});
