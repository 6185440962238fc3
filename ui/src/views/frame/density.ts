/** The timeline's picture: density, marks by shape, ticks at round times, the playhead, and what was lost, hatched. */
import type { Timeline } from "../../ipc/generated";
import { day, time } from "../../shared/format";

export interface Look {
  line: Timeline;
  width: number;
  /** The moments at both ends of the track. */
  from: number;
  to: number;
  /** Where the desk stands. */
  at: number;
  /** Replay: what was played is brighter, and the playhead has a handle. */
  replay: boolean;
  /** Since when nothing comes; hatched from here on. */
  lost: number | null;
  ink: (token: string) => string;
}

export const HEIGHT = 47;
const BASE = 33;
const S = 1000;
const M = 60 * S;
const H = 60 * M;
const STEPS = [S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M, H, 2 * H, 3 * H, 6 * H, 12 * H, 24 * H, 48 * H, 7 * 24 * H];
/** Room for a label and air. */
const APART = 90;

/** Ticks at round local times, at least so many pixels apart, with their labels. */
export function ticks(from: number, to: number, width: number): { at: number; label: string }[] {
  const span = to - from;
  if (span <= 0 || width <= 0) return [];
  const step = STEPS.find((ms) => (ms / span) * width >= APART) ?? Math.ceil(span / 5 / (24 * H)) * 24 * H;
  const zone = new Date(from).getTimezoneOffset() * M;
  const found = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at < to; at += step) {
    if (at > from) found.push({ at, label: step >= 24 * H ? day(at) : time(at, step < M) });
  }
  return found;
}

export function paint(context: CanvasRenderingContext2D, look: Look): void {
  const { line, width, from, to, ink } = look;
  const span = Math.max(1, to - from);
  const x = (ms: number): number => ((ms - from) / span) * width;
  const playhead = Math.min(width - 1, Math.round(x(look.at)));
  bars(context, look, x, playhead);
  context.font = `11px ${ink("--font-ui")}`;
  context.fillStyle = ink("--c-ink-3");
  for (const tick of ticks(from, to, width)) {
    const left = Math.round(x(tick.at));
    context.fillRect(left, BASE + 1, 1, 3);
    if (left < width - 48) context.fillText(tick.label, left + 3, 45);
  }
  // Of marks at one moment the worst lies on top.
  for (const mark of [...line.marks].sort((a, b) => Number(a.level === "fail") - Number(b.level === "fail"))) {
    shape(context, mark.level, Math.round(x(mark.at_ms)), ink);
  }
  if (look.lost !== null) {
    context.save();
    context.beginPath();
    context.rect(playhead + 1, 16, width - playhead, BASE - 15);
    context.clip();
    context.strokeStyle = ink("--c-warn");
    context.globalAlpha = 0.45;
    for (let left = playhead - 20; left < width + 20; left += 6) {
      context.beginPath();
      context.moveTo(left, BASE);
      context.lineTo(left + 20, 16);
      context.stroke();
    }
    context.restore();
  }
  context.fillStyle = ink("--c-ink");
  context.fillRect(playhead, 3, 1, BASE - 2);
  if (look.replay) context.fillRect(playhead - 3, 2, 7, 10);
}

function bars(context: CanvasRenderingContext2D, { line, replay, ink }: Look, x: (ms: number) => number, playhead: number): void {
  const { first_ms: first, last_ms: last, counts } = line;
  if (first === null || last === null) return;
  const [begin, wide] = [x(first), (x(last) - x(first)) / counts.length];
  const most = Math.log1p(Math.max(1, ...counts));
  counts.forEach((n, i) => {
    if (n === 0) return;
    const left = Math.round(begin + i * wide);
    const right = Math.max(left + 1, Math.round(begin + (i + 1) * wide) - 1);
    const tall = Math.max(1, Math.round((Math.log1p(n) / most) * 17));
    context.fillStyle = ink(replay ? (left <= playhead ? "--c-ink-3" : "--c-line-2") : "--c-ink-4");
    context.fillRect(left, BASE - tall, right - left, tall);
  });
}

function shape(context: CanvasRenderingContext2D, level: string, x: number, ink: (token: string) => string): void {
  const y = 9;
  context.fillStyle = ink(level === "fail" ? "--c-bad" : level === "attention" ? "--c-warn" : "--c-info");
  context.beginPath();
  if (level === "fail") context.rect(x - 3.5, y - 3.5, 7, 7);
  else if (level === "attention") {
    context.moveTo(x, y - 4.5);
    context.lineTo(x + 4.5, y + 3.5);
    context.lineTo(x - 4.5, y + 3.5);
  } else {
    context.moveTo(x, y - 4);
    context.lineTo(x + 4, y);
    context.lineTo(x, y + 4);
    context.lineTo(x - 4, y);
  }
  context.fill();
}
