/** Answers made for tests of what is computed over a plate and its run: quality of place, replicates, doses, drift, what if. */
import type { DoseCurve, PlateDetail, PlateTile, Qc, QcLine, Replicates, RunOrder, WhatIf } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { told } from "./page";
import { make } from "./plates";

export const COLUMNS = 24;
const noise = (n: number): number => ((Math.sin(n * 12.9898) * 43_758.5453) % 1 + 1) % 1;

/** As the mock's plate: controls at both sides, few hits. */
export const role = (well: number): number => {
  const column = well % COLUMNS;
  return column === 0 || column === 23 ? 1 : column === 1 ? (Math.floor(well / COLUMNS) % 2 ? 2 : 1) : 4;
};
const isHit = (well: number): boolean => role(well) === 4 && well % 37 === 5;
export const valueOf = (well: number, plate = 0): number => (role(well) === 2 ? 19 : isHit(well) ? 10 + (well % 11) : 4) + noise(well + plate * 1000) * 2.5;
export const zOf = (well: number, plate = 0): number => (valueOf(well, plate) - 5) / 1.1;

const line = (name: string, value: number | null, more: Partial<QcLine> = {}): QcLine => ({ name, value, undefined: null, limit: null, at_least: false, level: "ok", says: null, interval: null, ...more });

/** All lines of a card, some of which want to be looked at. */
export const LINES: QcLine[] = [
  line("z_prime", 0.52, { limit: 0.5, at_least: true, interval: [0.41, 0.6] }),
  line("robust_z_prime", 0.47, { limit: 0.5, at_least: true, level: "attention" }),
  line("ssmd", 7.2, { limit: 5, at_least: true }),
  line("signal_ratio", 3.9, { limit: 3, at_least: true }),
  line("cv_negative", 20.7, { limit: 20, level: "fail" }),
  line("edge_effect_percent", -18.3, { limit: 20, says: "lower at the edge, most in row A; 4.1 MADs from the run’s other plates" }),
  line("edge_strength", -1.2, { limit: 1, level: "attention", says: "2.2 MADs from the run’s other plates" }),
  line("row_line_percent", -18, { limit: 10, level: "fail", says: "row A" }),
  line("column_line_percent", 6, { limit: 10, says: "column 12" }),
  line("row_gradient_percent", 3, { limit: 20 }),
  line("column_gradient_percent", -2, { limit: 20 }),
  line("morans_i", 0.21, { level: "info", says: "p 0.001 by 999 permutations" }),
];

const EC50 = [-0.6, 0.1, 1.4, -1.2];
function curves(plates: readonly string[]): DoseCurve[] {
  return EC50.map((log10_ec50, n) => {
    const doses = Array.from({ length: 8 }, (_, at) => 10 ** (-2.3 + at * 0.5));
    const effect = (dose: number): number => 5 + 15 / (1 + 10 ** ((log10_ec50 - Math.log10(dose)) * 1.2));
    return {
      compound: `CMP-${5 + n * 37}`, unit: "uM", undefined: null,
      points: plates.flatMap((plate, p) => doses.map((dose, at) => ({ dose, value: effect(dose) + noise(at + p * 20 + n * 50) - 0.5, plate, well: 5 + n * 37 + at * COLUMNS }))),
      fit: { bottom: 5, top: 20, log10_ec50, hill: 1.2, r_squared: 0.97, interval: n === 3 ? null : [log10_ec50 - 0.15, log10_ec50 + 0.2], extrapolated: n === 2, doses: 8, n: 8 * plates.length },
    };
  });
}

/** Puts a plate with all of this in the place of the recording's first, and replicates in that of its second and third. */
export function numbers(of: Recording): PlateTile {
  const tiles = [0, 1, 2].map((n) => make(of, { rows: 16, columns: COLUMNS, value: (well) => valueOf(well, n), robustZ: (well) => zOf(well, n), role, compound: (well) => (role(well) === 4 ? `CMP-${well}` : "DMSO") }, n));
  const [tile, second, third] = tiles;
  if (!tile || !second || !third) throw new Error("the recording has too few plates");
  const detail = of.calls.find((call) => call.command === "plate" && call.args["plate"] === tile.plate)?.result as PlateDetail;
  const headline = detail.headlines[0];
  if (headline) headline.direction = "up";
  // Controls still arrive: that is when the interval of Z' is shown.
  detail.qc = detail.qc.map((qc) => ({ ...qc, lines: LINES, counts: [qc.counts[0] - 1, qc.counts[1], qc.counts[2]] }));
  const feature = headline?.feature ?? "";
  const { plate } = tile;
  const replicates: Replicates = { left_out: 0, why: null, plates: [second, third].map((other, n) => ({ plate: other.plate, run: other.run, barcode: other.barcode, n: 384, pearson: n === 0 ? 0.912 : null, spearman: n === 0 ? 0.88 : null, undefined: n === 0 ? null : "all values of one are the same" })) };
  const plates = told(of).tick.plates;
  const order: RunOrder = {
    centre: 0.5, scatter: 0.04, slope: -0.012, why: null,
    points: plates.map((one, n) => ({ plate: one.plate, barcode: one.barcode, value: n === 5 ? null : 0.5 + (noise(n) - 0.5) / 8 - (n === 3 ? 0.3 : 0), undefined: n === 5 ? "2 positive controls are too few" : null, mads: n === 5 ? null : n === 3 ? -7.4 : noise(n), complete: n !== 5, level: n === 3 ? "fail" : n === 5 ? "unknown" : "ok" })),
  };
  const side = (lines: QcLine[], hits: number, excluded: number): WhatIf["before"] => ({ qc: detail.qc.map((qc): Qc => ({ ...qc, lines })), hits, samples: 336 - excluded, excluded });
  const whatIf: WhatIf = { before: side(LINES, 9, 0), after: side(LINES.map((known) => (known.name === "z_prime" ? { ...known, value: 0.61 } : known.name === "row_line_percent" ? { ...known, value: -4, level: "ok" } : known)), 7, 3) };
  of.calls.push(
    { command: "replicates", args: { plate }, result: replicates },
    { command: "doses", args: { plate, compound: null }, result: { curves: curves([plate, second.plate]), left_out: 0, why: null } },
    { command: "run_order", args: { plate, feature }, result: order },
    { command: "what_if", args: { plate }, result: whatIf },
    { command: "wells_named", args: { plate, text: "A-B:3, D12" }, result: [2, 26, 83] },
    { command: "pick_list", args: { plate }, result: { path: "/home/ada/Documents/Plateside/SQ00015053-hits.csv" } },
  );
  return tile;
}
