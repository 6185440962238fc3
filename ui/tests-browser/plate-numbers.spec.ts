// What is computed over a plate and its run: scales, ranges, quality of place, hits, what if, replicates, doses, drift, many plates.
import { afterAll, beforeAll, expect, it } from "vitest";
import { between, clipped } from "../src/shared/colour/ranges";
import { COLUMNS, numbers, role, valueOf, zOf } from "./numbers";
import { begin, end, keep, many, recording, serious, told } from "./page";
import { chosen, click, hex, lookOf, openPlate } from "./plates";
import { reach } from "./reach";

beforeAll(begin);
afterAll(end);

const VALUES = Float64Array.from({ length: 384 }, (_, well) => valueOf(well));

it("shows all eight scales, four of them in a list, the signed ones symmetric", async () => {
  const of = recording();
  numbers(of);
  const { page, wrong } = await openPlate(of);
  const ends = async (): Promise<number[]> => [Number(await page.getByTestId("limit-low").getAttribute("aria-valuenow")), Number(await page.getByTestId("limit-high").getAttribute("aria-valuenow"))];
  const more = page.getByTestId("scale-more");
  expect((await more.locator("option").allTextContents()).slice(1)).toEqual(["% activity", "z", "log2", "× median"]);
  for (const [name, label, signed] of [["percent_activity", "% activity", false], ["z", "z", true], ["log2", "log2", false], ["plate_median", "× median", false]] as const) {
    await more.selectOption(name);
    await expect.poll(() => page.locator(".lg > .cap").textContent()).toBe(label);
    const [low, high] = await ends();
    if (signed) expect(low).toBe(-(high ?? 0));
    else expect(low).toBeGreaterThan(-1);
    expect(await page.getByTestId("map").locator("option").allTextContents()).toHaveLength(signed ? 4 : 3);
    expect(await page.getByTestId("scale-raw").getAttribute("aria-pressed")).toBe("false");
  }
  await page.getByTestId("scale-raw").click();
  await expect.poll(() => more.inputValue()).toBe("");
  expect(wrong).toEqual([]);
  await page.close();
});

it("sets the range by plate, run, controls, ends or percentiles, and marks and counts what lies beyond", async () => {
  const of = recording();
  numbers(of);
  const { page, wrong } = await openPlate(of);
  const ends = async (): Promise<number[]> => [Number(await page.getByTestId("limit-low").getAttribute("aria-valuenow")), Number(await page.getByTestId("limit-high").getAttribute("aria-valuenow"))];
  const mode = page.getByTestId("range-mode");
  const beyond = page.getByTestId("clipped");
  const [low, high] = await ends();
  const outside = clipped(VALUES, [low ?? 0, high ?? 0]);
  expect(outside.below.length).toBeGreaterThan(0);
  expect(await beyond.textContent()).toContain(`${outside.below.length + outside.above.length} beyond`);
  // A bar at the lower edge, and gone with the switch.
  const well = outside.below[0] ?? 0;
  const marked = await lookOf(page, well, COLUMNS);
  await beyond.click();
  await expect.poll(() => lookOf(page, well, COLUMNS)).not.toBe(marked);
  await beyond.click();
  await expect.poll(() => lookOf(page, well, COLUMNS)).toBe(marked);
  await mode.selectOption("all");
  await expect.poll(ends).toEqual(between(VALUES, [0, 100], false));
  expect(await beyond.textContent()).toContain("0 beyond");
  await mode.selectOption("controls");
  const mean = (which: number): number => {
    const there = [...VALUES.keys()].filter((n) => role(n) === which).map((n) => VALUES[n] ?? 0);
    return there.reduce((a, b) => a + b, 0) / there.length;
  };
  await expect.poll(async () => (await ends()).map((one) => one.toFixed(6))).toEqual([mean(1), mean(2)].map((one) => one.toFixed(6)));
  await mode.selectOption("percentiles");
  await page.getByTestId("percentile-low").fill("10");
  await page.getByTestId("percentile-high").fill("90");
  await expect.poll(ends).toEqual(between(VALUES, [10, 90], false));
  // By hand, and back.
  await page.getByTestId("limit-high").focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => mode.inputValue()).toBe("held");
  await mode.selectOption("run");
  await expect.poll(() => mode.locator("option").count()).toBe(5);
  const plates = told(of).tick.plates.filter((tile) => tile.wells_in > 0).length;
  await page.waitForFunction((n) => new Set(window.recorded.columns).size >= n, plates);
  await expect.poll(async () => (await ends())[1]).toBeGreaterThan(10);
  expect(wrong).toEqual([]);
  await page.close();
});

