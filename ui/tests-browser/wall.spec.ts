// The wall as a lab uses it: 200 plates, searched, sorted, watched for what changed, and read from across the room.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WindowTick } from "../src/ipc/generated";
import { begin, end, keep, open, recording, serious, told } from "./page";
import { reach, wear } from "./reach";
import { LONG, lab } from "./wall";

beforeAll(begin);
afterAll(end);

const recordedAlerts = (): WindowTick["alerts"] => told(recording()).tick.alerts;
const barcodes = (page: Page, id = "tile"): Promise<(string | null)[]> => page.getByTestId(id).evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("data-barcode")));

it("finds plates by instrument, assay, stage and state, all words of several, counts them, and Esc clears", async () => {
  const { page } = await open(lab());
  await page.keyboard.press("/");
  await page.keyboard.type("fail");
  await expect.poll(() => page.getByTestId("what").textContent()).toBe("5 of 200");
  await page.keyboard.type(" imager 2 run-0001");
  await expect.poll(() => page.getByTestId("what").textContent()).toBe("1 of 200");
  expect(await barcodes(page)).toEqual(["P000087"]);
  expect(await page.locator(".main [role=status]").textContent()).toBe("1 of 200 plates found");
  await page.getByTestId("filter").fill("staining");
  await expect.poll(() => page.getByTestId("what").textContent()).toBe("10 of 200");
  await page.getByTestId("tile").first().focus();
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("filter").inputValue()).toBe("");
  await expect.poll(() => page.getByTestId("what").textContent()).toContain("200 plates, 4 runs");
  await page.close();
});

it("sorts within a group and remembers it", async () => {
  const { page } = await open(lab());
  await page.getByTestId("sort").selectOption("worst");
  await expect.poll(async () => (await barcodes(page)).slice(0, 4)).toEqual(["P000007", "P000047", "P000003", "P000028"]);
  await page.getByRole("button", { name: "By state" }).click();
  await page.reload();
  await page.locator(".app[data-screens='6']").waitFor();
  expect(await page.getByTestId("sort").inputValue()).toBe("worst");
  expect(await page.getByRole("button", { name: "By state" }).getAttribute("aria-pressed")).toBe("true");
  await page.close();
});

it("says what changed since a person looked, filters to it, and forgets it plate by plate or at once", async () => {
  const of = lab();
  const { tick } = told(of);
  const sight = await open(of);
  const { page } = sight;
  const foot = page.getByTestId("changed");
  await foot.waitFor();
  expect(await foot.textContent()).toMatch(/^Nothing changed since \d\d:\d\d/);
  const [a, b, c] = [tick.plates[0], tick.plates[11], tick.plates[1]];
  if (!a || !b || !c || !a.headline) throw new Error("no plates");
  await sight.tell({
    ...tick, kind: "tick", number: 2, reset: false, alerts: [],
    plates: [{ ...a, headline: { ...a.headline, z_prime: 0.31, level: "fail" } }, { ...b, complete: true, wells_in: 384 }, { ...c, flags: 2, level: "attention" }],
  });
  await expect.poll(() => foot.textContent()).toContain("3 changed since");
  const names = await page.getByTestId("changed-names").textContent();
  for (const says of ["P000000 Z′ 0.50 to 0.31", "P000011 complete", "P000001 2 new alerts"]) expect(names).toContain(says);
  expect(await page.getByTestId("tile-changed").allTextContents()).toEqual(["Z′ 0.50 to 0.31", "2 new alerts", "complete"]);
  await keep(page, "wall-changed");
  expect(await serious(page)).toEqual([]);
  await page.keyboard.press("c");
  await expect.poll(() => barcodes(page)).toEqual(["P000000", "P000001", "P000011"]);
  // Seen goes from one to the next.
  await page.getByTestId("wall").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("s");
  await expect.poll(() => barcodes(page)).toEqual(["P000001", "P000011"]);
  expect(await page.locator("[aria-selected=true][data-testid=tile]").getAttribute("data-barcode")).toBe("P000001");
  // Opening a plate is looking at it, and what comes while it is open is seen.
  await page.keyboard.press("Enter");
  await page.getByTestId("plate-barcode").waitFor();
  await sight.tell({ ...tick, kind: "tick", number: 3, reset: false, alerts: [], plates: [{ ...c, flags: 3, level: "fail" }] });
  await page.keyboard.press("Control+1");
  await expect.poll(() => barcodes(page)).toEqual(["P000011"]);
  // It outlives the page: the desk tells the same plates again.
  await page.waitForTimeout(600);
  of.told = of.told.map((one) => (one.kind === "tick" ? { ...one, plates: one.plates.map((tile) => (tile.plate === b.plate ? { ...tile, complete: true, wells_in: 384 } : tile.plate === c.plate ? { ...tile, flags: 3, level: "fail" as const } : tile.plate === a.plate && tile.headline ? { ...tile, headline: { ...tile.headline, z_prime: 0.31, level: "fail" as const } } : tile)) } : one));
  await page.reload();
  await page.locator(".app[data-screens='6']").waitFor();
  await expect.poll(() => foot.textContent()).toContain("1 changed since");
  await page.getByTestId("all-seen").click();
  await expect.poll(() => foot.textContent()).toMatch(/^Nothing changed since/);
  await page.keyboard.press("c");
  await page.getByText("Nothing has changed since you looked.").waitFor();
  await page.getByTestId("show-all").click();
  await expect.poll(() => page.getByTestId("tile").count()).toBeGreaterThan(10);
  await page.close();
});

