/** A layout for tests as a lab would have it: controls in the outer columns, compounds in eight doses, DMSO. */
import type { LayoutDetail, LayoutEntry, LayoutRead, LayoutsRead, RolesCounted } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { make, openPlate } from "./plates";
import { type Look, type Sight, told } from "./page";
import type { PlateTile } from "../src/ipc/generated";

export function rowsOf(rows: number, columns: number): LayoutEntry[] {
  return Array.from({ length: rows * columns }, (_, well): LayoutEntry | null => {
    const [row, column] = [Math.floor(well / columns), well % columns];
    if (column === 0 || column === columns - 1) return { well, role: "negative", compound: "DMSO", concentration: null, unit: null, replicate: null };
    if (column === 1) return row % 2 ? { well, role: "positive", compound: "CMP-staurosporine", concentration: 1, unit: "uM", replicate: null } : { well, role: "reference", compound: "CMP-ref", concentration: 0.5, unit: "uM", replicate: null };
    if (row === rows - 1 && column > columns - 4) return null;
    const dose = (column - 2) % 8;
    return { well, role: "sample", compound: `CMP-${String(48_000 + row * 4 + Math.floor((column - 2) / 8)).padStart(7, "0")}`, concentration: Number((10 / 3 ** dose).toPrecision(6)), unit: "uM", replicate: 1 };
  }).filter((row) => row !== null);
}

export function detailOf(tile: PlateTile, change: Partial<LayoutDetail> = {}): LayoutDetail {
  return {
    plate: tile.plate, run: tile.run, barcode: tile.barcode, format: tile.rows * tile.columns, origin: "topic", assay: "CP-A549", cells: "A549, 48 h", wells: rowsOf(tile.rows, tile.columns),
    by: null, at_ms: null, reason: null, has_topic: true, has_run: false, assays: ["CP-A549", "CP-U2OS", "Viability"], ...change,
  };
}

/** What wells are for, as the desk counts them: those that are not named are empty. */
export function rolesOf(format: number, wells: readonly LayoutEntry[]): RolesCounted {
  const of = (role: string): number => wells.filter((row) => row.role === role).length;
  return { negative: of("negative"), positive: of("positive"), reference: of("reference"), sample: of("sample"), empty: format - wells.filter((row) => row.role !== "empty").length };
}

export function readOf(barcode: string, plate: string | null, change: Partial<LayoutRead> = {}): LayoutRead {
  const one = { barcode, plate, problem: null, format: 384, assay: null, cells: null, wells: rowsOf(16, 24), ...change };
  return { ...one, roles: change.roles ?? rolesOf(one.format, one.wells ?? []) };
}

/** What the desk answers of a file with these layouts. */
export function foundOf(layouts: LayoutRead[], change: Partial<LayoutsRead> = {}): LayoutsRead {
  const sum = (role: keyof RolesCounted): number => layouts.reduce((all, one) => all + one.roles[role], 0);
  return {
    style: "long", refused: null, asks: [], sheets: [], sheet: null, notes: [], problems: [], problem_count: 0, layouts, layout_count: layouts.length,
    roles: { negative: sum("negative"), positive: sum("positive"), reference: sum("reference"), sample: sum("sample"), empty: sum("empty") }, ...change,
  };
}

/** Roles of the made layout as the column has them. */
const NUMBERS: Record<string, number> = { negative: 1, positive: 2, reference: 3, sample: 4, empty: 5 };

/** The window at a plate of this size with the desk answering for its layout: what is set comes into force. */
export async function openLayout(of: Recording, size: [number, number] = [16, 24], change: Partial<LayoutDetail> = {}, look: Look = {}): Promise<Sight & { tile: PlateTile; detail: LayoutDetail }> {
  const known = new Map(rowsOf(...size).map((row) => [row.well, row]));
  const tile = make(of, { rows: size[0], columns: size[1], role: (well) => NUMBERS[known.get(well)?.role ?? "empty"] ?? 5, compound: (well) => known.get(well)?.compound ?? "" });
  const detail = detailOf(tile, change);
  const sight = await openPlate(of, look);
  await answer(sight, detail);
  await sight.page.getByTestId("layout-open").click();
  await sight.page.getByTestId("layout-set").waitFor();
  return { ...sight, tile, detail };
}

/** The desk's part: one layout in force, by plate; a topic's comes back when what was set here is taken back. */
export async function answer({ page }: Sight, detail: LayoutDetail): Promise<void> {
  await page.evaluate((first) => {
    let now = first;
    const { answers } = window.recorded;
    answers["layout"] = (args: { plate: string }) => ({ ...now, plate: args.plate });
    answers["set_layout"] = (args: { whole_run: boolean; reason: string; wells: typeof first.wells; assay: string | null; cells: string | null; format: number }) => {
      if (args.whole_run) now = { ...now, has_run: true };
      else now = { ...now, origin: "plate", by: "Ada", at_ms: Date.now(), reason: args.reason, wells: args.wells, assay: args.assay, cells: args.cells, format: args.format };
      return { seq: 1 };
    };
    answers["withdraw_layout"] = (args: { whole_run: boolean }) => {
      now = args.whole_run ? { ...now, has_run: false } : { ...first, has_run: now.has_run };
      return { seq: 2 };
    };
    // Of a large plate the recording has few wells.
    const like = window.recorded.recording.calls.find((call) => call.command === "well")?.result as object;
    answers["well"] = ({ plate, well }: { plate: string; well: number }) => window.recorded.recording.calls.find((call) => call.command === "well" && call.args["plate"] === plate && call.args["well"] === well)?.result ?? { ...like, well };
    answers["outside_links"] = () => [];
  }, detail);
}

/** A well's middle on the editor's canvas. */
export async function place({ page }: Pick<Sight, "page">, well: number, columns = 24): Promise<{ x: number; y: number }> {
  const box = await page.getByTestId("layout-canvas").boundingBox();
  if (!box) throw new Error("no layout");
  const pitch = box.width / columns;
  return { x: box.x + ((well % columns) + 0.5) * pitch, y: box.y + (Math.floor(well / columns) + 0.5) * pitch };
}

export async function drag(sight: Pick<Sight, "page">, from: number, to: number, columns = 24): Promise<void> {
  const [a, b] = [await place(sight, from, columns), await place(sight, to, columns)];
  await sight.page.mouse.move(a.x, a.y);
  await sight.page.mouse.down();
  await sight.page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await sight.page.mouse.move(b.x, b.y);
  await sight.page.mouse.up();
}

export const barcode = (of: Recording): string => told(of).tick.plates[0]?.barcode ?? "";
