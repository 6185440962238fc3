/** The timeline as a room sees it: a bar a stretch, what was played brighter, the playhead. Device pixels throughout. */
import type { Timeline } from "../../ipc/generated";

export interface Look {
  line: Timeline;
  width: number;
  height: number;
  /** Device pixels a unit of the layout. */
  unit: number;
  /** Where the desk stands, 0 to 1. */
  at: number;
  ink: (token: string) => string;
}

/** Counts in so many equal stretches, from more of them. */
export function gathered(counts: readonly number[], bars: number): number[] {
  const sums = new Array<number>(bars).fill(0);
  counts.forEach((n, i) => {
    const bar = Math.min(bars - 1, Math.floor((i / counts.length) * bars));
    sums[bar] = (sums[bar] ?? 0) + n;
  });
  return sums;
}

export function paint(context: CanvasRenderingContext2D, { line, width, height, unit, at, ink }: Look): void {
  const step = Math.max(3, Math.round(5 * unit));
  const sums = gathered(line.counts, Math.max(1, Math.min(line.counts.length, Math.floor(width / step))));
  const most = Math.log1p(Math.max(1, ...sums));
  const wide = width / sums.length;
  const [played, waits] = [ink("--c-ink-3"), ink("--c-line-2")];
  sums.forEach((n, i) => {
    const left = Math.round(i * wide);
    const tall = Math.max(0.05, Math.log1p(n) / most) * height * 0.62;
    context.fillStyle = (i + 0.5) / sums.length <= at ? played : waits;
    context.fillRect(left, height - 4 * unit - tall, Math.max(1, Math.round((i + 1) * wide) - left - Math.max(1, Math.round(2 * unit))), tall);
  });
  const head = Math.min(width - 2 * unit, Math.max(2 * unit, width * at));
  context.fillStyle = ink("--c-ink");
  context.fillRect(head - 1.5 * unit, 0, 3 * unit, height);
  context.fillRect(head - 6 * unit, 0, 12 * unit, 10 * unit);
}
