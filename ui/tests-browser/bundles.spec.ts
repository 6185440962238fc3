// Bundles of Sessions: written from the inspector, opened from under the bar; progress, refusals, many, none, by keyboard.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BundleFile, BundleWork, SessionRow, Sessions } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { cut, overlaps, ring, twice } from "./bounds";
import { answer, library } from "./library";
import { begin, end, keep, open, serious, type Sight, told } from "./page";
import { reach } from "./reach";

beforeAll(begin);
afterAll(end);

const PLACE = { path: "/home/s.okafor/Documents/Plateside/DR-U2OS-0077, full run.plateside", database_bytes: 4.2e8, images_bytes: 5.7e9, free_bytes: 4.12e11 };
const ROWS: Partial<SessionRow>[] = [{ state: "recording" }, { name: "DR-U2OS-0077, full run", state: "verified", verified_ms: 1 }, { name: "From the other site", state: "verified", bundle: "none" }];

function found(many: number): BundleFile[] {
  return Array.from({ length: many }, (_, n) => {
    const name = n === 3 ? `<img src=x onerror="window.hurt=1">${"long ".repeat(60)}.plateside` : `Screening day ${n}.plateside`;
    return { path: `/home/s.okafor/Downloads/${n}/${name}`, name, folder: "/home/s.okafor/Downloads", bytes: 3.8e9 + n, changed_ms: Date.now() - n * 3_600_000 };
  });
}

function desk(files: BundleFile[] = [], change: { left_out?: number; folders?: string[] } = {}): Recording {
  const of = library(ROWS.map((row) => ({ ...row })));
  of.calls.push({ command: "bundles", args: {}, result: { files, left_out: 0, folders: ["/home/s.okafor/Downloads", "/home/s.okafor/Desktop"], ...change } });
  for (const { session } of answer<Sessions>(of, "sessions").rows) of.calls.push({ command: "bundle_place", args: { session }, result: PLACE });
  return of;
}

/** A command that ends when the test says so. */
const holds = (sight: Sight, command: string): Promise<void> =>
  sight.page.evaluate((command) => {
    const held = window as unknown as { ends: Record<string, (how: { gives?: unknown; refuses?: unknown }) => void> };
    held.ends ??= {};
    window.recorded.answers[command] = () => new Promise((gives, refuses) => (held.ends[command] = (how) => ("refuses" in how ? refuses(how.refuses as Error) : gives(how.gives))));
  }, command);
const ends = (sight: Sight, command: string, how: { gives?: unknown; refuses?: unknown }): Promise<void> =>
  sight.page.evaluate(([command, how]) => (window as unknown as { ends: Record<string, (how: unknown) => void> }).ends[command]?.(how), [command, how] as const);
const works = (sight: Sight, of: Recording, work: Partial<BundleWork> | null): Promise<void> =>
  sight.tell({ ...told(of).strip, kind: "strip", bundling: work && { doing: "export", name: "DR-U2OS-0077, full run", path: PLACE.path, step: "packing", done: 1.2e9, total: 6.1e9, stopping: false, ...work } });
const refusal = (code: string, message: string): unknown => ({ code, message, detail: null });

async function whole(sight: Sight, where: string): Promise<void> {
  expect(await cut(sight.page), where).toEqual([]);
  for (const region of [".main", ".insp"]) expect(await overlaps(sight.page, region), `${where} ${region}`).toEqual([]);
  expect(await sight.page.evaluate(() => "hurt" in window), where).toBe(false);
  expect(sight.wrong, where).toEqual([]);
}

for (const theme of ["dark", "light"] as const) {
  it(`writes a bundle: its form, its progress, and where it lies, ${theme}`, async () => {
    const of = desk();
    const sight = await open(of, { screen: "sessions", theme });
    const { page } = sight;
    await page.getByTestId("sessions-row").nth(1).click();
    await page.getByTestId("export").click();
    await expect.poll(() => page.getByTestId("export-path").inputValue()).toBe(PLACE.path);
    expect(await page.locator("#export-size").textContent()).toBe("At most 6.1 GB: rows 420 MB, which are packed, and images 5.7 GB. 412 GB free in your own folder.");
    await keep(page, `bundle-export-${theme}`);
    expect(await serious(page)).toEqual([]);
    await whole(sight, "form");
    await page.getByTestId("export-none").click();
    expect(await page.locator("#export-size").textContent()).toContain("At most 420 MB");
    await page.getByTestId("export-path").fill("  /media/stick/a.plateside ");
    await holds(sight, "export_bundle");
    await page.getByTestId("export-path").press("Enter");
    await works(sight, of, {});
    await page.getByTestId("export-sheet").getByText("1.2 GB of 6.1 GB").waitFor();
    expect(await page.getByRole("progressbar", { name: "Writing the bundle" }).getAttribute("aria-valuenow")).toBe("19");
    expect(await page.getByTestId("bundle-work").count()).toBe(1);
    await keep(page, `bundle-export-work-${theme}`);
    expect(await serious(page)).toEqual([]);
    await whole(sight, "work");
    // Another session is looked at meanwhile: it is told below the list.
    await page.getByTestId("sessions-row").nth(2).click();
    await page.locator(".main").getByTestId("bundle-work").getByText("Writing a bundle of").waitFor();
    await whole(sight, "apart");
    await page.getByTestId("sessions-row").nth(1).click();
    await ends(sight, "export_bundle", { gives: { path: "/media/stick/a.plateside", bytes: 4e8, left_out_bytes: 5.7e9 } });
    await works(sight, of, null);
    await page.locator(".toast", { hasText: "Bundle written, 400 MB:" }).getByTestId("toast-path").waitFor();
    expect(await sight.called("export_bundle")).toEqual([{ session: "s1", path: "/media/stick/a.plateside", pixels: "none", keep_link_queries: false }]);
    expect(await page.getByTestId("export-sheet").count()).toBe(0);
    await page.close();
  });
}

