/** The layout editor's memory: one draft a plate, each edit a step, nothing lost by a refusal; a file set for all of its plates. */
import { beforeEach, expect, it } from "vitest";
import type { LayoutDetail, PlateTile, SetLayoutArgs } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { changed } from "../shared/layout/sheet";
import { desk } from "./desk.svelte";
import { layoutFile } from "./layoutfile.svelte";
import { layouts } from "./layouts.svelte";
import { plate } from "./plate.svelte";

let sent: SetLayoutArgs[] = [];
let refuses: string | null = null;
let force: Record<string, Partial<LayoutDetail>> = {};
const tile = (name: string): PlateTile => ({ plate: name, run: "R", barcode: name, rows: 2, columns: 3 }) as PlateTile;
const settled = (): Promise<void> => new Promise((rested) => setTimeout(rested, 5));

beforeEach(async () => {
  [sent, refuses, force] = [[], null, {}];
  desk.plates.clear();
  for (const name of ["a", "b"]) desk.plates.set(name, tile(name));
  desk.host = {
    call: async (command: string, args: { plate: string } & SetLayoutArgs) => {
      if (command === "layout") return { plate: args.plate, run: "R", barcode: args.plate, format: 6, origin: "topic", assay: "CP", cells: null, wells: [{ well: 0, role: "sample", compound: "C", concentration: null, unit: null, replicate: null }], by: null, at_ms: null, reason: null, has_topic: true, has_run: false, assays: [], ...force[args.plate] };
      if (command !== "set_layout") return { seq: 1 };
      if (refuses === args.plate) throw { code: "refused", message: "No.", detail: null };
      sent.push(args);
      if (!args.whole_run) force[args.plate] = { origin: "plate", wells: args.wells, assay: args.assay };
      return { seq: 1 };
    },
  } as unknown as Host;
  await look("a");
});
async function look(name: string): Promise<void> {
  desk.selected = name;
  layouts.look();
  await settled();
}

it("keeps each plate's edits until they are set, and what is in force is no edit", async () => {
  expect([layouts.count, layouts.isTouched]).toEqual([0, false]);
  plate.wells = new Set([0, 1]);
  layouts.set({ role: "positive" });
  layouts.about({ assay: "CP2" });
  expect([layouts.differs.wells.size, layouts.differs.others]).toEqual([2, ["assay"]]);
  await look("b");
  expect(layouts.count).toBe(0);
  await look("a");
  expect(layouts.count).toBe(3);
  layouts.undo();
  layouts.undo();
  expect([layouts.count, layouts.canUndo, layouts.canRedo]).toEqual([0, false, true]);
  layouts.redo();
  layouts.redo();
  refuses = "a";
  expect(await layouts.send(false, "why")).toBe(false);
  expect(layouts.count, "a refusal loses nothing").toBe(3);
  refuses = null;
  expect(await layouts.send(false, " why ")).toBe(true);
  expect([layouts.count, layouts.canUndo, layouts.detail?.origin]).toEqual([0, false, "plate"]);
  expect(sent).toMatchObject([{ plate: "a", whole_run: false, format: 6, assay: "CP2", cells: null, reason: "why", wells: [{ well: 0, role: "positive", compound: "C" }, { well: 1, role: "positive", compound: null }] }]);
});

it("leaves the edits to a plate that does not take the run's layout, and takes them all back in one step", async () => {
  force["b"] = { origin: "topic", has_topic: true };
  await look("b");
  layouts.change(changed(layouts.sheet, [3], { role: "reference" }));
  expect(await layouts.send(true, "all alike")).toBe(true);
  expect(layouts.count, "it keeps its own, so they still differ").toBe(1);
  layouts.revert();
  expect(layouts.count).toBe(0);
  layouts.undo();
  expect(layouts.count).toBe(1);
  layouts.revert();
});

it("sets a file for all plates that it can be set for, and lists what failed", async () => {
  const roles = { negative: 0, positive: 0, reference: 0, sample: 0, empty: 6 };
  const one = (name: string | null, problem: string | null = null): NonNullable<typeof layoutFile.chosen> => ({ barcode: name ?? "x", plate: name, problem, format: 6, assay: null, cells: null, roles, wells: [] });
  layoutFile.file = { plate: "a", name: "map.csv", base64: "" };
  layoutFile.found = { style: "long", refused: null, asks: [], sheets: [], sheet: null, notes: [], problems: [], problem_count: 0, layouts: [one("a"), one("b"), one(null), one("c", "another format")], layout_count: 4, roles };
  expect(layoutFile.settable.map((known) => known.barcode)).toEqual(["a", "b"]);
  refuses = "a";
  await layoutFile.setAll("platemap");
  expect(layoutFile.outcome).toEqual({ set: 1, failed: [{ barcode: "a", why: "No." }], stopped: false });
  expect(sent.map((args) => args.plate)).toEqual(["b"]);
  await layoutFile.read(new File([""], "nothing.csv"));
  expect(layoutFile.problem).toBe("The file is empty.");
});

it("a layout that comes late lies under the edits, and under nothing else", async () => {
  const late = (role: string): Partial<LayoutDetail> => ({ wells: [0, 1, 2].map((well) => ({ well, role, compound: null, concentration: null, unit: null, replicate: null })) });
  plate.wells = new Set([1]);
  layouts.set({ role: "positive" });
  force["a"] = late("negative");
  await layouts.pull();
  const roles = (): (string | undefined)[] => layouts.sheet.wells.slice(0, 3).map((entry) => entry?.role);
  expect([layouts.count, ...roles()]).toEqual([1, "negative", "positive", "negative"]);
  layouts.undo();
  expect([layouts.count, ...roles()]).toEqual([0, "negative", "negative", "negative"]);
  // What was undone or reverted holds nothing back.
  force["a"] = late("reference");
  await layouts.pull();
  expect([layouts.count, layouts.isTouched, ...roles()]).toEqual([0, false, "reference", "reference", "reference"]);
  layouts.set({ role: "positive" });
  layouts.revert();
  force["a"] = late("sample");
  await layouts.pull();
  expect([layouts.count, ...roles()]).toEqual([0, "sample", "sample", "sample"]);
  // A draft of another plate meets what came meanwhile when it is looked at again.
  layouts.set({ role: "empty" });
  await look("b");
  force["a"] = late("negative");
  await look("a");
  expect([layouts.count, ...roles()]).toEqual([1, "negative", undefined, "negative"]);
});
