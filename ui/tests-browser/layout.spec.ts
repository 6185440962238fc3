// The layout editor: selected, edited, undone, set and taken back; from a spreadsheet and from a file; by mouse and by keys alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LayoutRead, SetLayoutArgs, WithdrawLayoutArgs } from "../src/ipc/generated";
import type { Page } from "playwright-core";
import { detailOf, drag, foundOf, openLayout, place, readOf, rowsOf } from "./layouts";
import { begin, end, keep, recording, serious, told } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

const selected = (page: Page): Promise<string | null> => page.getByTestId("layout-selected").textContent();
const differ = (page: Page): Promise<string | null> => page.getByTestId("layout-differs").textContent();
/** Pasted where the focus is, as Ctrl V does with this text on the clipboard. */
const paste = (page: Page, text: string): Promise<void> => page.evaluate((given) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", given);
  (document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}, text);
/** The entry of a well as its tooltip says it. */
async function tip(page: Page, well: number, columns = 24): Promise<string | null> {
  const { x, y } = await place({ page }, well, columns);
  await page.mouse.move(x, y);
  return page.getByTestId("layout-tip").textContent();
}

it("shows what is in force, sets fields of many wells at once, marks and counts what differs", async () => {
  for (const theme of ["dark", "light"] as const) {
    const sight = await openLayout(recording(), [16, 24], {}, { theme });
    const { page, wrong } = sight;
    expect(await page.getByTestId("layout-origin").textContent()).toBe("From the topic");
    expect(await page.getByTestId("layout-legend").textContent()).toMatch(/Negative 32.*Positive 8.*Reference 8.*Sample 334.*Empty 2.*differs 0/);
    await keep(page, `layout-${theme}`);
    await drag(sight, 26, 81);
    await expect.poll(() => selected(page)).toBe("24 wells selected");
    expect(await page.getByTestId("wells-named").inputValue()).toBe("B03-D10");
    expect(await page.getByTestId("layout-concentration").getAttribute("placeholder")).toBe("several");
    expect(await page.getByTestId("layout-replicate").inputValue()).toBe("1");
    await page.getByTestId("role-positive").click();
    await page.getByTestId("layout-compound").fill("CMP-new");
    await page.getByTestId("layout-compound").press("Enter");
    await expect.poll(() => differ(page)).toBe("24 wells differ, not set");
    expect(await tip(page, 26)).toBe("B03 positive, CMP-new, 10 µM, replicate 1in force: sample, CMP-0048004, 10 µM, replicate 1");
    // What makes no sense is said beside its field, and changes nothing.
    await page.getByTestId("layout-concentration").fill("1,000");
    await page.getByTestId("layout-concentration").press("Enter");
    await page.getByText("The comma can be read in two ways.").waitFor();
    await page.getByTestId("layout-concentration").fill("250 nM");
    await page.getByTestId("layout-concentration").press("Enter");
    await expect.poll(() => tip(page, 81)).toContain("250 nM");
    await page.locator("[data-testid=dilution] .head").click();
    await keep(page, `layout-edited-${theme}`);
    const pitch = await page.getByTestId("layout-canvas").getAttribute("data-pitch");
    await page.getByTestId("layout-by-doses").click();
    expect(await page.getByTestId("layout-canvas").getAttribute("data-pitch"), "the plate does not jump").toBe(pitch);
    await keep(page, `layout-doses-${theme}`);
    expect(await serious(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

it("keeps what is being written for the wells it was written for; Ctrl Z in a field is the text’s", async () => {
  const sight = await openLayout(recording());
  const { page } = sight;
  await drag(sight, 26, 29);
  await page.getByTestId("layout-compound").fill("CMP-9");
  // No Enter, no Tab: straight on to other wells.
  const { x, y } = await place(sight, 100, 24);
  await page.mouse.click(x, y);
  await expect.poll(() => differ(page)).toBe("4 wells differ, not set");
  expect(await tip(page, 26)).toContain("CMP-9");
  expect(await tip(page, 100)).not.toContain("CMP-9");
  await page.getByTestId("layout-reason").fill("swapped b");
  await page.keyboard.press("Control+z");
  expect(await differ(page)).toBe("4 wells differ, not set");
  await page.getByTestId("layout-canvas").focus();
  await page.keyboard.press("Control+z");
  await page.getByTestId("layout-same").waitFor();
  await page.context().close();
});

it("selects by drag, Ctrl, Shift, heads and names; undoes and does again each edit; keeps what is not set", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page } = sight;
  await page.keyboard.down("Control");
  await drag(sight, 2, 3);
  await drag(sight, 50, 52);
  await page.keyboard.up("Control");
  await expect.poll(() => selected(page)).toBe("5 wells selected");
  await page.locator(".cl [data-n='4']").click();
  await expect.poll(() => selected(page)).toBe("16 wells selected");
  await page.evaluate(() => (window.recorded.answers["wells_named"] = () => [4, 5, 6]));
  await page.getByTestId("wells-named").fill("A05-A07");
  await page.keyboard.press("Enter");
  await expect.poll(() => selected(page)).toBe("3 wells selected");
  await page.getByTestId("role-negative").click();
  await page.getByTestId("layout-replicate").fill("7");
  await page.getByTestId("layout-replicate").press("Enter");
  await page.getByTestId("layout-assay").fill("Viability");
  await page.getByTestId("layout-assay").press("Enter");
  await expect.poll(() => differ(page)).toBe("3 wells and assay differ, not set");
  await page.getByTestId("layout-canvas").focus();
  await page.keyboard.press("Control+z");
  await expect.poll(() => differ(page)).toBe("3 wells differ, not set");
  await page.getByTestId("layout-undo").click();
  expect(await tip(page, 4)).toContain("negative, CMP-0048000, 1.11 µM, replicate 1");
  await page.keyboard.press("Control+z");
  await page.getByTestId("layout-same").waitFor();
  await page.keyboard.press("Control+y");
  await page.getByTestId("layout-redo").click();
  expect(await tip(page, 4)).toContain("negative, CMP-0048000, 1.11 µM, replicate 7");
  // In a field that is being written Ctrl Z is the field's.
  await page.getByTestId("layout-compound").fill("half");
  await page.keyboard.press("Control+z");
  await expect.poll(() => differ(page)).toBe("3 wells differ, not set");
  // To another plate, another screen, and back.
  await page.getByTestId("plate-after").click();
  await page.getByTestId("layout-same").waitFor();
  await page.getByTestId("plate-before").click();
  await expect.poll(() => differ(page)).toBe("3 wells differ, not set");
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+2");
  await expect.poll(() => differ(page)).toBe("3 wells differ, not set");
  await page.keyboard.press("Escape");
  await page.getByTestId("plate-canvas").waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("layout-open");
  await page.keyboard.press("l");
  await expect.poll(() => differ(page)).toBe("3 wells differ, not set");
  await page.getByTestId("layout-revert").click();
  await page.getByTestId("layout-same").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("layout");
  await page.keyboard.press("Enter");
  await page.getByTestId("layout").waitFor();
  expect(sight.wrong).toEqual([]);
  await page.context().close();
});

it("is set and taken back with keys alone, each with a reason, and says what comes back", async () => {
  const sight = await openLayout(recording());
  const { page, called } = sight;
  const focus = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  const tabTo = async (name: string): Promise<void> => {
    for (let n = 0; n < 40 && (await focus()) !== name; n += 1) await page.keyboard.press("Tab");
    expect(await focus()).toBe(name);
  };
  expect(await focus(), "the plate has the focus").toBe("layout-canvas");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight"]) await page.keyboard.press(key);
  await expect.poll(() => selected(page)).toBe("4 wells selected");
  expect(await page.locator(".hold [aria-live]").textContent()).toMatch(/^B04, sample, CMP-0048004, 3.33 µM, replicate 1, 4 wells selected$/);
  await tabTo("role-empty");
  await page.keyboard.press("Enter");
  await expect.poll(() => differ(page)).toBe("4 wells differ, not set");
  expect(await page.getByTestId("layout-plate").isDisabled(), "without a reason nothing is set").toBe(true);
  await tabTo("layout-reason");
  await page.keyboard.type("tips were missing");
  await tabTo("layout-plate");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("layout-origin").textContent()).toMatch(/^Set here by Ada at \d\d:\d\d: tips were missing$/);
  await page.getByTestId("layout-same").waitFor();
  const [set] = (await called("set_layout")) as SetLayoutArgs[];
  expect([set?.whole_run, set?.format, set?.reason, set?.assay, set?.wells.length]).toEqual([false, 384, "tips were missing", "CP-A549", 378]);
  await keep(page, "layout-set");
  await tabTo("back-plate");
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("back-says").textContent()).toBe("The topic’s layout comes back.");
  await page.getByTestId("layout-reason").focus();
  await page.keyboard.type("they were there");
  await tabTo("layout-back");
  await keep(page, "layout-back");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("layout-origin").textContent()).toBe("From the topic");
  expect(((await called("withdraw_layout")) as WithdrawLayoutArgs[])[0]).toMatchObject({ whole_run: false, reason: "they were there" });
  // The whole run: this plate keeps its own.
  await page.getByTestId("layout-canvas").focus();
  await page.keyboard.press("Delete");
  await page.getByTestId("layout-reason").fill("one plan for all");
  await page.getByTestId("layout-run").click();
  await page.getByTestId("back-run").waitFor();
  expect(await differ(page), "what this plate does not take is still to be set").toContain("differ");
  await page.evaluate(() => (window.recorded.answers["set_layout"] = () => { throw { code: "read_only", message: "This session is read-only.", detail: null }; }));
  await page.getByTestId("layout-reason").fill("again");
  await page.getByTestId("layout-plate").click();
  await page.getByText("This session is read-only.").waitFor();
  expect(await differ(page), "a refusal loses nothing").toContain("differ");
  const walked = await reach(page);
  expect([walked.nameless, walked.missed]).toEqual([[], []]);
  await page.context().close();
});

