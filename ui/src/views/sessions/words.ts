/** How a session stands, in a word with its glyph; its activity as a path. */
import type { SessionRow, SessionState } from "../../ipc/generated";

const STATES = {
  recording: ["rec", "Recording"],
  verified: ["ok", "Verified"],
  reading: ["run", "Being read"],
  not_verified: ["idle", "Not verified"],
  broken: ["bad", "Broken"],
  unreadable: ["bad", "Cannot be read"],
} as const;

/** Glyph and word; what exactly is broken stands in `state_says`. */
export const stands = (state: SessionState): readonly [string, string] => STATES[state];

/** Whether anything has been read of it: what has not is unknown, and not 0. */
export const known = (row: SessionRow): boolean => row.messages > 0 || (row.state !== "reading" && row.state !== "unreadable");

/** Bars from the floor, one a stretch; a stretch without a message has none. */
export function bars(activity: readonly number[], wide: number, high: number): string {
  const most = Math.max(1, ...activity);
  const pitch = wide / Math.max(1, activity.length);
  return activity.map((n, i) => (n > 0 ? `M${((i + 0.5) * pitch).toFixed(2)} ${high}v-${Math.max(1, (n / most) * (high - 1)).toFixed(1)}` : "")).join("");
}
