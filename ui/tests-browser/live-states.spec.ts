// Every state of the wall: seen by axe in both themes, every control reached by Tab and named; keys do what they say.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Recording } from "../src/ipc/recorded";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

const STATES: [string, (of: Recording) => void, (sight: Sight) => Promise<void>][] = [
  ["plates are read", () => undefined, async ({ page }) => {
    await page.getByTestId("wall").focus();
    await page.keyboard.press("ArrowRight");
  }],
  ["it loads", (of) => void (of.told = []), async ({ page }) => page.getByText("Loading…").waitFor()],
  ["no plate has come", (of) => void Object.assign(told(of).tick, { plates: [], alerts: [] }), async ({ page }) => {
    await page.getByText("No plates yet. Topics are connected; the first message opens a plate.").waitFor();
    expect(await page.getByTestId("topics").locator("tbody tr").count()).toBe(7);
    await page.getByText("No open alerts.").waitFor();
  }],
  ["no session is open", (of) => {
    Object.assign(told(of).tick, { plates: [], alerts: [] });
    Object.assign(told(of).strip, { mode: "none", session: null, source: null, recording: null });
  }, async ({ page }) => page.getByTestId("open-demo").waitFor()],
  ["nothing matches", () => undefined, async ({ page }) => {
    await page.getByTestId("filter").fill("nothing like it");
    await page.getByText("No plate matches. 8 are hidden by the filter.").waitFor();
  }],
  ["messages are rejected and statistics are not defined", (of) => {
    const { tick, strip } = told(of);
    strip.undecoded = 3;
    const [first, second] = tick.plates;
    if (first) first.headline = { feature: "Cells_Count", z_prime: null, undefined: "no positive controls in layout", level: "unknown", controls_in: 0, controls_expected: 0 };
    if (second) second.headline = { feature: "Cells_Count", z_prime: 0.1, undefined: null, level: "fail", controls_in: 32, controls_expected: 32 };
  }, async ({ page }) => {
    expect(await page.getByTestId("banner-undecoded").textContent()).toContain("3 messages rejected");
    expect(await page.getByTestId("tile").first().textContent()).toContain("no positive controls in layout");
    expect(await page.getByTestId("tile").nth(1).locator(".st.bad").textContent()).toBe("Z′ 0.10");
  }],
  ["the stream is lost", (of) => {
    const { strip, tick } = told(of);
    if (strip.source) Object.assign(strip.source, { state: "offline", offline_since_ms: strip.now_ms, lag: null, topics: strip.source.topics.map((topic) => ({ ...topic, lag: null })) });
    for (const [at, tile] of tick.plates.entries()) Object.assign(tile, { last_ms: Date.now() - (at === 0 ? 10_000 : 57_000), complete: at !== 0 });
  }, async ({ page }) => {
    const age = (plate: number) => page.getByTestId("tile").nth(plate).locator(".f > span:last-child");
    const [reads, rests] = [await age(0).textContent(), await age(1).textContent()];
    expect(rests).toBe("< 1 m");
    // The age goes on while no message comes: by the second where a plate reads, by the minute where it is complete.
    await expect.poll(() => age(0).textContent(), { timeout: 4000 }).not.toBe(reads);
    await expect.poll(() => age(1).textContent(), { timeout: 14_000 }).toBe("1 m");
    expect(await page.getByTestId("topics").textContent()).toContain("unknown");
    expect(await page.getByTestId("strip-lag").textContent()).toContain("unknown");
  }],
];
for (const [name, change, into] of STATES) {
  it(`can be seen, read and reached by all, in both themes, when ${name}`, async () => {
    const of = recording();
    change(of);
    const sight = await open(of);
    await into(sight);
    await keep(sight.page, `live-state-${name.replaceAll(" ", "-")}`);
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

it("answers the keys that its controls print", async () => {
  const sight = await open(recording());
  const { page } = sight;
  await page.getByTestId("tile").first().waitFor();
  // Enter on the alert that is open leads to its plate.
  const second = page.getByTestId("alert").nth(1);
  await second.locator(".what").focus();
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("rail-live").getAttribute("aria-current")).toBe("page");
  await page.keyboard.press("Space");
  await expect.poll(() => second.locator(".what").getAttribute("aria-expanded")).toBe("true");
  const plate = (await second.locator("bdi").textContent()) ?? "";
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("plate-barcode").textContent()).toBe(plate);
  await page.keyboard.press("Control+1");
  // Letters are text while text is typed.
  await page.keyboard.press("/");
  await page.keyboard.type("fa");
  expect(await page.getByTestId("filter").inputValue()).toBe("fa");
  expect(await sight.called("acknowledge")).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("filter").inputValue()).toBe("");
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("wall");
  await page.keyboard.press("a");
  await expect.poll(async () => (await sight.called("acknowledge")).length).toBe(1);
  await page.keyboard.press("f");
  await expect.poll(() => page.getByTestId("tile").count()).toBe(3);
  await page.context().close();
});
