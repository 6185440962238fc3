// The frame: rail, strip, banners, inspector, command menu, keys, theme.
import { afterAll, beforeAll, expect, it } from "vitest";
import { begin, end, keep, open, recording, serious, told } from "./page";

beforeAll(begin);
afterAll(end);

it("lies where the design puts it, in both themes, and axe finds nothing serious", async () => {
  for (const theme of ["dark", "light"] as const) {
    const { page, wrong } = await open(recording(), { theme });
    await page.getByTestId("tile").first().waitFor();
    const box = async (of: string): Promise<number[]> => {
      const rect = await page.locator(of).boundingBox();
      return rect ? [rect.x, rect.y, rect.width, rect.height].map(Math.round) : [];
    };
    expect(await box(".rail")).toEqual([0, 0, 64, 900]);
    expect(await box(".top")).toEqual([64, 0, 1376, 40]);
    expect(await box(".insp")).toEqual([1120, 40, 320, 812]);
    expect(await box(".tl")).toEqual([64, 852, 1376, 48]);
    await keep(page, `live-${theme}`);
    expect(await serious(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await page.close();
  }
});

it("says how the stream is, and says unknown and not 0 where it is lost", async () => {
  const of = recording();
  const { strip } = told(of);
  const sight = await open(of);
  const { page } = sight;
  await expect.poll(() => page.getByTestId("strip-source").textContent()).toContain("Live");
  expect(await page.getByTestId("strip-recording").textContent()).toContain("Recording");
  const source = strip.source;
  if (!source) throw new Error("the recording has no source");
  await sight.tell({
    ...strip,
    kind: "strip",
    undecoded: 3,
    source: { ...source, state: "offline", lag: null, messages_per_s: 0, offline_since_ms: strip.now_ms - 60_000, words: "Connection refused" },
  });
  await page.getByTestId("banner-offline").waitFor();
  expect(await page.getByTestId("strip-source").textContent()).toContain("Offline");
  expect(await page.getByTestId("strip-lag").textContent()).toContain("unknown");
  expect(await page.getByText("The stream is lost", { exact: true }).getAttribute("role")).toBe("alert");
  // Rejected messages are counted, and shown on demand.
  expect(await page.getByTestId("banner-undecoded").textContent()).toContain("3 messages rejected");
  await page.getByTestId("banner-undecoded").getByRole("button", { name: "Show" }).click();
  await page.getByTestId("undecoded").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("undecoded").count()).toBe(0);
  await page.close();
});

it("goes to every screen by key and by rail; what is not in this version says so", async () => {
  const { page, wrong } = await open(recording());
  for (const [n, screen] of ["live", "plate", "images", "review", "runs", "models", "sessions", "connect"].entries()) {
    await page.keyboard.press(`Control+${n + 1}`);
    expect(await page.getByTestId(`rail-${screen}`).getAttribute("aria-current")).toBe("page");
    expect(await page.locator("main h1, main .bar").count()).toBeGreaterThan(0);
    if (["runs", "models"].includes(screen)) expect(await page.getByTestId("later").textContent()).toContain("not in this version");
    expect(await serious(page), screen).toEqual([]);
  }
  await page.getByTestId("rail-live").click();
  await page.getByTestId("wall").waitFor();
  expect(wrong).toEqual([]);
  await page.close();
});

it("finds screens, plates and commands in the menu, and turns letter keys off", async () => {
  const sight = await open(recording());
  const { page } = sight;
  await page.keyboard.press("Control+k");
  await page.getByTestId("command-menu").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.keyboard.type("15212");
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("rail-plate").getAttribute("aria-current")).toBe("page");
  await page.keyboard.press("t");
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("single-letter");
  await page.keyboard.press("Enter");
  await page.keyboard.press("t");
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
  expect((await sight.called("save_settings")).at(-1)).toMatchObject({ settings: { theme: "light", letter_keys: false } });
  await page.close();
});

it("keeps the inspector's width per screen; below 1280 it lies over the wall; F6 walks the regions", async () => {
  const { page } = await open(recording());
  const grip = page.getByRole("separator", { name: "Resize inspector" });
  await grip.focus();
  for (let n = 0; n < 30; n += 1) await page.keyboard.press("ArrowLeft");
  expect(await grip.getAttribute("aria-valuenow")).toBe("520");
  await page.keyboard.press("Control+8");
  expect(await grip.getAttribute("aria-valuenow")).toBe("320");
  await page.keyboard.press("Control+1");
  expect(await grip.getAttribute("aria-valuenow")).toBe("520");
  const region = (): Promise<string | undefined> =>
    page.evaluate(() => document.activeElement?.closest(".rail, .top, .main, .insp, .tl")?.className.split(" ")[0]);
  const walked: (string | undefined)[] = [];
  for (let n = 0; n < 5; n += 1) {
    await page.keyboard.press("F6");
    walked.push(await region());
  }
  expect(new Set(walked).size).toBe(5);
  await page.setViewportSize({ width: 1180, height: 720 });
  await expect.poll(async () => (await page.locator(".main").boundingBox())?.width).toBe(1116);
  await page.close();
});
