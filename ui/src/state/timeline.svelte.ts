/** The session's time: density and marks, asked for at most every two seconds while it grows, never while idle. */
import type { SeekArgs, Timeline } from "../ipc/generated";
import { desk } from "./desk.svelte";

const BINS = 400;

export class Time {
  line = $state.raw<Timeline | null>(null);
  #due: ReturnType<typeof setTimeout> | null = null;
  #last = 0;
  #life = 0;
  #seeking = false;
  #next: SeekArgs | null = null;

  /** Something was committed: ask again soon. */
  touch(): void {
    if (this.#due !== null) return;
    this.#due = setTimeout(() => void this.#ask(), Math.max(50, this.#last + 2000 - Date.now()));
  }

  /** Another session: what is known is void, and so is an answer that is still on its way. */
  clear(): void {
    this.#life += 1;
    this.line = null;
    this.#last = 0;
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    this.touch();
  }

  async #ask(): Promise<void> {
    this.#due = null;
    this.#last = Date.now();
    if (!desk.strip?.session) {
      this.line = null;
      return;
    }
    const life = this.#life;
    // A timeline that cannot be had now is asked for with the next tick.
    const line = await desk.host.call("timeline", { bins: BINS }).catch(() => null);
    if (line && life === this.#life) this.line = line;
  }

  /** Goes to a moment; while one is on its way only the last wish is kept. */
  async seek(to: SeekArgs): Promise<void> {
    this.#next = to;
    if (this.#seeking) return;
    this.#seeking = true;
    while (this.#next) {
      const wish: SeekArgs = this.#next;
      this.#next = null;
      await desk.call("seek", wish);
    }
    this.#seeking = false;
  }
}

export const timeline = new Time();
