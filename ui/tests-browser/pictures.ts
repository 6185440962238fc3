/** Images for tests: a plate of the recording with pictures that are computed in the page, since no recording has any. */
import type { ModelScore, PlaneDetail, SiteImages, WellImages } from "../src/ipc/generated";
import type { CompositeAsk } from "../src/ipc/host";
import type { Recording } from "../src/ipc/recorded";
import type { Page } from "playwright-core";
import { make } from "./plates";
import { type Look, open, recording, type Sight, told } from "./page";

/** D09 of 24 columns. */
export const WELL = 3 * 24 + 8;

export interface Imaged {
  /** Wells with images; all where left out. */
  imaged?: number[];
  sites?: number;
  z?: number[];
  pixel_um?: number | null;
  notes?: string[];
  /** Channels' names; those of Cell Painting where left out. */
  channels?: string[];
  /** Changes of sites, by number. */
  change?: Record<number, Partial<SiteImages>>;
  /** Failures by site, where the pixels themselves cannot be read. */
  broken?: Record<number, { code: string; message: string }>;
}

export const CHANNELS: [string, [number, number, number]][] = [["DNA", [74, 125, 255]], ["ER", [53, 208, 127]], ["RNA", [227, 197, 47]], ["AGP", [255, 91, 58]], ["Mito", [217, 92, 240]]];

/** A plate of 384 wells in the recording's first place: controls in the first two columns, images wherever. */
export function withImages(of = recording()): Recording {
  const tile = make(of, { rows: 16, columns: 24, barcode: "BR00117010", value: (well) => 4 + ((well * 7919) % 97) / 6, role: (well) => (well % 24 < 2 ? 1 : well % 24 > 21 ? 2 : 4), compound: (well) => (well % 24 < 2 ? "DMSO" : `CMP-00${48_310 + well}`) });
  tile.images = 17_280;
  for (const call of of.calls) if (call.command === "plate" && call.args["plate"] === tile.plate) Object.assign(call.result as object, { images: 17_280 });
  return of;
}

