// Sizes and wishes: the least window, smaller screens, scale 2, text twice as large, less motion, more contrast, colours that the system chooses.
import { afterAll, beforeAll, expect, it } from "vitest";
import { cut, overlaps, twice } from "./bounds";
import { idle, library, outcome, running, saved, step } from "./library";
import { enterReview } from "./flags";
import { withImages } from "./pictures";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";
import type { Recording } from "../src/ipc/recorded";

beforeAll(begin);
afterAll(end);

const now = Date.now();
const LIBRARY = (): Recording =>
  library(Array.from({ length: 40 }, (_, n) => ({ name: `Screening day ${n}`, runs: [`CP-A549-0${n}`], first_ms: now - n * 30 * 86_400_000, last_ms: now - n * 30 * 86_400_000 + 9_000_000, state: (["verified", "not_verified", "recording"] as const)[n % 3] ?? "verified" })));
const LAB = (): Recording => {
  const of = idle();
  saved(of);
  of.check = { steps: running([step("resolve"), step("reach", { level: "fail", says: "0 of 2 brokers reached", words: "Connection refused (os error 111)", advice: "Check the port, and that the broker runs." })]), outcome: outcome({ level: "fail" }) };
  return of;
};
const SCREENS: [string, () => Recording, (sight: Sight) => Promise<void>][] = [
  ["sessions", LIBRARY, async ({ page }) => { await page.getByTestId("sessions-row").nth(1).click(); await page.getByTestId("replay").waitFor(); }],
  ["connect", LAB, async ({ page }) => { await page.getByTestId("connect-test").click(); await page.getByTestId("connect-outcome").waitFor(); }],
  ["review", withImages, async (sight) => { await enterReview(sight, withImages()); await sight.page.getByRole("button", { name: "Try again" }).click(); await sight.page.getByTestId("scores").or(sight.page.getByTestId("flag")).first().waitFor(); }],
  ["runs", recording, async () => undefined],
];
const REGIONS = [".rail", ".top", ".main", ".insp", ".tl"];

async function whole(sight: Sight, where: string): Promise<void> {
  expect(await cut(sight.page), where).toEqual([]);
  for (const region of REGIONS) expect(await overlaps(sight.page, region), `${where} ${region}`).toEqual([]);
}

for (const [screen, of, prepare] of SCREENS) {
  it(`${screen}: the least window holds all, on a fine screen too`, async () => {
    for (const scale of [1, 2]) {
      const sight = await open(of(), { screen, width: 1180, height: 720, scale });
      await prepare(sight);
      await whole(sight, `${screen} at ${scale}`);
      const size = await sight.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
      expect(size, "nothing scrolls").toEqual([1180, 720]);
      await keep(sight.page, `small-${screen}-${scale}`);
      await sight.page.close();
    }
  });

  it(`${screen}: a smaller screen scrolls to everything`, async () => {
    for (const [width, height] of [[1024, 600], [800, 600]] as const) {
      const sight = await open(of(), { screen, width, height });
      const { page } = sight;
      await prepare(sight);
      await whole(sight, `${screen} at ${width}`);
      // Its far corner can be brought into sight, and the timeline there works.
      await page.getByTestId("theme").scrollIntoViewIfNeeded();
      await page.getByTestId("theme").click();
      const last = page.locator(".tl > .cap:last-child");
      await last.scrollIntoViewIfNeeded();
      const box = await last.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height, `${screen} at ${width}`).toBe(true);
      await keep(page, `small-${screen}-${width}`);
      await page.close();
    }
  });

  it(`${screen}: text twice as large is not cut off`, async () => {
    const sight = await open(of(), { screen, theme: "light" });
    await prepare(sight);
    const before = await sight.page.locator(".main .bar").first().boundingBox();
    await twice(sight.page);
    const after = await sight.page.locator(".main .bar").first().boundingBox();
    expect(after?.height ?? 0, "rows grow").toBeGreaterThan((before?.height ?? 0) * 1.2);
    await keep(sight.page, `twice-${screen}`);
    await whole(sight, screen);
    await sight.page.close();
  });
}