it("fills serial dilutions and takes what is pasted, each as one step", async () => {
  const sight = await openLayout(recording());
  const { page } = sight;
  await drag(sight, 26, 57);
  await page.locator("[data-testid=dilution] .head").click();
  await page.getByTestId("dilution-first").fill("0");
  expect(await page.getByTestId("dilution-says").textContent()).toBe("The first dose must be more than 0.");
  await page.getByTestId("dilution-first").fill("20");
  await page.getByTestId("dilution-factor").fill("2");
  await page.getByTestId("dilution-left").click();
  expect(await page.getByTestId("dilution-says").textContent()).toBe("20, 10, 5, …, 0.156 µM: 8 doses in 2 rows.");
  await page.getByTestId("dilution-fill").click();
  await expect.poll(() => tip(page, 57)).toContain("20 µM");
  expect(await tip(page, 26)).toContain("0.156 µM");
  await page.getByTestId("layout-undo").click();
  // A first dose with its unit has that one; a factor has none.
  await page.getByTestId("dilution-first").fill("20 nM");
  expect(await page.getByTestId("dilution-says").textContent()).toBe("20, 10, 5, …, 0.156 nM: 8 doses in 2 rows.");
  await page.getByTestId("dilution-factor").fill("2 nM");
  expect(await page.getByTestId("dilution-fill").isDisabled()).toBe(true);
  await page.getByTestId("dilution-factor").fill("2");
  await page.getByTestId("dilution-fill").click();
  await expect.poll(() => tip(page, 57)).toContain("20 nM");
  await page.getByTestId("layout-undo").click();
  await page.getByTestId("layout-same").waitFor();
  await page.getByTestId("layout-canvas").focus();
  await paste(page, "well\trole\tcompound\tconcentration\nA03\tsample\tCMP-pasted\t5\nA04\tpositive\t\t\nZ99\tsample\tx\t1\n");
  await expect.poll(() => differ(page)).toBe("2 wells differ, not set");
  expect(await page.getByTestId("paste-says").textContent()).toContain("2 wells pasted");
  expect(await page.getByTestId("paste-says").textContent()).toContain("Line 4: “Z99” is no well of a plate of 384.");
  expect(await tip(page, 2)).toContain("sample, CMP-pasted, 5 µM");
  await keep(page, "layout-pasted");
  // Where the window gives no clipboard, by the field.
  await drag(sight, 28, 29);
  await page.getByTestId("paste-text").fill("neg\npos");
  await page.getByTestId("paste-take").click();
  await expect.poll(() => differ(page)).toBe("4 wells differ, not set");
  await page.getByTestId("layout-canvas").focus();
  await paste(page, Array.from({ length: 16 }, () => Array.from({ length: 24 }, (_, n) => (n === 0 ? "-" : "s")).join("\t")).join("\n"));
  await expect.poll(() => page.getByTestId("paste-says").textContent()).toContain("A plate of 384 pasted: 384 roles.");
  await drag(sight, 28, 30);
  await paste(page, "Dear all,\nhere is the layout");
  await expect.poll(() => page.getByTestId("paste-says").textContent()).toContain("2 lines without well names");
  expect(await serious(page)).toEqual([]);
  await page.context().close();
});

