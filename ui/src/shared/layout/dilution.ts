/** Serial dilutions: doses that fall by one factor from well to well along a row or a column. */
import { type Entry, replaced, type Sheet } from "./sheet";

export type Way = "right" | "left" | "down" | "up";
export interface Dilution {
  first: number;
  /** Each dose is the one before divided by this. */
  factor: number;
  unit: string;
  way: Way;
  /** So many wells beside each other have the same dose. */
  each: number;
}

/** Six digits that matter: 10 divided by 3 three times is 0.37037, not 0.3703703703703704. */
export const rounded = (dose: number): number => Number(dose.toPrecision(6));
export const doseAt = ({ first, factor, each }: Pick<Dilution, "first" | "factor" | "each">, step: number): number => rounded(first / factor ** Math.floor(step / each));

/** Why it cannot be done, in words; `null` where it can. */
export function wrongWith({ first, factor, each }: Dilution): string | null {
  if (!(first > 0) || !Number.isFinite(first)) return "The first dose must be more than 0.";
  if (!(factor > 1) || !Number.isFinite(factor)) return "The factor must be more than 1: each dose is the one before divided by it.";
  if (!Number.isInteger(each) || each < 1) return "At least one well must have each dose.";
  return null;
}

/** The selected wells line by line, in the order of the doses. */
export function lines(wells: Iterable<number>, columns: number, way: Way): number[][] {
  const isAlongRow = way === "right" || way === "left";
  const found = new Map<number, number[]>();
  for (const well of [...wells].sort((a, b) => a - b)) {
    const line = isAlongRow ? Math.floor(well / columns) : well % columns;
    found.set(line, [...(found.get(line) ?? []), well]);
  }
  return [...found.values()].map((line) => (way === "left" || way === "up" ? line.reverse() : line));
}

/** The doses that the longest line has, in order. */
export function doses(dilution: Dilution, wells: Iterable<number>, columns: number): number[] {
  const longest = Math.max(0, ...lines(wells, columns, dilution.way).map((line) => line.length));
  return Array.from({ length: Math.ceil(longest / dilution.each) }, (_, n) => doseAt(dilution, n * dilution.each));
}

/** The sheet with the doses in the selected wells; empty ones take part in the count and stay empty. */
export function diluted(sheet: Sheet, wells: Iterable<number>, columns: number, dilution: Dilution): Sheet {
  return replaced(sheet, lines(wells, columns, dilution.way).flatMap((line) => line.flatMap((well, step): [number, Entry][] => {
    const before = sheet.wells[well];
    return before && before.role !== "empty" ? [[well, { ...before, concentration: doseAt(dilution, step), unit: dilution.unit }]] : [];
  })));
}
