/** Desks made for tests of the wall: hundreds of plates in every state, and ledgers of gaps. */
import type { GapLedger, GapRow, Level, PlateTile } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { many, recording, told } from "./page";

/** 40 letters, of which only the last four say which plate it is. */
export const LONG = (n: number): string => `Планшет-скрининг-каспаза-3-повтор-2-${String(n).padStart(4, "0")}`;

/** `count` plates in runs of 50: every 40th fails, every 25th needs attention, every 20th reads, the last ten wait. All have values. */
export function lab(count = 200, change: (tile: PlateTile, n: number) => Partial<PlateTile> = () => ({})): Recording {
  const of = recording();
  const { tick } = told(of);
  const wells = Buffer.from(of.wall.hex, "hex");
  const size = wells.length / of.wall.plates.length;
  const parts: Buffer[] = [];
  tick.plates = many(of, count).map((tile, n) => {
    const part = Buffer.from(wells.subarray((n % of.wall.plates.length) * size, ((n % of.wall.plates.length) + 1) * size));
    part.writeUInt32LE(n, 0);
    parts.push(part);
    const z = n % 40 === 7 ? 0.21 : n % 25 === 3 ? 0.45 : 0.5 + (n % 40) / 100;
    const level: Level = z < 0.4 ? "fail" : z < 0.5 ? "attention" : "ok";
    const state = n >= count - 10 ? { wells_in: 0, images: 0, last_ms: null, headline: null, stage: "staining", instrument: "imager 2" } : n % 20 === 11 ? { wells_in: 150 + n, complete: false } : { wells_in: 384, complete: true };
    const made: PlateTile = {
      ...tile, complete: false, flags: level === "ok" ? 0 : level === "fail" ? 3 : 1, level, instrument: `imager ${1 + (n % 2)}`, fresh: [],
      headline: { feature: "Cells_Count", z_prime: z, undefined: null, level, controls_in: 36, controls_expected: 36 }, ...state,
    };
    if (made.headline === null) Object.assign(made, { flags: 0, level: "ok" });
    return { ...made, ...change(made, n) };
  });
  of.wall = { plates: tick.plates.map((tile) => tile.plate), hex: Buffer.concat(parts).toString("hex") };
  tick.alerts = [];
  return of;
}

export const gap = (tile: PlateTile, change: Partial<GapRow> = {}): GapRow => ({
  plate: tile.plate, run: tile.run, barcode: tile.barcode, expected: 384, received: 357, not_sent: 20, behind: 5, undecodable: 2, unknown: 0, unreadable: 0,
  image_expected: 357, imaged: 354, image_partial: 0, image_missing: 3,
  wells: "A01-B03, P22-P24", last_ms: tile.last_ms, complete: false, ...change,
});

/** The ledger that the desk answers. */
export function gapsOf(of: Recording, rows: GapRow[], change: Partial<GapLedger> = {}): void {
  const lack = rows.reduce((sum, row) => sum + row.expected - row.received, 0);
  of.calls = of.calls.filter((call) => call.command !== "gaps");
  const result: GapLedger = { rows, left_out: 0, plates: 200, expected: 76_800, received: 76_800 - lack, lag: 38, ...change };
  of.calls.push({ command: "gaps", args: {}, result });
}