it("says what quality knows of place, under its line, with Z′’s interval; what passes is folded, the rest scrolls", async () => {
  const of = recording();
  numbers(of);
  const { page, wrong } = await openPlate(of);
  const card = page.getByTestId("qc-card");
  expect(await page.getByTestId("qc-z_prime").textContent()).toContain("95 % 0.41 to 0.60");
  expect(await page.getByTestId("qc-edge_effect_percent").textContent()).toContain("most in row A");
  expect(await page.getByTestId("qc-row_line_percent").textContent()).toContain("row A");
  expect(await page.getByTestId("qc-verdict").textContent()).toBe("2 of 11 fail, 2 ▲");
  expect(await page.getByTestId("qc-morans_i").count()).toBe(0);
  const fold = page.getByTestId("qc-fold");
  expect(await fold.textContent()).toContain("3 pass, 1 informs");
  await fold.click();
  expect(await page.getByTestId("qc-morans_i").getAttribute("data-level")).toBe("info");
  expect(await card.evaluate((one) => [one.scrollHeight > one.clientHeight, one.scrollWidth > one.clientWidth, one.getAttribute("tabindex")])).toEqual([true, false, "0"]);
  for (const theme of ["dark", "light"]) {
    await page.evaluate((next) => (document.documentElement.dataset["theme"] = next), theme);
    await page.waitForTimeout(200);
    expect(await serious(page)).toEqual([]);
  }
  expect(wrong).toEqual([]);
  await page.close();
});

it("bands hits, counts them among samples, and writes the pick list where it says", async () => {
  const of = recording();
  numbers(of);
  const sight = await openPlate(of);
  const { page } = sight;
  const samples = [...VALUES.keys()].filter((well) => role(well) === 4);
  const from = (limit: number): number => samples.filter((well) => zOf(well) >= limit).length;
  await expect.poll(() => page.getByTestId("wells-count").textContent()).toContain(`${from(3)} hits first, ${((100 * from(3)) / samples.length).toFixed(1)}% of samples`);
  expect(await page.getByTestId("well-row").first().textContent()).toContain("strong hit");
  await page.getByTestId("bands").click();
  expect(await page.getByTestId("hits-strong").textContent()).toBe(String(from(5)));
  await page.getByTestId("limit-strong").fill("12");
  await expect.poll(() => page.getByTestId("hits-strong").textContent()).toBe(String(from(12)));
  await page.getByTestId("limit-weak").fill("2");
  await expect.poll(() => page.getByTestId("hits-all").textContent()).toBe(String(from(2)));
  await keep(page, "plate-bands");
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("pick-list").click();
  await expect.poll(() => sight.called("pick_list")).toMatchObject([{ feature: "Cells_Count", scale: "raw", threshold: 2, direction: "up" }]);
  await page.getByText("/home/ada/Documents/Plateside/SQ00015053-hits.csv").waitFor();
  await page.getByTestId("limit-weak").focus();
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("bands-pop").count()).toBe(0);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("selects wells by their names, reads the selection back, and says what is no well", async () => {
  const of = recording();
  numbers(of);
  const { page, called } = await openPlate(of);
  await page.keyboard.press("w");
  const field = page.getByTestId("wells-named");
  await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.type("A-B:3, D12");
  await page.keyboard.press("Enter");
  await expect.poll(() => chosen(page)).toBe("A03");
  await expect.poll(() => field.inputValue()).toBe("A03-B03, D12");
  await page.evaluate(() => (window.recorded.answers["wells_named"] = () => { throw { code: "bad_wells", message: '"col:99": there are 24 columns', detail: null }; }));
  await field.fill("col:99");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("wells-wrong").textContent()).toContain("there are 24 columns");
  // What was selected stays so.
  expect(await page.locator("[data-testid=well-inspector] header").first().textContent()).toContain("3 wells selected");
  expect((await called("wells_named")).length).toBe(2);
  await page.keyboard.press("Escape");
  await expect.poll(() => field.inputValue()).toBe("A03-B03, D12");
  await click(page, 80);
  await expect.poll(() => field.inputValue()).toBe("D09");
  await page.close();
});

