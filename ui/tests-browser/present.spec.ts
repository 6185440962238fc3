// A session shown to a room: keys, what may not be read, the picture, the number; how it lies beside its mock; figures saved.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlateDetail, Strip } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { liesAsDrawn, type Region } from "./beside";
import { cut, overlaps } from "./bounds";
import { paints } from "./pictures";
import { make, openPlate, VALUE } from "./plates";
import { begin, end, keep, type Look, open, recording, serious, type Sight, told } from "./page";
import { wear } from "./reach";

beforeAll(begin);
afterAll(end);

const READ = 262;
const PICKED = 4 * 24 + 4;
/** Well by well as a robot reads: every other row backwards. */
const turn = (well: number): number => Math.floor(well / 24) * 24 + (Math.floor(well / 24) % 2 ? 23 - (well % 24) : well % 24);
const effect = (well: number): number => {
  const [row, column] = [Math.floor(well / 24), well % 24];
  if (column === 1 || column === 22) return row % 2 ? 0.4 : 16;
  return Math.max(0, (row * 7) % 5 > 1 ? 15 - Math.abs(column % 12) * (1 + (row % 4)) : 1) + ((well * 7919) % 97) / 120;
};

/** A plate as the mock's: 262 of 384 wells read, a dozen compounds in falling doses, images of every well that was read. */
function plates(): Recording {
  const of = recording();
  const tile = make(of, {
    rows: 16, columns: 24, barcode: "BR00118202", run: "DR-U2OS-0077", features: ["Mahalanobis_to_DMSO"],
    value: (well) => (turn(well) < READ ? 3 + effect(well) : Number.NaN), robustZ: (well) => (turn(well) < READ ? effect(well) : Number.NaN), state: (well) => (turn(well) < READ ? VALUE : 0),
    role: (well) => (well % 24 === 1 || well % 24 === 22 ? (Math.floor(well / 24) % 2 ? 1 : 2) : 4),
    compound: (well) => (well % 24 === 1 || well % 24 === 22 ? (Math.floor(well / 24) % 2 ? "DMSO" : "CMP-STAURO") : `CMP-00${48_310 + Math.floor(well / 12)}`),
  });
  Object.assign(tile, { wells_in: READ, complete: false, images: 2_000, assay: "Dose response", cells: "U2OS, 24 h", last_ms: (tile.last_ms ?? 0) + 9e9 });
  const detail = of.calls.find((call) => call.command === "plate" && call.args["plate"] === tile.plate)?.result as PlateDetail;
  Object.assign(detail, { wells_in: READ, images: 2_000, assay: "Dose response", cells: "U2OS, 24 h", headlines: [{ feature: "Mahalanobis_to_DMSO", unit: null, direction: "up", transform: "none" }] });
  for (const entry of detail.layout) entry.concentration = Number((20 / 3 ** ((entry.well % 24) % 12)).toPrecision(2));
  return of;
}

const HOUR = 3_600_000;
const replay = (strip: Strip): Strip => ({
  ...strip, mode: "replay", recording: null, source: null, session: strip.session && { ...strip.session, demo: false },
  position: { seq: 1000, at_ms: strip.now_ms - 2.3 * HOUR, first_ms: strip.now_ms - 4 * HOUR, last_ms: strip.now_ms, playing: true, speed: 16, at_end: false },
});

/** What nobody in the room may read: of every plate, and of the session. */
function identifiers(of: Recording): string[] {
  const { tick, strip } = told(of);
  const layouts = of.calls.filter((call) => call.command === "plate").flatMap((call) => (call.result as PlateDetail).layout);
  const all = [...tick.plates.flatMap((tile) => [tile.barcode, tile.run, tile.plate]), ...layouts.map((entry) => entry.compound), strip.session?.name, strip.session?.folder, strip.source?.brokers, strip.recording?.name];
  return [...new Set(all.filter((one): one is string => typeof one === "string" && one.length > 2))];
}
const leaks = (sight: Sight, of: Recording): Promise<string[]> => sight.page.evaluate((all) => {
  const html = document.documentElement.outerHTML;
  return all.filter((one) => html.includes(one));
}, identifiers(of));

