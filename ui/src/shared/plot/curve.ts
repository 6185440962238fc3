/** A four-parameter curve of dose and effect as a line to draw, and its doses as people write them. */
import { dose } from "../dose";

export interface Fit {
  bottom: number;
  top: number;
  log10_ec50: number;
  hill: number;
}

/** The curve's height at a logarithm of a dose. */
export const effect = (fit: Fit, log10: number): number => fit.bottom + (fit.top - fit.bottom) / (1 + 10 ** ((fit.log10_ec50 - log10) * fit.hill));

/** Points of the curve between two logarithms, as near to each other as asked. */
export function sampled(fit: Fit, low: number, high: number, n = 64): [number, number][] {
  return Array.from({ length: n + 1 }, (_, i) => {
    const x = low + ((high - low) * i) / n;
    return [x, effect(fit, x)];
  });
}

/** Powers of ten of each way to write a molar dose, the largest first. */
const MOLAR = [["M", 0], ["mM", -3], ["µM", -6], ["nM", -9], ["pM", -12], ["fM", -15]] as const;

/** A dose by its logarithm, in the step of its unit that reads best: 0.25 µM, 1 nM; other units keep theirs. */
export function doseOf(log10: number, unit: string): string {
  const own = unit.replace(/^u(?=[MmLlg])/, "µ");
  const known = MOLAR.find(([name]) => name === own);
  if (!known) return dose(10 ** log10, unit);
  const molar = log10 + known[1];
  const best = MOLAR.find(([, power]) => molar >= power - 1e-9) ?? MOLAR[MOLAR.length - 1];
  return best ? dose(10 ** (molar - best[1]), best[0]) : dose(10 ** log10, unit);
}
