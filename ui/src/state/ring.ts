/** When the short sound is played, and how it sounds. */
import type { AlertItem, Mode, QuietHours } from "../ipc/generated";

/** At most one in so long. */
const PAUSE_MS = 10_000;
/** What came longer ago is no news: a window that wakes does not ring for it. Of a stream that catches up the engine says that it does not call. */
const FRESH_MS = 120_000;

/** Whether a minute of the local day is in the quiet hours; they may go over midnight. */
export function isQuiet(quiet: QuietHours | null, minute: number): boolean {
  if (!quiet) return false;
  const { from_minute: from, to_minute: to } = quiet;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

export const minuteOf = (ms: number): number => new Date(ms).getHours() * 60 + new Date(ms).getMinutes();

/** The alert for which it rings; `null` where it does not. */
export function caller(fresh: readonly AlertItem[], how: { sound: boolean; quiet: QuietHours | null; mode: Mode; now: number; last: number }): AlertItem | null {
  const { sound, quiet, mode, now, last } = how;
  if (!sound || mode === "replay" || mode === "none" || Math.abs(now - last) < PAUSE_MS || isQuiet(quiet, minuteOf(now))) return null;
  const calls = fresh.filter((alert) => alert.calls && alert.open && !alert.acknowledged && (alert.level === "attention" || alert.level === "fail") && now - alert.at_ms <= FRESH_MS);
  return calls.find((alert) => alert.level === "fail") ?? calls[0] ?? null;
}

let context: AudioContext | null = null;

/** Two short tones, falling where something fails. Where there is no sound device, nothing. */
export async function tone(fails: boolean): Promise<void> {
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  const [at, oscillator, gain] = [context.currentTime, context.createOscillator(), context.createGain()];
  oscillator.frequency.setValueAtTime(fails ? 880 : 660, at);
  oscillator.frequency.setValueAtTime(fails ? 587 : 880, at + 0.14);
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.2, at + 0.01);
  gain.gain.setValueAtTime(0.2, at + 0.26);
  gain.gain.linearRampToValueAtTime(0, at + 0.32);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.34);
}
