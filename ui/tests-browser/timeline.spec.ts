// The timeline: live edge, rewinding by drag and key, replay controls, the lost stream, no session at all.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Strip } from "../src/ipc/generated";
import { begin, end, keep, open, recording, serious, told } from "./page";

beforeAll(begin);
afterAll(end);

const replay = (strip: Strip): Strip => ({
  ...strip,
  mode: "replay",
  position: { seq: 1000, at_ms: strip.now_ms - 2000, first_ms: strip.now_ms - 3000, last_ms: strip.now_ms - 100, playing: false, speed: 4, at_end: false },
});

it("stands at the live edge, and a press on the track goes back; one wish is on its way at a time", async () => {
  const sight = await open(recording());
  const { page } = sight;
  const slider = page.getByTestId("timeline-track");
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("live");
  await expect.poll(async () => (await sight.called("timeline")).length).toBeGreaterThan(0);
  const box = await slider.boundingBox();
  if (!box) throw new Error("no track");
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  expect(await slider.getAttribute("title")).toMatch(/\d\d:\d\d:\d\d/);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await sight.called("seek")).length).toBeGreaterThan(1);
  const before = (await sight.called("seek")).length;
  await page.mouse.move(box.x + 10, box.y + 20);
  await slider.focus();
  await page.keyboard.press("Home");
  await expect.poll(async () => (await sight.called("seek")).at(-1)).toEqual({ to: "start" });
  expect((await sight.called("seek")).length).toBe(before + 1);
  await page.keyboard.press("End");
  await expect.poll(async () => (await sight.called("live_edge")).length).toBe(1);
  await page.close();
});

it("holds at the live edge with Space, and plays in replay", async () => {
  const of = recording();
  const sight = await open(of);
  const { page } = sight;
  await page.getByTestId("tile").first().waitFor();
  await page.keyboard.press("Space");
  await expect.poll(async () => (await sight.called("pause")).length).toBe(1);
  expect(await sight.called("play")).toEqual([]);
  await page.keyboard.press("Shift+Digit3");
  expect(await sight.called("speed")).toEqual([]);
  await sight.tell({ kind: "strip", ...replay(told(of).strip) });
  await page.getByTestId("replay-play").click();
  expect((await sight.called("play")).length).toBe(1);
  await page.getByTestId("speed-60").click();
  expect(await sight.called("speed")).toEqual([{ speed: 60 }]);
  expect(await page.getByTestId("speed-4").getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("]");
  await expect.poll(async () => (await sight.called("seek")).length).toBe(1);
  await keep(page, "timeline-replay");
  expect(await serious(page)).toEqual([]);
  await page.close();
});

it("says since when it is held, and that there is no stream", async () => {
  const of = recording();
  const { strip } = told(of);
  const sight = await open(of);
  const { page } = sight;
  if (!strip.source) throw new Error("the recording has no source");
  await sight.tell({ ...strip, kind: "strip", source: { ...strip.source, state: "offline", offline_since_ms: strip.now_ms } });
  await expect.poll(() => page.getByTestId("timeline").textContent()).toMatch(/Held at \d\d:\d\d/);
  await sight.tell({ ...strip, kind: "strip", mode: "none", session: null, source: null, recording: null });
  await expect.poll(() => page.getByTestId("timeline").textContent()).toContain("No stream");
  await page.keyboard.press("Space");
  expect(await sight.called("pause")).toEqual([]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("asks for nothing while nothing happens", async () => {
  const sight = await open(recording());
  await sight.page.getByTestId("tile").first().waitFor();
  await sight.page.waitForTimeout(2500);
  const before = (await sight.called("timeline")).length;
  await sight.page.waitForTimeout(4500);
  expect((await sight.called("timeline")).length).toBe(before);
  await sight.page.close();
});
