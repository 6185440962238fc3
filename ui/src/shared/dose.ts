/** A compound's dose as people write it. */

/** Three digits that matter, without zeros behind them; `u` before a unit is typed for micro. */
export const dose = (concentration: number, unit: string): string =>
  `${Number(concentration.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 }).replace("-", "−")} ${unit.replace(/^u(?=[MmLlg])/, "µ")}`.trimEnd();