it("the strip holds whatever it has to say: in one row, in the least window in two", async () => {
  const of = recording();
  const { strip } = told(of);
  Object.assign(strip.session ?? {}, { name: "Screening day 3 of the long campaign of November" });
  Object.assign(strip.source ?? {}, { restarts: 3, lag: 12_480, messages_per_s: 300, state: "catching_up" });
  strip.disk = { level: "attention", free_bytes: 812e6 };
  for (const width of [1180, 1440, 1920]) {
    const sight = await open(of, { screen: "runs", width, height: 720 });
    await sight.tell({ ...strip, kind: "strip", now_ms: strip.now_ms + 2000 });
    await sight.page.getByTestId("strip-disk").waitFor();
    expect((await sight.page.locator(".top").boundingBox())?.height, String(width)).toBe(width === 1180 ? 79 : 40);
    await whole(sight, `strip at ${width}`);
    await keep(sight.page, `strip-${width}`);
    await sight.page.close();
  }
});

it("below 1280 the inspector lies over the screen when asked for, and for what was asked there", async () => {
  const sight = await open(LIBRARY(), { screen: "sessions", width: 1200, height: 720 });
  const { page } = sight;
  await page.getByTestId("sessions-row").first().waitFor();
  expect(await page.locator(".insp").count()).toBe(0);
  const button = page.getByTestId("show-inspector");
  expect(await button.getAttribute("aria-expanded")).toBe("false");
  await page.keyboard.press("i");
  await page.locator(".insp").waitFor();
  const box = await page.locator(".insp").boundingBox();
  expect([box?.x, box?.y, box?.width, box?.height].map((n) => Math.round(n ?? 0))).toEqual([880, 76, 320, 596]);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".insp").count()).toBe(0);
  await button.click();
  await page.locator(".insp").waitFor();
  await button.click();
  await page.getByTestId("sessions-row").nth(2).click();
  await page.getByTestId("replay").waitFor();
  expect(await serious(page)).toEqual([]);
  // Another screen begins without it; on a wide window it stands beside the screen again.
  await page.keyboard.press("Control+8");
  expect(await page.locator(".insp").count()).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator(".insp").waitFor();
  expect(await button.count()).toBe(0);
  await page.close();
});

it("less motion: nothing fades, nothing pulses", async () => {
  const { page } = await open(recording());
  await page.getByTestId("tile").first().waitFor();
  const dims = async (): Promise<boolean> => {
    for (let n = 0; n < 24; n += 1) {
      const [shown, opacity] = await page.locator("[data-testid=strip-recording] .st").evaluate((dot) => [dot.classList.contains("rec-dim"), getComputedStyle(dot, "::before").opacity] as const);
      if (shown) return opacity !== "1";
      await page.waitForTimeout(100);
    }
    throw new Error("the clock stands");
  };
  expect(await dims(), "usually it is dimmed once a second").toBe(true);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await dims()).toBe(false);
  const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName } = getComputedStyle(element);
    return animationName !== "none" || transitionDuration.split(",").some((one) => parseFloat(one) > 0);
  }).map((element) => element.outerHTML.slice(0, 80)));
  expect(moving).toEqual([]);
  await page.close();
});

it("more contrast lifts captions and lines at once", async () => {
  for (const theme of ["dark", "light"] as const) {
    const { page } = await open(LIBRARY(), { screen: "sessions", theme });
    await page.getByTestId("sessions-row").first().waitFor();
    const look = (): Promise<string[]> => page.evaluate(() => [getComputedStyle(document.querySelector(".head") as Element).color, getComputedStyle(document.querySelector(".top") as Element).borderBottomColor]);
    const before = await look();
    await page.emulateMedia({ contrast: "more" });
    const after = await look();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    await keep(page, `contrast-${theme}`);
    expect(await serious(page)).toEqual([]);
    await page.close();
  }
});

it("where the system chooses the colours, a state keeps its shape and what is chosen its edge", async () => {
  const { page } = await open(LIBRARY(), { screen: "sessions" });
  await page.getByTestId("sessions-row").nth(1).click();
  await page.emulateMedia({ forcedColors: "active" });
  const look = await page.evaluate(() => {
    const style = (of: string, part?: string): CSSStyleDeclaration => getComputedStyle(document.querySelector(of) as Element, part);
    return { glyph: style(".rows .st.ok", "::before").backgroundColor, ground: style("body").backgroundColor, edge: style('.rows [aria-selected="true"]').outlineStyle };
  });
  expect(look.glyph).not.toBe(look.ground);
  expect(look.edge).toBe("solid");
  await page.close();
});
