/** Alerts of one rule that came in a burst as one line of the list, which unfolds. */
import type { AlertItem, Level } from "../../ipc/generated";
import { time } from "../../shared/format";
import { nameOf as plateOf } from "../../state/mark";

/** Two of one rule that are no farther apart belong together. */
const APART_MS = 10_000;

/** Several alerts of one rule on one line. */
export interface Burst {
  rule: string;
  /** The newest first, as they are listed. */
  alerts: AlertItem[];
}

const WORSE: readonly Level[] = ["fail", "attention", "info", "unknown", "ok"];

/** The list in its order, the newest first; a burst stands where its newest alert stood. One that is alone stays one. */
export function collapsed(alerts: readonly AlertItem[]): (AlertItem | Burst)[] {
  const last = new Map<string, Burst>();
  const lines: Burst[] = [];
  for (const alert of alerts) {
    const before = last.get(alert.rule);
    const nearest = before?.alerts.at(-1);
    if (before && nearest && alert.burst > 1 && nearest.burst > 1 && Math.abs(nearest.at_ms - alert.at_ms) <= APART_MS) before.alerts.push(alert);
    else {
      const line = { rule: alert.rule, alerts: [alert] };
      lines.push(line);
      last.set(alert.rule, line);
    }
  }
  return lines.map((line) => (line.alerts.length === 1 ? (line.alerts[0] as AlertItem) : line));
}

export const isBurst = (line: AlertItem | Burst): line is Burst => "alerts" in line;

/** The worst of those that still hold; of all where none does. */
export function worst(alerts: readonly AlertItem[]): Level {
  const hold = alerts.filter((alert) => alert.open);
  return WORSE.find((level) => (hold.length > 0 ? hold : alerts).some((alert) => alert.level === level)) ?? "unknown";
}

/** On which plates: "BR1, BR2 and 3 more", under the names that they have here. */
export function plates(alerts: readonly AlertItem[], nameOf: (alert: AlertItem) => string): string {
  const names = [...new Map(alerts.map((alert) => [plateOf(alert), alert])).values()].map(nameOf);
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

/** When they came: one clock where they came in one minute. */
export function span(alerts: readonly AlertItem[]): string {
  const times = alerts.map((alert) => alert.at_ms);
  const [from, to] = [time(Math.min(...times), false), time(Math.max(...times), false)];
  return from === to ? from : `${from} to ${to}`;
}

/** How far an alert has come, where it does not simply hold: "over 14:32, not acknowledged yet"; empty where it does. */
export function state(alert: Pick<AlertItem, "open" | "acknowledged" | "over_at_ms">): string {
  if (alert.open) return "";
  const over = alert.over_at_ms === null ? "over" : `over ${time(alert.over_at_ms, false)}`;
  return alert.acknowledged ? over : `${over}, not acknowledged yet`;
}

/** How many there are: "6 open, 2 over"; short, as in the head of the list, those that hold alone where there are any. */
export function counted(alerts: readonly AlertItem[], short = false): string {
  const holds = alerts.filter((alert) => alert.open).length;
  const over = alerts.length - holds;
  if (short) return holds === 0 && over > 0 ? `${over} over` : `${holds} open`;
  return `${holds} open${over > 0 ? `, ${over} over` : ""}`;
}
