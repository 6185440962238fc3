// A file of layouts with what stands beside it: platemaps of LINCS and JUMP with their side tables, control rules, units, sheets, blank wells.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { LayoutRead, LayoutsRead, ReadLayoutsArgs } from "../src/ipc/generated";
import { foundOf, openLayout, readOf, rowsOf } from "./layouts";
import { begin, end, keep, recording, serious, told } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

/** A made layout without its controls, as a platemap alone gives it. */
const plain = (): ReturnType<typeof rowsOf> => rowsOf(16, 24).map((row) => ({ ...row, role: "sample" }));
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const choose = (page: Page, name: string, text: string, field = "layout-file"): Promise<void> => page.getByTestId(field).setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
const text = (page: Page, name: string): Promise<string | null> => page.getByTestId(name).textContent();
const focus = (page: Page): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
const last = async (called: (command: string) => Promise<unknown[]>): Promise<ReadLayoutsArgs> => (await called("read_layouts")).at(-1) as ReadLayoutsArgs;
const isOpen = (page: Page): Promise<string | null> => page.getByTestId("layout-more").locator("button.head").getAttribute("aria-expanded");

/** The desk's part: the first of some answers whose conditions hold. */
async function desk(page: Page, answers: { when: (keyof ReadLayoutsArgs)[]; found: LayoutsRead }[]): Promise<void> {
  await page.evaluate((all) => {
    window.recorded.answers["read_layouts"] = (args: Record<string, unknown>) => all.find(({ when }) => when.every((field) => (Array.isArray(args[field]) ? args[field].length > 0 : args[field] !== null)))?.found;
  }, answers);
}

it("gives a LINCS platemap its plates by a table of barcodes and its controls by a rule, with keys as well", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page, called, wrong } = sight;
  const others = told(of).tick.plates.slice(0, 3);
  const named = (change: Partial<LayoutRead>): LayoutRead[] => others.map((tile) => readOf(tile.barcode, tile.plate, change));
  const lincs = (layouts: LayoutRead[], change: Partial<LayoutsRead> = {}): LayoutsRead => foundOf(layouts, { style: "lincs", notes: ["24 wells have a solvent and no compound: read as negative"], ...change });
  await desk(page, [
    { when: ["barcodes", "rules"], found: lincs(named({})) },
    { when: ["barcodes"], found: lincs(named({ wells: plain() })) },
    { when: [], found: lincs([readOf("C-7161-01-LM6-023", null, { wells: plain() })], { notes: ["no table of barcodes is given: layouts have the names of platemaps"] }) },
  ]);
  await page.getByTestId("layout-import-tab").click();
  await choose(page, "C-7161-01-LM6-023.txt", "plate_map_name\twell_position\n");
  await page.getByTestId("layout-list").waitFor();
  expect(await text(page, "layout-style")).toBe("Read as a LINCS platemap, 1 plate.");
  expect(await isOpen(page), "a platemap asks for more than itself").toBe("true");
  expect(await text(page, "layout-list")).toContain("not in this session");
  expect(await text(page, "layout-roles")).toMatch(/Negative 0.*Positive 0.*no well is a control/);
  expect(await page.getByTestId("layout-all").count(), "nothing can be set").toBe(0);
  expect(await page.getByTestId("layout-preview").textContent(), "it is no plate’s: there is nothing to compare").toBe("Preview of the file");
  await keep(page, "layout-beside-lincs");
  const top = async (): Promise<number | undefined> => (await page.getByTestId("beside-barcodes").locator("..").boundingBox())?.y;
  const before = await top();
  await choose(page, "barcode_platemap.csv", "Assay_Plate_Barcode,Plate_Map_Name\n", "beside-barcodes");
  await expect.poll(() => text(page, "layout-style")).toBe("Read as a LINCS platemap, 3 plates.");
  expect(await top(), "what a person works with stays where it is").toBe(before);
  expect(await text(page, "beside-barcodes-name")).toBe("barcode_platemap.csv");
  expect((await last(called)).barcodes).toEqual({ name: "barcode_platemap.csv", base64: base64("Assay_Plate_Barcode,Plate_Map_Name\n") });
  // The rule, by keys alone: its compound, its dose, its role.
  await page.getByTestId("rule-add").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => focus(page)).toBe("rule-compound");
  await page.keyboard.type("BRD-K60230970");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await last(called)).rules).toEqual([{ compound: "BRD-K60230970", above: null, at_most: null, role: "positive" }]);
  for (const name of ["rule-role", "rule-remove", "rule-above"]) {
    await page.keyboard.press("Tab");
    expect(await focus(page)).toBe(name);
  }
  await page.keyboard.type("15 uM");
  await page.keyboard.press("Tab");
  expect(await text(page, "rule-wrong")).toBe("A dose is a number without a unit, as 15: it has the file’s.");
  await expect.poll(async () => (await last(called)).rules, { message: "what makes no sense is not asked with" }).toEqual([]);
  await page.getByTestId("rule-above").fill("15");
  await page.getByTestId("rule-above").press("Enter");
  await expect.poll(async () => (await last(called)).rules).toEqual([{ compound: "BRD-K60230970", above: 15, at_most: null, role: "positive" }]);
  await expect.poll(() => text(page, "layout-roles")).toMatch(/Negative 96.*Positive 24.*Reference 24/);
  expect(await text(page, "layout-roles")).not.toContain("no well is a control");
  expect(await page.getByTestId("layout-more").locator("button.head").textContent()).toContain("2 given");
  expect(await text(page, "layout-all")).toBe("Set all 3");
  for (const theme of ["dark", "light"]) {
    if (theme === "light") await page.getByTestId("theme").click();
    await wear(page, theme);
    await keep(page, `layout-beside-${theme}`);
    expect(await serious(page)).toEqual([]);
  }
  const walked = await reach(page);
  expect([walked.nameless, walked.missed]).toEqual([[], []]);
  expect(walked.controls).toEqual(expect.arrayContaining(["button Without the table of barcodes", "combobox A blank well is", "combobox Doses without a unit", "textbox Compound", "textbox dose above", "button Remove rule 1", "button Add a control rule"]));
  // Taken away again; the focus has somewhere to go on from.
  await page.getByTestId("rule-remove").click();
  expect(await focus(page)).toBe("rule-add");
  await expect.poll(() => text(page, "layout-roles")).toContain("no well is a control");
  await page.getByTestId("beside-barcodes-drop").click();
  expect(await focus(page)).toBe("beside-barcodes");
  await expect.poll(() => text(page, "layout-style")).toBe("Read as a LINCS platemap, 1 plate.");
  expect(await page.getByTestId("beside-barcodes-drop").isDisabled()).toBe(true);
  // What a person folded stays folded.
  await page.getByTestId("layout-more").locator("button.head").click();
  await page.getByTestId("layout-list").focus();
  await page.keyboard.press("End");
  expect(await isOpen(page)).toBe("false");
  expect(wrong).toEqual([]);
  await page.context().close();
});

