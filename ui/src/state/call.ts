/** How alerts reach people, while it is written: what is kept of it, and what is wrong with it in words. */
import type { NotifySettings } from "../ipc/generated";

/** While it is written: quiet hours and their times apart, so that turning them off forgets no time. */
export interface Form {
  desktop: boolean;
  sound: boolean;
  quiet: boolean;
  from: string;
  to: string;
  webhook: string;
  flags_topic: boolean;
}

const pad = (n: number): string => String(n).padStart(2, "0");
export const clockOf = (minute: number): string => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
/** Minutes of a day as people write a time, 21:30 or 2130; `null` for what is no time. */
export function minuteOf(time: string): number | null {
  const found = /^\s*([01]?\d|2[0-3])[:.]?([0-5]\d)\s*$/.exec(time);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

export const formOf = ({ desktop, sound, quiet, webhook, flags_topic }: NotifySettings): Form => ({
  desktop, sound, quiet: quiet !== null, from: clockOf(quiet?.from_minute ?? 22 * 60), to: clockOf(quiet?.to_minute ?? 7 * 60), webhook, flags_topic,
});

export function settingsOf({ desktop, sound, quiet, from, to, webhook, flags_topic }: Form): NotifySettings {
  const [from_minute, to_minute] = [minuteOf(from) ?? 0, minuteOf(to) ?? 0];
  return { desktop, sound, quiet: quiet ? { from_minute, to_minute } : null, webhook: webhook.trim(), flags_topic };
}

/** What is wrong with what is written, by field. */
export function faultsOf({ quiet, from, to, webhook }: Form): { quiet: string; webhook: string } {
  const found = { quiet: "", webhook: "" };
  if (quiet && (minuteOf(from) === null || minuteOf(to) === null)) found.quiet = "Quiet hours need a time from which and one to which, as 21:30.";
  else if (quiet && minuteOf(from) === minuteOf(to)) found.quiet = "Both times are the same: there would be no quiet hours.";
  const address = webhook.trim();
  if (address !== "") {
    const url = URL.canParse(address) ? new URL(address) : null;
    const isHere = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) found.webhook = "This is no web address: one begins with https, a colon and two slashes.";
    else if (url.protocol === "http:" && !isHere) found.webhook = "Without encryption (http) only this machine can be called: use https.";
  }
  return found;
}
