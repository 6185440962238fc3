// A well's sites on the Plate screen: what its numbers were measured on, as small pictures that open.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Imaged, paints, WELL, withImages } from "./pictures";
import { begin, end, keep, type Look, open, serious, type Sight, told } from "./page";

beforeAll(begin);
afterAll(end);

/** The window at a plate with images, a well of it chosen. */
async function plateWithImages(made: Imaged = {}, well = WELL, look: Look = {}): Promise<Sight> {
  const of = withImages();
  const sight = await open(of, look);
  await paints(sight.page, made);
  await sight.page.locator(`[data-plate="${told(of).tick.plates[0]?.plate}"]`).click();
  await choose(sight, well);
  return sight;
}

async function choose({ page }: Sight, well: number): Promise<void> {
  const canvas = page.getByTestId("plate-canvas");
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  const pitch = (box?.width ?? 0) / 24;
  await page.mouse.click((box?.x ?? 0) + ((well % 24) + 0.5) * pitch, (box?.y ?? 0) + (Math.floor(well / 24) + 0.5) * pitch);
}

/** How many different colours a tile's picture has. */
const colours = (sight: Sight, site: number): Promise<number> =>
  sight.page.evaluate((site) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-testid=well-site][data-site="${site}"] canvas`);
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    const seen = new Set<number>();
    for (let n = 0; n < pixels.length; n += 4) seen.add(((pixels[n] ?? 0) << 16) | ((pixels[n + 1] ?? 0) << 8) | (pixels[n + 2] ?? 0));
    return seen.size;
  }, site);

it("shows the sites of the well that is chosen, in its run's colours, and opens one", async () => {
  const sight = await plateWithImages({ change: { 2: { flags: ["blurred"] } } });
  const { page } = sight;
  await expect.poll(() => page.getByTestId("well-site").count()).toBe(6);
  for (let site = 1; site <= 6; site += 1) await expect.poll(() => colours(sight, site), { timeout: 10_000 }).toBeGreaterThan(100);
  expect(await page.getByTestId("well-sites").locator("header").textContent()).toBe("Sites DNA, ER, AGP; 6 of 9 sites");
  expect(await page.getByTestId("well-site").nth(1).getAttribute("aria-label")).toBe("Site 2, flagged: blurred: open");
  const box = await page.getByTestId("well-site").first().boundingBox();
  expect([box?.width, box?.height].map((edge) => Math.round(edge ?? 0))).toEqual([94, 94]);
  // Ranges are asked for once a run: another well takes those.
  const asked = (): Promise<number> => page.evaluate(() => window.recorded.asked.length);
  const before = await asked();
  await choose(sight, WELL + 5);
  await expect.poll(asked).toBe(before + 6);
  expect(await page.evaluate(() => new URLSearchParams(window.recorded.asked.at(-1)).get("well"))).toBe(String(WELL + 5));
  await keep(page, "well-sites");
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("well-site").nth(3).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator('[data-testid=site][aria-selected="true"]').getAttribute("data-site")).toBe("4");
  expect(await page.getByTestId("images-title").textContent()).toContain("BR00117010 / D14");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("says why there is no picture, and what is below stays where it is from well to well", async () => {
  const sight = await plateWithImages({ sites: 4, imaged: [WELL, WELL + 1], broken: { 3: { code: "undecodable", message: "The file is no TIFF: it ends after 12 bytes." } } });
  const { page } = sight;
  await expect.poll(() => page.getByTestId("well-site").nth(2).getAttribute("data-stand"), { timeout: 10_000 }).not.toBe("stored");
  expect(await page.getByTestId("well-site").nth(2).getAttribute("aria-label")).toContain("The file is no TIFF");
  const place = async (): Promise<number> => Math.round((await page.getByTestId("well-features").boundingBox())?.y ?? 0);
  const before = await place();
  await page.evaluate(() => {
    const { recorded } = window;
    const answer = recorded.answers["images"];
    if (answer) recorded.answers["images"] = async (args: never) => { await new Promise((resolve) => setTimeout(resolve, 1500)); return answer(args); };
  });
  await choose(sight, WELL + 1);
  await expect.poll(() => page.getByTestId("well-name").textContent()).toBe("D10");
  expect(await page.getByTestId("well-site").count()).toBe(0);
  expect(await place()).toBe(before);
  await expect.poll(() => page.getByTestId("well-site").count(), { timeout: 10_000 }).toBe(4);
  expect(await place()).toBe(before);
  await choose(sight, WELL + 2);
  await expect.poll(() => page.getByTestId("well-sites").textContent(), { timeout: 10_000 }).toContain("No image of this well has come.");
  await page.close();
});

it("has a row more on a tall window, and asks for nothing in passing", async () => {
  const sight = await plateWithImages({}, WELL, { width: 1920, height: 1080 });
  const { page } = sight;
  await expect.poll(() => page.getByTestId("well-site").count()).toBe(9);
  for (let site = 1; site <= 9; site += 1) await expect.poll(() => colours(sight, site), { timeout: 10_000 }).toBeGreaterThan(100);
  await page.getByTestId("plate-canvas").focus();
  for (let n = 0; n < 8; n += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.evaluate(() => new URLSearchParams(window.recorded.asked.at(-1)).get("well"))).toBe(String(WELL + 8));
  const wells = await page.evaluate(() => [...new Set(window.recorded.asked.map((one) => new URLSearchParams(one).get("well")))]);
  expect(wells.length).toBeLessThan(5);
  await page.close();
});