const read = (page: Page, name: string, bytes: number): Promise<void> => page.getByTestId("layout-import").evaluate((node, { name, bytes }) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
  node.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}, { name, bytes });

it("reads a file, shows what it holds, puts one into the editor and sets all that can be", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page, tile, called } = sight;
  const others = told(of).tick.plates;
  const one = (n: number, change: Partial<LayoutRead> = {}): LayoutRead => readOf(others[n]?.barcode ?? "", others[n]?.plate ?? null, { wells: rowsOf(16, 24).filter((row) => row.well % 5 !== n), ...change });
  const found = foundOf([one(1), one(2), one(0), one(3, { problem: "The file is for 1,536 wells, the plate has 384.", format: 1536 }), one(4, { barcode: "SQ00019999", plate: null }), one(5, { barcode: "", plate: null })], {
    notes: ["Column “Destination Well” was taken as the well.", "Doses have no unit: taken as µM."], problems: ["Sheet 1, line 17: “Q25” is no well of a plate of 384."], problem_count: 214,
  });
  await page.evaluate((answer) => (window.recorded.answers["read_layouts"] = () => answer), found);
  await page.getByTestId("layout-import-tab").click();
  await keep(page, "layout-import-empty");
  await page.getByTestId("layout-file").setInputFiles({ name: "screen-7 platemap.csv", mimeType: "text/csv", buffer: Buffer.from("well,role\nA01,sample\n") });
  await page.getByTestId("layout-list").waitFor();
  expect(await called("read_layouts")).toEqual([{ plate: tile.plate, name: "screen-7 platemap.csv", base64: Buffer.from("well,role\nA01,sample\n").toString("base64"), barcodes: null, compounds: null, rules: [], unit: null, sheet: null, blank: null, from: null }]);
  expect(await page.getByTestId("layout-style").textContent()).toBe("Read as a table with a line a well, 6 plates.");
  expect(await page.getByTestId("layout-problems").textContent()).toContain("214 parts were not taken");
  expect(await page.getByTestId("layout-more").locator("button").getAttribute("aria-expanded"), "a file that says it all asks for nothing").toBe("false");
  // The one that is for this plate is looked at first.
  expect(await page.locator("[data-testid=layout-read][aria-selected=true]").textContent()).toContain("this plate");
  expect(await page.getByTestId("layout-preview").textContent()).toBe("Preview of the file, 77 differ from what is in force");
  for (const theme of ["dark", "light"]) {
    if (theme === "light") await page.getByTestId("theme").click();
    await wear(page, theme);
    await keep(page, `layout-import-${theme}`);
  }
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("layout-list").focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.getByTestId("layout-use").isDisabled()).toBe(true);
  expect(await page.getByTestId("layout-preview").textContent(), "another plate’s is not held against what is in force on this one").toBe("Preview of the file");
  expect(await page.getByTestId("layout-import").textContent()).toContain("It is for 1,536 wells, this plate has 384.");
  await page.keyboard.press("ArrowUp");
  await page.getByTestId("layout-use").click();
  await page.getByTestId("layout-edit").click();
  await expect.poll(() => differ(page)).toBe("77 wells differ, not set");
  await page.getByTestId("layout-undo").click();
  await page.getByTestId("layout-same").waitFor();
  // All of them, one of which the desk refuses.
  await page.getByTestId("layout-import-tab").click();
  await page.evaluate((bad) => {
    window.recorded.answers["set_layout"] = async (args: { plate: string }) => {
      await new Promise((rested) => setTimeout(rested, 150));
      if (args.plate === bad) throw { code: "refused", message: "Well P24 stands there twice.", detail: null };
      return { seq: 1 };
    };
  }, others[2]?.plate ?? "");
  expect(await page.getByTestId("layout-all").textContent()).toBe("Set all 3");
  await page.getByTestId("layout-all-reason").fill("platemap of the screen");
  await page.getByTestId("layout-all").click();
  await expect.poll(() => page.getByTestId("layout-progress").textContent()).toBe("1 of 3");
  await expect.poll(() => page.getByTestId("layout-outcome").textContent()).toContain("2 set, 1 failed");
  expect(await page.getByTestId("layout-outcome").textContent()).toContain(`${others[2]?.barcode ?? ""} Well P24 stands there twice.`);
  expect(((await called("set_layout")) as SetLayoutArgs[]).map((args) => [args.plate, args.whole_run, args.reason])).toEqual([1, 2, 0].map((n) => [others[n]?.plate, false, "platemap of the screen"]));
  await keep(page, "layout-import-outcome");
  // What is too large is not even read; what the desk refuses is said.
  await read(page, "all screens.xlsx", 33 * 1024 * 1024);
  await expect.poll(() => page.getByTestId("layout-file-wrong").textContent()).toBe("The file has 33 MiB; at most 32 MiB are read.");
  expect((await called("read_layouts")).length).toBe(1);
  await page.evaluate(() => (window.recorded.answers["read_layouts"] = () => { throw { code: "unreadable", message: "This is no table that can be read.", detail: null }; }));
  await read(page, "photo.csv", 10);
  await expect.poll(() => page.getByTestId("layout-file-wrong").textContent()).toBe("This is no table that can be read.");
  expect(sight.wrong).toEqual([]);
  await page.context().close();
});