it("plates of several first headlines have a range each, and one range is said only where it is theirs", async () => {
  const of = lab(48);
  const { tick } = told(of);
  // Every second plate is of another assay, whose feature goes from 0 to 1.
  const hex = Buffer.from(of.wall.hex, "hex");
  const size = hex.length / 48;
  tick.plates = tick.plates.map((tile, n) => {
    if (n % 2 === 0 || tile.headline === null) return tile;
    for (let well = 0; well < 384; well += 1) hex.writeFloatLE((well % 40) / 40, n * size + 16 + 4 * well);
    return { ...tile, assay: "CellTiter-Glo", headline: { ...tile.headline, feature: "Viability" } };
  });
  of.wall.hex = hex.toString("hex");
  const { page, wrong } = await open(of);
  const colours = (n: number): Promise<number> => page.getByTestId("tile").nth(n).locator("canvas").evaluate((canvas: HTMLCanvasElement) => new Set(new Uint32Array(Uint8ClampedArray.from(canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? []).buffer)).size);
  await expect.poll(() => colours(0)).toBeGreaterThan(30);
  await expect.poll(() => colours(1)).toBeGreaterThan(30);
  const legend = page.getByTestId("legend");
  expect(await legend.textContent()).toBe("each feature its own range");
  expect(await legend.getAttribute("title")).toMatch(/^Cells_Count: .+ to .+\nViability: .+ to .+$/);
  expect(await page.locator("#feature option").first().textContent()).toBe("First headline");
  const place = (): Promise<number | undefined> => page.getByRole("button", { name: "By state" }).boundingBox().then((box) => box?.x);
  const before = await place();
  await keep(page, "wall-two-features");
  await page.getByTestId("filter").fill("glo");
  await expect.poll(() => legend.textContent()).toBe("00.975");
  await page.getByTestId("filter").fill("");
  await expect.poll(() => legend.textContent()).toBe("each feature its own range");
  await page.locator("h1").click();
  expect(await place(), "nothing moves").toBe(before);
  expect(wrong.filter((one) => !one.includes("not_recorded"))).toEqual([]);
  await page.close();
});

it("another moment is no change", async () => {
  const of = recording();
  const { strip } = told(of);
  Object.assign(strip, { mode: "replay", position: { seq: 1000, at_ms: strip.now_ms - 2000, first_ms: strip.now_ms - 3000, last_ms: strip.now_ms - 100, playing: false, speed: 4, at_end: false } });
  const { page } = await open(of);
  await page.getByText("Changes are counted at the live edge").waitFor();
  expect(await page.getByTestId("changed").count()).toBe(0);
  await page.close();
});

