// Sessions: a long library stays small in the page; choosing, replaying, refusals, filter and hostile names.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SessionDetail, Sessions } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { begin, end, keep, open, recording, serious } from "./page";

beforeAll(begin);
afterAll(end);

/** The recording with so many sessions, all like its one; the last bears a name that must stay text. */
function library(many: number): Recording {
  const of = recording();
  const list = of.calls.find((call) => call.command === "sessions")?.result as Sessions;
  const detail = of.calls.find((call) => call.command === "session")?.result as SessionDetail;
  const like = list.rows[0];
  if (!like) throw new Error("the recording has no session");
  list.rows = Array.from({ length: many }, (_, n) => {
    const name = n === many - 1 ? `<img src=x onerror="window.hurt=1">${"long ".repeat(60)}` : `Session ${n}`;
    const row = { ...like, name, session: `s${n}`, state: n === 0 ? ("broken" as const) : ("verified" as const) };
    of.calls.push({ command: "session", args: { session: row.session }, result: { ...detail, row } });
    return row;
  });
  return of;
}

it("shows a thousand sessions with few rows in the page, and walks them by key", async () => {
  const sight = await open(library(1000), { screen: "sessions" });
  const { page } = sight;
  await page.getByTestId("sessions-row").first().waitFor();
  expect(await page.getByTestId("sessions-row").count()).toBeLessThan(60);
  await page.getByTestId("sessions-row").first().click();
  await page.getByRole("grid", { name: "Sessions" }).focus();
  for (let n = 0; n < 60; n += 1) await page.keyboard.press("ArrowDown");
  const chosen = page.locator('[data-testid="sessions-row"][aria-selected="true"]');
  await expect.poll(() => chosen.getAttribute("data-name")).toBe("Session 60");
  const row = await chosen.boundingBox();
  const view = await page.getByRole("grid", { name: "Sessions" }).boundingBox();
  if (!row || !view) throw new Error("not in sight");
  expect(row.y).toBeGreaterThanOrEqual(view.y);
  expect(row.y + row.height).toBeLessThanOrEqual(view.y + view.height + 1);
  await keep(page, "sessions");
  expect(await serious(page)).toEqual([]);
  await page.getByRole("textbox", { name: "Filter sessions" }).fill("onerror");
  await expect.poll(() => page.getByTestId("sessions-row").count()).toBe(1);
  await page.getByTestId("sessions-row").click();
  expect(await page.evaluate(() => "hurt" in window)).toBe(false);
  await page.getByRole("textbox", { name: "Filter sessions" }).fill("nothing like it");
  await page.getByText("No session matches the filter.").waitFor();
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("replays the chosen session from its start with Space", async () => {
  const sight = await open(library(3), { screen: "sessions" });
  const { page } = sight;
  await page.getByTestId("sessions-row").nth(1).click();
  await page.getByTestId("replay").waitFor();
  await page.getByRole("grid", { name: "Sessions" }).focus();
  await page.keyboard.press("Space");
  await expect.poll(async () => (await sight.called("play")).length).toBe(1);
  expect(await sight.called("open_session")).toEqual([{ session: "s1" }]);
  expect(await sight.called("seek")).toEqual([{ to: "start" }]);
  await page.close();
});

it("says in place that the library cannot be read", async () => {
  const of = recording();
  of.calls = of.calls.filter((call) => call.command !== "sessions");
  const { page } = await open(of, { screen: "sessions" });
  await page.locator("main [role=alert]").waitFor();
  expect(await page.locator("main [role=alert]").textContent()).toContain("sessions");
  expect(await page.locator(".toast").count()).toBe(0);
  expect(await serious(page)).toEqual([]);
  await page.close();
});
