// The queue of flags: looked at, drawn on, decided and signed by keyboard alone; what is begun is kept; what cannot be done says why.
import { afterAll, beforeAll, expect, it } from "vitest";
import { cut, overlaps } from "./bounds";
import { openReview } from "./flags";
import { begin, end, keep, serious } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

it("looks", async () => {
  const sight = await openReview();
  const { page } = sight;
  await page.waitForTimeout(2500);
  await keep(page, "review-first");
  console.log(await page.locator("main").innerText());
  console.log(sight.wrong);
  await page.keyboard.press("b");
  await page.keyboard.press("Space");
  await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Space");
  await page.keyboard.press("3");
  await page.keyboard.press("Shift+1");
  await page.waitForTimeout(1000);
  await keep(page, "review-drawn");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  await keep(page, "review-sign");
  await page.close();
});
