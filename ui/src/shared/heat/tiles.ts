/** Where small plates lie in a view that scrolls, and which of them are seen. */

export interface Grid {
  /** How many lie beside each other. */
  across: number;
  rows: number;
  /** Of all rows. */
  height: number;
}

export function gridOf(count: number, room: number, width: number, gap: number, high: number): Grid {
  const across = Math.max(1, Math.floor((room + gap) / (width + gap)));
  const rows = Math.ceil(count / across);
  return { across, rows, height: rows * high };
}

/** Rows that are seen, and one before and after. */
export function seenRows(grid: Grid, high: number, top: number, tall: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / high) - 1);
  return { from, to: Math.min(grid.rows, Math.ceil((top + tall) / high) + 1) };
}

/** Where a key leads from one of them. Null where it leads nowhere. */
export function led(at: number, key: string, count: number, across: number): number | null {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[key];
  if (count === 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (step === undefined) return null;
  if (at < 0) return 0;
  const to = at + step;
  return to < 0 || to >= count ? null : to;
}
