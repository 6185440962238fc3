/** Plates of several runs that bear the same barcode: a barcode names a plate within its run alone. */
import type { PlateTile } from "../ipc/generated";

/** Barcodes that more than one of these plates bears. */
export function twins(plates: Iterable<Pick<PlateTile, "barcode">>): ReadonlySet<string> {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const { barcode } of plates) (once.has(barcode) ? more : once).add(barcode);
  return more;
}

/** A plate's run in words. */
export const runOf = (plate: Pick<PlateTile, "run">): string => plate.run || "no run";
