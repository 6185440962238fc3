// The wall: plates painted, filled, filtered, walked by key, opened; alerts acknowledged; every state it can be in.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { begin, end, keep, many, open, recording, serious, told } from "./page";

beforeAll(begin);
afterAll(end);

/** The canvas of the n-th tile: distinct colours, and whether its first pixel is painted. */
const colours = (page: Page, n: number): Promise<number> =>
  page.getByTestId("tile").nth(n).locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(new Uint32Array(Uint8ClampedArray.from(data).buffer)).size;
  });
const pixel = (page: Page, n: number, x: number, y: number): Promise<number[]> =>
  page.getByTestId("tile").nth(n).locator("canvas").evaluate(
    (canvas: HTMLCanvasElement, [px, py]) => [...(canvas.getContext("2d")?.getImageData(px ?? 0, py ?? 0, 1, 1).data ?? [])],
    [x, y],
  );

it("paints every plate's wells, at scale 1 and 2, and repaints with the theme", async () => {
  for (const scale of [1, 2]) {
    const { page, wrong } = await open(recording(), { scale });
    await expect.poll(() => colours(page, 0)).toBeGreaterThan(40);
    const size = await page.getByTestId("tile").first().locator("canvas").evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height, canvas.clientWidth]);
    expect(size).toEqual([192 * scale, 128 * scale, 192]);
    // The gap between wells is the surround of the theme.
    const gap = 8 * scale - 1;
    expect(await pixel(page, 0, gap, gap)).toEqual([11, 12, 13, 255]);
    await page.getByTestId("theme").click();
    await expect.poll(() => pixel(page, 0, gap, gap)).toEqual([255, 255, 255, 255]);
    expect(wrong).toEqual([]);
    await page.close();
  }
});

it("lies where the mock lies, at 1440 and at 1920", async () => {
  for (const [width, height, tile] of [[1440, 900, 192], [1920, 1080, 288]] as const) {
    const { page } = await open(recording(), { width, height });
    const first = await page.getByTestId("tile").first().boundingBox();
    expect([first?.x, first?.width]).toEqual([80, tile]);
    expect(Math.abs((first?.y ?? 0) - 112)).toBeLessThanOrEqual(8);
    const second = await page.getByTestId("tile").nth(1).boundingBox();
    expect(Math.abs((second?.x ?? 0) - (80 + tile + 15))).toBeLessThanOrEqual(1);
    await keep(page, `live-${width}`);
    await page.close();
  }
});

it("takes a tick: new wells and a new plate appear, selection and scroll stay", async () => {
  const of = recording();
  const { tick } = told(of);
  const sight = await open(of);
  const { page } = sight;
  await page.getByTestId("wall").focus();
  await page.keyboard.press("ArrowRight");
  const [like] = tick.plates;
  if (!like) throw new Error("no plates");
  const chosen = page.locator("[data-testid=tile][aria-selected=true]");
  const barcode = await chosen.getAttribute("data-barcode");
  await sight.tell({
    ...tick, kind: "tick", number: tick.number + 1, reset: false, alerts: [],
    plates: [
      { ...like, plate: "new", barcode: "NEW-1", wells_in: 0, images: 0, stage: "staining", instrument: "imager 2", headline: null, flags: 0 },
      { ...like, complete: false, wells_in: 200, fresh: [5, 6], headline: { feature: "Cells_Count", z_prime: null, undefined: "too few", level: "unknown", controls_in: 14, controls_expected: 32 } },
    ],
  });
  const added = page.locator('[data-barcode="NEW-1"]');
  expect(await added.textContent()).toContain("staining");
  const changed = page.locator(`[data-plate="${like.plate}"]`);
  expect(await changed.textContent()).toContain("14 of 32 controls in");
  expect(await changed.locator(".fresh").count()).toBe(2);
  expect(await chosen.getAttribute("data-barcode")).toBe(barcode);
  await page.close();
});

it("is walked and opened by keys, filtered, and narrowed to what is flagged", async () => {
  const { page } = await open(recording());
  await page.keyboard.press("f");
  await expect.poll(() => page.getByTestId("tile").count()).toBe(3);
  await page.keyboard.press("f");
  await page.keyboard.press("/");
  await page.keyboard.type("15106");
  await expect.poll(() => page.getByTestId("tile").count()).toBe(1);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("nothing like it");
  await page.getByText("No plate matches").waitFor();
  await page.getByTestId("filter").fill("");
  await page.getByTestId("wall").focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
  expect(await page.locator("[data-testid=tile][aria-selected=true]").getAttribute("data-barcode")).toBe("SQ00015211");
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("rail-plate").getAttribute("aria-current")).toBe("page");
  await page.keyboard.press("Control+1");
  await page.getByTestId("tile").first().click();
  expect(await page.getByTestId("rail-plate").getAttribute("aria-current")).toBe("page");
  await page.close();
});

