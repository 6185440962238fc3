// The plate large: painted, walked by key, clicked, searched, scaled.
import { afterAll, beforeAll, expect, it } from "vitest";
import { autoRange, lut, place } from "../src/shared/colour/colour";
import { begin, end, keep, recording } from "./page";
import { chosen, click, column, EMPTY, EXCLUDED, lookOf, make, NO_VALUE, NOT_YET, openPlate, pixelOf, spot, VALUE } from "./plates";

beforeAll(begin);
afterAll(end);

const rgb = (pixel: number): string => [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255].join();
/** The colour that a value must have. */
const colour = (value: number, range: readonly [number, number], map: string, theme = "dark"): string => rgb(lut(map, theme)[place(value, range)] ?? 0);
const place24 = (name: string): number => (name.charCodeAt(0) - 65) * 24 + Number(name.slice(1)) - 1;

it("paints known wells in the colours of the table, in every scale, map and theme", async () => {
  const of = recording();
  const { page, wrong } = await openPlate(of);
  const wells = ["H12", "P24", "A13", "L10", "E07", "G20"].map(place24);
  for (const [scale, signed] of [["raw", false], ["percent", false], ["robust_z", true], ["b_score", true]] as const) {
    await page.getByTestId(`scale-${scale}`).click();
    const { values } = column(of, scale);
    const range = autoRange(values, signed);
    const maps = signed ? ["diverging", "magma"] : ["viridis", "cividis", "magma"];
    for (const map of maps) {
      await page.getByTestId("map").selectOption(map);
      for (const theme of ["light", "dark"]) {
        await page.getByTestId("theme").click();
        for (const well of wells) {
          const shown = values[well] ?? Number.NaN;
          if (Number.isNaN(shown)) continue;
          await expect.poll(() => pixelOf(page, well, 24), { message: `${scale} ${map} ${theme} ${well}` }).toBe(colour(shown, range, map === "diverging" ? "tide" : map, theme));
        }
      }
    }
    if (!signed) await page.getByTestId("map").selectOption("viridis");
  }
  expect(await page.getByTestId("map").locator("option").allTextContents()).toContain("diverging");
  await page.getByTestId("scale-raw").click();
  expect(await page.getByTestId("map").locator("option").allTextContents()).not.toContain("diverging");
  expect(wrong).toEqual([]);
  await page.close();
});

it("draws missing, not yet, excluded and empty wells each in its own way, and says which", async () => {
  const of = recording();
  const kinds = [VALUE, NOT_YET, NO_VALUE, EMPTY, VALUE | EXCLUDED, NOT_YET | EXCLUDED];
  make(of, {
    rows: 16, columns: 24,
    value: (well) => (well < 6 ? ([5, Number.NaN, Number.NaN, Number.NaN, 5, Number.NaN][well] ?? 0) : 5 + (well % 7)),
    state: (well) => kinds[well] ?? VALUE,
    role: (well) => (well === 3 ? 5 : 4),
  });
  for (const [theme, scale] of [["dark", 1], ["light", 2]] as const) {
    const { page } = await openPlate(of, { theme, scale });
    const looks = await Promise.all(kinds.map((_, well) => lookOf(page, well, 24)));
    expect(new Set(looks).size).toBe(kinds.length);
    await keep(page, `plate-states-${theme}-${scale}`);
    await page.close();
  }
  const { page } = await openPlate(of);
  for (const [well, says] of [[1, "not read yet"], [2, "no value"], [3, "empty"], [4, "excluded"], [5, "excluded"]] as const) {
    const { x, y } = await spot(page, well);
    await page.mouse.move(x, y);
    await expect.poll(() => page.locator(".tip").textContent()).toContain(says);
  }
  expect(await page.locator("[data-testid=well-row][data-well='2']").textContent()).toContain("no value");
  await page.close();
});

