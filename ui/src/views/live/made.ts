/** Plates and alerts made for tests of the wall. */
import type { AlertItem, PlateTile } from "../../ipc/generated";

export const plate = (barcode: string, change: Partial<PlateTile> = {}): PlateTile => ({
  plate: barcode, run: "R1", barcode, revision: 1, format: 384, rows: 16, columns: 24, wells_in: 10, wells_expected: 384,
  complete: false, headline: null, flags: 0, level: "ok", review_flags: 0, images: 0, stage: null, instrument: null, assay: null, cells: null,
  last_ms: null, fresh: [], ...change,
});

export const headline = (z_prime: number | null): PlateTile["headline"] => ({
  feature: "Cells_Count", z_prime, undefined: z_prime === null ? "too few" : null,
  level: z_prime === null ? "unknown" : z_prime >= 0.5 ? "ok" : z_prime >= 0.4 ? "attention" : "fail", controls_in: 32, controls_expected: 32,
});

export const alert = (seq: number, of: string, change: Partial<AlertItem> = {}): AlertItem => ({
  seq, plate: of, run: "R1", barcode: of, rule: "z_prime", title: "Z′ is low", opens: "plate", feature: "Cells_Count", level: "fail", value: 0.3, limit: 0.4,
  place: "", well: null, site: null, counts: [3, 24], at_ms: 0, guidance: "", open: true, acknowledged: false, listed: true, calls: true, over_at_ms: null, burst: 1, neighbours: [], ...change,
});
