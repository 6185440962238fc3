/** An alert in a few words: what was found, with its number and the limit that it was held against. */
import type { AlertItem } from "../../ipc/generated";
import { number, value } from "../../shared/format";

/** Statistics that people know by a name, the side of the limit that is bad, and digits that are usually enough. */
const KNOWN: Record<string, { name: string; sign: "<" | ">"; digits: number; unit: string; magnitude?: boolean }> = {
  z_prime: { name: "Z′", sign: "<", digits: 2, unit: "" },
  z_prime_fail: { name: "Z′", sign: "<", digits: 2, unit: "" },
  z_prime_attention: { name: "Z′", sign: "<", digits: 2, unit: "" },
  ssmd: { name: "|SSMD|", sign: "<", digits: 1, unit: "", magnitude: true },
  signal_ratio: { name: "Signal / background", sign: "<", digits: 1, unit: "" },
  cv_negative: { name: "CV", sign: ">", digits: 0, unit: "%" },
  edge_effect: { name: "Edge effect", sign: ">", digits: 0, unit: "%", magnitude: true },
  row_line: { name: "One row", sign: ">", digits: 0, unit: "%", magnitude: true },
  column_line: { name: "One column", sign: ">", digits: 0, unit: "%", magnitude: true },
  row_gradient: { name: "Row gradient", sign: ">", digits: 0, unit: "%", magnitude: true },
  control_drift: { name: "Controls drift", sign: ">", digits: 1, unit: " MAD" },
  sample_drift: { name: "Samples drift", sign: ">", digits: 1, unit: " MAD" },
  column_gradient: { name: "Column gradient", sign: ">", digits: 0, unit: "%", magnitude: true },
};

/** Whether the rule is about Z′: its limit has a place in the chart of the run's Z′. */
export const isZPrime = (rule: string): boolean => rule.startsWith("z_prime");

/** As few digits as tell the value from its limit. */
export function headline(alert: Pick<AlertItem, "rule" | "title" | "value" | "limit">): string {
  const known = KNOWN[alert.rule];
  if (alert.value === null) return known && alert.limit !== null ? `${known.name} is not known any more` : alert.title;
  if (!known) return `${alert.title}: ${value(alert.value)}${alert.limit === null ? "" : `, limit ${value(alert.limit)}`}`;
  const { name, sign, unit } = known;
  const shown = known.magnitude && alert.limit !== null ? Math.abs(alert.value) : alert.value;
  if (alert.limit === null) return `${name} ${number(shown, known.digits)}${unit}`;
  let { digits } = known;
  while (digits < 4 && Number(shown.toFixed(digits)) === alert.limit) digits += 1;
  return `${name} ${number(shown, digits)}${unit} ${sign} ${String(alert.limit)}${unit}`;
}
