/** Plates made for a test in a recording: any format, any state of a well, any number of features. */
import type { Column } from "../src/ipc/bytes";
import type { PlateDetail, PlateTile, WellDetail } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { wellName } from "../src/shared/heat/wells";
import type { Page } from "playwright-core";
import { type Look, open, type Sight, told } from "./page";

export const NOT_YET = 0, VALUE = 1, NO_VALUE = 2, EXCLUDED = 0x10, EMPTY = 0x20;
const ROLES = ["none", "negative", "positive", "reference", "sample", "empty"];
const SCALES = ["raw", "percent", "percent_activity", "z", "robust_z", "b_score", "log2", "plate_median"] as const;
/** How a made plate's values look in the scales that are no z. */
const SCALED: Partial<Record<(typeof SCALES)[number], (value: number) => number>> = { raw: (v) => v, percent: (v) => v / 10, percent_activity: (v) => v / 5, log2: (v) => Math.log2(v + 1), plate_median: (v) => v / 100 };

export interface Made {
  rows: number;
  columns: number;
  /** The value of a well; NaN where it has none. Its number where left out. */
  value?: (well: number) => number;
  robustZ?: (well: number) => number;
  state?: (well: number) => number;
  /** Number of a role; all are samples where left out. */
  role?: (well: number) => number;
  /** Names of all features; the first is shown. */
  features?: string[];
  compound?: (well: number) => string;
  barcode?: string;
  run?: string;
}

export function hex(made: Made, scale: (typeof SCALES)[number]): string {
  const wells = made.rows * made.columns;
  const bytes = Buffer.alloc(32 + wells * 18);
  bytes.writeUInt32LE(wells, 0);
  bytes.writeDoubleLE(1, 8);
  for (let well = 0; well < wells; well += 1) {
    const value = made.value?.(well) ?? well;
    const z = made.robustZ?.(well) ?? 0;
    bytes.writeDoubleLE(SCALED[scale]?.(value) ?? (Number.isNaN(value) ? Number.NaN : z), 32 + well * 8);
    bytes.writeDoubleLE(z, 32 + (wells + well) * 8);
    bytes[32 + wells * 16 + well] = made.state?.(well) ?? VALUE;
    bytes[32 + wells * 17 + well] = made.role?.(well) ?? 4;
  }
  return bytes.toString("hex");
}

/** Puts a plate in the place of the recording's n-th and returns its tile; everything that is asked of it is answered. */
export function make(of: Recording, made: Made, n = 0): PlateTile {
  const tile = told(of).tick.plates[n];
  const detail = of.calls.find((call) => call.command === "plate" && call.args["plate"] === tile?.plate)?.result as PlateDetail | undefined;
  const like = of.calls.find((call) => call.command === "well")?.result as WellDetail | undefined;
  if (!tile || !detail || !like) throw new Error("the recording lacks that plate");
  const { rows, columns } = made;
  const wells = rows * columns;
  const features = made.features ?? ["Cells_Count"];
  const shown = features[0] ?? "";
  Object.assign(tile, { rows, columns, format: wells, wells_expected: wells, wells_in: wells, barcode: made.barcode ?? tile.barcode, run: made.run ?? tile.run });
  const layout = Array.from({ length: wells }, (_, well) => ({ well, role: ROLES[made.role?.(well) ?? 4] ?? "sample", compound: made.compound?.(well) ?? `CMP-${well}`, concentration: 10, unit: "uM", replicate: 1 }));
  Object.assign(detail, { rows, columns, format: wells, wells_in: wells, wells_expected: wells, layout, barcode: tile.barcode, run: tile.run, headlines: [{ feature: shown, unit: null, direction: null, transform: "none" }] });
  for (const qc of detail.qc) qc.feature = shown;
  const { plate } = tile;
  of.columns = [...of.columns.filter((column) => column.plate !== plate), ...features.slice(0, 40).flatMap((feature) => SCALES.map((scale) => ({ plate, feature, scale, hex: hex(made, scale) })))];
  of.calls = of.calls.filter((call) => call.args["plate"] !== plate || (call.command !== "well" && call.command !== "features"));
  of.calls.push({ command: "features", args: { plate }, result: features });
  const some = wells > 400 ? [0, 1, columns, wells - 1] : layout.map(({ well }) => well);
  for (const well of some) {
    const result: WellDetail = { ...like, well, name: wellName(well, columns), row: Math.floor(well / columns) + 1, column: (well % columns) + 1, role: layout[well]?.role ?? "sample", layout: layout[well] ?? null, values: features.slice(0, wells > 400 || well === 0 ? features.length : 30).map((feature) => ({ feature, value: made.value?.(well) ?? well, missing: null, robust_z: made.robustZ?.(well) ?? 0, sites: null })) };
    of.calls.push({ command: "well", args: { plate, well }, result });
  }
  return tile;
}