for (const [rows, columns] of [[2, 3], [8, 12], [32, 48], [48, 72]] as const) {
  it(`fits ${rows * columns} wells and stays quick`, async () => {
    const sight = await openLayout(recording(), [rows, columns], {}, { width: rows === 48 ? 1280 : 1440, height: 800 });
    const { page } = sight;
    const box = await page.getByTestId("layout-canvas").boundingBox();
    const side = await page.locator("section.side").boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(side?.x ?? 0);
    await drag(sight, columns + 1, rows * columns - columns - 2, columns);
    await expect.poll(() => selected(page)).toBe(`${((rows - 2) * (columns - 2)).toLocaleString("en-US")} wells selected`.replace(/^0 wells.*/, "2 wells selected"));
    await keep(page, `layout-${rows * columns}`);
    if (rows === 48) {
      await page.getByTestId("layout-canvas").focus();
      await page.keyboard.press("Control+a");
      await expect.poll(() => selected(page)).toBe("3,456 wells selected");
      const ms = await page.evaluate(async () => {
        const from = performance.now();
        document.querySelector<HTMLButtonElement>("[data-testid=role-reference]")?.click();
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        return performance.now() - from;
      });
      console.log(`3,456 wells changed and drawn in ${Math.round(ms)} ms`);
      expect(ms).toBeLessThan(1000);
      expect(await serious(page)).toEqual([]);
    }
    await page.context().close();
  });
}

