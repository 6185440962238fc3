// How a number came, the messages themselves, pages elsewhere; and figures of every kind, saved, copied, refused.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MessageRow, Trace, TraceStep, WellDetail } from "../src/ipc/generated";
import { begin, end, keep, recording, serious } from "./page";
import { numbers } from "./numbers";
import { click, openPlate } from "./plates";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

const AT = new Date(2026, 10, 27, 14, 32, 7).getTime();
const row = (seq: number, minutes: number, wins: boolean): MessageRow => ({ seq, kind: "result", topic: "plateside.results", partition: 2, offset: 454 + seq, timestamp_ms: AT + minutes * 60_000, received_ms: AT + minutes * 60_000, wins });
const step = (seq: number, minutes: number, value: number | null, change: Partial<TraceStep> = {}): TraceStep => ({ message: row(seq, minutes, false), site: null, value, missing: null, corrects: false, ...change });
const STORY: Trace = {
  left_out: 3,
  steps: [step(1, 0, 19.8), step(2, 8, null, { missing: "cleared", corrects: true }), step(3, 12, null, { missing: "not a number", corrects: true }), step(4, 15, 20.5, { corrects: true, message: row(4, 15, true) })],
};

it("tells from a number to the messages that made it, which counts, and shows the message", async () => {
  for (const theme of ["dark", "light"] as const) {
    const of = recording();
    numbers(of);
    const sight = await openPlate(of, { theme });
    const { page, called } = sight;
    await page.evaluate((story) => {
      window.recorded.answers["trace"] = async () => story;
      const known = window.recorded.recording.calls.find((call) => call.command === "message")?.result as { row: object };
      window.recorded.answers["message"] = ({ seq }: { seq: number }) => ({ ...known, row: { ...known.row, seq }, key: `key ${seq}` });
    }, STORY);
    await click(page, 30);
    await page.getByTestId("how-it-came").waitFor();
    expect(await called("trace"), "nothing is asked before somebody asks").toEqual([]);
    // By keys alone.
    await page.getByTestId("how-it-came").focus();
    await page.keyboard.press("Enter");
    await page.getByTestId("trace-story").waitFor();
    expect(await page.getByTestId("trace-story").textContent()).toBe("4 messages, corrected 3 times; 3 earlier ones are not shown");
    expect((await page.getByTestId("trace-step").allTextContents()).map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
      "received 14:32:0719.8 plateside.results 2:455replaced",
      "corrected 14:40:07→the value was cleared plateside.results 2:456replaced",
      "corrected 14:44:07→not a number plateside.results 2:457replaced",
      "corrected 14:47:07→20.5 plateside.results 2:458counts",
    ]);
    expect(await page.locator("[data-testid=trace-step] .st.ok").count()).toBe(1);
    await page.getByTestId("trace-step").last().click();
    await page.getByText("key 4").waitFor();
    expect(await serious(page)).toEqual([]);
    await keep(page, `trace-${theme}`);
    await page.getByTestId("trace-step").last().click();
    expect(await page.getByText("key 4").count()).toBe(0);
    const feature = await page.getByTestId("feature-search").getAttribute("title");
    const handle = await page.locator("[data-testid=plate-canvas]").evaluate(() => (window.recorded.called.find((one) => one.command === "plate")?.args as { plate: string }).plate);
    expect(await called("trace")).toEqual([{ plate: handle, well: 30, feature }]);
    // Of another feature by its own number; once more closes it.
    await page.getByTestId("value").first().click();
    await expect.poll(() => page.getByTestId("trace").count()).toBe(0);
    expect(sight.wrong).toEqual([]);
    await page.context().close();
  }
});

