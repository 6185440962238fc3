/** How far behind the stream is, whether it catches up, and how long it has been silent: what the strip warns of. */
import type { PlateTile, Strip } from "../ipc/generated";
import { count } from "../shared/format";

/** What one strip said of the lag. */
export interface Sample {
  at_ms: number;
  lag: number;
  /** Messages delivered a second. */
  rate: number;
}

/** The lag is judged over so long, so that one slow second warns nobody. */
const WINDOW_MS = 10_000;
/** Worth so many seconds of messages, a lag is told. */
const BEHIND_S = 5;
const SILENT_MS = 30_000;
const DEAD_MS = 300_000;

/** The samples with a strip's; a lag that is unknown, or another broker, begins anew. */
export function sampled(before: readonly Sample[], strip: Strip, last: Strip | null): Sample[] {
  const { source, now_ms } = strip;
  if (!source || source.lag === null) return [];
  const kept = source.brokers === last?.source?.brokers ? before.filter((known) => now_ms - known.at_ms <= WINDOW_MS) : [];
  return [...kept, { at_ms: now_ms, lag: source.lag, rate: source.messages_per_s }];
}

/** "12,480 behind, catching up 3×" where more than 5 s of messages wait; null where not. */
export function behind(samples: readonly Sample[]): string | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.lag === 0) return null;
  const delivered = samples.reduce((sum, { rate }) => sum + rate, 0) / samples.length;
  const seconds = (last.at_ms - first.at_ms) / 1000;
  // What is produced meanwhile is what was delivered and what the lag grew by.
  const produced = seconds >= 1 ? Math.max(0, delivered + (last.lag - first.lag) / seconds) : delivered;
  if (last.lag <= BEHIND_S * Math.max(1, produced > 0 ? produced : delivered)) return null;
  const says = `${count(last.lag)} behind`;
  if (seconds < 1) return says;
  if (produced > delivered * 1.05) return `${says}, falling further behind`;
  const times = produced > 0 ? delivered / produced : Infinity;
  if (times < 1.1) return says;
  return times > 100 ? `${says}, catching up` : `${says}, catching up ${times >= 9.95 ? Math.round(times) : Number(times.toFixed(1))}×`;
}

/** How bad it is that no message comes: only while a plate reads, and only where a message could come. */
export function silence(strip: Strip | null, plates: Iterable<PlateTile>, now_ms: number): "attention" | "fail" | null {
  const source = strip?.source;
  if (!source || strip.mode !== "live" || source.last_message_ms === null) return null;
  if (source.state === "offline" || source.state === "ended") return null;
  const quiet = now_ms - source.last_message_ms;
  if (quiet < SILENT_MS) return null;
  for (const plate of plates) if (plate.wells_in > 0 && !plate.complete) return quiet < DEAD_MS ? "attention" : "fail";
  return null;
}

/** Below this caches are not written and linked pixels not fetched; the two other limits are the desk's to judge. */
const NO_PIXELS_BYTES = 1 << 30;

/** What the room on the session's disk means; null where there is enough. */
export function room({ level, free_bytes }: Strip["disk"]): "little" | "no_pixels" | "pauses" | null {
  if (level === "fail") return "pauses";
  if (free_bytes !== null && free_bytes < NO_PIXELS_BYTES) return "no_pixels";
  return level === "attention" ? "little" : null;
}