it("shows alerts with evidence, acknowledges the chosen one, and says new ones aloud, merged", async () => {
  const of = recording();
  const { tick } = told(of);
  // Those that still hold, each for itself: bursts and what is over have tests of their own.
  tick.alerts = tick.alerts.filter((one) => one.open).map((one) => ({ ...one, burst: 1 }));
  const sight = await open(of);
  const { page } = sight;
  const alerts = page.getByTestId("alert");
  expect(await alerts.count()).toBe(9);
  // As few digits as tell a value from its limit.
  const heads = await alerts.locator(".t").allTextContents();
  expect(heads).toEqual([
    "SQ00015106: Row gradient −21%", "SQ00015106: One row −47%", "SQ00015106: Controls drift −6.1 MAD", "SQ00015106: Samples drift −3.4 MAD", "SQ00015106: Edge effect 36% > 30%",
    "SQ00015053: Z′ 0.49 < 0.5", "SQ00015212: |SSMD| 4.4 < 5", "SQ00015212: Z′ 0.30 < 0.4", "SQ00015212: CV 27% > 20%",
  ]);
  expect(await alerts.first().textContent()).toContain("Cells_Count: 12 pos, 24 neg");
  const seq = Number(await alerts.nth(7).getAttribute("data-seq"));
  await alerts.nth(7).locator("button").first().click();
  await page.keyboard.press("a");
  expect(await sight.called("acknowledge")).toEqual([{ seq }]);
  const alert = tick.alerts.find((one) => one.seq === seq);
  if (!alert) throw new Error("no alert");
  const fresh = [1, 2, 3].map((n) => ({ ...alert, seq: 100_000 + n, value: n === 1 ? 0.3999 : alert.value }));
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: false, plates: [], alerts: [{ ...alert, acknowledged: true }, ...fresh] });
  await expect.poll(() => page.getByTestId("announced").textContent()).toBe("3 new alerts");
  expect(await alerts.count()).toBe(11);
  expect(await alerts.nth(2).locator(".t").textContent()).toBe("SQ00015212: Z′ 0.3999 < 0.4");
  // What is chosen took its place, whatever came above it: the next press is of the line that a person sees unfolded.
  const chosen = page.locator("[data-testid=alert].on");
  expect(await chosen.locator(".t").textContent()).toBe("SQ00015212: CV 27% > 20%");
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 2, reset: false, plates: [], alerts: [{ ...alert, seq: 100_009, rule: "newest" }] });
  await expect.poll(() => alerts.count()).toBe(12);
  expect(await chosen.locator(".t").textContent()).toBe("SQ00015212: CV 27% > 20%");
  await page.getByRole("button", { name: "Acknowledged" }).click();
  expect(await alerts.count()).toBe(1);
  await page.close();
});

it("lists all that hold, a part at a time, and says what it was not told of", async () => {
  const of = recording();
  const { tick } = told(of);
  const like = tick.alerts.find((one) => one.open);
  if (!like) throw new Error("no alert");
  const alert = (seq: number, change: object = {}): typeof like => ({ ...like, seq, burst: 1, ...change });
  tick.alerts = [alert(1), ...Array.from({ length: 449 }, (_, n) => alert(10 + n))];
  tick.alerts_left_out = 30;
  const sight = await open(of);
  const { page } = sight;
  const alerts = page.getByTestId("alert");
  await expect.poll(() => alerts.count()).toBe(200);
  expect(await page.getByTestId("more-alerts").textContent()).toBe("250 older lines: show more");
  await page.getByTestId("more-alerts").click();
  await page.getByTestId("more-alerts").click();
  await expect.poll(() => alerts.count()).toBe(450);
  expect(await page.getByTestId("alerts-left-out").textContent()).toContain("30 older alerts");
  // Hundreds that are over and taken note of push none of them out.
  const over = Array.from({ length: 1500 }, (_, n) => alert(10_000 + n, { open: false, acknowledged: true, listed: false }));
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: false, plates: [], alerts: over, alerts_left_out: 0 });
  await expect.poll(() => alerts.last().getAttribute("data-seq")).toBe("1");
  await page.close();
});

it("keeps ten thousand plates fluid: few tiles in the page, wherever it is scrolled", async () => {
  const of = recording();
  const { tick } = told(of);
  tick.plates = many(of, 10_000);
  const { page, wrong } = await open(of);
  const tiles = page.getByTestId("tile");
  await tiles.first().waitFor();
  expect(await tiles.count()).toBeLessThan(70);
  await page.getByTestId("wall").evaluate((wall) => wall.scrollTo(0, wall.scrollHeight));
  await page.locator('[data-barcode="P009999"]').waitFor();
  expect(await tiles.count()).toBeLessThan(70);
  expect(wrong).toEqual([]);
  await page.close();
});

it("says what is the matter where there is nothing: loading, no session, no plates yet", async () => {
  const loading = recording();
  loading.told = [];
  const first = await open(loading);
  await first.page.getByText("Loading…").waitFor();
  await first.page.close();

  const none = recording();
  const { tick, strip } = told(none);
  Object.assign(tick, { plates: [], alerts: [] });
  Object.assign(strip, { mode: "none", session: null, source: null, recording: null });
  const second = await open(none);
  await second.page.getByTestId("open-demo").click();
  expect(await second.called("start_demo")).toHaveLength(1);
  expect(await serious(second.page)).toEqual([]);
  await second.page.close();

  const waiting = recording();
  const quiet = told(waiting);
  Object.assign(quiet.tick, { plates: [], alerts: [] });
  const third = await open(waiting);
  await third.page.getByText("the first message opens a plate").waitFor();
  expect(await third.page.getByTestId("topics").textContent()).toContain("plateside.results");
  await third.page.close();
});

it("shows names as text, however they are written", async () => {
  const of = recording();
  const { tick } = told(of);
  const names = ['<img src=x onerror="window.executed=1">', "שלום עולם", "🧫".repeat(40), "x".repeat(300)];
  tick.plates.forEach((tile, n) => Object.assign(tile, { barcode: names[n % names.length], run: names[n % names.length] }));
  const { page, wrong } = await open(of);
  await page.getByTestId("tile").first().waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(await page.evaluate(() => "executed" in window)).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  for (const tile of await page.getByTestId("tile").all()) expect((await tile.boundingBox())?.width).toBe(192);
  await keep(page, "live-names");
  expect(wrong).toEqual([]);
  await page.close();
});
