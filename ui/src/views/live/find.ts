/** Search on the wall: a plate is found by what is written about it and by the state that it is in. */
import type { PlateTile } from "../../ipc/generated";
import { state } from "./groups";

const LEVELS = { ok: "pass ok", info: "information", attention: "attention warning", fail: "fail", unknown: "unknown" } as const;

/** A tile never changes: what comes is another one. */
const written = new WeakMap<PlateTile, string>();

/** All that a plate is found by, in small letters. */
export function hay(tile: PlateTile): string {
  const known = written.get(tile);
  if (known !== undefined) return known;
  const levels = [LEVELS[tile.headline?.level ?? "unknown"], ...(tile.flags > 0 ? [LEVELS[tile.level], "flagged alert"] : []), ...(tile.review_flags > 0 ? ["flagged to review"] : [])];
  const text = [tile.barcode, tile.run, tile.instrument, tile.assay, tile.cells, tile.stage, state(tile), ...levels].filter(Boolean).join("\n").normalize("NFC").toLowerCase();
  written.set(tile, text);
  return text;
}

/** The words that are asked for. */
export const words = (text: string): string[] => text.normalize("NFC").toLowerCase().split(/\s+/).filter((word) => word !== "");

/** Whether a plate has all of them. */
export const has = (tile: PlateTile, asked: readonly string[]): boolean => asked.every((word) => hay(tile).includes(word));
