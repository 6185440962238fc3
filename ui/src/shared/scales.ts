/** The scales in which a plate's values are shown: their names, short and long, and which of them lie round 0. */

export const SCALES = [
  { name: "raw", label: "Raw", says: "as received", signed: false, often: true },
  { name: "percent", label: "% control", says: "per cent of the negatives’ mean", signed: false, often: true },
  { name: "percent_activity", label: "% activity", says: "0 at the negatives’ mean, 100 at the positives’", signed: false, often: false },
  { name: "z", label: "z", says: "standard deviations from the samples’ mean", signed: true, often: false },
  { name: "robust_z", label: "Robust z", says: "MADs from the negatives’ median", signed: true, often: true },
  { name: "b_score", label: "B-score", says: "what is left without row and column effects, in MADs", signed: true, often: true },
  { name: "log2", label: "log2", says: "logarithm to the base of 2", signed: false, often: false },
  { name: "plate_median", label: "× median", says: "multiples of the samples’ median", signed: false, often: false },
] as const;

export type ScaleName = (typeof SCALES)[number]["name"];

/** The four that stand as buttons, and the others. */
export const OFTEN = SCALES.filter((scale) => scale.often);
export const MORE = SCALES.filter((scale) => !scale.often);

export const isSigned = (name: string): boolean => SCALES.some((scale) => scale.name === name && scale.signed);
export const labelOf = (name: string): string => SCALES.find((scale) => scale.name === name)?.label ?? name;
