// What a person sends to review from the Plate screen: wells, the plate as a whole; and what local models say of a well there.
import { afterAll, beforeAll, expect, it } from "vitest";
import { answers, type Flagged } from "./flags";
import { begin, end, keep, open, serious, type Sight, told } from "./page";
import { paints, WELL, withImages } from "./pictures";
import { click } from "./plates";

beforeAll(begin);
afterAll(end);

/** The window at a plate with images, wells of it chosen. */
async function atPlate(wells: readonly number[], made: Flagged = {}): Promise<Sight & { plate: string }> {
  const of = withImages();
  const sight = await open(of);
  await paints(sight.page);
  await answers(sight, of, made);
  const plate = told(of).tick.plates[0]?.plate ?? "";
  await sight.page.locator(`[data-plate="${plate}"]`).click();
  await sight.page.getByTestId("plate-canvas").waitFor();
  for (const [n, well] of wells.entries()) await click(sight.page, well, n > 0 ? ["Control"] : []);
  return { ...sight, plate };
}

it("sends wells by V, with a reason that the lab knows or one of one's own", async () => {
  const { page, called, wrong, plate } = await atPlate([WELL]);
  await page.getByTestId("well-name").waitFor();
  await page.keyboard.press("v");
  expect(await page.getByTestId("raise").locator("label").textContent()).toBe("D09 to review, because");
  expect(await page.getByTestId("raise-send").isDisabled()).toBe(true);
  await page.getByTestId("raise").getByRole("button", { name: "Bubble" }).click();
  await keep(page, "plate-send");
  expect(await serious(page)).toEqual([]);
  // A word that was chosen is sent by Enter as it says.
  await page.keyboard.press("Enter");
  await expect.poll(() => called("raise_flag")).toEqual([{ plate, wells: [WELL], site: null, channel: null, reason: "Bubble" }]);
  expect(await page.getByRole("status").filter({ hasText: "D09 waits for review: Bubble." }).count()).toBe(1);
  // The keys go on from the plate.
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["testid"])).toBe("plate-canvas");
  // Several wells are a flag each, in one go.
  await click(page, WELL + 26, ["Control"]);
  await page.getByTestId("send-to-review").click();
  expect(await page.getByTestId("raise").locator("label").textContent()).toBe("2 wells to review, because");
  await page.getByTestId("raise-reason").fill("  streak over both ");
  await page.getByTestId("raise-send").click();
  await expect.poll(async () => (await called("raise_flag")).at(-1)).toEqual({ plate, wells: [WELL, WELL + 26], site: null, channel: null, reason: "streak over both" });
  await page.getByTestId("toast-act").last().click();
  await expect.poll(() => page.getByTestId("review-where").textContent()).toContain("D09");
  expect(wrong).toEqual([]);
  await page.close();
});

it("flags the plate by X; Escape and other wells end the question, and nothing moves for it", async () => {
  const { page, called, wrong, plate } = await atPlate([]);
  await page.keyboard.press("x");
  expect(await page.getByTestId("raise").locator("label").textContent()).toBe("Plate BR00117010 to review, because");
  // Escape from any of its buttons too.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("raise").count()).toBe(0);
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["testid"])).toBe("plate-canvas");
  // Nothing is chosen, and nothing lies under the pointer.
  await page.mouse.move(5, 500);
  await page.keyboard.press("v");
  expect(await page.getByTestId("raise").count()).toBe(0);
  expect(await page.getByRole("status").filter({ hasText: "Select a well first" }).count()).toBe(1);
  await click(page, WELL);
  await page.getByTestId("well-name").waitFor();
  await page.keyboard.press("v");
  await click(page, WELL + 1);
  await expect.poll(() => page.getByTestId("raise").count()).toBe(0);
  // The plate's flag does not mind which well is chosen.
  await page.getByTestId("flag-plate").click();
  await click(page, WELL);
  expect(await page.getByTestId("raise").count()).toBe(1);
  await page.getByTestId("raise-reason").fill("seal has come off");
  await page.getByTestId("raise-reason").press("Enter");
  await expect.poll(() => called("raise_flag")).toEqual([{ plate, wells: [], site: null, channel: null, reason: "seal has come off" }]);
  await page.getByTestId("toast-act").last().click();
  await expect.poll(() => page.getByTestId("review-where").textContent()).toContain("BR00117010, whole plate");
  await page.keyboard.press("Control+2");
  const placeOf = (): Promise<object | null> => page.getByTestId("plate-canvas").boundingBox();
  await page.getByTestId("plate-canvas").waitFor();
  const before = await placeOf();
  await page.keyboard.press("x");
  await page.getByTestId("raise").waitFor();
  // The question takes the bar's place: nothing moves.
  expect(await placeOf()).toEqual(before);
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("raise").count()).toBe(0);
  expect(wrong).toEqual([]);
  await page.close();
});

it("says that nothing can be sent where nothing is written", async () => {
  const { page, called } = await atPlate([WELL], { read_only: "This session came out of a bundle: it is read-only." });
  await page.keyboard.press("v");
  await expect.poll(() => page.getByText("This session came out of a bundle: it is read-only.").count()).toBeGreaterThan(0);
  expect(await page.getByTestId("raise").count()).toBe(0);
  expect(await called("raise_flag")).toEqual([]);
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["testid"])).toBe("plate-canvas");
  // Back at the live edge it is asked anew.
  await page.evaluate(() => {
    const { answers } = window.recorded;
    const queue = answers["queue"];
    if (queue) answers["queue"] = (args: never) => ({ ...(queue(args) as object), read_only: null });
  });
  await page.keyboard.press("v");
  await page.getByTestId("raise-send").waitFor();
  await page.close();
});

it("is not asked in the layout, and a spot check of a well whose images are on their way waits for them", async () => {
  const { page, called, wrong } = await atPlate([WELL]);
  await page.getByTestId("well-name").waitFor();
  await page.keyboard.press("l");
  await page.getByTestId("layout-close").waitFor();
  expect(await page.getByTestId("send-to-review").count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByTestId("send-to-review").waitFor();
  await page.getByTestId("plate-canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("k");
  await expect.poll(() => called("spot_check")).toMatchObject([{ well: WELL + 1, site: 1 }]);
  expect(await page.getByText("has come.").count()).toBe(0);
  expect(wrong).toEqual([]);
  await page.close();
});

it("lets models look at the well by K, beside what the pipeline counted", async () => {
  const { page, called, wrong } = await atPlate([WELL]);
  const check = page.getByTestId("spot-check");
  await expect.poll(() => check.locator("header").textContent()).toBe("Spot check site 1");
  await page.keyboard.press("k");
  await expect.poll(() => page.getByTestId("verdict").textContent()).toBe("Agrees");
  expect(await page.getByTestId("score").first().textContent()).toContain("pipeline 108, -0.9%".replace("-", "−"));
  expect(await called("spot_check")).toMatchObject([{ well: WELL, site: 1 }]);
  await check.scrollIntoViewIfNeeded();
  await keep(page, "plate-spot-check");
  expect(await serious(page)).toEqual([]);
  // Another well has its own, and this one's is there again.
  await click(page, WELL + 1);
  await expect.poll(() => page.getByTestId("run-spot-check").count()).toBe(1);
  await click(page, WELL);
  await expect.poll(() => page.getByTestId("verdict").textContent()).toBe("Agrees");
  expect(await called("spot_check")).toHaveLength(1);
  expect(wrong).toEqual([]);
  await page.close();
});