async function present(sight: Sight, of: Recording, asReplay = true): Promise<void> {
  const { page } = sight;
  const now = told(of).strip.now_ms;
  await paints(page, { imaged: Array.from({ length: 384 }, (_, well) => well).filter((well) => turn(well) < READ) });
  await page.evaluate(({ now, hour }) => {
    window.recorded.answers["timeline"] = () => ({ first_ms: now - 4 * hour, last_ms: now, counts: Array.from({ length: 400 }, (_, n) => (n > 120 && n < 130 ? 0 : Math.round(20 + 15 * Math.sin(n / 14) ** 2 + (n * 7919) % 9))), marks: [] });
  }, { now, hour: HOUR });
  if (asReplay) await sight.tell({ kind: "strip", ...replay(told(of).strip) });
  await page.getByTestId("tile").first().waitFor();
  await page.keyboard.press("F5");
  await page.getByTestId("present").waitFor();
  await page.locator("[data-testid=present-image][data-well]").waitFor();
}
async function opened(look: Look = {}, of = plates(), asReplay = true): Promise<Sight & { of: Recording }> {
  const sight = await open(of, look);
  await present(sight, of, asReplay);
  return { ...sight, of };
}
/** Clicks a well of the large plate. */
async function pick({ page }: Sight, well: number): Promise<void> {
  const box = await page.getByTestId("present-plate").boundingBox();
  const pitch = (box?.width ?? 0) / 24;
  await page.mouse.click((box?.x ?? 0) + ((well % 24) + 0.5) * pitch, (box?.y ?? 0) + (Math.floor(well / 24) + 0.5) * pitch);
  await page.locator(`[data-testid=present-image][data-well="${well}"]`).waitFor();
}

