/** Lines of the QC card in words: names, numbers, limits, bars; which are folded where all of them do not fit. */
import type { QcLine } from "../../ipc/generated";
import { number } from "../../shared/format";

interface Known { name: string; digits: number; unit: string; /** Judged by size, whatever the sign. */ size?: boolean }
const KNOWN: Record<string, Known> = {
  z_prime: { name: "Z′", digits: 2, unit: "" },
  robust_z_prime: { name: "Robust Z′", digits: 2, unit: "" },
  ssmd: { name: "SSMD", digits: 1, unit: "", size: true },
  signal_ratio: { name: "Signal / background", digits: 1, unit: "" },
  cv_negative: { name: "CV, neg controls", digits: 1, unit: "%" },
  edge_effect_percent: { name: "Edge effect", digits: 0, unit: "%", size: true },
  edge_strength: { name: "Edge strength", digits: 2, unit: "", size: true },
  row_line_percent: { name: "Row line", digits: 0, unit: "%", size: true },
  column_line_percent: { name: "Column line", digits: 0, unit: "%", size: true },
  row_gradient_percent: { name: "Row gradient", digits: 0, unit: "%", size: true },
  column_gradient_percent: { name: "Column gradient", digits: 0, unit: "%", size: true },
  morans_i: { name: "Moran’s I", digits: 2, unit: "", size: true },
};
const of = (line: QcLine): Known => KNOWN[line.name] ?? { name: line.name, digits: 2, unit: "" };

export const nameOf = (line: QcLine, direction: string | null | undefined): string =>
  line.name === "signal_ratio" && direction === "down" ? "Background / signal" : of(line).name;

export const valueOf = (line: QcLine): string => number(line.value, of(line).digits) + (line.value === null ? "" : of(line).unit);

/** The limit as it is written; nothing where the line only informs. */
export function limitOf(line: QcLine): string {
  if (line.limit === null) return "";
  const { digits, unit, size } = of(line);
  const limit = number(line.limit, unit !== "" && Number.isInteger(line.limit) ? 0 : digits) + unit;
  if (!size) return `${line.at_least ? "≥" : "≤"} ${limit}`;
  return line.at_least ? `|x| ≥ ${limit}` : `within ±${limit}`;
}

/** 0.52, 95 % 0.41 to 0.60: where it may lie, for words under the line. */
export const intervalOf = (line: QcLine): string => (line.interval ? `95 % ${number(line.interval[0], of(line).digits)} to ${number(line.interval[1], of(line).digits)}` : "");

/** What stands below a line: its interval, and what else there is to know. */
export const below = (line: QcLine): string => [intervalOf(line), line.says ?? ""].filter(Boolean).join("; ");

/** The share of the bar; the limit stands in its middle, and nothing stands below 0 but where magnitudes are judged. */
export function barOf(line: QcLine): number {
  const share = of(line).size ? Math.abs(line.value ?? 0) : (line.value ?? 0);
  return Math.min(100, Math.max(0, (50 * share) / (line.limit || 1)));
}

/** The lines that a card always shows: those of the controls, and whatever wants to be looked at. */
const ALWAYS = ["z_prime", "robust_z_prime", "ssmd", "signal_ratio", "cv_negative", "edge_effect_percent"];

/** Parts the lines into those that are seen and those that may be folded: what passes, informs or is not known yet. */
export function folded(lines: readonly QcLine[]): { seen: QcLine[]; rest: QcLine[]; says: string } {
  const stays = (line: QcLine): boolean => ALWAYS.includes(line.name) || line.level === "fail" || line.level === "attention";
  const rest = lines.filter((line) => !stays(line));
  const n = (level: QcLine["level"]): number => rest.filter((line) => line.level === level).length;
  const parts = [[n("ok"), n("ok") === 1 ? "passes" : "pass"], [n("info"), n("info") === 1 ? "informs" : "inform"], [n("unknown"), "not known"]] as const;
  return { seen: lines.filter(stays), rest, says: parts.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`).join(", ") };
}

/** The whole card in a few words; what only informs is not counted among what is judged. */
export function verdictOf(lines: readonly QcLine[]): { glyph: string; says: string } {
  const n = (level: QcLine["level"]): number => lines.filter((line) => line.level === level).length;
  const of = lines.length - n("info");
  const [fails, wants, unknown] = [n("fail"), n("attention"), n("unknown")];
  if (fails > 0) return { glyph: "bad", says: wants > 0 ? `${fails} of ${of} fail, ${wants} ▲` : `${fails} of ${of} fail` };
  if (wants > 0) return { glyph: "warn", says: `${wants} of ${of} need a look` };
  return unknown === of ? { glyph: "idle", says: "not yet" } : { glyph: "ok", says: `${of - unknown} of ${of} pass` };
}
