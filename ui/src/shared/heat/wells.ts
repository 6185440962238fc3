/** Wells by number (row-major), by name, as rectangles; what rows and columns of them have in common. */

/** A row's letters: A to Z, then AA to AV. */
export const letters = (row: number): string =>
  row < 26 ? String.fromCharCode(65 + row) : `${letters(Math.floor(row / 26) - 1)}${String.fromCharCode(65 + (row % 26))}`;

/** A well's name, as D09. */
export const wellName = (well: number, columns: number): string =>
  `${letters(Math.floor(well / columns))}${String((well % columns) + 1).padStart(2, "0")}`;

/** Every well of the rectangle between two. */
export function rectangle(one: number, other: number, columns: number): number[] {
  const [top, bottom] = [one, other].map((well) => Math.floor(well / columns)).sort((a, b) => a - b) as [number, number];
  const [left, right] = [one, other].map((well) => well % columns).sort((a, b) => a - b) as [number, number];
  const wells: number[] = [];
  for (let row = top; row <= bottom; row += 1) for (let column = left; column <= right; column += 1) wells.push(row * columns + column);
  return wells;
}

/** The wells of the outer rings of a plate, so many wells wide. */
export function ring(rows: number, columns: number, wide: number): number[] {
  return Array.from({ length: rows * columns }, (_, well) => well).filter((well) => {
    const [row, column] = [Math.floor(well / columns), well % columns];
    return Math.min(row, column, rows - 1 - row, columns - 1 - column) < wide;
  });
}

/** The well so many rows and columns away, held at the edge. */
export function beside(well: number, [down, right]: readonly [number, number], rows: number, columns: number): number {
  const row = Math.min(rows - 1, Math.max(0, Math.floor(well / columns) + down));
  return row * columns + Math.min(columns - 1, Math.max(0, (well % columns) + right));
}

export interface Means {
  /** Of all wells that count; NaN for none. */
  all: number;
  /** One a row and one a column; NaN where none counts. */
  rows: number[];
  columns: number[];
}

/** Means of the wells that count and have a value. */
export function means(values: ArrayLike<number>, counts: (well: number) => boolean, rows: number, columns: number): Means {
  const sums = { all: [0, 0], rows: Array.from({ length: rows }, () => [0, 0]), columns: Array.from({ length: columns }, () => [0, 0]) };
  for (let well = 0; well < rows * columns; well += 1) {
    const value = values[well] ?? Number.NaN;
    if (!Number.isFinite(value) || !counts(well)) continue;
    for (const sum of [sums.all, sums.rows[Math.floor(well / columns)], sums.columns[well % columns]]) {
      if (sum) [sum[0], sum[1]] = [(sum[0] ?? 0) + value, (sum[1] ?? 0) + 1];
    }
  }
  const mean = (sum: number[]): number => (sum[1] ? (sum[0] ?? 0) / sum[1] : Number.NaN);
  return { all: mean(sums.all), rows: sums.rows.map(mean), columns: sums.columns.map(mean) };
}

/** The middle value; NaN for none. */
export function median(values: ArrayLike<number>): number {
  const there = Float64Array.from(values as ArrayLike<number>).filter(Number.isFinite).sort();
  const half = there.length >> 1;
  return there.length === 0 ? Number.NaN : there.length % 2 ? (there[half] ?? 0) : ((there[half - 1] ?? 0) + (there[half] ?? 0)) / 2;
}

/**
 * CSS pixels from well to well so that a plate fits a room: whole device pixels, at most `most` and at least 3 CSS
 * pixels (a plate that does not fit scrolls).
 */
export function fit(room: { width: number; height: number }, rows: number, columns: number, scale: number, most = 100): number {
  if (rows === 0 || columns === 0) return 0;
  const free = Math.min(room.width / columns, room.height / rows, most);
  return Math.max(3, Math.floor(free * scale + 0.001) / scale);
}

/** The nearest of some wells to a well, by rows and columns; the earlier of two as near. Null where there is none. */
export function nearest(well: number, among: Iterable<number>, columns: number): number | null {
  let [best, least] = [null as number | null, Infinity];
  for (const other of among) {
    const far = Math.hypot(Math.floor(other / columns) - Math.floor(well / columns), (other % columns) - (well % columns));
    if (other !== well && far < least) [best, least] = [other, far];
  }
  return best;
}

/** The next of some wells in a direction: what lies straight ahead before what lies aside. Null where nothing does. */
export function ahead(well: number, [down, right]: readonly [number, number], among: Iterable<number>, columns: number): number | null {
  let [best, least] = [null as number | null, Infinity];
  for (const other of among) {
    const [rows, across] = [Math.floor(other / columns) - Math.floor(well / columns), (other % columns) - (well % columns)];
    const along = rows * down + across * right;
    const far = along + 3 * Math.abs(down === 0 ? rows : across);
    if (along > 0 && far < least) [best, least] = [other, far];
  }
  return best;
}
