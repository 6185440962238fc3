// Every state of the plate: of each format, with strange names, loading, refused, offline, gone, at another moment.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlateDetail } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";
import { chosen, click, EXCLUDED, make, NOT_YET, openPlate, VALUE } from "./plates";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

it("keeps the well and the way of looking when a replay stands at another moment", async () => {
  const of = recording();
  make(of, { rows: 16, columns: 24 });
  const sight = await openPlate(of);
  const { page } = sight;
  const { tick, strip } = told(of);
  const tile = tick.plates[0];
  if (!tile) throw new Error("no plates");
  await click(page, 30);
  await expect.poll(() => chosen(page)).toBe("B07");
  await page.getByTestId("scale-percent").click();
  // The same plate under another handle, half of it read.
  await page.evaluate((plate) => {
    const { recording } = window.recorded;
    for (const call of [...recording.calls]) if (call.args["plate"] === plate) recording.calls.push({ ...call, args: { ...call.args, plate: "then" }, result: call.command === "plate" ? { ...(call.result as object), plate: "then", wells_in: 192 } : call.result });
    for (const column of [...recording.columns]) if (column.plate === plate) recording.columns.push({ ...column, plate: "then" });
  }, tile.plate);
  await sight.tell({ ...strip, kind: "strip", mode: "replay", position: { seq: 500, at_ms: strip.now_ms - 2000, first_ms: strip.now_ms - 3000, last_ms: strip.now_ms, playing: false, speed: 1, at_end: false } });
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: true, alerts: [], plates: [{ ...tile, plate: "then", wells_in: 192, complete: false }] });
  await expect.poll(() => page.getByTestId("qc-wells").textContent()).toContain("192");
  expect(await chosen(page)).toBe("B07");
  expect(await page.getByTestId("scale-percent").getAttribute("aria-pressed")).toBe("true");
  await page.close();
});

it("goes back to the choice when its plate is gone, and offers the last five", async () => {
  const of = recording();
  const sight = await openPlate(of);
  const { page } = sight;
  const { tick } = told(of);
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: true, alerts: [], plates: tick.plates.slice(1) });
  const choice = page.getByTestId("pick-a-plate");
  await choice.waitFor();
  expect(await page.getByText("Select a well").count()).toBe(0);
  expect(await choice.locator(".recent").count()).toBe(5);
  const latest = tick.plates.slice(1).sort((a, b) => (b.last_ms ?? 0) - (a.last_ms ?? 0))[0];
  expect(await choice.locator(".recent bdi").first().textContent()).toBe(latest?.barcode);
  await choice.getByRole("button").first().click();
  const shown = (): Promise<string | null> => page.getByTestId("plate-barcode").textContent();
  const order = tick.plates.slice(1).map((tile) => tile.barcode).sort();
  const at = order.indexOf(latest?.barcode ?? "");
  await expect.poll(shown).toBe(order[at]);
  await page.getByTestId("plate-after").click();
  await expect.poll(shown).toBe(order[(at + 1) % order.length]);
  for (let n = 0; n < 2; n += 1) await page.getByTestId("plate-before").click();
  await expect.poll(shown).toBe(order[(at - 1 + order.length) % order.length]);
  await page.close();
});