it("asks about links with signatures only where there are some, says what is refused, and can be cancelled", async () => {
  const of = desk();
  of.refused = { export_bundle: { code: "link_queries", message: "3 links to images have a query string. It may be a signature.", detail: null } };
  const sight = await open(of, { screen: "sessions" });
  const { page } = sight;
  // Also of what is being recorded.
  await page.getByTestId("sessions-row").first().click();
  await page.getByTestId("export").click();
  await page.getByText("the recording goes on").waitFor();
  expect(await page.getByTestId("export-keep").count()).toBe(0);
  await page.getByTestId("export-run").click();
  await page.getByTestId("export-links").waitFor();
  expect(await page.getByTestId("export-run").isDisabled()).toBe(true);
  await page.getByRole("checkbox", { name: "Bundle these links as they are" }).press("Space");
  await keep(page, "bundle-export-links");
  expect(await serious(page)).toEqual([]);
  await whole(sight, "links");
  await page.evaluate(() => (window.recorded.recording.refused = { export_bundle: { code: "exists", message: `/home/${"x".repeat(200)}.plateside is there already. Choose another name.`, detail: null } }));
  await page.getByTestId("export-run").click();
  await page.getByTestId("export-problem").waitFor();
  await whole(sight, "exists");
  await page.evaluate(() => (window.recorded.recording.refused = {}));
  await holds(sight, "export_bundle");
  await page.getByTestId("export-run").click();
  await works(sight, of, { name: "Session 0" });
  await page.getByTestId("bundle-stop").click();
  expect(await sight.called("stop_bundle")).toHaveLength(1);
  await works(sight, of, { name: "Session 0", stopping: true });
  await page.getByText("Clearing away").waitFor();
  await ends(sight, "export_bundle", { refuses: refusal("cancelled", "Cancelled: nothing of the bundle is kept.") });
  await works(sight, of, null);
  await page.locator(".toast", { hasText: "Cancelled" }).waitFor();
  // The form is there to try again; Escape leaves it, and the focus is where it came from.
  await page.getByTestId("export-path").press("Escape");
  await expect.poll(() => page.getByTestId("export-sheet").count()).toBe(0);
  expect(await page.getByTestId("export").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.close();
});

for (const theme of ["dark", "light"] as const) {
  it(`opens one of two hundred: chosen by key, refused with words, opened, listed and chosen, ${theme}`, async () => {
    const of = desk(found(200), { left_out: 31 });
    const sight = await open(of, { screen: "sessions", theme });
    const { page } = sight;
    await page.getByTestId("sessions-row").nth(2).click();
    await page.locator(".insp").getByText("read-only, without pixels").waitFor();
    await page.getByTestId("import").click();
    await page.getByTestId("import-file").first().waitFor();
    expect(await page.getByTestId("import-path").evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByText("31 older ones are not listed").waitFor();
    await keep(page, `bundle-import-${theme}`);
    expect(await serious(page)).toEqual([]);
    await whole(sight, "list");
    await page.getByRole("listbox", { name: "Bundles found, newest first" }).focus();
    for (const key of ["End", "ArrowUp", "Home", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    expect(await page.getByTestId("import-path").inputValue()).toBe("/home/s.okafor/Downloads/2/Screening day 2.plateside");
    expect(await ring(page)).toBe("");
    await page.evaluate(() => (window.recorded.recording.refused = { import_bundle: { code: "bundle", message: "/home/s.okafor/Downloads/2/Screening day 2.plateside was changed or damaged on its way: its entry \"session.db\" is not what the manifest says: its SHA-256 differs. Ask for it again", detail: null } }));
    await page.keyboard.press("Enter");
    await page.getByTestId("import-problem").waitFor();
    await keep(page, `bundle-import-refused-${theme}`);
    expect(await serious(page)).toEqual([]);
    await whole(sight, "refused");
    await page.getByTestId("import-file").nth(1).click();
    expect(await page.getByTestId("import-problem").count()).toBe(0);
    await page.evaluate(() => (window.recorded.recording.refused = {}));
    await holds(sight, "import_bundle");
    await page.getByTestId("import-run").click();
    await works(sight, of, { doing: "import", name: "Screening day 1.plateside", step: "verifying", done: 120_000, total: 184_206 });
    await page.getByText("120,000 of 184,206 entries").waitFor();
    await keep(page, `bundle-import-work-${theme}`);
    expect(await serious(page)).toEqual([]);
    await whole(sight, "work");
    // It comes into a list that is filtered to something else.
    await page.getByRole("textbox", { name: "Filter sessions" }).fill("other site");
    await page.evaluate(() => {
      const { calls } = window.recorded.recording;
      const list = calls.find((call) => call.command === "sessions")?.result as { rows: Record<string, unknown>[] };
      const row = { ...list.rows[1], session: "new", name: "Screening day 1", bundle: "full" };
      list.rows = [...list.rows, row];
      calls.push({ command: "session", args: { session: "new" }, result: { ...(calls.find((call) => call.command === "session")?.result as object), row } });
    });
    await ends(sight, "import_bundle", { gives: { session: "new", name: "Screening day 1", already: false } });
    await works(sight, of, null);
    const chosen = page.locator('[data-testid="sessions-row"][aria-selected="true"]');
    await expect.poll(() => chosen.getAttribute("data-name")).toBe("Screening day 1");
    expect(await chosen.locator(".tag").textContent()).toBe("Bundle");
    await page.locator(".toast", { hasText: "Screening day 1 is in the library: verified, read-only." }).waitFor();
    expect(await page.getByTestId("import-sheet").count()).toBe(0);
    await page.locator(".insp h2", { hasText: "Screening day 1" }).waitFor();
    await whole(sight, "there");
    await page.close();
  });
}

it("says where it looked when there is none, and why it cannot look", async () => {
  const sight = await open(desk(), { screen: "sessions" });
  const { page } = sight;
  await page.getByTestId("import").click();
  await page.getByTestId("import-none").waitFor();
  expect(await page.getByTestId("import-none").textContent()).toContain("No *.plateside file lies in /home/s.okafor/Downloads, /home/s.okafor/Desktop.");
  await keep(page, "bundle-import-none");
  await whole(sight, "none");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByTestId("import-sheet").count()).toBe(0);
  expect(await page.getByTestId("import").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.evaluate(() => (window.recorded.recording.refused = { bundles: { code: "stopped", message: "The work was broken off: try again.", detail: null } }));
  await page.keyboard.press("Enter");
  await page.getByText("The work was broken off").waitFor();
  await whole(sight, "unfound");
  await page.close();
});

it("every control of both forms is reached by Tab, named, and ringed", async () => {
  const of = desk(found(20));
  of.refused = { export_bundle: { code: "link_queries", message: "3 links to images have a query string.", detail: null } };
  const { page } = await open(of, { screen: "sessions" });
  await page.getByTestId("sessions-row").nth(1).click();
  await page.getByTestId("export").click();
  await page.getByTestId("export-run").click();
  await page.getByTestId("export-keep").click();
  await page.getByTestId("import").click();
  await page.getByTestId("import-file").first().click();
  const { controls, nameless, missed } = await reach(page);
  expect(nameless).toEqual([]);
  expect(missed).toEqual([]);
  for (const control of ["textbox Bundle", "listbox Bundles found, newest first", "textbox Save as", "checkbox Bundle these links as they are", "button All pixels", "button No pixels"]) expect(controls).toContain(control);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const unringed: string[] = [];
  for (const _ of controls) {
    await page.keyboard.press("Tab");
    const wrong = await ring(page);
    if (wrong !== "") unringed.push(wrong);
  }
  expect(unringed).toEqual([]);
  await page.close();
});

it("forms fit a small window and text twice as large", async () => {
  const of = desk(found(30));
  const sight = await open(of, { screen: "sessions", width: 1180, height: 720 });
  const { page } = sight;
  await page.getByTestId("sessions-row").nth(1).click();
  await page.getByTestId("export").click();
  await page.getByTestId("import").click();
  await page.getByTestId("import-file").first().waitFor();
  // The inspector, which lies over the screen there, gives way to the form that was asked for.
  expect(await page.locator(".insp").count()).toBe(0);
  await whole(sight, "small, import");
  await keep(page, "bundle-small");
  await page.keyboard.press("Escape");
  await page.getByTestId("sessions-row").nth(1).click();
  await page.getByTestId("export-path").waitFor();
  await whole(sight, "small, export");
  await page.close();

  const large = await open(of, { screen: "sessions", theme: "light" });
  await large.page.getByTestId("sessions-row").nth(1).click();
  await large.page.getByTestId("export").click();
  await large.page.getByTestId("import").click();
  await large.page.getByTestId("import-file").first().waitFor();
  await twice(large.page);
  await keep(large.page, "bundle-twice");
  await whole(large, "twice");
  await large.page.close();
});
