// The ledger of gaps: totals, causes in words and numbers, a line a plate, every state it can be in.
import { afterAll, beforeAll, expect, it } from "vitest";
import { begin, end, keep, open, recording, serious, told } from "./page";
import { reach, wear } from "./reach";
import { gap, gapsOf, lab } from "./wall";

beforeAll(begin);
afterAll(end);

it("says what is missing and why, and leads to the plate", async () => {
  const of = lab();
  const { tick } = told(of);
  const tiles = [3, 120, 199].flatMap((n) => tick.plates[n] ?? []);
  gapsOf(of, tiles.map((tile, n) => gap(tile, n === 2 ? { received: 384, not_sent: 0, behind: 0, undecodable: 0, image_expected: 384, imaged: 150, image_partial: 6, image_missing: 240, complete: true, wells: "" } : {})));
  const sight = await open(of);
  const { page } = sight;
  expect(await sight.called("gaps"), "asked for by nobody").toEqual([]);
  await page.getByTestId("gaps-tab").click();
  await expect.poll(() => page.getByTestId("gaps-summary").textContent()).toBe("54 wells of 76,800 missing, on 3 of 200 plates");
  const totals = await page.getByTestId("gaps-totals").textContent();
  for (const says of ["Not sent yet40", "Behind by lag10 lag: 38 messages behind", "Undecodable4", "Image missing246 with a result"]) expect(totals).toContain(says);
  const rows = page.getByTestId("gap");
  expect(await rows.first().innerText()).toContain("20 not sent yet, 5 behind by lag, 2 undecodable, images of 354 of 357 wells");
  expect(await rows.first().innerText()).toContain("A01-B03, P22-P24");
  expect(await rows.nth(2).innerText()).toContain("all 384 in");
  expect(await rows.nth(2).innerText()).toContain("images of 150 of 384 wells, 6 wells without all sites or channels");
  await keep(page, "gaps");
  // A click selects the plate, and the wall shows it.
  await rows.nth(1).click();
  await page.locator('[data-testid=tile][aria-selected=true][data-barcode="P000120"]').waitFor();
  await page.keyboard.press("ArrowUp");
  for (const theme of ["dark", "light"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
  }
  const { nameless, missed } = await reach(page);
  expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
  // With ticks it is asked for again, at most once a second.
  const before = (await sight.called("gaps")).length;
  const began = Date.now();
  for (let n = 0; n < 10; n += 1) await sight.tell({ ...tick, kind: "tick", number: 20 + n, reset: false, alerts: [], plates: tick.plates.slice(0, 1) });
  await page.waitForTimeout(1200);
  const after = (await sight.called("gaps")).length;
  expect(after).toBeGreaterThan(before);
  expect(after - before).toBeLessThanOrEqual(Math.ceil((Date.now() - began) / 1000) + 1);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("says that a cause is unknown while the lag is, and blames no well for messages that name none", async () => {
  const of = lab();
  const tiles = told(of).tick.plates.slice(0, 2);
  gapsOf(of, tiles.map((tile) => gap(tile, { not_sent: 0, behind: 0, unknown: 25, unreadable: 9 })), { lag: null });
  const sight = await open(of);
  const { page } = sight;
  await page.getByTestId("gaps-tab").click();
  await page.getByTestId("gaps-totals").waitFor();
  const totals = await page.getByTestId("gaps-totals").textContent();
  for (const says of ["Cause unknown50 not sent, or behind: lag unknown", "Undecodable4 and 18 unreadable messages, well unknown"]) expect(totals).toContain(says);
  for (const says of ["Not sent yet", "Behind by lag"]) expect(totals).not.toContain(says);
  expect(await page.getByTestId("gap").first().innerText()).toContain("25 of unknown cause, 2 undecodable");
  await keep(page, "gaps-unknown");
  expect(await serious(page)).toEqual([]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("holds 500 plates, few of them in the page", async () => {
  const of = lab(500);
  gapsOf(of, told(of).tick.plates.map((tile) => gap(tile)), { left_out: 12, plates: 600 });
  const { page } = await open(of);
  await page.getByTestId("gaps-tab").click();
  await page.getByTestId("gap").first().waitFor();
  expect(await page.getByTestId("gap").count()).toBeLessThan(40);
  await page.getByText("and 12 plates that lack less").waitFor();
  await page.getByTestId("gap-rows").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.locator('[data-testid=gap][aria-selected=true]').waitFor();
  await page.locator('[data-testid=tile][data-barcode="P000499"]').waitFor();
  await page.close();
});

it("is plain where nothing is missing, where no layout came, while it loads and where it cannot be told", async () => {
  for (const width of [1440, 1180]) {
    const of = recording();
    gapsOf(of, [], { expected: 3072, received: 3072, plates: 8, lag: null });
    const sight = await open(of, { width, height: width === 1180 ? 720 : 900 });
    const { page } = sight;
    if (width === 1180) await page.keyboard.press("i");
    await page.evaluate(() => {
      window.recorded.answers["gaps"] = () => new Promise((go) => Object.assign(window, { answer: () => go(window.recorded.recording.calls.find((call) => call.command === "gaps")?.result) }));
    });
    await page.getByTestId("gaps-tab").click();
    await page.getByTestId("gaps").getByText("Loading…").waitFor();
    await page.waitForFunction(() => "answer" in window);
    await page.evaluate(() => (window as unknown as { answer: () => void }).answer());
    await page.getByText("Nothing is missing").waitFor();
    await page.getByText("3,072 of 3,072 wells have come, of 8 plates with a layout.").waitFor();
    expect(await serious(page)).toEqual([]);
    await keep(page, `gaps-nothing-${width}`);
    await page.evaluate(() => {
      window.recorded.answers["gaps"] = () => ({ rows: [], left_out: 0, plates: 0, expected: 0, received: 0, lag: null });
    });
    const { tick } = told(of);
    await sight.tell({ ...tick, kind: "tick", number: 5, reset: false, alerts: [], plates: tick.plates.slice(0, 1) });
    await page.getByText("No layout has been received: what is expected is not known").waitFor();
    await page.evaluate(() => {
      window.recorded.answers["gaps"] = () => {
        throw { code: "unreadable", message: "The session cannot be read: disk I/O error.", detail: null };
      };
    });
    await sight.tell({ ...tick, kind: "tick", number: 6, reset: false, alerts: [], plates: tick.plates.slice(0, 1) });
    await page.getByText("Not up to date: The session cannot be read").waitFor();
    expect(await serious(page)).toEqual([]);
    await page.getByTestId("gaps-again").click();
    await page.close();
  }
});
