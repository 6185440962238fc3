/** How a session stands, in a word with its glyph; its activity as a path. */
import type { BundleWork, SessionRow } from "../../ipc/generated";
import { bytes, count } from "../../shared/format";

const STATES = {
  recording: ["rec", "Recording"],
  verified: ["ok", "Verified"],
  reading: ["run", "Being read"],
  not_verified: ["idle", "Not verified"],
  broken: ["bad", "Broken"],
  unreadable: ["bad", "Cannot be read"],
} as const;

/** Glyph and words; what exactly is broken stands in `state_says`. What waits for the broker is said before that all is well. */
export function stands({ state, unsent }: Pick<SessionRow, "state" | "unsent">): readonly [string, string] {
  return unsent > 0 && (state === "verified" || state === "not_verified") ? ["warn", `${count(unsent)} unsynced`] : STATES[state];
}

/** Whether anything has been read of it: what has not is unknown, and not 0. */
export const known = (row: SessionRow): boolean => row.messages > 0 || (row.state !== "reading" && row.state !== "unreadable");

const STEPS = {
  export: { preparing: "Copying the rows", verifying: "Verifying", shrinking: "Making previews", packing: "Packing", sealing: "Computing the digest", unpacking: "Unpacking" },
  import: { preparing: "Looking into the file", verifying: "Verifying", shrinking: "Making previews", packing: "Packing", sealing: "Comparing the digest", unpacking: "Unpacking" },
} as const;

/** What is done with a bundle; how far that is, in words and from 0 to 1, where it is known. */
export function doing(work: BundleWork): { step: string; far: string; part: number | null } {
  const step = work.stopping ? "Clearing away" : STEPS[work.doing][work.step];
  if (work.total === 0 || work.stopping) return { step, far: "", part: null };
  const size = work.step === "verifying" ? count : bytes;
  const far = `${size(work.done)} of ${size(work.total)}${work.step === "verifying" ? " entries" : ""}`;
  return { step, far, part: Math.min(1, work.done / work.total) };
}

/** Bars from the floor, one a stretch; a stretch without a message has none. */
export function bars(activity: readonly number[], wide: number, high: number): string {
  const most = Math.max(1, ...activity);
  const pitch = wide / Math.max(1, activity.length);
  return activity.map((n, i) => (n > 0 ? `M${((i + 0.5) * pitch).toFixed(2)} ${high}v-${Math.max(1, (n / most) * (high - 1)).toFixed(1)}` : "")).join("");
}
