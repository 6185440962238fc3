/** How a session stands, in a word with its glyph; its activity as a path. */
import type { SessionRow } from "../../ipc/generated";

const STATES = {
  recording: ["rec", "Recording"],
  verified: ["ok", "Verified"],
  not_verified: ["idle", "Not verified"],
  broken: ["bad", "Broken"],
  unreadable: ["bad", "Cannot be read"],
} as const;

/** Glyph and word. The desk tells in `state_says` which part is broken, and that a row is still being read. */
export function stands(row: Pick<SessionRow, "state" | "state_says">): readonly [string, string] {
  const says = row.state_says ?? "";
  if (row.state === "not_verified" && says === "is being read") return ["run", "Being read"];
  if (row.state === "broken" && /\bchain\b/i.test(says)) return ["bad", "Chain broken"];
  return STATES[row.state];
}

/** Bars from the floor, one a stretch; a stretch without a message has none. */
export function bars(activity: readonly number[], wide: number, high: number): string {
  const most = Math.max(1, ...activity);
  const pitch = wide / Math.max(1, activity.length);
  return activity.map((n, i) => (n > 0 ? `M${((i + 0.5) * pitch).toFixed(2)} ${high}v-${Math.max(1, (n / most) * (high - 1)).toFixed(1)}` : "")).join("");
}
