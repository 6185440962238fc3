/** Wells as a person would type them: whole columns and rows, rectangles, single wells. */
import { letters, wellName } from "./wells";

const range = (from: string, to: string): string => (from === to ? from : `${from}-${to}`);

/** Rectangles that hold these wells and no other, from the first well on; each as its corners. */
export function rectangles(wells: Iterable<number>, columns: number): [number, number][] {
  const left = new Set([...wells].sort((a, b) => a - b));
  const found: [number, number][] = [];
  for (const first of left) {
    let last = first;
    while ((last + 1) % columns !== 0 && left.has(last + 1)) last += 1;
    const wide = last - first;
    const isWhole = (row: number): boolean => Array.from({ length: wide + 1 }, (_, n) => row + n).every((well) => left.has(well));
    let start = first;
    while (isWhole(start + columns)) start += columns;
    for (let row = first; row <= start; row += columns) for (let n = 0; n <= wide; n += 1) left.delete(row + n);
    found.push([first, start + wide]);
  }
  return found;
}

/** The wells as text, as `col:1-2, A03-B09, D12`; empty where that would be longer than `most` parts. */
export function listed(wells: Iterable<number>, rows: number, columns: number, most = 12): string {
  if (columns === 0) return "";
  const parts = rectangles(wells, columns);
  if (parts.length > most) return "";
  return parts.map(([from, to]) => {
    const [top, bottom] = [Math.floor(from / columns), Math.floor(to / columns)];
    const [first, last] = [from % columns, to % columns];
    if (from === to) return wellName(from, columns);
    if (top === 0 && bottom === rows - 1) return `col:${range(String(first + 1), String(last + 1))}`;
    if (first === 0 && last === columns - 1) return `row:${range(letters(top), letters(bottom))}`;
    return `${wellName(from, columns)}-${wellName(to, columns)}`;
  }).join(", ");
}