it("begins with F5 on the newest plate, and Escape leads back to where one came from", async () => {
  const sight = await opened();
  const { page } = sight;
  expect(await page.getByTestId("present-title").textContent()).toBe("Dose response, U2OS, 24 h");
  expect(await page.getByTestId("present-mark").textContent()).toBe("Replay of a recorded session");
  expect(await page.getByTestId("present-read").textContent()).toBe("262 of 384 wells");
  expect(await page.locator(".rail, .top, .tl").count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByTestId("wall").waitFor();
  await page.keyboard.press("Control+2");
  await page.getByTestId("scale").waitFor();
  await page.getByTestId("rail-present").click();
  await page.getByTestId("present").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByTestId("rail-plate").getAttribute("aria-current")).toBe("page");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("nothing in the page names a plate, a compound, a run, a session or a broker, but for ten seconds where H asks", async () => {
  const sight = await opened({}, plates(), false);
  const { page, of } = sight;
  await pick(sight, PICKED);
  expect(identifiers(of).length).toBeGreaterThan(20);
  expect(await page.getByTestId("present-caption").textContent()).toBe("Compound I, 0.25 µM");
  for (const press of ["ArrowRight", "ArrowDown", "n", "n", "n", "PageDown", "PageUp", "Space", "]"]) {
    await page.keyboard.press(press);
    expect(await leaks(sight, of), press).toEqual([]);
  }
  await pick(sight, PICKED);
  await page.keyboard.press("h");
  await expect.poll(() => page.getByTestId("present-barcode").textContent()).toBe("BR00118202");
  expect(await page.getByTestId("present-caption").textContent()).toBe("CMP-0048318, 0.25 µM");
  await page.keyboard.press("h");
  await expect.poll(() => leaks(sight, of)).toEqual([]);
  await page.keyboard.press("h");
  await page.getByTestId("present-barcode").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("F5");
  await page.getByTestId("present-title").waitFor();
  expect(await leaks(sight, of)).toEqual([]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("the recorded demo as it is names nothing either, and has the whole window for its wells", async () => {
  const of = recording();
  const sight = await open(of);
  // The recording has the values of its first plate alone.
  await sight.page.locator(`[data-plate="${told(of).tick.plates[0]?.plate}"]`).click();
  await sight.page.getByTestId("scale").waitFor();
  await sight.page.keyboard.press("F5");
  await sight.page.getByTestId("present-plate").waitFor();
  await expect.poll(() => sight.page.getByTestId("present-number").textContent()).not.toContain("No value");
  expect(await leaks(sight, of)).toEqual([]);
  await keep(sight.page, "present-demo");
  expect(await serious(sight.page)).toEqual([]);
  expect(await sight.page.getByTestId("present-mark").textContent()).toContain("demo lab");
  await sight.page.close();
});

it("arrows move the well, pages the plate, N the number, Space and the track the session; what rests fades", async () => {
  const sight = await opened();
  const { page } = sight;
  await pick(sight, PICKED);
  await page.keyboard.press("ArrowRight");
  await page.locator(`[data-testid=present-image][data-well="${PICKED + 1}"]`).waitFor();
  for (let n = 0; n < 11; n += 1) await page.keyboard.press("ArrowDown");
  // Nothing was read there: the nearest imaged well is shown, and said.
  await expect.poll(() => page.getByTestId("present-caption").textContent()).toContain("well K06");
  const number = page.getByTestId("present-number");
  expect(await number.textContent()).toMatch(/^\d+of \d+ sample wells read so far differ from the negative controlsMahalanobis to negatives, \|z\| ≥ 3$/);
  await page.keyboard.press("n");
  expect(await number.textContent()).toContain("Z′");
  await page.keyboard.press("n");
  expect(await number.textContent()).toBe("262of 384 wells read so far");
  await page.keyboard.press("Space");
  await expect.poll(async () => (await sight.called("pause")).length).toBe(1);
  await page.getByTestId("present-speed").click();
  expect(await sight.called("speed")).toEqual([{ speed: 60 }]);
  await page.getByTestId("present-track").focus();
  await page.keyboard.press("Home");
  await expect.poll(async () => (await sight.called("seek")).at(-1)).toEqual({ to: "start" });
  const before = await page.getByText(/^Plate \d+ of \d+$/).textContent();
  await page.keyboard.press("PageDown");
  await expect.poll(() => page.getByText(/^Plate \d+ of \d+$/).textContent()).not.toBe(before);
  await page.mouse.move(700, 700);
  const leave = page.getByTestId("present-leave");
  await expect.poll(() => leave.evaluate((node) => getComputedStyle(node).opacity)).toBe("1");
  await expect.poll(() => leave.evaluate((node) => getComputedStyle(node).opacity), { timeout: 5000 }).toBe("0");
  expect(await page.getByTestId("present").evaluate((node) => getComputedStyle(node).cursor)).toBe("none");
  await page.mouse.move(710, 700);
  await expect.poll(() => leave.evaluate((node) => getComputedStyle(node).opacity)).toBe("1");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("live it says so, fills in, and asks with the channels that Images has", async () => {
  const sight = await opened({}, plates(), false);
  const { page, of } = sight;
  expect(await page.getByTestId("present-mark").textContent()).toContain("Live");
  const { tick } = told(of);
  const first = tick.plates[0];
  if (!first) throw new Error("no plate");
  await sight.tell({ kind: "tick", ...tick, number: 900, reset: false, alerts: [], plates: [{ ...first, wells_in: 300, revision: first.revision + 1 }] });
  await expect.poll(() => page.getByTestId("present-read").textContent()).toBe("300 of 384 wells");
  const query = new URLSearchParams(await page.evaluate(() => window.recorded.asked.filter((one) => one.includes("view=present")).at(-1) ?? ""));
  expect(query.getAll("c").map((c) => c.split(",").at(-1))).toEqual(["DNA", "ER", "AGP"]);
  await page.close();
});

it("can be read whole at three sizes, in both themes", async () => {
  for (const [width, height] of [[1440, 900], [1920, 1080], [1180, 720]] as const) {
    const sight = await opened({ width, height });
    await sight.page.mouse.move(width / 2, height - 20);
    for (const theme of ["dark", "light"]) {
      await wear(sight.page, theme);
      const where = `${width} ${theme}`;
      expect(await cut(sight.page), where).toEqual([]);
      expect(await overlaps(sight.page, ".pr"), where).toEqual([]);
      expect(await serious(sight.page), where).toEqual([]);
      expect(await sight.page.evaluate(() => [document.documentElement.scrollWidth > innerWidth, document.documentElement.scrollHeight > innerHeight]), where).toEqual([false, false]);
      await keep(sight.page, `present-${width}-${theme}`);
    }
    if (width === 1440) {
      const small = await sight.page.evaluate(() => [...document.querySelectorAll(".pr *")].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim()) && parseFloat(getComputedStyle(node).fontSize) < 22).map((node) => node.outerHTML.slice(0, 80)));
      expect(small).toEqual([]);
    }
    await sight.page.close();
  }
});

const REGIONS: Region[] = [
  { name: "title", mock: ".pr header b", ours: "[data-testid=present-title]", edges: ["left"], why: "the text is the data's, and its line higher", tokens: ["ink", "ground", "size", "weight"] },
  { name: "heatmap", mock: "#hm", ours: "[data-testid=present-plate]", tokens: [] },
  { name: "legend", mock: ".lgd", ours: ".lgd", edges: ["left", "top"], why: "its text is larger, to be read from 5 m" },
  { name: "image", mock: "#im", ours: "[data-testid=present-image]", tokens: [] },
  { name: "caption", mock: "#nm", ours: "[data-testid=present-caption]", edges: ["left", "top"], why: "the text is larger, to be read from 5 m" },
  { name: "number", mock: "#k", ours: ".key .n", edges: ["left", "height"], why: "its sentence is a line longer, and the number in its middle", tokens: ["ink", "size", "weight"] },
  { name: "play", mock: "#pp", ours: "[data-testid=present-play]" },
  { name: "timeline", mock: ".tk", ours: "[data-testid=present-track]", tokens: [] },
];
liesAsDrawn("present", REGIONS, [], async (sight) => {
  await present(sight, plates());
  await pick(sight, PICKED);
  await sight.page.mouse.move(400, 880);
}, plates);

it("saves what is shown as a figure, and says where it lies", async () => {
  const of = recording();
  const sight = await openPlate(of);
  const { page } = sight;
  await page.evaluate(() => (window.recorded.answers["draw_figure"] = () => ({ path: "/home/lab/Pictures/Plateside/plate.png" })));
  await page.keyboard.press("Control+s");
  await page.getByTestId("figure-menu").waitFor();
  expect(await serious(page)).toEqual([]);
  await keep(page, "figure-menu");
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("figure-menu").count()).toBe(0);
  await page.getByTestId("figure").click();
  await page.getByTestId("figure-histogram").click();
  await page.getByTestId("figure-format").selectOption("PNG, 600 dpi");
  await page.getByTestId("figure-save").click();
  await expect.poll(() => page.getByTestId("toast-path").textContent()).toBe("/home/lab/Pictures/Plateside/plate.png");
  const feature = await page.getByTestId("feature-search").getAttribute("title");
  expect(await sight.called("draw_figure")).toEqual([{ plate: told(of).tick.plates[0]?.plate, feature, scale: "raw", kind: "histogram", format: "png", dpi: 600, other: null, statistic: "", compounds: [], one_scale: true }]);
  expect(await page.getByTestId("toast-path").evaluate((node) => getComputedStyle(node).userSelect)).toBe("all");
  expect(await serious(page)).toEqual([]);
  await page.evaluate(() => (window.recorded.answers["draw_figure"] = () => { throw { code: "io", message: "The folder Pictures cannot be written.", detail: null }; }));
  await page.keyboard.press("Control+s");
  await page.getByTestId("figure-save").click();
  await page.getByText("The folder Pictures cannot be written.").waitFor();
  expect(await page.getByTestId("figure-menu").count()).toBe(1);
  expect(sight.wrong).toEqual([]);
  await page.close();
});