/** The recording's first column as the page reads it. */
export function column(of: Recording, scale: (typeof SCALES)[number] = "raw"): Pick<Column, "values" | "robustZ" | "roles"> {
  const known = of.columns.find((one) => one.scale === scale);
  if (!known) throw new Error(`no column in ${scale}`);
  const bytes = Buffer.from(known.hex, "hex");
  const wells = bytes.readUInt32LE(0);
  const doubles = (from: number): Float64Array => Float64Array.from({ length: wells }, (_, n) => bytes.readDoubleLE(from + n * 8));
  return { values: doubles(32), robustZ: doubles(32 + wells * 8), roles: Uint8Array.from(bytes.subarray(32 + wells * 17, 32 + wells * 18)) };
}

/** A pixel of a well on the large heatmap: `at` a share of its side from its corner, away from marks by default. */
export const pixelOf = (page: Page, well: number, columns: number, at: [number, number] = [0.27, 0.27]): Promise<string> =>
  page.getByTestId("plate-canvas").evaluate((canvas: HTMLCanvasElement, { well, columns, at }) => {
    const pitch = canvas.width / columns;
    const [x, y] = [(well % columns) * pitch + at[0] * pitch, Math.floor(well / columns) * pitch + at[1] * pitch];
    return [...(canvas.getContext("2d")?.getImageData(Math.floor(x), Math.floor(y), 1, 1).data ?? [])].slice(0, 3).join();
  }, { well, columns, at });

/** A well as a picture of numbers, to tell whether two look alike. */
export const lookOf = (page: Page, well: number, columns: number): Promise<string> =>
  page.getByTestId("plate-canvas").evaluate((canvas: HTMLCanvasElement, { well, columns }) => {
    const pitch = canvas.width / columns;
    return [...(canvas.getContext("2d")?.getImageData((well % columns) * pitch, Math.floor(well / columns) * pitch, pitch, pitch).data ?? [])].join();
  }, { well, columns });

/** The window at the recording's first plate. */
export async function openPlate(of: Recording, look: Look = {}): Promise<Sight> {
  const sight = await open(of, look);
  await sight.page.locator(`[data-plate="${told(of).tick.plates[0]?.plate}"]`).click();
  await sight.page.getByTestId("scale").waitFor();
  return sight;
}

/** The middle of a well on the page. */
export async function spot(page: Page, well: number, columns = 24): Promise<{ x: number; y: number }> {
  const box = await page.getByTestId("plate-canvas").boundingBox();
  if (!box) throw new Error("no heatmap");
  const pitch = box.width / columns;
  return { x: box.x + ((well % columns) + 0.5) * pitch, y: box.y + (Math.floor(well / columns) + 0.5) * pitch };
}
/** Clicks a well, perhaps with a key held. */
export const click = async (page: Page, well: number, keys: ("Shift" | "Control")[] = []): Promise<void> => {
  const { x, y } = await spot(page, well);
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.click(x, y);
  for (const key of keys) await page.keyboard.up(key);
};
/** The well of the inspector. */
export const chosen = (page: Page): Promise<string | null> => page.getByTestId("well-name").textContent();