/** Answers what the Images screen asks, from a page that is open. */
export async function paints(page: Page, made: Imaged = {}): Promise<void> {
  const { imaged = Array.from({ length: 384 }, (_, well) => well), sites = 9, z = [0], pixel_um = 0.299, notes = [], channels = CHANNELS.map(([name]) => name) } = made;
  const all = channels.map((name, n): [string, [number, number, number]] => CHANNELS.find(([known]) => known === name) ?? [name, [255, 255 - n * 20, 255]]);
  const planes = all.flatMap((_, channel) => z.map((at) => ({ channel, z: at, t: 0, state: "stored" as const, says: null, seq: 10, acquired_ms: null })));
  const shown = Array.from({ length: sites }, (_, n): SiteImages => ({ site: n + 1, planes, flags: [], ...made.change?.[n + 1] }));
  const like: Omit<WellImages, "plate" | "well" | "name" | "layout"> = { sites: shown, channels: all.map(([name, rgb]) => ({ name, rgb })), z, t: [0], imaged, pixel_um, notes };
  await page.evaluate(({ like, imaged, broken }) => {
    const SIDE = 2160;
    const names = like.channels.map((channel) => channel.name);
    const noise = (x: number, y: number): number => { const n = Math.sin(x * 127.1 + y * 311.7) * 43758.5453; return n - Math.floor(n); };
    /** Middles of cells on a jittered grid, by well and site; the grid begins one cell before the plane. */
    const [PITCH, ACROSS] = [170, 16];
    const grids = new Map<string, Float32Array>();
    const gridOf = (well: number, site: number): Float32Array => {
      const known = grids.get(`${well} ${site}`);
      if (known) return known;
      const seed = well * 13 + site * 7;
      const grid = Float32Array.from({ length: ACROSS * ACROSS * 2 }, (_, n) => {
        const [u, v] = [(n >> 1) % ACROSS, Math.floor((n >> 1) / ACROSS)];
        return ((n & 1 ? v : u) - 0.75 + noise(u + seed + (n & 1) * 50, v) * 0.5) * PITCH;
      });
      grids.set(`${well} ${site}`, grid);
      return grid;
    };
    const cell = { near: 0, ring: 0, x: 0, y: 0 };
    /** The nearest cell, how far it is and how far the next one. */
    const look = (grid: Float32Array, x: number, y: number): void => {
      const [u, v] = [Math.floor(x / PITCH) + 1, Math.floor(y / PITCH) + 1];
      [cell.near, cell.ring] = [1e9, 1e9];
      for (let b = v - 1; b <= v + 1; b += 1) for (let a = u - 1; a <= u + 1; a += 1) {
        const at = (b * ACROSS + a) * 2;
        const [dx, dy] = [x - (grid[at] ?? 1e6), y - (grid[at + 1] ?? 1e6)];
        const d = dx * dx + dy * dy;
        if (d < cell.near) [cell.ring, cell.near, cell.x, cell.y] = [cell.near, d, dx, dy];
        else if (d < cell.ring) cell.ring = d;
      }
      [cell.near, cell.ring] = [Math.sqrt(cell.near) / PITCH, Math.sqrt(cell.ring) / PITCH];
    };
    /** Nuclei in the first channel, what lies around them in the others. */
    const shade = (channel: number, x: number, y: number): number => {
      const { near, ring } = cell;
      const body = Math.max(0, 1 - near * 1.5);
      const nucleus = near < 0.2 ? 1 - near * 1.4 : 0;
      const fibre = 0.5 + 0.5 * Math.sin((cell.x * 0.35 + cell.y * 0.21));
      const kind = channel % 5;
      const value = kind === 0 ? nucleus : kind === 1 ? body * (1 - nucleus) * (0.7 + 0.3 * fibre) : kind === 2 ? body * 0.5 + nucleus * 0.4 : kind === 3 ? Math.max(0, 1 - (ring - near) * 9) * 0.7 + body * fibre * 0.4 : body * fibre * fibre;
      return Math.min(4095, 120 + value * 3000 + ((x * 7 + y * 13 + channel * 29) % 31) * 3);
    };
    const intensity = (channel: number, well: number, site: number, x: number, y: number): number => {
      look(gridOf(well, site), x, y);
      return shade(channel, x, y);
    };
    const no = (code: string, message: string): never => { throw { code, message, detail: null }; };
    const check = (site: number): void => { const why = broken[site]; if (why) no(why.code, why.message); };
    const CODES = { stored: "", preview: "", reference: "reference_only", incomplete: "incomplete" } as const;
    const plane = (site: number, channel: number): string => {
      const found = like.sites.find((one) => one.site === site)?.planes.filter((one) => one.channel === channel) ?? [];
      return found.length === 0 ? "missing_plane" : CODES[found[0]?.state ?? "stored"];
    };
    const name = (well: number): string => `${String.fromCharCode(65 + Math.floor(well / 24))}${String((well % 24) + 1).padStart(2, "0")}`;
    const { recorded } = window;
    recorded.answers["images"] = ({ plate, well }: { plate: string; well: number }): WellImages => ({ ...like, plate, well, name: name(well), sites: imaged.includes(well) ? like.sites : [], layout: { well, role: well % 24 < 2 ? "negative" : "sample", compound: well % 24 < 2 ? "DMSO" : "CMP-0048390", concentration: well % 24 < 2 ? null : 5, unit: "uM", replicate: 1 } });
    const details = new Map<string, PlaneDetail>();
    recorded.answers["plane"] = ({ well, site, channel }: { well: number; site: number; channel: string }): PlaneDetail => {
      check(site);
      const code = plane(site, names.indexOf(channel));
      if (code !== "") no(code, `There is no picture of ${channel} at site ${site}: ${code.replaceAll("_", " ")}.`);
      const key = `${well} ${site} ${channel}`;
      const known = details.get(key);
      if (known) return known;
      const counts = new Array<number>(256).fill(0);
      const values: number[] = [];
      for (let n = 0; n < 20_000; n += 1) {
        const value = intensity(names.indexOf(channel), well, site, (n * 7919) % SIDE, (n * 104_729) % SIDE);
        values.push(value);
        const bin = Math.min(255, Math.floor((value / 4096) * 256));
        counts[bin] = (counts[bin] ?? 0) + 233;
      }
      values.sort((a, b) => a - b);
      const at = (share: number): number => Math.round(values[Math.floor(share * (values.length - 1))] ?? 0);
      const detail: PlaneDetail = { width: SIDE, height: SIDE, sample: "u16", bits: 12, span: [0, 65_535], range: [at(0), at(1)], auto: [at(0.005), at(0.999)], top: 4095, counts, saturated_percent: 0, focus_slope: -1.9, sha256: "3fa9c1d2".repeat(8), bytes: 9_331_200, format: "tiff", preview: null, seq: 10 };
      details.set(key, detail);
      return detail;
    };
    recorded.answers["readout"] = ({ well, site, x, y }: { well: number; site: number; x: number; y: number }) => ({ values: names.map((channel, n) => [channel, plane(site, n) === "" ? Math.round(intensity(n, well, site, x, y)) : null]), says: null });
    recorded.answers["models"] = () => [{ name: "nuclei-seg", version: "1.4.0", title: "Nuclei", purpose: "Counts nuclei in a DNA channel.", limits: ["Not for tissue."], sha256: "ab12cd34".repeat(8), task: "segment", channel: "DNA", problem: null }, { name: "focus", version: "0.9.2", title: "Focus", purpose: "Says whether a site is in focus.", limits: [], sha256: "77ee00aa".repeat(8), task: "classify", channel: null, problem: null }];
    const score = (change: Partial<ModelScore>): ModelScore => ({ model: "nuclei-seg", version: "1.4.0", sha256: "ab12cd34".repeat(8), channel: "DNA", task: "segment", count: 107, class: null, value: null, pipeline: 108, pipeline_feature: "Nuclei_Count", agrees: true, difference_percent: -0.93, ms: 812, backend: "onnxruntime", at_ms: 1, seq: 77, ...change });
    recorded.answers["spot_check"] = ({ site }: { site: number }) => {
      check(site);
      return { scores: [score({}), score({ model: "focus", version: "0.9.2", sha256: "77ee00aa".repeat(8), task: "classify", count: null, class: "in_focus", value: 0.97, pipeline: null, agrees: null, difference_percent: null, ms: 29 })], outlines: "outlines-1" };
    };
    recorded.outlines = () => {
      const objects = 49;
      const bytes = new ArrayBuffer(4 + objects * (4 + 24 * 8));
      const view = new DataView(bytes);
      view.setUint32(0, objects, true);
      for (let n = 0; n < objects; n += 1) {
        const at = 4 + n * (4 + 24 * 8);
        view.setUint32(at, 24, true);
        for (let k = 0; k < 24; k += 1) {
          view.setFloat32(at + 4 + k * 8, 200 + (n % 7) * 290 + Math.cos((k / 24) * 6.2832) * 40, true);
          view.setFloat32(at + 8 + k * 8, 200 + Math.floor(n / 7) * 290 + Math.sin((k / 24) * 6.2832) * 34, true);
        }
      }
      return bytes;
    };
    recorded.composite = (ask: CompositeAsk): ArrayBuffer => {
      check(ask.site);
      const shrunk = 2 ** ask.level;
      const side = Math.ceil(SIDE / shrunk);
      const cut = (from: number, size: number): [number, number] => [Math.min(side, from), Math.max(0, Math.min(side, from + size) - Math.min(side, from))];
      const [[left, width], [top, height]] = [cut(ask.x, ask.width), cut(ask.y, ask.height)];
      const there = ask.channels.map((channel) => plane(ask.site, names.indexOf(channel.name)));
      if (there.every((code) => code !== "")) no(there[0] ?? "missing_plane", `Nothing can be shown of site ${ask.site}: ${(there[0] ?? "").replaceAll("_", " ")}.`);
      const bytes = new ArrayBuffer(32 + width * height * 4);
      new Uint32Array(bytes, 0, 8).set([width, height, SIDE, SIDE, ask.level, there.reduce((mask, code, n) => mask | (code === "" ? 0 : 1 << n), 0), 0, 0]);
      const pixels = new Uint8ClampedArray(bytes, 32);
      const grid = gridOf(ask.well, ask.site);
      const seen = ask.channels.filter((_, n) => there[n] === "").map((channel) => ({ ...channel, n: names.indexOf(channel.name) }));
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
        const at = (y * width + x) * 4;
        const [u, v] = [(left + x) * shrunk, (top + y) * shrunk];
        look(grid, u, v);
        for (const { n, rgb, lo, hi, gamma } of seen) {
          const straight = Math.max(0, Math.min(1, (shade(n, u, v) - lo) / (hi - lo)));
          const share = gamma === 1 ? straight : straight ** (1 / gamma);
          for (let k = 0; k < 3; k += 1) pixels[at + k] = (pixels[at + k] ?? 0) + share * (rgb[k] ?? 0);
        }
        pixels[at + 3] = 255;
      }
      return bytes;
    };
  }, { like, imaged, broken: made.broken ?? {} });
}

/** The window at a well's images. */
export async function openImages(made: Imaged = {}, look: Look = {}, well: number | null = WELL, of = withImages()): Promise<Sight> {
  const sight = await open(of, look);
  await enter(sight, made, well, of);
  return sight;
}

export async function enter({ page }: Sight, made: Imaged, well: number | null, of: Recording): Promise<void> {
  await paints(page, made);
  await page.locator(`[data-plate="${told(of).tick.plates[0]?.plate}"]`).click();
  await page.getByTestId("scale").waitFor();
  if (well !== null) {
    const box = await page.getByTestId("plate-canvas").boundingBox();
    const pitch = (box?.width ?? 0) / 24;
    await page.mouse.dblclick((box?.x ?? 0) + ((well % 24) + 0.5) * pitch, (box?.y ?? 0) + (Math.floor(well / 24) + 0.5) * pitch);
  } else await page.keyboard.press("Control+3");
}
