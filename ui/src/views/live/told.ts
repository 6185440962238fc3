/** What a tile says besides its picture: to a screen reader, and as an age. */
import type { PlateTile } from "../../ipc/generated";
import { age, number } from "../../shared/format";

export const GLYPH = { ok: "ok", info: "info", attention: "warn", fail: "bad", unknown: "idle" } as const;

/** How many controls a Z′ is of while some are to come: "6 of 32 controls"; empty where all are in. */
export function partial(headline: PlateTile["headline"]): string {
  return headline && headline.controls_in < headline.controls_expected ? `${headline.controls_in} of ${headline.controls_expected} controls` : "";
}

/** `run` is the plate's run where its barcode does not say which plate it is. */
export function told(tile: PlateTile, changed: readonly string[] = [], run = ""): string {
  const z = tile.headline?.z_prime ?? null;
  const lacks = partial(tile.headline);
  return (
    `Plate ${tile.barcode}${run === "" ? "" : ` of ${tile.run === "" ? "" : "run "}${run}`}, ${tile.wells_in} of ${tile.wells_expected} wells, ` +
    `${z === null ? "no Z prime" : `Z prime ${number(z)}`}${lacks === "" ? "" : `, ${lacks} in`}, ${tile.flags} flags${tile.review_flags > 0 ? `, ${tile.review_flags} to review` : ""}${changed.length > 0 ? `, changed: ${changed.join(", ")}` : ""}`
  );
}

/** A plate that reads is waited for by the second, one that is complete by the minute. */
export function since(tile: PlateTile, now: number): string {
  if (tile.last_ms === null) return "";
  const ms = now - tile.last_ms;
  return tile.complete && ms < 60_000 ? "< 1 m" : age(ms);
}