it("says that nothing has spoken of a number, that it waits, and that it failed", async () => {
  const of = recording();
  numbers(of);
  const { page } = await openPlate(of);
  await page.evaluate(() => (window.recorded.answers["trace"] = async () => { await new Promise((rested) => setTimeout(rested, 400)); return { steps: [], left_out: 0 }; }));
  await click(page, 30);
  await page.getByTestId("how-it-came").click();
  await expect.poll(() => page.getByTestId("trace").textContent()).toContain("Loading…");
  await expect.poll(() => page.getByTestId("trace").textContent()).toContain("No message has spoken of it yet.");
  await page.evaluate(() => (window.recorded.answers["trace"] = () => { throw { code: "gone", message: "The session was closed.", detail: null }; }));
  await click(page, 31);
  await expect.poll(() => page.getByTestId("trace").textContent()).toContain("The session was closed.");
  // Sites that make a well each have a message of their own that counts.
  await page.evaluate(({ at }) => {
    const site = (n: number, value: number): object => ({ message: { seq: n, kind: "result", topic: "sites", partition: 0, offset: n, timestamp_ms: at, received_ms: at + (n > 1 ? 86_400_000 : 0), wins: true }, site: n, value, missing: null, corrects: false });
    window.recorded.answers["trace"] = () => ({ steps: [site(1, 5), site(2, 7)], left_out: 0 });
  }, { at: AT });
  await click(page, 32);
  await expect.poll(() => page.getByTestId("trace-story").textContent()).toBe("2 messages, 2 sites, never corrected");
  expect((await page.getByTestId("trace-step").last().textContent())?.replace(/\s+/g, " ")).toMatch(/received 28 Nov, 14:32:07, site 2.*counts for its site/);
  await page.context().close();
});

it("links to pages elsewhere about a well and a plate, and shows nothing where there are none", async () => {
  const of = recording();
  numbers(of);
  const { page, called } = await openPlate(of);
  expect(await page.getByTestId("links").count()).toBe(0);
  await page.evaluate(() => {
    window.recorded.answers["outside_links"] = ({ well }: { well: number | null }) => [{ name: "ELN", url: `https://eln.lab.example/plates/SQ00015053${well === null ? "" : `/${well}`}` }, ...(well === null ? [] : [{ name: "Compound registry", url: "https://registry.lab.example/c/CMP-30" }])];
    window.recorded.answers["open_link"] = () => null;
  });
  await click(page, 30);
  await page.getByTestId("links").waitFor();
  expect(await page.getByTestId("link").evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("title")]))).toEqual([["ELN↗, opens in the browser", "https://eln.lab.example/plates/SQ00015053/30"], ["Compound registry↗, opens in the browser", "https://registry.lab.example/c/CMP-30"]]);
  await page.getByTestId("link").last().focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await called("open_link")).length).toBe(1);
  expect((await called("open_link"))[0]).toMatchObject({ well: 30, name: "Compound registry" });
  await keep(page, "links");
  await page.getByTestId("plate-canvas").focus();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByTestId("link").count()).toBe(1);
  expect(await page.getByTestId("link").first().getAttribute("title")).toBe("https://eln.lab.example/plates/SQ00015053");
  await page.context().close();
});

