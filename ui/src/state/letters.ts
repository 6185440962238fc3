/** Letters in the place of compounds' names, where a room may not read those: A for the first that appears. */
import type { LayoutEntry } from "../ipc/generated";
import { letters } from "../shared/heat/wells";

/** Controls are called by their role, and need no letter. */
const NAMED = new Set(["sample", "reference"]);

/** What is known, and a letter for every compound of a layout that has none yet: well by well, A to Z, then AA. */
export function lettered(known: ReadonlyMap<string, string>, layout: readonly LayoutEntry[]): ReadonlyMap<string, string> {
  const all = new Map(known);
  for (const { compound, role } of [...layout].sort((a, b) => a.well - b.well)) {
    if (compound !== null && NAMED.has(role) && !all.has(compound)) all.set(compound, letters(all.size));
  }
  return all.size === known.size ? known : all;
}
