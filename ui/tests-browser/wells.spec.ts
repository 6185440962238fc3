// A plate's wells: sorted, filtered, excluded and restored, traced to their messages.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlateDetail } from "../src/ipc/generated";
import { begin, end, recording, told } from "./page";
import { click, EXCLUDED, make, openPlate, spot, VALUE } from "./plates";

beforeAll(begin);
afterAll(end);

it("sorts the wells by each column, both ways, filters them, and keeps few rows in the page", async () => {
  const of = recording();
  make(of, { rows: 48, columns: 72, value: (well) => (well * 7919) % 3456, robustZ: (well) => ((well * 104_729) % 1000) / 100, role: (well) => (well % 5 === 0 ? 1 : 4), state: (well) => (well === 9 ? EXCLUDED | VALUE : VALUE), compound: (well) => `C-${String((well * 31) % 3456).padStart(5, "0")}` });
  const { page } = await openPlate(of);
  const rows = page.getByTestId("well-row");
  expect(await rows.count()).toBeLessThan(40);
  expect(await page.getByTestId("wells-table").getAttribute("aria-rowcount")).toBe("3457");
  const cells = async (n: number): Promise<string[]> => (await rows.locator(`> :nth-child(${n + 1})`).allTextContents()).map((text) => text.trim().replace("−", "-").replaceAll(",", ""));
  for (const [n, name] of ["name", "role", "compound", "dose", "value", "z", "state"].entries()) {
    const head = page.getByTestId(`sort-${name}`);
    await head.click();
    const first = await head.getAttribute("aria-sort");
    for (const sort of [first, first === "ascending" ? "descending" : "ascending"]) {
      await expect.poll(() => head.getAttribute("aria-sort")).toBe(sort);
      const shown = await cells(n);
      const asNumber = name === "value" || name === "z" || name === "dose";
      const sorted = [...shown].sort((a, b) => (asNumber ? parseFloat(a) - parseFloat(b) : a < b ? -1 : a > b ? 1 : 0));
      // Rows of AA come after Z.
      if (name !== "name") expect(shown, `${name} ${sort}`).toEqual(sort === "ascending" ? sorted : sorted.reverse());
      else expect(shown[0]).toBe(sort === "ascending" ? "A01" : "AV72");
      await head.click();
    }
  }
  await page.keyboard.press("Escape");
  await page.getByTestId("plate-canvas").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("c-00031");
  await expect.poll(() => rows.count()).toBe(1);
  expect(await page.getByTestId("wells-count").textContent()).toContain("1 of 3,456");
  await page.keyboard.press("Escape");
  await expect.poll(() => rows.count()).toBeGreaterThan(5);
  await page.keyboard.type("excluded");
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByTestId("wells-filter").fill("");
  await page.getByTestId("wells-table").evaluate((view) => view.scrollTo(0, view.scrollHeight));
  await expect.poll(async () => Math.max(...(await rows.evaluateAll((all) => all.map((row) => Number(row.getAttribute("aria-rowindex"))))))).toBe(3457);
  expect(await rows.count()).toBeLessThan(40);
  await page.close();
});

