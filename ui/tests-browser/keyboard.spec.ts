// Without a mouse: Tab reaches every control of every screen in the order of the regions, each has a name and a ring that is
// seen; F6 walks the regions both ways; letters are typed where one types.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Recording } from "../src/ipc/recorded";
import { ring } from "./bounds";
import { idle, library, outcome, running, saved, step } from "./library";
import { begin, end, open, recording, type Sight, told } from "./page";
import { enterReview } from "./flags";
import { withImages } from "./pictures";
import { reach } from "./reach";

beforeAll(begin);
afterAll(end);

const tested = (): Recording => {
  const of = idle();
  saved(of);
  of.check = { steps: running([step("resolve"), step("topics", { level: "attention", advice: "Name it" })]), outcome: outcome() };
  return of;
};
const replaying = (): Recording => {
  const of = recording();
  const { strip } = told(of);
  Object.assign(strip, { mode: "replay", undecoded: 2, position: { seq: 1000, at_ms: strip.now_ms - 2000, first_ms: strip.now_ms - 3000, last_ms: strip.now_ms - 100, playing: false, speed: 4, at_end: false } });
  return of;
};
const SIGHTS: [string, string, () => Recording, ((sight: Sight) => Promise<unknown>) | null][] = [
  ["Live", "live", recording, ({ page }) => page.getByTestId("tile").first().waitFor()],
  ["Plate", "live", recording, async ({ page }) => { await page.getByTestId("tile").first().dblclick(); await page.keyboard.press("Control+2"); }],
  ["Live in replay", "live", replaying, ({ page }) => page.getByTestId("replay-play").waitFor()],
  ["Sessions", "sessions", () => library([{}, { state: "verified" }]), async ({ page }) => { await page.getByTestId("sessions-row").nth(1).click(); await page.getByTestId("replay").waitFor(); }],
  ["Sessions, empty", "sessions", () => library([], idle()), ({ page }) => page.getByText("Recordings appear here on their own").waitFor()],
  ["Connect", "connect", tested, async ({ page }) => { await page.getByTestId("connect-test").click(); await page.getByTestId("connect-outcome").waitFor(); }],
  ["Connect, blank", "connect", idle, ({ page }) => page.getByText("Open a recording instead").waitFor()],
  ["Review", "live", withImages, (sight) => enterReview(sight, withImages())],
  ["a later one", "runs", recording, null],
];

for (const [name, screen, of, prepare] of SIGHTS) {
  it(`${name}: every control is reached, named, ringed, in order`, async () => {
    const sight = await open(of(), { screen });
    const { page } = sight;
    await prepare?.(sight);
    const found = await reach(page);
    expect(found.nameless).toEqual([]);
    expect(found.missed).toEqual([]);
    expect(found.controls.length).toBeGreaterThan(12);
    // Once more, for the order of the regions and the rings.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const [order, unseen]: [string[], string[]] = [[], []];
    for (let n = 0; n < found.controls.length; n += 1) {
      await page.keyboard.press("Tab");
      const region = await page.evaluate(() => {
        const at = document.activeElement;
        return at?.closest(".main > .bar:not(.foot), .main .bar:first-child") ? "bar" : (at?.closest(".rail, .top, .main, .insp, .tl")?.className.split(" ")[0] ?? "");
      });
      if (region !== "" && order.at(-1) !== region) order.push(region);
      const wrong = await ring(page);
      if (wrong !== "") unseen.push(wrong);
    }
    expect(unseen).toEqual([]);
    const rank = ["rail", "top", "bar", "main", "insp", "tl"];
    const ranks = order.map((region) => rank.indexOf(region)).filter((at, n, all) => !(rank[at] === "bar" && all[n - 1] === 3));
    expect(ranks, order.join(" ")).toEqual([...ranks].sort((a, b) => a - b));
    expect(order[0]).toBe("rail");
    expect(order.at(-1)).toBe("tl");
    await page.close();
  });
}

it("F6 goes from region to region and comes round, with Shift the other way", async () => {
  const { page } = await open(recording());
  await page.getByTestId("tile").first().waitFor();
  const region = (): Promise<string> => page.evaluate(() => document.activeElement?.closest(".rail, .top, .main, .insp, .tl")?.className.split(" ")[0] ?? "");
  const walked: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press("F6");
    walked.push(await region());
  }
  expect(walked).toEqual(["rail", "top", "main", "insp", "tl", "rail"]);
  const back: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    await page.keyboard.press("Shift+F6");
    back.push(await region());
  }
  expect(back).toEqual(["tl", "insp", "main", "top", "rail"]);
  await page.close();
});

it("letters are typed in a field and mean nothing else there; Escape and F6 leave it", async () => {
  const sight = await open(library([{}, {}]), { screen: "sessions" });
  const { page } = sight;
  await page.getByTestId("sessions-row").first().waitFor();
  await page.keyboard.press("/");
  const field = page.getByRole("textbox", { name: "Filter sessions" });
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type("tri []");
  expect(await field.inputValue()).toBe("tri []");
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  expect(await page.locator(".insp").count()).toBe(1);
  for (const command of ["seek", "pause", "play", "open_session"]) expect(await sight.called(command)).toEqual([]);
  await page.keyboard.press("F6");
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(false);
  await page.close();
});

it("sessions: Space replays the chosen one, Alt and Space is the window's own", async () => {
  const sight = await open(library([{}, {}]), { screen: "sessions" });
  const { page } = sight;
  await page.getByRole("grid", { name: "Sessions" }).focus();
  await page.keyboard.press("End");
  await expect.poll(() => page.locator('[aria-selected="true"]').getAttribute("data-name")).toBe("Session 1");
  // The list's own key: not the window's, which would go to the live edge.
  expect(await sight.called("live_edge")).toEqual([]);
  await page.keyboard.press("Home");
  await expect.poll(() => page.locator('[aria-selected="true"]').getAttribute("data-name")).toBe("Session 0");
  await page.keyboard.press("Alt+Space");
  await expect.poll(async () => (await sight.called("pause")).length).toBe(1);
  expect(await sight.called("open_session")).toEqual([]);
  await page.keyboard.press("Space");
  await expect.poll(async () => (await sight.called("open_session")).at(-1)).toEqual({ session: "s0" });
  await page.close();
});
