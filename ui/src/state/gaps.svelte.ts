/** The ledger of gaps: asked for while somebody looks at it, again with ticks, at most once a second. */
import type { Failure, GapLedger } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { desk } from "./desk.svelte";

const CALM_MS = 1000;

class Gaps {
  ledger = $state.raw<GapLedger | null>(null);
  /** Why the last question was not answered; what was answered before stays. */
  failure = $state.raw<Failure | null>(null);
  #session = -1;
  #watched = 0;
  #asked = -Infinity;
  #going = false;
  /** Something happened while an answer was awaited. */
  #stirred = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Somebody looks at it; returns the way to say that nobody does any more. */
  watch(): () => void {
    this.#watched += 1;
    this.stir();
    const off = desk.onTick(() => this.stir());
    return () => {
      off();
      this.#watched -= 1;
      if (this.#watched > 0 || this.#timer === null) return;
      clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** Something may be different: it is asked for when a second has passed since it was. */
  stir(): void {
    if (this.#session !== desk.session) {
      this.#session = desk.session;
      [this.ledger, this.failure, this.#asked] = [null, null, -Infinity];
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
    }
    this.#stirred = this.#going;
    if (this.#timer !== null || this.#going) return;
    this.#timer = setTimeout(() => void this.#ask(), Math.max(0, this.#asked + CALM_MS - performance.now()));
  }

  async #ask(): Promise<void> {
    this.#timer = null;
    this.#asked = performance.now();
    this.#going = true;
    const { session } = desk;
    try {
      const ledger = await desk.host.call("gaps", {});
      if (session === desk.session) [this.ledger, this.failure] = [ledger, null];
    } catch (thrown) {
      if (session === desk.session) this.failure = failureOf(thrown);
    }
    this.#going = false;
    // What was stirred meanwhile is of a later moment, or of another session.
    if (this.#watched > 0 && (this.#stirred || session !== desk.session)) this.stir();
  }
}

export const gaps = new Gaps();