it("excludes wells with a reason, undoes it, and tells what was refused", async () => {
  const of = recording();
  make(of, { rows: 16, columns: 24 });
  const sight = await openPlate(of);
  const { page } = sight;
  const { tick } = told(of);
  const tile = tick.plates[0];
  if (!tile) throw new Error("no plates");
  /** As the desk answers: the plate's next revision, with its wells excluded. */
  const answer = async (wells: number[], number: number): Promise<void> => {
    await page.evaluate(([plate, excluded]) => {
      const known = window.recorded.recording.calls.find((call) => call.command === "plate" && call.args["plate"] === plate);
      if (known) known.result = { ...(known.result as PlateDetail), excluded: (excluded as number[]).map((well) => ({ well, reason: "bubble", by: "ada", at_ms: 0 })) };
    }, [tile.plate, wells] as const);
    await sight.tell({ ...tick, kind: "tick", number, reset: false, alerts: [], plates: [{ ...tile, revision: tile.revision + number }] });
    await expect.poll(() => page.getByTestId("qc-counts").textContent()).toContain(wells.length === 0 ? "samples" : `${wells.length} wells excluded`);
  };
  await click(page, 25);
  await click(page, 50, ["Shift"]);
  await page.keyboard.press("e");
  const reason = page.getByTestId("reason");
  await expect.poll(() => reason.evaluate((input) => input === document.activeElement)).toBe(true);
  await reason.fill("  ");
  expect(await page.getByTestId("exclude").isDisabled()).toBe(true);
  await page.keyboard.press("Enter");
  expect(await sight.called("exclude")).toEqual([]);
  await reason.fill("bubble");
  await page.keyboard.press("Enter");
  const wells = [25, 26, 49, 50];
  await expect.poll(() => sight.called("exclude")).toEqual([{ plate: tile.plate, wells, excluded: true, reason: "bubble" }]);
  await page.getByText("4 wells excluded. Ctrl Z undoes it.").waitFor();
  await answer(wells, tick.number + 1);
  expect(await page.getByTestId("ask-exclude").textContent()).toContain("Restore");
  // The keys go on from the plate.
  await expect.poll(() => page.getByTestId("plate-canvas").evaluate((node) => node === document.activeElement)).toBe(true);
  await page.keyboard.press("e");
  await reason.fill("a word too many");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Escape");
  expect((await sight.called("exclude")).length, "letters were taken back, and no exclusion").toBe(1);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await sight.called("exclude"))[1]).toEqual({ plate: tile.plate, wells, excluded: false, reason: "undone" });
  await answer([], tick.number + 2);
  await page.keyboard.press("Control+z");
  await page.getByText("There is nothing to undo on this plate.").waitFor();
  // A refusal leaves everything as it was, with the desk's words.
  await page.evaluate(() => (window.recorded.recording.refused = { exclude: { code: "disk_full", message: "Nothing could be written: the disk is full.", detail: null } }));
  await page.keyboard.press("e");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing could be written: the disk is full.").waitFor();
  expect(await reason.count()).toBe(1);
  await page.keyboard.press("Escape");
  expect(await reason.count()).toBe(0);
  await page.close();
});

it("shows the messages behind a well, with key, headers and the body as received", async () => {
  const of = recording();
  const { page } = await openPlate(of);
  await click(page, 0);
  const rows = page.getByTestId("message-row");
  await rows.first().waitFor();
  expect(await rows.first().textContent()).toContain("plateside.results");
  const seq = Number(await rows.first().getAttribute("data-seq"));
  await rows.first().click();
  const { body } = of.calls.find((call) => call.command === "message" && JSON.stringify(call.args) === JSON.stringify({ seq }))?.result as { body: string };
  const raw = Buffer.from(of.bodies.find((one) => one.handle === body)?.hex ?? "", "hex").toString("utf8");
  await expect.poll(() => page.getByTestId("message-body").textContent()).toBe(JSON.stringify(JSON.parse(raw), null, 1));
  expect(await page.locator(".raw").textContent()).toMatch(/DEMO-LINCS-\d{4}-\d\d-\d\d\/SQ00015053/);
  await rows.first().click();
  expect(await page.getByTestId("message-body").count()).toBe(0);
  await page.close();
});

it("shows bodies that are no JSON as text, and no text as bytes", async () => {
  const of = recording();
  const handles = of.bodies.slice(0, 2);
  if (!handles[0] || !handles[1]) throw new Error("no bodies");
  handles[0].hex = Buffer.from("<b>not markup</b> مرحبا").toString("hex");
  handles[1].hex = "ff00fe";
  const { page } = await openPlate(of);
  await click(page, 0);
  await page.getByTestId("message-row").first().click();
  await expect.poll(() => page.getByTestId("message-body").textContent()).toBe("<b>not markup</b> مرحبا");
  await page.getByTestId("message-row").nth(1).click();
  await expect.poll(() => page.getByTestId("message-body").textContent()).toBe("ff 00 fe");
  await page.close();
});

it("previews a well under the pointer in the table and on the plate alike", async () => {
  const { page, wrong } = await openPlate(recording());
  const row = page.getByTestId("well-row").nth(2);
  const well = Number(await row.getAttribute("data-well"));
  await row.hover();
  const seen = page.getByTestId("hovered");
  const middle = async (): Promise<{ x: number; y: number }> => {
    const box = await seen.boundingBox();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  };
  const asked = await spot(page, well);
  await expect.poll(async () => Math.hypot((await middle()).x - asked.x, (await middle()).y - asked.y)).toBeLessThan(4);
  expect(await page.locator(".tip").count(), "the row says it all").toBe(0);
  await page.mouse.move(2, 2);
  await expect.poll(() => seen.count()).toBe(0);
  await page.mouse.move(asked.x, asked.y);
  await expect.poll(() => row.getAttribute("class")).toContain("over");
  expect(await page.locator(".tip").textContent()).toContain(await row.locator(".mono").first().textContent());
  expect(wrong).toEqual([]);
  await page.close();
});
