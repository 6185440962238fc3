/** What a tile says besides its picture: to a screen reader, and as an age. */
import type { PlateTile } from "../../ipc/generated";
import { age, number } from "../../shared/format";

export const GLYPH = { ok: "ok", info: "info", attention: "warn", fail: "bad", unknown: "idle" } as const;

export function told(tile: PlateTile, changed: readonly string[] = []): string {
  const z = tile.headline?.z_prime ?? null;
  return (
    `Plate ${tile.barcode}, ${tile.wells_in} of ${tile.wells_expected} wells, ` +
    `${z === null ? "no Z prime" : `Z prime ${number(z)}`}, ${tile.flags} flags${tile.review_flags > 0 ? `, ${tile.review_flags} to review` : ""}${changed.length > 0 ? `, changed: ${changed.join(", ")}` : ""}`
  );
}

/** A plate that reads is waited for by the second, one that is complete by the minute. */
export function since(tile: PlateTile, now: number): string {
  if (tile.last_ms === null) return "";
  const ms = now - tile.last_ms;
  return tile.complete && ms < 60_000 ? "< 1 m" : age(ms);
}