it("gives a JUMP platemap its controls by a table of compounds, and says what is wrong with one", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page, tile, called } = sight;
  const jump = (change: Partial<LayoutRead>, more: Partial<LayoutsRead> = {}): LayoutsRead => foundOf([readOf(tile.barcode, tile.plate, change)], { style: "jump", ...more });
  await desk(page, [
    { when: ["compounds", "blank"], found: jump({}) },
    { when: ["compounds"], found: { ...foundOf([]), style: null, refused: "notes.tsv: it needs a column `broad_sample` or `compound`", asks: ["compounds"] } },
    { when: [], found: jump({ wells: plain() }) },
  ]);
  await page.getByTestId("layout-import-tab").click();
  await choose(page, "JUMP-Target-1_compound_platemap.tsv", "well_position\tbroad_sample\n");
  await expect.poll(() => text(page, "layout-roles")).toContain("no well is a control");
  expect(await text(page, "layout-preview"), "this plate’s own is compared").toMatch(/^Preview of the file, \d+ differ from what is in force$/);
  await choose(page, "notes.tsv", "name\n", "beside-compounds");
  await expect.poll(() => text(page, "layout-file-wrong")).toBe("notes.tsv: it needs a column `broad_sample` or `compound`");
  expect(await text(page, "layout-style")).toBe("Nothing of it was taken.");
  expect(await isOpen(page)).toBe("true");
  await keep(page, "layout-beside-refused");
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("beside-blank").selectOption("negative");
  await expect.poll(() => text(page, "layout-roles")).toMatch(/Negative 32.*Positive 8/);
  expect(await last(called)).toMatchObject({ blank: "negative", compounds: { name: "notes.tsv" }, barcodes: null });
  expect(await page.getByTestId("layout-file-wrong").count()).toBe(0);
  // A table that is too large is not taken, and the one before stays.
  const calls = (await called("read_layouts")).length;
  await page.getByTestId("beside-compounds").setInputFiles({ name: "all.tsv", mimeType: "text/plain", buffer: Buffer.alloc(0) });
  await page.getByText("The file is empty.").waitFor();
  expect([await text(page, "beside-compounds-name"), (await called("read_layouts")).length]).toEqual(["notes.tsv", calls]);
  expect(sight.wrong).toEqual([]);
  await page.context().close();
});