it("is walked by keys: arrows, ends, rectangles; Esc clears, Enter leads to the well; each move is said", async () => {
  const of = recording();
  make(of, { rows: 16, columns: 24, robustZ: (well) => (well === 25 ? 9 : 0) });
  const { page } = await openPlate(of);
  const canvas = page.getByTestId("plate-canvas");
  await canvas.focus();
  const walk: [string, string][] = [["ArrowRight", "A01"], ["ArrowRight", "A02"], ["ArrowDown", "B02"], ["ArrowLeft", "B01"], ["ArrowLeft", "B01"], ["End", "B24"], ["PageDown", "P24"], ["ArrowDown", "P24"], ["Home", "P01"], ["PageUp", "A01"], ["ArrowUp", "A01"]];
  for (const [key, at] of walk) {
    await page.keyboard.press(key);
    await expect.poll(() => chosen(page), { message: `${key} to ${at}` }).toBe(at);
  }
  // End is the plate's own key here: the session does not go to its live edge.
  expect(await page.evaluate(() => window.recorded.called.filter((one) => one.command === "live_edge").length)).toBe(0);
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await expect.poll(() => page.locator("[data-testid=well-inspector] header").first().textContent()).toContain("4 wells selected");
  const said = page.locator(".hold [aria-live]");
  expect(await said.textContent()).toMatch(/^B02, CMP-25, 25\.0, strong hit, 4 wells selected, median 12\.5$/);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => chosen(page)).toBe("B01");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("well-inspector");
  await canvas.focus();
  await page.keyboard.press("Escape");
  await page.getByText("Select a well").waitFor();
  await page.close();
});

it("takes clicks: one well, more with Ctrl, a rectangle with Shift; table and heatmap select together", async () => {
  const of = recording();
  make(of, { rows: 16, columns: 24 });
  const { page } = await openPlate(of);
  const selected = (): Promise<number> => page.locator("[data-testid=well-row][aria-selected=true]").count();
  await page.getByTestId("sort-name").click();
  await expect.poll(() => page.getByTestId("sort-name").getAttribute("aria-sort")).toBe("ascending");
  await click(page, 27);
  await expect.poll(() => chosen(page)).toBe("B04");
  // The table shows the row though it was far below.
  const row = page.locator("[data-testid=well-row][data-well='27']");
  expect(await row.getAttribute("aria-selected")).toBe("true");
  const [inside, table] = await Promise.all([row.boundingBox(), page.getByTestId("wells-table").boundingBox()]);
  expect((inside?.y ?? 0) + 24).toBeLessThanOrEqual((table?.y ?? 0) + (table?.height ?? 0) + 1);
  await click(page, 29, ["Control"]);
  await expect.poll(selected).toBe(2);
  await click(page, 29, ["Control"]);
  await expect.poll(selected).toBe(1);
  await click(page, 53, ["Shift"]);
  await expect.poll(() => page.locator("[data-testid=well-inspector] header").first().textContent()).toContain("6 wells selected");
  // And from the table: the canvas draws its line round the well.
  await page.getByTestId("wells-table").evaluate((view) => view.scrollTo(0, 0));
  const before = await lookOf(page, 2, 24);
  await page.locator("[data-testid=well-row][data-well='2']").click();
  await expect.poll(() => chosen(page)).toBe("A03");
  await expect.poll(() => lookOf(page, 2, 24)).not.toBe(before);
  await page.getByTestId("wells-table").focus();
  for (const [key, at] of [["ArrowDown", "A04"], ["End", "P24"], ["Home", "A01"], ["PageDown", "A"]] as const) {
    await page.keyboard.press(key);
    await expect.poll(() => chosen(page), { message: key }).toContain(at);
  }
  await page.close();
});