it("shows what would change without wells, writes nothing before it is said, and can be left", async () => {
  const of = recording();
  numbers(of);
  const sight = await openPlate(of);
  const { page } = sight;
  await click(page, 25);
  await click(page, 27, ["Shift"]);
  await page.keyboard.press("q");
  await page.getByTestId("what-table").waitFor();
  expect(await page.getByTestId("what-z_prime").textContent()).toMatch(/0\.52.*0\.61.*better/);
  expect(await page.getByTestId("what-hits").textContent()).toMatch(/9, 2\.7%.*7, 2\.1%/);
  expect((await sight.called("what_if")).at(-1)).toMatchObject({ exclude: [25, 26, 27], threshold: 3 });
  await page.getByTestId("what-edge-2").click();
  await expect.poll(async () => ((await sight.called("what_if")).at(-1) as { exclude: number[] }).exclude.length).toBe(144);
  await keep(page, "plate-what-if");
  expect(await serious(page)).toEqual([]);
  expect(await sight.called("exclude")).toEqual([]);
  await page.getByTestId("what-leave").click();
  expect(await page.getByTestId("what-if").count()).toBe(0);
  await page.getByTestId("what-open").click();
  await page.getByTestId("what-table").waitFor();
  await page.getByTestId("what-exclude").click();
  await expect.poll(() => sight.called("exclude")).toMatchObject([{ wells: [25, 26, 27], excluded: true, reason: "edge well" }]);
  await page.getByText("3 wells excluded. Ctrl Z undoes it.").waitFor();
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("puts replicates and doses below the plate, linked with it", async () => {
  const of = recording();
  numbers(of);
  const { page, wrong } = await openPlate(of);
  await page.getByTestId("tab-controls").focus();
  await page.keyboard.press("ArrowRight");
  await page.getByTestId("scatter").nth(1).waitFor();
  expect(await page.getByTestId("agreement-0").textContent()).toBe("r 0.91");
  expect(await page.getByTestId("agreement-1").textContent()).toBe("r –");
  expect(await page.getByTestId("dose-plot").count()).toBe(2);
  expect(await page.getByTestId("ec50-0").textContent()).toBe("251 nM");
  // A well selected on the plate is first among the compounds, and a point selects its well.
  await click(page, 5 + 2 * 37);
  await expect.poll(() => page.getByTestId("compound-0").inputValue()).toBe("CMP-79");
  expect(await page.getByTestId("ec50-0").textContent()).toBe("> 15.8 µM");
  await page.getByTestId("compound-1").selectOption("CMP-116");
  const box = await page.getByTestId("dose-plot").first().boundingBox();
  const point = await page.getByTestId("dose-plot").first().locator("circle.here").first().boundingBox();
  if (!box || !point) throw new Error("no point");
  await page.mouse.move(point.x + point.width / 2, point.y + point.height / 2);
  await expect.poll(() => page.getByTestId("hovered").count()).toBe(1);
  await page.mouse.click(point.x + point.width / 2, point.y + point.height / 2);
  await expect.poll(() => chosen(page)).toBe("D08");
  for (const [width, height, theme] of [[1440, 900, "dark"], [1920, 1080, "light"], [1180, 720, "dark"]] as const) {
    await page.setViewportSize({ width, height });
    await page.evaluate((next) => (document.documentElement.dataset["theme"] = next), theme);
    await page.waitForTimeout(400);
    await keep(page, `plate-replicates-${width}`);
    expect(await serious(page)).toEqual([]);
  }
  expect(wrong).toEqual([]);
  await page.close();
});

it("shows drift over the run, says each plate, and opens one by key and by click", async () => {
  const of = recording();
  numbers(of);
  const { page, wrong, called } = await openPlate(of);
  await page.getByTestId("tab-order").click();
  const chart = page.getByTestId("run-chart");
  await chart.waitFor();
  expect(await page.getByTestId("run-point").count()).toBe(8);
  expect(await page.getByTestId("run-order-says").textContent()).toContain("median 0.500, ±3 MADs, −0.012 a plate");
  await keep(page, "plate-run-order");
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("statistic").selectOption("median_sample");
  await expect.poll(async () => ((await called("run_order")).at(-1) as { statistic: string }).statistic).toBe("median_sample");
  await page.getByTestId("statistic").selectOption("z_prime");
  await chart.focus();
  for (let n = 0; n < 3; n += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.getByTestId("run-told").textContent()).toContain("−7.4 MADs");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("plate-barcode").textContent()).toBe(told(of).tick.plates[3]?.barcode);
  expect(wrong).toEqual([]);
  await page.close();
});

it("shows 200 plates as small heatmaps, asks only for those that are seen, and opens one", async () => {
  const of = recording();
  numbers(of);
  const { tick } = told(of);
  tick.plates = many(of, 200).map((tile) => ({ ...tile, run: tick.plates[0]?.run ?? "" }));
  const { page, wrong } = await openPlate(of, { width: 1440, height: 900 });
  await page.evaluate((digits) => (window.recorded.column = () => digits), hex({ rows: 16, columns: 24, value: valueOf, robustZ: zOf, role }, "raw"));
  await page.keyboard.press("g");
  const small = page.getByTestId("small");
  await small.first().waitFor();
  expect(await page.getByTestId("multiples-says").textContent()).toContain("200 plates of this run");
  expect(await small.count()).toBeLessThan(50);
  await page.getByTestId("multiples-range").waitFor();
  expect(await page.evaluate(() => new Set(window.recorded.columns).size)).toBeLessThan(60);
  await keep(page, "plate-multiples");
  expect(await serious(page)).toEqual([]);
  // Down to the end, a screen at a time.
  const view = page.getByTestId("multiples");
  await view.evaluate(async (box) => {
    for (let top = 0; top < box.scrollHeight; top += box.clientHeight) {
      box.scrollTop = top;
      await new Promise(requestAnimationFrame);
    }
  });
  await expect.poll(() => small.last().getAttribute("data-small")).toBe("many199");
  expect(await small.count()).toBeLessThan(50);
  await page.getByTestId("multiples-own").click();
  await expect.poll(() => small.last().textContent()).toMatch(/\d to \d/);
  await small.last().click();
  await expect.poll(() => page.getByTestId("plate-barcode").textContent()).toBe("P000199");
  expect(await page.getByTestId("multiples").count()).toBe(0);
  expect(wrong).toEqual([]);
  await page.close();
});

it("compares wells and keeps a plate beside", async () => {
  const of = recording();
  const tile = numbers(of);
  const { page, wrong } = await openPlate(of);
  await click(page, 80);
  await click(page, 82, ["Shift"]);
  await page.getByTestId("plate-canvas").focus();
  await page.keyboard.press("c");
  await page.getByTestId("compare-table").waitFor();
  expect((await page.getByTestId("compare-table").locator("thead tr").first().locator("th").allTextContents()).map((text) => text.trim())).toEqual(["Feature", "D09", "D10", "D11"]);
  const other = told(of).tick.plates.find((one) => one.plate !== tile.plate);
  await page.getByTestId("pin").selectOption(other?.plate ?? "");
  await expect.poll(() => page.getByTestId("pinned").locator("canvas").count()).toBe(1);
  await keep(page, "plate-compare");
  expect(await serious(page)).toEqual([]);
  const { nameless, missed } = await reach(page, 300);
  expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
  expect(wrong).toEqual([]);
  await page.close();
});