const FORMATS = [[2, 3], [3, 4], [4, 6], [6, 8], [8, 12], [16, 24], [32, 48], [48, 72]] as const;
const PARTS = ["plate-canvas", "row-means", "column-means", "scale", "qc-card", "roles", "wells-table"];
for (const [width, height] of [[1180, 720], [1440, 900], [1920, 1080]] as const) {
  for (const scale of [1, 2]) {
    it(`fits plates of every format at ${width} × ${height}, scale ${scale}: crisp, whole, beside each other`, async () => {
      const of = recording();
      for (const [n, [rows, columns]] of FORMATS.entries()) make(of, { rows, columns, barcode: `P${n}-${rows}x${columns}`, features: n === 7 ? Array.from({ length: 2000 }, (_, at) => `Feature_${at}`) : ["Cells_Count"] }, n);
      const { page, wrong } = await openPlate(of, { width, height, scale });
      for (const [n, [rows, columns]] of FORMATS.entries()) {
        const name = `P${n}-${rows}x${columns}`;
        await expect.poll(() => page.getByTestId("plate-canvas").getAttribute("aria-label")).toContain(`Plate ${name}, `);
        await expect.poll(() => page.getByTestId("plate-canvas").evaluate((one: HTMLCanvasElement, [across, down]) => [one.width % (across ?? 1), one.height % (down ?? 1)], [columns, rows])).toEqual([0, 0]);
        // Whole device pixels: one of the canvas is one of the screen.
        const drawn = await page.getByTestId("plate-canvas").evaluate((one: HTMLCanvasElement) => [one.width / one.clientWidth, one.height / one.clientHeight, one.width]);
        expect(drawn.slice(0, 2), name).toEqual([scale, scale]);
        const boxes = await page.evaluate((parts) => parts.map((part) => document.querySelector(`[data-testid=${part}]`)?.getBoundingClientRect().toJSON() as { left: number; top: number; right: number; bottom: number } | undefined), PARTS);
        for (const [k, one] of boxes.entries()) {
          if (!one) throw new Error(`${name} has no ${PARTS[k]}`);
          // The window holds all of it, to half a pixel.
          expect(one.left >= 64 && one.top >= 76 && one.right <= width + 0.5 && one.bottom <= height - 48 + 0.5, `${name} ${PARTS[k]} ${JSON.stringify(one)}`).toBe(true);
          for (const [m, other] of boxes.entries()) {
            if (m <= k || !other) continue;
            const apart = one.right <= other.left + 0.5 || other.right <= one.left + 0.5 || one.bottom <= other.top + 0.5 || other.bottom <= one.top + 0.5;
            expect(apart, `${name}: ${PARTS[k]} lies over ${PARTS[m]}`).toBe(true);
          }
        }
        const rowsSeen = boxes.at(-1);
        expect((rowsSeen?.bottom ?? 0) - (rowsSeen?.top ?? 0), `${name}: rows of the table`).toBeGreaterThan(120);
        // No head or row of the table is cut or wraps.
        const cut = await page.locator(".wells .ph, .wells .r").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth || one.clientHeight > 33).map((one) => `${one.className} ${one.scrollWidth} ${one.clientHeight}`));
        expect(cut, name).toEqual([]);
        if (scale === 1) await keep(page, `plate-${name}-${width}`);
        if (width === 1180 && scale === 1 && n % 7 === 0) expect(await serious(page), name).toEqual([]);
        await page.getByTestId("plate-after").click();
      }
      expect(wrong).toEqual([]);
      await page.context().close();
    });
  }
}

