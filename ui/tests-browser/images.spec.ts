// A well's images: sites, channels, contrast, zoom, what models say; without a mouse too; with pictures that the page computes.
import { afterAll, beforeAll, expect, it } from "vitest";
import { FRAME, type Later, liesAsDrawn, LIVE_EDGE, type Region } from "./beside";
import { cut, overlaps } from "./bounds";
import { enter, openImages, WELL, withImages } from "./pictures";
import { begin, end, keep, serious, type Sight } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

const asked = (sight: Sight, view = "main"): Promise<URLSearchParams[]> =>
  sight.page.evaluate(() => window.recorded.asked).then((all) => all.map((one) => new URLSearchParams(one)).filter((one) => one.get("view") === view));
const last = async (sight: Sight, view = "main"): Promise<URLSearchParams> => (await asked(sight, view)).at(-1) ?? new URLSearchParams();
/** The large picture of all that is on has come, and the strip is filled. */
async function settled({ page }: Sight): Promise<void> {
  await page.getByTestId("viewer").waitFor();
  let before = -1;
  await expect.poll(async () => {
    const now = await page.evaluate(() => window.recorded.asked.length);
    const rests = now === before && now > 0;
    before = now;
    return rests;
  }, { timeout: 20_000, interval: 500 }).toBe(true);
}