it("shows flags that wait for a reviewer beside alerts: on the tile, aloud, by F, by search and across the room", async () => {
  const of = lab(200, (_, n) => (n === 12 ? { review_flags: 1 } : n === 7 ? { review_flags: 2 } : {}));
  const sight = await open(of, { width: 1920, height: 1080 });
  const { page } = sight;
  const tile = page.locator('[data-testid=tile][data-barcode="P000012"]');
  expect(await tile.getByTestId("tile-review").textContent()).toBe("1");
  expect(await tile.getByTestId("tile-review").getAttribute("title")).toBe("1 flag to review");
  expect(await tile.locator(".flags").count(), "it has no alert").toBe(0);
  expect(await tile.getByTestId("tile-told").textContent()).toContain("1 to review");
  const both = page.locator('[data-testid=tile][data-barcode="P000007"]');
  expect([await both.getByTestId("tile-review").textContent(), await both.locator(".flags").textContent()]).toEqual(["2", "3"]);
  await keep(page, "wall-review-flags");
  await page.keyboard.press("f");
  await tile.waitFor();
  const alone = await page.getByTestId("what").textContent();
  await page.keyboard.press("f");
  await page.getByTestId("filter").fill("flagged to review");
  await expect.poll(() => page.getByTestId("what").textContent()).toBe("2 of 200");
  await page.getByTestId("filter").fill("flagged alert");
  await expect.poll(() => page.getByTestId("what").textContent()).not.toBe("2 of 200");
  // By F there is one more than there are plates with alerts.
  expect(Number.parseInt(alone ?? "")).toBe(Number.parseInt((await page.getByTestId("what").textContent()) ?? "") + 1);
  await page.getByTestId("filter").fill("");
  await page.getByTestId("wall").focus();
  await page.keyboard.press("w");
  const far = page.locator('[data-testid=far-tile][data-barcode="P000007"]');
  await far.waitFor();
  expect(await far.getByTestId("far-review").textContent()).toBe("2");
  for (const theme of ["dark", "light"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
  }
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("wall mode is read from two metres: 22 px and more, what needs a person first, the rest in words", async () => {
  const sight = await open(lab(), { width: 1920, height: 1080 });
  const { page } = sight;
  await page.keyboard.press("w");
  const tiles = page.getByTestId("far-tile");
  await tiles.first().waitFor();
  expect(await page.locator(".insp").count(), "the inspector is out of the way").toBe(0);
  const shown = await barcodes(page, "far-tile");
  expect(shown.slice(0, 4)).toEqual(["P000007", "P000047", "P000087", "P000127"]);
  expect(shown.length).toBeGreaterThanOrEqual(15);
  const sizes = await tiles.evaluateAll((all) => all.map((tile) => [".bc", ".z"].map((css) => parseFloat(getComputedStyle(tile.querySelector(css) as Element).fontSize))));
  for (const [barcode, z] of sizes) expect(Math.min(barcode ?? 0, z ?? 0)).toBeGreaterThanOrEqual(22);
  const glyph = await tiles.first().evaluate((tile) => parseFloat(getComputedStyle(tile.querySelector(".h") as Element, "::before").width));
  expect(glyph).toBeGreaterThanOrEqual(20);
  expect(await page.getByTestId("others").textContent()).toMatch(/^\d+ more not shown: \d+ complete without alerts(, \d+ waiting)?$/);
  // Every tile is whole on the page.
  const board = await page.getByTestId("board").boundingBox();
  for (const tile of await tiles.all()) {
    const box = await tile.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((board?.y ?? 0) + (board?.height ?? 0));
  }
  await keep(page, "wall-far-1920");
  for (const theme of ["dark", "light"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
  }
  const { nameless, missed } = await reach(page);
  expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
  // The inspector comes over it when it is asked for; the mode is remembered.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("i");
  await page.locator(".insp.over").waitFor();
  await page.reload();
  await page.getByTestId("far-tile").first().waitFor();
  await page.keyboard.press("w");
  await page.getByTestId("tile").first().waitFor();
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("turns its pages where the urgent plates do not fit, can be held, and keys turn it where motion is not wanted", async () => {
  const of = lab(200, (tile) => (tile.headline ? { headline: { ...tile.headline, z_prime: 0.2, level: "fail" as const }, flags: 1, level: "fail" as const } : {}));
  const { page } = await open(of, { width: 1440, height: 900 });
  await page.getByTestId("far").click();
  await page.mouse.move(5, 5);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const says = page.getByTestId("page");
  await expect.poll(() => says.textContent()).toMatch(/^Page 1 of \d+, \d+ s$/);
  await keep(page, "wall-far-pages");
  const first = await barcodes(page, "far-tile");
  await page.keyboard.press("PageDown");
  await expect.poll(() => says.textContent()).toMatch(/^Page 2/);
  expect(await barcodes(page, "far-tile")).not.toEqual(first);
  await page.keyboard.press("PageUp");
  await page.keyboard.press("p");
  await expect.poll(() => says.textContent()).toMatch(/^Page 1 of \d+, held$/);
  await page.keyboard.press("p");
  await expect.poll(() => says.textContent(), { timeout: 20_000 }).toMatch(/^Page 2/);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(() => says.textContent()).toMatch(/^Page 2 of \d+$/);
  await page.getByTestId("page-after").click();
  await expect.poll(() => says.textContent()).toMatch(/^Page 3/);
  // Arrows walk its tiles, Enter opens one.
  await page.getByTestId("board").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const chosen = await page.locator("[data-testid=far-tile][aria-selected=true]").getAttribute("data-barcode");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("plate-barcode").textContent()).toBe(chosen);
  await page.close();
});

it("the same barcode in two runs: the run is said wherever it stands, and to a screen reader", async () => {
  // P000000 to P000039 in two runs, ten more in one.
  const of = lab(90, (_, n) => ({ barcode: `P${String(n % 50).padStart(6, "0")}`, run: `CP-A549-${n < 50 ? "0412" : "0413-repeat"}` }));
  const { tick } = told(of);
  const [a, b, alone] = [tick.plates[7], tick.plates[57], tick.plates[47]];
  const [like] = recordedAlerts();
  if (!a || !b || !alone || !like) throw new Error("no plates");
  const on = (tile: typeof a, seq: number, change: object = {}): typeof like => ({ ...like, seq, plate: tile.plate, run: tile.run, barcode: tile.barcode, burst: 1, acknowledged: false, open: true, listed: true, ...change });
  tick.alerts = [on(a, 1), on(b, 2), on(alone, 3), ...[a, b].map((tile, n) => on(tile, 10 + n, { rule: "ssmd", title: "Controls are not well apart", burst: 2 }))];
  const sight = await open(of);
  const { page } = sight;
  await page.getByTestId("alert").first().waitFor();
  const heads = await page.getByTestId("alert").locator(".t").allTextContents();
  expect(heads.map((text) => text.split(":")[0])).toEqual(["P000047", "P000007 (CP-A549-0413-repeat)", "P000007 (CP-A549-0412)"]);
  expect(await page.getByTestId("burst").textContent()).toContain("P000007 (CP-A549-0413-repeat), P000007 (CP-A549-0412)");
  // By run, the group's head says it to whoever sees it.
  expect(await page.getByTestId("tile-run").count()).toBe(0);
  expect(await page.getByTestId("tile-told").first().textContent()).toMatch(/^Plate P000000 of run CP-A549-0412, /);
  await page.getByRole("button", { name: "By state" }).click();
  await expect.poll(() => page.getByTestId("tile-run").count()).toBeGreaterThan(10);
  expect(await page.locator(`[data-plate="${alone.plate}"] [data-testid=tile-run]`).count()).toBe(0);
  await sight.tell({ ...tick, kind: "tick", number: 2, reset: false, plates: [{ ...b, flags: 4 }], alerts: [on(b, 20, { rule: "cv_negative", feature: "Cells_Count" })] });
  await expect.poll(() => page.getByTestId("changed-names").textContent()).toMatch(/^P000007 \(CP-A549-0413-repeat\) /);
  await expect.poll(() => page.getByTestId("announced").textContent()).toContain("New alert: P000007 (CP-A549-0413-repeat), Cells_Count");
  await keep(page, "wall-twins");
  for (const theme of ["dark", "light"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
  }
  const { cut, overlaps } = await import("./bounds");
  for (const [width, height] of [[1180, 720], [1440, 900], [1920, 1080]] as const) {
    await page.setViewportSize({ width, height });
    expect([await cut(page), await overlaps(page, ".main")], `near ${width}`).toEqual([[], []]);
  }
  await page.keyboard.press("w");
  await page.getByTestId("far-tile").first().waitFor();
  for (const [width, height] of [[1180, 720], [1440, 900], [1920, 1080]] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(100);
    expect([await cut(page), await overlaps(page, ".main")], `far ${width}`).toEqual([[], []]);
    expect(await page.getByTestId("board").evaluate((box) => box.scrollHeight - box.clientHeight), `far ${width}`).toBe(0);
    await keep(page, `wall-far-twins-${width}`);
  }
  // A longer one has a line of its own.
  const far = "CP-A549-0413-repeat-of-the-second-half";
  await sight.tell({ ...tick, kind: "tick", number: 3, reset: true, plates: tick.plates.map((one, n) => (n < 50 ? one : { ...one, run: far })), alerts: tick.alerts });
  await expect.poll(() => page.locator("[data-testid=far-run]").allTextContents().then((texts) => texts.join(" "))).toMatch(/CP-A549-0413\S*…\S*-second-half/);
  expect([await cut(page), await overlaps(page, ".main")]).toEqual([[], []]);
  await keep(page, "wall-far-twins-long");
  await sight.tell({ ...tick, kind: "tick", number: 4, reset: true });
  const tile = page.locator(`[data-testid=far-tile][data-plate="${b.plate}"]`);
  expect(await tile.getByTestId("far-run").textContent()).toBe("CP-A549-0413-repeat");
  expect(await tile.locator(".sr").textContent()).toContain("Plate P000007 of run CP-A549-0413-repeat");
  expect(await serious(page)).toEqual([]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("wall mode says of how many controls a Z′ is, and it fits", async () => {
  const controls = [[6, 32], [31, 32], [32, 32], [2, 8], [127, 256], [128, 256]] as const;
  const of = lab(24, (tile, n) => {
    const [controls_in, controls_expected] = controls[n % controls.length] ?? [0, 0];
    return tile.headline ? { wells_in: 200, complete: false, flags: n % 4, headline: { ...tile.headline, z_prime: controls_in < 3 ? null : 0.52, level: controls_in < 3 ? "unknown" : "ok", controls_in, controls_expected } } : {};
  });
  const { page } = await open(of);
  await page.keyboard.press("w");
  const tiles = page.getByTestId("far-tile");
  await tiles.first().waitFor();
  const { cut } = await import("./bounds");
  for (const [width, height] of [[1180, 720], [1440, 900], [1920, 1080]] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(100);
    const says = await tiles.evaluateAll((all) => all.map((tile) => {
      const word = tile.querySelector("[data-testid=far-word]") as HTMLElement;
      const sizes = [".bc", ".z"].map((css) => parseFloat(getComputedStyle(tile.querySelector(css) as Element).fontSize));
      return { barcode: tile.getAttribute("data-barcode") ?? "", word: word.textContent, told: tile.querySelector(".sr")?.textContent ?? "", out: word.scrollWidth - word.clientWidth, least: Math.min(...sizes) };
    }));
    for (const { barcode, word, told, out, least } of says) {
      const [some, all] = controls[Number(barcode.slice(1)) % controls.length] ?? [0, 0];
      if (Number(barcode.slice(1)) >= 14) continue;
      expect(word, barcode).toBe(some < all ? `${some} of ${all} controls` : "pass");
      expect(told.includes(`${some} of ${all} controls in`), barcode).toBe(some < all);
      expect([out <= 0, least >= 22], `${barcode} at ${width}: ${out} px over`).toEqual([true, true]);
    }
    expect(await cut(page), String(width)).toEqual([]);
    expect(await page.getByTestId("board").evaluate((box) => box.scrollHeight - box.clientHeight), String(width)).toBe(0);
    await keep(page, `wall-far-controls-${width}`);
  }
  await page.close();
});

it("long barcodes keep their end, on two lines, whole in the tip", async () => {
  const { page } = await open(lab(24, (_, n) => ({ barcode: LONG(n) })), { width: 1920, height: 1080 });
  await page.keyboard.press("w");
  await page.getByTestId("far-tile").first().waitFor();
  const texts = await page.locator("[data-testid=far-tile] .bc").evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("title"), one.scrollHeight <= one.clientHeight + 2]));
  for (const [text, title, whole] of texts) {
    expect(String(text).slice(-8)).toBe(String(title).slice(-8));
    expect(whole).toBe(true);
  }
  await keep(page, "wall-far-long");
  await page.close();
});

it("200 plates that all change, scrolled, cost less of a processor than 30 frames a second have; only tiles near the eye are there", async () => {
  const of = lab(200, (tile) => (tile.wells_in > 0 ? { complete: false } : {}));
  const { tick } = told(of);
  // The same wall with a dozen other values on each plate, to and fro.
  const other = Buffer.from(of.wall.hex, "hex");
  const size = other.length / 200;
  for (let n = 0; n < 200; n += 1) for (let well = 0; well < 12; well += 1) other.writeFloatLE(500 + well * 200, n * size + 16 + 4 * ((n * 7 + well) % 384));
  const sight = await open(of, { width: 1920, height: 1080 });
  const { page } = sight;
  await page.getByTestId("tile").first().waitFor();
  expect(await page.getByTestId("tile").count()).toBeLessThan(60);
  const cdp = await page.context().newCDPSession(page);
  // Time of the page's own thread: a machine that is busy with other work does not count.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => (await cdp.send("Performance.getMetrics")).metrics.find((one) => one.name === "TaskDuration")?.value ?? Number.NaN;
  const hexes = [of.wall.hex, other.toString("hex")];
  const run = (from: number, rounds: number): Promise<number> =>
    page.evaluate(async ({ tick, from, rounds, hexes }) => {
      const wall = document.querySelector("[data-testid=wall]") as HTMLElement;
      const drawn = window.recorded.drawn.length;
      let frames = 0;
      for (let n = 0; n < rounds; n += 1) {
        window.recorded.recording.wall.hex = hexes[n % 2] ?? "";
        const plates = tick.plates.map((tile) => ({ ...tile, revision: from + n, fresh: [n % 384] }));
        window.recorded.tell({ ...tick, kind: "tick", number: from + n, reset: false, alerts: [], plates });
        wall.scrollTop = (n * 37) % (wall.scrollHeight - wall.clientHeight);
        while (window.recorded.drawn.length < drawn + n + 1) {
          await new Promise((frame) => requestAnimationFrame(frame));
          frames += 1;
        }
      }
      return frames;
    }, { tick, from, rounds, hexes });
  await run(10, 10);
  const before = await spent();
  const rounds = 40;
  const frames = await run(100, rounds);
  const ms = ((await spent()) - before) * 1000;
  console.log(`wall of 200 plates, all changed, scrolled: ${(ms / rounds).toFixed(1)} ms of the page's thread for a tick, ${(ms / frames).toFixed(1)} for a frame`);
  expect(ms / frames).toBeLessThan(1000 / 30);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("holds all of it in the least window and with text twice as large", async () => {
  const sight = await open(lab(), { width: 1180, height: 720 });
  const { page } = sight;
  await page.getByTestId("tile").first().waitFor();
  const { cut, overlaps, twice } = await import("./bounds");
  for (const mode of ["near", "far"]) {
    if (mode === "far") await page.getByTestId("far").click();
    expect(await cut(page), mode).toEqual([]);
    expect(await overlaps(page, ".main"), mode).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1180);
    await keep(page, `wall-${mode}-1180`);
  }
  await twice(page);
  expect(await cut(page), "twice").toEqual([]);
  await page.close();
});
