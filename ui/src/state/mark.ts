/** What a plate looked like to whoever saw it last, and in which words it differs now. */
import type { AlertItem, Level, PlateTile } from "../ipc/generated";
import { number } from "../shared/format";

/** Kept for each plate: its level, completeness and alerts, with the numbers that the words need. */
export interface Mark {
  /** Of Z′. */
  level: Level;
  z: number | null;
  complete: boolean;
  flags: number;
  /** The worst of its alerts. */
  worst: Level;
  /** The newest of its alerts; 0 for none. */
  alert: number;
}

/** The name under which a plate is remembered: its handle is another one with each start. */
export const nameOf = (tile: Pick<PlateTile, "run" | "barcode">): string => `${tile.run}\n${tile.barcode}`;

/** Alerts by plate, those that are open. */
export function byPlate(alerts: readonly AlertItem[]): Map<string, AlertItem[]> {
  const found = new Map<string, AlertItem[]>();
  for (const alert of alerts) {
    if (!alert.open) continue;
    const known = found.get(alert.plate);
    if (known) known.push(alert);
    else found.set(alert.plate, [alert]);
  }
  return found;
}

export function markOf(tile: PlateTile, alerts: readonly AlertItem[] = []): Mark {
  return {
    level: tile.headline?.level ?? "unknown",
    z: tile.headline?.z_prime ?? null,
    complete: tile.complete,
    flags: tile.flags,
    worst: tile.level,
    alert: alerts.reduce((newest, alert) => Math.max(newest, alert.seq), 0),
  };
}

const WORDS: Record<Level, string> = { ok: "none", info: "information", attention: "attention", fail: "fail", unknown: "unknown" };

/** What changed, in words, the most pressing first; empty where nothing did. A Z′ that drifts within its level is no change. */
export function changes(before: Mark | undefined, tile: PlateTile, alerts: readonly AlertItem[] = []): string[] {
  const now = markOf(tile, alerts);
  if (!before) return ["new plate", ...(now.complete ? ["complete"] : []), ...(now.flags > 0 ? [several(now.flags, "alert")] : [])];
  const out: string[] = [];
  if (before.level !== now.level) out.push(before.z === null ? `Z′ ${now.z === null ? "not defined" : `now ${number(now.z)}`}` : moved(before.z, now.z));
  // One that ended while another began leaves the count as it was.
  const fresh = Math.max(alerts.filter((alert) => alert.seq > before.alert).length, now.flags - before.flags);
  if (fresh > 0) out.push(several(fresh, "new alert"));
  else if (now.flags < before.flags) out.push(`${several(before.flags - now.flags, "alert")} over`);
  else if (before.worst !== now.worst) out.push(`alerts ${WORDS[before.worst]} to ${WORDS[now.worst]}`);
  if (before.complete !== now.complete) out.push(now.complete ? "complete" : "no longer complete");
  return out;
}

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** As few digits as tell the two apart. */
function moved(before: number, now: number | null): string {
  let digits = 2;
  while (digits < 4 && now !== null && number(before, digits) === number(now, digits)) digits += 1;
  return `Z′ ${number(before, digits)} to ${number(now, digits)}`;
}

const LEVELS = new Set<unknown>(["ok", "info", "attention", "fail", "unknown"]);

/** A mark as it was kept, as a short row of values; `null` where it cannot be one. */
export function read(kept: unknown): Mark | null {
  if (!Array.isArray(kept) || kept.length !== 6) return null;
  const [level, z, complete, flags, worst, alert] = kept as unknown[];
  if (!LEVELS.has(level) || !LEVELS.has(worst) || typeof complete !== "boolean" || typeof flags !== "number" || typeof alert !== "number") return null;
  return { level: level as Level, z: typeof z === "number" ? z : null, complete, flags, worst: worst as Level, alert };
}

export const written = (mark: Mark): unknown[] => [mark.level, mark.z, mark.complete, mark.flags, mark.worst, mark.alert];
