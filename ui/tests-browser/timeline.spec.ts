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

it("is scrubbed by key: shares by arrows and pages, inside the session, and says where it stands", async () => {
  const of = recording();
  const sight = await open(of);
  const { page } = sight;
  const line = of.calls.find((call) => call.command === "timeline")?.result as { first_ms: number; last_ms: number };
  const position = { seq: 1000, at_ms: Math.round((line.first_ms + line.last_ms) / 2), first_ms: line.first_ms, last_ms: line.last_ms, playing: false, speed: 4, at_end: false };
  await sight.tell({ ...told(of).strip, kind: "strip", mode: "replay", position });
  const slider = page.getByRole("slider", { name: "Session position" });
  await expect.poll(() => slider.getAttribute("aria-valuenow")).toBe("50");
  expect(await slider.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d:\d\d of \d\d:\d\d:\d\d$/);
  await slider.focus();
  const span = line.last_ms - line.first_ms;
  const to = async (): Promise<number> => ((await sight.called("seek")).at(-1) as { ms: number }).ms;
  for (const [key, share] of [["ArrowRight", 0.51], ["ArrowLeft", 0.49], ["ArrowUp", 0.51], ["PageUp", 0.6], ["PageDown", 0.4]] as const) {
    const before = (await sight.called("seek")).length;
    await page.keyboard.press(key);
    await expect.poll(async () => (await sight.called("seek")).length).toBe(before + 1);
    expect(Math.abs((await to()) - (line.first_ms + share * span)), key).toBeLessThan(3);
  }
  await sight.tell({ ...told(of).strip, kind: "strip", mode: "replay", position: { ...position, at_ms: line.last_ms - 1 } });
  await expect.poll(() => slider.getAttribute("aria-valuenow")).toBe("100");
  await page.keyboard.press("PageUp");
  await expect.poll(to).toBe(line.last_ms);
  await page.close();
});

it("goes from flag to flag by key and by button, and each flag has the shape of its level", async () => {
  const of = recording();
  const line = of.calls.find((call) => call.command === "timeline")?.result as { first_ms: number; last_ms: number; marks: { at_ms: number; seq: number; level: string; says: string }[] };
  const span = line.last_ms - line.first_ms;
  line.marks = (["attention", "fail", "info"] as const).map((level, n) => ({ at_ms: Math.round(line.first_ms + ((n + 1) / 4) * span), seq: (n + 1) * 100, level, says: `Mark ${n}` }));
  const sight = await open(of);
  const { page } = sight;
  await sight.tell({ ...told(of).strip, kind: "strip", mode: "replay", position: { seq: 150, at_ms: line.first_ms + span / 3, first_ms: line.first_ms, last_ms: line.last_ms, playing: true, speed: 1, at_end: false } });
  await page.getByRole("button", { name: "Flag after" }).click();
  await expect.poll(async () => (await sight.called("seek")).at(-1)).toEqual({ to: "seq", seq: 200 });
  await page.keyboard.press("[");
  await expect.poll(async () => (await sight.called("seek")).at(-1)).toEqual({ to: "seq", seq: 100 });
  await page.getByTestId("replay-pause").click();
  expect((await sight.called("pause")).length).toBe(1);
  // How wide each shape is near its top and near its foot: a triangle widens, a square stays, a diamond narrows again.
  const widths = await page.locator(".tl canvas").evaluate((canvas: HTMLCanvasElement) => {
    const context = canvas.getContext("2d");
    const ground = context?.getImageData(2, 9, 1, 1).data.join();
    return [0.25, 0.5, 0.75].map((share) => [6, 9, 12].map((y) => {
      const row = context?.getImageData(Math.round(canvas.width * share) - 7, y, 15, 1).data ?? [];
      return Array.from({ length: 15 }, (_, x) => [...row.slice(x * 4, x * 4 + 4)].join()).filter((pixel) => pixel !== ground).length;
    }));
  });
  const [triangle, square, diamond] = widths as [number[], number[], number[]];
  expect(triangle[0]).toBeLessThan(triangle[2] ?? 0);
  expect(square[0]).toBe(square[1]);
  expect(diamond[1]).toBeGreaterThan(diamond[0] ?? 99);
  expect(diamond[1]).toBeGreaterThan(diamond[2] ?? 99);
  await page.close();
});

it("leaves room for what comes, and hatches what was lost in its place", async () => {
  const of = recording();
  const { strip } = told(of);
  const sight = await open(of);
  const { page } = sight;
  await page.getByTestId("tile").first().waitFor();
  const right = (): Promise<number> => page.locator(".tl canvas").evaluate((canvas: HTMLCanvasElement) => {
    const row = canvas.getContext("2d")?.getImageData(Math.round(canvas.width * 0.98), 17, Math.round(canvas.width * 0.02), 15).data ?? [];
    return [...row].filter((alpha, at) => at % 4 === 3 && alpha > 0).length;
  });
  await expect.poll(async () => (await sight.called("timeline")).length).toBeGreaterThan(0);
  await page.waitForTimeout(300);
  expect(await right(), "nothing is drawn where nothing was").toBe(0);
  if (!strip.source) throw new Error("the recording has no source");
  await sight.tell({ ...strip, kind: "strip", source: { ...strip.source, state: "offline", lag: null, offline_since_ms: strip.now_ms } });
  await expect.poll(right).toBeGreaterThan(20);
  await page.close();
});
