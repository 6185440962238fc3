// The layout editor: selected, edited, undone, set and taken back; from a spreadsheet and from a file; by mouse and by keys alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SetLayoutArgs } from "../src/ipc/generated";
import { drag, openLayout } from "./layouts";
import { begin, end, keep, recording, serious } from "./page";

beforeAll(begin);
afterAll(end);

it("shows the layout in force, and lets fields of many wells be set, undone and done again", async () => {
  for (const theme of ["dark", "light"] as const) {
    const sight = await openLayout(recording(), [16, 24], {}, { theme });
    const { page, wrong } = sight;
    await keep(page, `layout-${theme}`);
    await drag(sight, 26, 81);
    await expect.poll(() => page.getByTestId("layout-selected").textContent()).toBe("24 wells selected");
    expect(await page.getByTestId("layout-concentration").getAttribute("placeholder")).toBe("several");
    await page.getByTestId("role-positive").click();
    await page.getByTestId("layout-compound").fill("CMP-new");
    await page.getByTestId("layout-compound").press("Enter");
    await expect.poll(() => page.getByTestId("layout-differs").textContent()).toBe("24 wells differ, not set");
    await page.locator("[data-testid=dilution] summary").click();
    await keep(page, `layout-edited-${theme}`);
    await page.getByTestId("layout-by-doses").click();
    await keep(page, `layout-doses-${theme}`);
    expect(await serious(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

it("sets", async () => {
  const sight = await openLayout(recording());
  const { page, called } = sight;
  await drag(sight, 26, 26);
  await page.getByTestId("role-empty").click();
  await page.getByTestId("layout-reason").fill("dispensing failed");
  await page.getByTestId("layout-plate").click();
  await expect.poll(async () => (await called("set_layout") as SetLayoutArgs[]).length).toBe(1);
  await expect.poll(() => page.getByTestId("layout-origin").textContent()).toContain("Set here by Ada");
  await keep(page, "layout-set");
  await page.context().close();
});
