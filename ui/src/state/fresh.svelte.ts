/** The wells that came last, for a moment: outlined where they are shown. */
import { VALUE } from "../ipc/bytes";

/** Wells that came are outlined so long; what comes all at once is not outlined at all. */
const FRESH_MS = 2000;
const MOST_FRESH = 64;

/** Wells that have a value and had none. */
function came(before: Uint8Array, after: Uint8Array): number[] {
  const has = (state: number | undefined): boolean => ((state ?? 0) & 15) === VALUE;
  return [...after.keys()].filter((well) => has(after[well]) && !has(before[well]));
}

export class Fresh {
  wells = $state.raw<readonly { well: number; at_ms: number }[]>([]);

  /** Notes what is there now and was not before. */
  note(before: Uint8Array, after: Uint8Array): void {
    const at_ms = Date.now();
    const wells = came(before, after);
    if (wells.length === 0 || wells.length > MOST_FRESH) return;
    const kept = this.wells.filter((known) => at_ms - known.at_ms < FRESH_MS);
    this.wells = [...kept, ...wells.map((well) => ({ well, at_ms }))].slice(-MOST_FRESH);
    setTimeout(() => (this.wells = this.wells.filter((known) => known.at_ms > at_ms)), FRESH_MS);
  }

  clear(): void {
    this.wells = [];
  }
}
