/** How the wall is parted: by run, instrument or state; and which rows of tiles are near the eye. */
import type { PlateTile } from "../../ipc/generated";
import { count } from "../../shared/format";
import type { By } from "../../state/arranged.svelte";

export interface Group {
  name: string;
  says: string;
  plates: PlateTile[];
  wells: string;
}
/** A row of the wall: a group's head, or some tiles. */
export type Row = { top: number; height: number } & ({ head: Group } | { tiles: PlateTile[] });

export const state = (tile: PlateTile): string =>
  tile.wells_in === 0 ? "Waiting" : tile.complete ? "Complete" : "Reading";

export function groups(plates: readonly PlateTile[], by: By): Group[] {
  const found = new Map<string, PlateTile[]>();
  for (const tile of plates) {
    const name = by === "run" ? tile.run || "no run" : by === "instrument" ? (tile.instrument ?? "no instrument named") : state(tile);
    const known = found.get(name);
    if (known) known.push(tile);
    else found.set(name, [tile]);
  }
  return [...found].map(([name, tiles]) => {
    const sum = (of: (tile: PlateTile) => number): string => count(tiles.reduce((n, tile) => n + of(tile), 0));
    const first = tiles.find((tile) => tile.assay !== null || tile.cells !== null);
    return {
      name,
      says: by === "run" ? [first?.assay, first?.cells].filter(Boolean).join(", ") : "",
      plates: tiles,
      wells: `${sum((tile) => tile.wells_in)} of ${sum((tile) => tile.wells_expected)} wells`,
    };
  });
}

const HEAD = 36;
const GAP = 14;
/** Barcode, progress and foot of a tile. */
const AROUND = 44;

/** The wall's rows for tiles `width` wide, `across` in a row. */
export function rows(parts: readonly Group[], width: number, across: number): { rows: Row[]; height: number } {
  const out: Row[] = [];
  let top = 0;
  for (const head of parts) {
    out.push({ top, height: HEAD, head });
    top += HEAD;
    for (let at = 0; at < head.plates.length; at += across) {
      const tiles = head.plates.slice(at, at + across);
      const tall = Math.max(...tiles.map((tile) => (tile.columns > 0 ? (tile.rows * width) / tile.columns : (width * 2) / 3)));
      const isLast = at + across >= head.plates.length;
      const height = Math.round(tall) + AROUND + (isLast ? 0 : GAP);
      out.push({ top, height, tiles });
      top += height;
    }
  }
  return { rows: out, height: top + 16 };
}

/** The rows that a part of the wall shows, with some above and below. */
export const visible = (all: readonly Row[], from: number, height: number): Row[] =>
  all.filter((row) => row.top + row.height > from - 300 && row.top < from + height + 300);

/** The plate that an arrow key leads to from another (or from none); undefined for a key that leads nowhere. */
export function next(all: readonly Row[], from: string | null, key: string): PlateTile | undefined {
  const lines = all.flatMap((row) => ("tiles" in row ? [row.tiles] : []));
  const flat = lines.flat();
  const at = flat.findIndex((tile) => tile.plate === from);
  const line = lines.findIndex((tiles) => tiles.some((tile) => tile.plate === from));
  const clamp = (n: number): PlateTile | undefined => flat[Math.min(flat.length - 1, Math.max(0, n))];
  const beside = (step: number): PlateTile | undefined => {
    const column = lines[line]?.findIndex((tile) => tile.plate === from) ?? 0;
    const other = lines[line + step];
    return other ? other[Math.min(column, other.length - 1)] : clamp(at);
  };
  switch (key) {
    case "ArrowLeft":
    case "ArrowRight":
      return clamp(at < 0 ? 0 : at + (key === "ArrowLeft" ? -1 : 1));
    case "ArrowUp":
    case "ArrowDown":
      return at < 0 ? clamp(0) : beside(key === "ArrowUp" ? -1 : 1);
    default:
      return undefined;
  }
}