it("opens the well that was double-clicked, at Auto, and says which site it is", async () => {
  const sight = await openImages({ change: { 3: { flags: ["blurred"] } } });
  const { page } = sight;
  await settled(sight);
  expect(await page.getByTestId("images-title").textContent()).toBe("BR00117010 / D09");
  expect(await page.getByTestId("images-what").textContent()).toBe("CMP-0048390, 5 µM");
  expect(await page.getByTestId("site-caption").textContent()).toBe("Site 1 of 9, 2160 × 2160, 0.299 µm/px");
  const query = await last(sight);
  expect(query.getAll("c").map((c) => c.split(",").at(-1))).toEqual(["DNA", "ER", "AGP"]);
  // 680 of 2160 pixels: half of them are enough, and the whole plane fits.
  expect([query.get("level"), query.get("x"), query.get("y"), query.get("w"), query.get("h")]).toEqual(["1", "0", "0", "1080", "1080"]);
  expect(await page.getByTestId("site").count()).toBe(9);
  expect(await page.getByTestId("site").nth(2).getAttribute("aria-label")).toBe("Site 3, flagged: blurred");
  expect((await last(sight, "strip-9")).get("level")).toBe("4");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("sites, wells, zoom and layouts by keys; ranges hold from well to well", async () => {
  const sight = await openImages({ imaged: [WELL, WELL + 3, WELL + 24, 72, 73] });
  const { page } = sight;
  await settled(sight);
  const ranges = (await last(sight)).getAll("c");
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await page.keyboard.press(",");
  await expect.poll(() => page.locator('[data-testid=site][aria-selected="true"]').getAttribute("data-site")).toBe("2");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.getByTestId("images-title").textContent()).toBe("BR00117010 / D12");
  await expect.poll(async () => (await last(sight)).get("well")).toBe(String(WELL + 3));
  expect((await last(sight)).getAll("c")).toEqual(ranges);
  expect((await last(sight)).get("site")).toBe("2");
  expect(await page.getByTestId("neighbours-told").textContent()).toBe("5 dotted have images, arrows jump");
  await page.keyboard.press("9");
  await expect.poll(() => page.getByTestId("zoom").textContent()).toBe("100%");
  await expect.poll(async () => (await last(sight)).get("level")).toBe("0");
  expect(await page.getByTestId("scale-bar").textContent()).toBe("20 µm");
  await page.keyboard.press("+");
  await expect.poll(() => page.getByTestId("zoom").textContent()).toBe("125%");
  await page.keyboard.press("0");
  await expect.poll(() => page.getByTestId("zoom").textContent()).toBe("31%");
  await page.keyboard.press("3");
  await expect.poll(async () => (await last(sight)).getAll("c").length).toBe(4);
  await page.getByTestId("layout-versus").click();
  await expect.poll(async () => (await last(sight, "versus")).get("well")).toBe("73");
  expect((await last(sight, "versus")).get("site")).toBe("2");
  await page.getByTestId("layout-split").click();
  await expect.poll(() => page.getByTestId("pane").count()).toBe(4);
  await expect.poll(async () => (await last(sight, "split-1")).getAll("c").map((c) => c.split(",").at(-1))).toEqual(["ER"]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("a handle moved by a key changes the picture's question, in one place of it", async () => {
  const sight = await openImages();
  const { page } = sight;
  await settled(sight);
  const of = async (name: string): Promise<string[]> => (await last(sight)).getAll("c").find((c) => c.endsWith(`,${name}`))?.split(",") ?? [];
  const before = await of("ER");
  const row = page.getByTestId("channel-ER");
  const axis = Number(await row.getByTestId("lo").getAttribute("aria-valuemax"));
  await row.getByTestId("lo").focus();
  await page.keyboard.press("ArrowRight");
  const moved = String(Math.round(Number(before[1]) + axis / 100));
  await expect.poll(() => of("ER")).toEqual([before[0], moved, ...before.slice(2)]);
  expect((await row.getByTestId("lo").getAttribute("aria-valuetext"))?.replaceAll(",", "")).toBe(moved);
  await row.getByTestId("gamma").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => of("ER")).toEqual([before[0], moved, before[2], "0.5", "ER"]);
  await row.getByTestId("colour").selectOption("White");
  await expect.poll(async () => (await of("ER"))[0]).toBe("ffffff");
  expect(await page.getByTestId("preset").inputValue()).toBe("");
  await page.getByTestId("preset").selectOption("Cell Painting");
  await page.getByTestId("auto").click();
  await expect.poll(() => of("ER")).toEqual(before);
  // The arrows were the handle's: the well is the same.
  expect(await page.getByTestId("images-title").textContent()).toBe("BR00117010 / D09");
  // By pointer, and the newest question is the one that stays.
  const box = await row.getByTestId("hi").locator(".hd").boundingBox();
  const [x, y] = [(box?.x ?? 0) + 4, (box?.y ?? 0) + 4];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let n = 1; n <= 10; n += 1) await page.mouse.move(x - n * 10, y);
  await page.mouse.up();
  await expect.poll(async () => Number((await of("ER"))[2])).toBeCloseTo(Number(before[2]) - (100 / 287) * axis, -2);
  await page.close();
});

it("runs a spot check, draws what was found, and reads the pixel below the cross", async () => {
  const sight = await openImages();
  const { page } = sight;
  await settled(sight);
  expect(await page.getByTestId("outlines-caption").textContent()).toContain("No outlines yet");
  await page.keyboard.press("k");
  await expect.poll(() => page.getByTestId("verdict").textContent()).toBe("Agrees");
  expect(await page.getByTestId("outlines-caption").textContent()).toBe("Outlines: nuclei-seg 1.4.0 107 found in DNA");
  expect(await page.getByTestId("score").first().textContent()).toContain("pipeline 108, −0.9%");
  expect(await page.getByTestId("spot-check").textContent()).toContain("ab12cd34");
  expect(await sight.called("spot_check")).toHaveLength(1);
  await page.keyboard.press("o");
  expect(await page.getByTestId("outlines-caption").count()).toBe(0);
  const pane = page.getByTestId("pane").first();
  await pane.hover({ position: { x: 528, y: 340 } });
  await expect.poll(() => page.getByTestId("readout").textContent()).toMatch(/x 1080 y 1080\s*DNA\s+\d+\s*ER\s+\d+\s*RNA\s+\d+\s*AGP\s+\d+\s*Mito\s+\d+/);
  await pane.focus();
  await page.keyboard.press("Alt+Shift+ArrowRight");
  await expect.poll(() => page.getByTestId("readout").textContent()).toContain("x 1081");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("zooms at the pointer, pans by dragging, and asks for what is seen", async () => {
  const sight = await openImages();
  const { page } = sight;
  await settled(sight);
  const box = await page.getByTestId("pane").first().boundingBox();
  const [x, y] = [(box?.x ?? 0) + 528, (box?.y ?? 0) + 340];
  await page.mouse.move(x, y);
  for (let n = 0; n < 6; n += 1) await page.mouse.wheel(0, -240);
  await expect.poll(async () => Number((await page.getByTestId("zoom").textContent())?.replace("%", ""))).toBeGreaterThan(400);
  await expect.poll(async () => (await last(sight)).get("level")).toBe("0");
  const near = await last(sight);
  expect(Number(near.get("w"))).toBeLessThan(500);
  await page.mouse.down();
  await page.mouse.move(x + 500, y + 100, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Number((await last(sight)).get("x"))).toBeLessThan(Number(near.get("x")));
  await page.close();
});

it("names of any kind stay in their places", async () => {
  const names = [`<img src=x onerror="window.hurt=1">`, "\u202Eערוץ", "N".repeat(120), "🧫🔬"];
  const sight = await openImages({ channels: names, notes: [names[0] ?? "", "N".repeat(300)] });
  const { page } = sight;
  await settled(sight);
  await page.getByTestId("pane").first().hover({ position: { x: 528, y: 340 } });
  await page.getByTestId("readout").waitFor();
  for (const layout of ["composite", "split", "versus"]) {
    await page.getByTestId(`layout-${layout}`).click();
    await page.waitForTimeout(400);
    expect(await cut(page), layout).toEqual([]);
    for (const region of [".main", ".insp"]) expect(await overlaps(page, region), `${layout} ${region}`).toEqual([]);
  }
  await keep(page, "images-names");
  expect(await page.evaluate(() => "hurt" in window)).toBe(false);
  expect(await page.locator("main img, aside img").count()).toBe(0);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

/** Ways into each state, and what is said there. */
const STATES: [string, Parameters<typeof openImages>[0], number | null, (sight: Sight) => Promise<void>][] = [
  ["no images of the plate", { imaged: [] }, WELL, async ({ page }) => { await page.getByText("No images have arrived for this plate.").waitFor(); }],
  ["no images of the well", { imaged: [WELL + 2] }, WELL, async ({ page }) => {
    await page.getByText("No images for well D09.").waitFor();
    await page.getByTestId("nearest").waitFor();
  }],
  ["sites of all kinds", {
    notes: ["Pictures are a demonstration: they do not belong to the values."], pixel_um: null,
    change: { 2: { planes: [] }, 3: { planes: [{ channel: 0, z: 0, t: 0, state: "reference", says: "s3://lab/BR00117010/D09/3", seq: 2, acquired_ms: null }] }, 4: { planes: [{ channel: 0, z: 0, t: 0, state: "incomplete", says: "3 of 5 pieces have come", seq: 3, acquired_ms: null }], flags: ["blurred"] } },
    broken: { 5: { code: "undecodable", message: "The file is no TIFF: it ends after 12 bytes." } },
  }, WELL, async (sight) => {
    const { page } = sight;
    await settled(sight);
    const stands = await page.getByTestId("site").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["stand"]));
    expect(stands.slice(0, 5)).toEqual(["stored", "missing", "reference", "incomplete", "unreadable"]);
    expect(await page.getByTestId("site").nth(3).getAttribute("title")).toBe("Site 4, Incomplete: 3 of 5 pieces have come, flagged: blurred");
    expect(await page.getByTestId("images-note").textContent()).toContain("demonstration");
    expect(await page.getByTestId("scale-bar").textContent()).toMatch(/ px$/);
    await page.getByTestId("site").nth(4).click();
    await expect.poll(() => page.getByTestId("viewer-failure").textContent()).toContain("The file is no TIFF");
    expect(await page.getByTestId("viewer-failure").getAttribute("data-code")).toBe("undecodable");
  }],
];
for (const [name, made, well, into] of STATES) {
  it(`can be seen, read and reached by all, in both themes: ${name}`, async () => {
    const sight = await openImages(made, {}, well);
    await into(sight);
    await keep(sight.page, `images-state-${name.replaceAll(" ", "-")}`);
    for (const theme of ["dark", "light"]) {
      await wear(sight.page, theme);
      expect(await serious(sight.page)).toEqual([]);
    }
    const { nameless, missed } = await reach(sight.page);
    expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
    expect(await cut(sight.page)).toEqual([]);
    expect(sight.wrong).toEqual([]);
    await sight.page.close();
  });
}

it("the least window holds all, with the inspector over it or not", async () => {
  const sight = await openImages({ notes: ["Pictures are a demonstration: they do not belong to the values."], z: [1, 2, 3, 4, 5] }, { width: 1180, height: 720 });
  const { page } = sight;
  await settled(sight);
  expect(await page.getByTestId("projection").textContent()).toMatch(/Plane 3.*Max/);
  expect((await last(sight)).get("z")).toBe("max");
  await page.keyboard.press("PageUp");
  await expect.poll(async () => (await last(sight)).get("z")).toBe("4");
  for (const layout of ["composite", "split", "versus"]) {
    await page.getByTestId(`layout-${layout}`).click();
    await page.getByTestId("pane").last().hover({ position: { x: 100, y: 200 } });
    await page.waitForTimeout(600);
    await keep(page, `images-least-${layout}`);
    expect(await cut(page), layout).toEqual([]);
    expect(await overlaps(page, ".main"), layout).toEqual([]);
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([1180, 720]);
  }
  await page.keyboard.press("i");
  await page.getByTestId("images-inspector").waitFor();
  await keep(page, "images-least-inspector");
  expect(await overlaps(page, ".insp")).toEqual([]);
  await page.close();
});

const REGIONS: Region[] = [
  ...FRAME, ...LIVE_EDGE,
  { name: "view bar", mock: ".bar", ours: ".main .bar" },
  { name: "well before", mock: ".bar .btn", ours: "[data-testid=well-before]" },
  { name: "title", mock: ".bar h1", ours: "[data-testid=images-title]", edges: ["left", "top", "bottom"], why: "the mock's margin is inside", tokens: ["ink", "ground"] },
  { name: "compound", mock: ".bar .cap", ours: "[data-testid=images-what]", edges: ["left", "top", "bottom"], why: "ours takes what is free", tokens: ["ink", "size"] },
  { name: "layouts", mock: ".bar .seg >> nth=1", ours: "[data-testid=layouts]", tokens: ["ground"] },
  { name: "outlines", mock: "#ol", ours: "[data-testid=outlines]", tokens: ["ink", "ground", "size"] },
  { name: "send to review", mock: ".bar > .btn.ghost", ours: "[data-testid=send-to-review]", tokens: ["ink", "size"] },
  { name: "sites", mock: "#mt", ours: "[data-testid=sites]" },
  { name: "first site", mock: "#mt > div", ours: "[data-testid=site]", tokens: [] },
  { name: "last site", mock: "#mt > div >> nth=8", ours: "[data-testid=site] >> nth=8", tokens: [] },
  { name: "a site's number", mock: "#mt span", ours: "[data-testid=site] .n", tokens: ["ink", "size"] },
  { name: "viewer", mock: "#vw", ours: "[data-testid=viewer]" },
  { name: "picture", mock: "#cv", ours: "[data-testid=pane]", tokens: [] },
  { name: "site's caption", mock: "#vw .ov", ours: "[data-testid=site-caption]", edges: ["left", "top", "bottom"], why: "no message names the objective", tokens: ["ink", "size"] },
  { name: "outlines' caption", mock: "#vw .ov >> nth=1", ours: "[data-testid=outlines-caption]", edges: ["right", "top", "bottom"], why: "ours names the channel", tokens: ["ink", "size"] },
  { name: "pixel", mock: "#px", ours: "[data-testid=readout]", edges: ["left", "top", "bottom"], why: "as wide as its numbers", tokens: ["ink", "size", "family"] },
  { name: "zoom", mock: "#vw .ov.row", ours: ".zoom", edges: ["top", "bottom"], why: "the bar beside it is as long as its length", tokens: ["ink"] },
  { name: "scale bar", mock: "#vw > .ov >> nth=3", ours: "[data-testid=scale-bar]", edges: ["right", "top", "bottom"], why: "as long as its length", tokens: ["ink", "size"] },
  { name: "inspector", mock: ".insp", ours: ".insp" },
  { name: "inspector's head", mock: ".insp .ph", ours: ".insp .ph", tokens: ["ink", "ground", "size", "weight"] },
  { name: "preset", mock: ".insp .sel", ours: "[data-testid=preset]", tokens: ["ink", "ground", "size"] },
  { name: "auto", mock: ".insp .ph .btn", ours: "[data-testid=auto]", tokens: ["ink", "size"] },
  ...["DNA", "ER", "RNA", "AGP", "Mito"].map((name, n): Region => ({ name: `channel ${name}`, mock: `.chn >> nth=${n}`, ours: `[data-testid=channel-${name}]` })),
  { name: "its eye", mock: ".chn .btn", ours: "[data-testid=eye]" },
  { name: "its name", mock: ".chn b", ours: "[data-testid=channel-DNA] b", tokens: ["ink", "size", "weight"] },
  { name: "its key", mock: ".chn .kbd", ours: "[data-testid=channel-DNA] .kbd", tokens: ["ink", "size"] },
  { name: "its histogram", mock: ".chn > svg", ours: "[data-testid=channel-DNA] .hist > svg", tokens: [] },
  { name: "its numbers", mock: ".chn .f", ours: "[data-testid=channel-DNA] .f" },
  { name: "neighbours' head", mock: ".insp .sec header", ours: ".insp .sec header", tokens: ["ink", "ground", "size", "weight"] },
  { name: "neighbours", mock: "#mp", ours: "[data-testid=neighbours]", tokens: [] },
  { name: "spot check's head", mock: ".insp .sec header >> nth=1", ours: "[data-testid=spot-check] header", tokens: ["ink", "ground", "size", "weight"] },
  { name: "verdict", mock: ".insp .sec .st", ours: "[data-testid=verdict]", tokens: ["ink", "size"] },
  { name: "first score", mock: "#sc1", ours: "[data-testid=score]", edges: ["left", "top"], why: "the mock has no line of who said it" },
];
const LATER: Later[] = [
  { name: "projections", mock: ".bar .seg >> nth=0", later: "shown where a well has several focus positions; a stack is walked with Page Up and Page Down" },
];
liesAsDrawn("images", REGIONS, LATER, async (sight) => {
  const { page } = sight;
  await enter(sight, { change: { 3: { flags: ["blurred"] } } }, WELL, withImages());
  await settled(sight);
  for (let n = 0; n < 4; n += 1) await page.keyboard.press(".");
  await page.keyboard.press("5");
  await page.keyboard.press("k");
  await page.getByTestId("verdict").waitFor();
  await settled(sight);
  await page.mouse.move(760, 590);
  await page.getByTestId("readout").waitFor();
}, withImages);