it("shows names as text, however they are written", async () => {
  const names = ['<img src=x onerror="window.executed=1">', "שלום עולם", "🧫".repeat(40), "x".repeat(300)];
  for (const [n, name] of names.entries()) {
    const of = recording();
    make(of, { rows: 16, columns: 24, features: [name, "Other"], compound: () => name, barcode: name, run: name });
    const { page, wrong } = await openPlate(of);
    await click(page, 0);
    await page.getByTestId("well-name").waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate(() => "executed" in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(await page.getByTestId("plate-barcode").textContent()).toBe(name);
    // What stands beside a long name keeps its place.
    const [map, pick] = await Promise.all([page.getByTestId("map").boundingBox(), page.getByTestId("feature-search").boundingBox()]);
    expect([Math.round((map?.x ?? 0) + (map?.width ?? 0)), Math.round(map?.y ?? 0), Math.round(pick?.y ?? 0)]).toEqual([1104, 46, 46]);
    await keep(page, `plate-names-${n}`);
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

/** Ways into each state; each is looked at by axe and walked by Tab, in both themes. */
const STATES: [string, (of: Recording) => void, (sight: Sight) => Promise<void>][] = [
  ["a well is selected", () => undefined, async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
    await click(page, 0);
    // The layout's message: a body that scrolls.
    await page.getByTestId("message-row").nth(1).click();
    await expect.poll(async () => (await page.getByTestId("message-body").textContent())?.length ?? 0).toBeGreaterThan(10_000);
  }],
  ["a reason is asked for", () => undefined, async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
    await click(page, 0);
    await page.getByTestId("ask-exclude").click();
  }],
  ["features are searched", () => undefined, async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
    await page.getByTestId("feature-search").click();
    await page.locator(".pop").waitFor();
  }],
  ["no plate is picked", () => undefined, async ({ page }) => {
    await page.keyboard.press("Control+2");
    await page.getByTestId("pick-a-plate").locator(".recent").first().waitFor();
    expect(await page.getByTestId("pick-a-plate").locator(".recent").count()).toBe(5);
    expect(await page.getByTestId("pick-a-plate").textContent()).toContain("Pick a plate");
  }],
  ["there is no plate at all", (of) => void Object.assign(told(of).tick, { plates: [], alerts: [] }), async ({ page }) => {
    await page.keyboard.press("Control+2");
    await page.getByText("No plate has been seen in this session.").waitFor();
  }],
  ["it loads", () => undefined, async ({ page }) => {
    // An answer that never comes.
    await page.evaluate(() => {
      for (const call of window.recorded.recording.calls) if (call.command === "plate") call.result = new Promise(() => undefined);
    });
    await page.getByTestId("tile").first().click();
    await page.getByText("Loading…").waitFor();
    expect(await page.locator(".hm").getAttribute("aria-busy")).toBe("true");
    expect(await page.getByTestId("plate-canvas").count()).toBe(0);
  }],
  ["it is refused", (of) => void (of.refused = { plate: { code: "no_such_plate", message: "There is no such plate any more.", detail: null } }), async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await expect.poll(() => page.getByTestId("plate-problem").textContent()).toBe("There is no such plate any more.");
    expect(await page.getByText("Loading").count()).toBe(0);
  }],
  ["nothing has been read", (of) => {
    const tile = make(of, { rows: 16, columns: 24, value: () => Number.NaN, robustZ: () => Number.NaN, state: () => NOT_YET });
    const detail = of.calls.find((call) => call.command === "plate" && call.args["plate"] === tile.plate)?.result as PlateDetail;
    Object.assign(detail, { wells_in: 0 });
    detail.qc = detail.qc.map((qc) => ({ ...qc, counts: [0, 0, 0], lines: qc.lines.map((line) => ({ ...line, value: null, undefined: "no positive controls in layout", level: "unknown" })) }));
  }, async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
    const line = page.getByTestId("qc-z_prime");
    await expect.poll(() => line.textContent()).toContain("no positive controls in layout");
    expect(await line.textContent()).toContain("–");
    expect(await page.getByTestId("qc-verdict").textContent()).toBe("not yet");
    expect(await page.getByTestId("qc-wells").textContent()).toContain("0");
  }],
  ["the stream is lost", (of) => {
    const { strip } = told(of);
    if (strip.source) Object.assign(strip.source, { state: "offline", offline_since_ms: strip.now_ms, lag: null });
  }, async ({ page }) => {
    // Everything works on what was recorded.
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
    await click(page, 0);
    await expect.poll(() => chosen(page)).toBe("A01");
    await page.getByTestId("scale-robust_z").click();
    await expect.poll(() => page.getByTestId("map").inputValue()).toBe("diverging");
    expect(await page.getByTestId("plate-problem").count()).toBe(0);
  }],
  ["values are excluded", (of) => void make(of, { rows: 16, columns: 24, state: (well) => (well % 7 === 0 ? VALUE | EXCLUDED : VALUE) }), async ({ page }) => {
    await page.getByTestId("tile").first().click();
    await page.getByTestId("scale").waitFor();
  }],
];
for (const [name, change, into] of STATES) {
  it(`can be seen, read and reached by all, in both themes, when ${name}`, async () => {
    const of = recording();
    change(of);
    const sight = await open(of);
    await into(sight);
    await keep(sight.page, `plate-state-${name.replaceAll(" ", "-")}`);
    for (const theme of ["dark", "light"]) {
      // Canvases keep their colours; what axe measures is text.
      await wear(sight.page, theme);
      expect(await serious(sight.page)).toEqual([]);
    }
    const { nameless, missed, controls } = await reach(sight.page);
    expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
    expect(controls.length).toBeGreaterThan(12);
    expect(sight.wrong).toEqual([]);
    await sight.page.context().close();
  });
}