it("asks for a format that nobody has said", async () => {
  const of = recording();
  const sight = await openLayout(of, [8, 12], { format: null, wells: [], origin: "none", has_topic: false, assay: null, cells: null, assays: [] });
  const { page } = sight;
  expect(await page.getByTestId("layout-origin").textContent()).toBe("No layout has come, and none was set");
  await keep(page, "layout-no-format");
  await page.getByTestId("layout-format").selectOption("24");
  await page.getByTestId("layout-canvas").waitFor();
  await drag(sight, 0, 7, 6);
  await page.getByTestId("role-sample").click();
  await expect.poll(() => differ(page)).toContain("4 wells differ");
  await page.context().close();
});

it("says why it cannot be read, and tries again", async () => {
  const of = recording();
  const sight = await openLayout(of);
  const { page } = sight;
  await page.evaluate(() => (window.recorded.answers["layout"] = () => { throw { code: "busy", message: "The session is being moved.", detail: null }; }));
  await page.getByTestId("plate-after").click();
  await expect.poll(() => page.getByTestId("layout-problem").textContent()).toContain("The session is being moved.");
  await page.evaluate((detail) => (window.recorded.answers["layout"] = () => detail), detailOf(sight.tile));
  await page.getByText("Try again").click();
  await page.getByTestId("layout-canvas").waitFor();
  await page.context().close();
});