it("asks for a unit where doses have none, and for a sheet where a workbook has several", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page, tile, called } = sight;
  const bare = rowsOf(16, 24).map((row) => ({ ...row, unit: row.concentration === null ? null : "" }));
  const book = { sheets: ["About", "Layout", "Second"] };
  await desk(page, [
    { when: ["sheet"], found: foundOf([readOf(tile.barcode, tile.plate)], { ...book, sheet: "Second" }) },
    { when: ["unit"], found: foundOf([readOf(tile.barcode, tile.plate)], { ...book, sheet: "Layout" }) },
    { when: [], found: foundOf([readOf(tile.barcode, tile.plate, { wells: bare, problem: "352 doses have no unit" })], { ...book, sheet: "Layout", asks: ["unit"] }) },
  ]);
  await page.getByTestId("layout-import-tab").click();
  await choose(page, "layouts.xlsx", "PK");
  await page.getByTestId("layout-list").waitFor();
  expect(await isOpen(page), "the file lacks something that can be said").toBe("true");
  expect([await page.getByTestId("layout-use").isDisabled(), await page.getByTestId("layout-all").count()]).toEqual([true, 0]);
  expect(await text(page, "layout-list")).toContain("352 doses have no unit");
  expect(await page.getByTestId("beside-sheet").inputValue(), "the sheet that was read").toBe("Layout");
  await page.getByTestId("beside-unit").selectOption("uM");
  await expect.poll(() => page.getByTestId("layout-use").isDisabled()).toBe(false);
  expect(await text(page, "layout-all")).toBe("Set this one");
  expect(await last(called)).toMatchObject({ unit: "uM", sheet: null });
  await page.getByTestId("beside-sheet").selectOption("Second");
  await expect.poll(async () => (await last(called)).sheet).toBe("Second");
  await keep(page, "layout-beside-sheet");
  // While it is read anew what was found stays, and that it is being read is said where nothing moves.
  const place = await page.getByTestId("layout-list").boundingBox();
  await page.evaluate(() => (window.recorded.answers["read_layouts"] = () => new Promise(() => undefined)));
  await page.getByTestId("beside-blank").selectOption("empty");
  await expect.poll(() => text(page, "layout-style")).toBe("Reading…");
  expect(await page.getByTestId("layout-list").boundingBox()).toEqual(place);
  await keep(page, "layout-beside-reading");
  expect(sight.wrong).toEqual([]);
  await page.context().close();
});

it("fetches the wells of a layout that one answer had no room for", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page, called } = sight;
  const others = told(of).tick.plates.slice(0, 2);
  const all = Array.from({ length: 300 }, (_, n) => readOf(others[n]?.barcode ?? `BC${n}`, others[n]?.plate ?? null, { wells: rowsOf(16, 24).slice(0, 24) }));
  await page.evaluate((found) => {
    window.recorded.answers["read_layouts"] = async ({ from }: { from: number | null }) => {
      await new Promise((rested) => setTimeout(rested, from === null ? 0 : 300));
      return { ...found, layouts: found.layouts.map((one, n) => (n >= (from ?? 0) && n < (from ?? 0) + 150 ? one : { ...one, wells: null })) };
    };
  }, foundOf(all));
  await page.getByTestId("layout-import-tab").click();
  await choose(page, "all.csv", "plate,well,role\n");
  await page.getByTestId("layout-list").waitFor();
  expect(await page.locator("[data-testid=layout-read][aria-selected=true]").textContent()).toContain("this plate");
  await page.getByTestId("layout-list").focus();
  await page.keyboard.press("End");
  expect(await page.getByTestId("layout-use").getAttribute("title")).toBe("Its wells are on their way.");
  expect(await page.getByTestId("layout-canvas").count(), "the plate stays until the other is there").toBe(1);
  await expect.poll(() => page.getByTestId("layout-use").isDisabled()).toBe(false);
  expect((await called("read_layouts")).map((args) => (args as ReadLayoutsArgs).from)).toEqual([null, 234]);
  expect(sight.wrong).toEqual([]);
  await page.context().close();
});