it("finds a feature among thousands, by parts of its name and by arrow keys, and never shows another one's values", async () => {
  const of = recording();
  const features = ["Cells_Count", ...Array.from({ length: 2999 }, (_, n) => `Nuclei_Texture_Feature_${String(n).padStart(4, "0")}_${n % 2 ? "Mito" : "DNA"}`)];
  make(of, { rows: 16, columns: 24, features });
  const { page, wrong } = await openPlate(of);
  const search = page.getByTestId("feature-search");
  const title = page.locator(".lg > .cap");
  await search.click();
  await expect.poll(() => page.locator(".pop [role=status]").textContent()).toBe("3,000 of 3,000 features");
  const options = page.locator(".pop [role=option]");
  expect(await options.count()).toBeLessThan(40);
  for (let n = 0; n < 30; n += 1) await page.keyboard.press("ArrowDown");
  const active = await search.getAttribute("aria-activedescendant");
  expect(active).toBe("feature-30");
  expect(await page.locator(`#${active}`).textContent()).toContain("Feature_0029_Mito");
  await page.keyboard.press("Enter");
  await expect.poll(() => title.textContent()).toBe("Nuclei_Texture_Feature_0029_Mito");
  await search.click();
  await page.keyboard.type("mito 0011");
  await expect.poll(() => options.count()).toBe(1);
  await page.keyboard.press("Enter");
  await expect.poll(() => title.textContent()).toBe("Nuclei_Texture_Feature_0011_Mito");
  // One without a column: its failure is told, and no value stands under its name.
  await search.click();
  await page.keyboard.type("2500");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("plate-problem").textContent()).toContain("2500");
  expect(await title.count()).toBe(0);
  await search.click();
  await page.keyboard.type("nothing of the kind");
  await page.getByText("No feature is called that.").waitFor();
  await page.keyboard.press("Escape");
  await search.click();
  await page.keyboard.type("Cells");
  await options.first().click();
  await expect.poll(() => title.textContent()).toBe("Cells_Count");
  expect(await page.getByTestId("plate-problem").count()).toBe(0);
  expect(wrong).toEqual([]);
  await page.close();
});

it("sets the colour range by drag, arrows and double-click, and paints by it", async () => {
  const of = recording();
  make(of, { rows: 16, columns: 24, value: (well) => well });
  const { page } = await openPlate(of);
  const high = page.getByTestId("limit-high");
  const now = async (which: "high" | "low"): Promise<number> => Number(await page.getByTestId(`limit-${which}`).getAttribute("aria-valuenow"));
  const auto = autoRange(Float64Array.from({ length: 384 }, (_, n) => n));
  expect([await now("low"), await now("high")]).toEqual(auto);
  await high.focus();
  await page.keyboard.press("ArrowDown");
  expect(await now("high")).toBeCloseTo(auto[1] - 3.83, 6);
  await page.keyboard.press("Shift+ArrowDown");
  expect(await now("high")).toBeCloseTo(auto[1] - 3.83 - 38.3, 6);
  await page.keyboard.press("End");
  expect(await now("high")).toBe(383);
  expect(await page.evaluate(() => window.recorded.called.filter((one) => one.command === "live_edge").length)).toBe(0);
  const grab = await page.locator("[data-testid=limit-high] .grab").boundingBox();
  if (!grab) throw new Error("no handle");
  expect([grab.width, grab.height]).toEqual([24, 24]);
  await page.mouse.move(grab.x + 4, grab.y + 12);
  await page.mouse.down();
  await page.mouse.move(grab.x + 4, grab.y + 12 + 200, { steps: 4 });
  await page.mouse.up();
  const dragged = await now("high");
  // The scale is 368 px high.
  expect(dragged).toBeCloseTo(383 * (1 - 200 / 368), 0);
  const range = [auto[0], dragged] as const;
  for (const well of [20, 150, 300]) await expect.poll(() => pixelOf(page, well, 24)).toBe(colour(well, range, "viridis"));
  // It is kept when values come, and given up with a double-click.
  await page.getByTestId("scale").dblclick({ position: { x: 60, y: 150 } });
  expect([await now("low"), await now("high")]).toEqual(auto);
  // The ends cannot cross.
  await page.getByTestId("limit-low").focus();
  await page.keyboard.press("End");
  expect(await now("low")).toBeLessThan(await now("high"));
  await page.close();
});