it("draws figures of every kind, each with its own choice; copies, says why it cannot, saves all", async () => {
  const of = recording();
  numbers(of);
  const { page, called, wrong } = await openPlate(of);
  await page.evaluate(() => (window.recorded.answers["draw_figure"] = () => ({ path: "/home/lab/Pictures/Plateside/plate.svg" })));
  const last = async (): Promise<Record<string, unknown>> => ((await called("draw_figure")) as Record<string, unknown>[]).at(-1) ?? {};
  const save = async (choose: () => Promise<unknown>): Promise<Record<string, unknown>> => {
    const before = (await called("draw_figure")).length;
    await page.keyboard.press("Control+s");
    await choose();
    await page.getByTestId("figure-save").click();
    await expect.poll(async () => (await called("draw_figure")).length).toBe(before + 1);
    await expect.poll(() => page.getByTestId("figure-menu").count()).toBe(0);
    return last();
  };
  const pick = async (kind: string, then: () => Promise<unknown>): Promise<void> => { await page.getByTestId(`figure-${kind}`).click(); await then(); };
  expect(await save(() => pick("multiples", () => page.getByTestId("figure-own-scale").click()))).toMatchObject({ kind: "multiples", one_scale: false, other: null, compounds: [], statistic: "" });
  expect(await save(() => pick("replicates", () => page.getByTestId("figure-other").selectOption({ index: 2 })))).toMatchObject({ kind: "replicates", other: expect.any(String) as string });
  expect(await save(() => pick("doses", () => page.getByTestId("figure-compound").selectOption("CMP-42")))).toMatchObject({ kind: "doses", compounds: ["CMP-42"], other: null });
  expect(await save(() => pick("control_chart", () => page.getByTestId("figure-statistic").selectOption("median_sample")))).toMatchObject({ kind: "control_chart", statistic: "median_sample", compounds: [] });
  expect(await save(() => pick("heatmap_and_histogram", async () => undefined))).toMatchObject({ kind: "heatmap_and_histogram", format: "svg", statistic: "" });
  // The smallest picture there is.
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await page.evaluate((base64) => {
    window.recorded.answers["copy_figure"] = () => ({ base64, width: 1800, height: 1200 });
    const kept: string[] = [];
    Object.assign(window, { kept });
    navigator.clipboard.write = async ([item]) => { const blob = await item?.getType("image/png"); kept.push(`${blob?.type} ${blob?.size}`); };
  }, png);
  await page.keyboard.press("Control+s");
  await page.getByTestId("figure-format").selectOption("PNG, 600 dpi");
  await page.getByTestId("figure-copy").click();
  await page.getByText("Figure copied, 1800 × 1200 pixels.").waitFor();
  expect(await page.evaluate(() => (window as unknown as { kept: string[] }).kept)).toEqual(["image/png 70"]);
  expect((await called("copy_figure"))[0]).toMatchObject({ kind: "heatmap_and_histogram", format: "png", dpi: 600 });
  await page.evaluate(() => (navigator.clipboard.write = async () => { throw new Error("Write permission denied"); }));
  await page.keyboard.press("Control+s");
  await page.getByTestId("figure-copy").click();
  await expect.poll(() => page.getByTestId("figure-refused").textContent()).toBe("It could not be copied: Write permission denied. Save writes it into a file instead.");
  await keep(page, "figure-refused");
  await page.evaluate(() => (window.recorded.answers["save_figures"] = () => ({ folder: "/home/lab/Pictures/Plateside/SQ00015053 Cells_Count", files: ["heatmap.png", "histogram.png", "multiples.png", "replicates.png", "doses.png"], left_out: ["Control chart: fewer than 5 plates of the run are complete."] })));
  await page.getByTestId("figure-all").click();
  await page.getByTestId("figures-saved").waitFor();
  expect(await page.getByTestId("figures-saved").textContent()).toMatch(/5 figures saved into .*SQ00015053 Cells_Count.*Left out.*fewer than 5 plates/);
  expect((await called("save_figures"))[0]).toMatchObject({ format: "png", dpi: 600, scale: "raw" });
  for (const theme of ["dark", "light"]) {
    if (theme === "light") await page.getByTestId("theme").click();
    await wear(page, theme);
    await keep(page, `figures-${theme}`);
  }
  expect(await serious(page)).toEqual([]);
  const walked = await reach(page);
  expect([walked.nameless, walked.missed]).toEqual([[], []]);
  expect(wrong).toEqual([]);
  await page.context().close();
});

it("keeps a well's inspector as it was where nothing is asked", async () => {
  const of = recording();
  numbers(of);
  const well = of.calls.find((call) => call.command === "well")?.result as WellDetail;
  expect(well.messages.length).toBeGreaterThan(0);
  const { page } = await openPlate(of);
  await click(page, 30);
  await page.getByTestId("message-row").first().click();
  await page.getByTestId("message-body").waitFor();
  expect(await page.getByTestId("trace").count()).toBe(0);
  await page.context().close();
});
