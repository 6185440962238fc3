/** Ages that nobody waits for are looked at this often. */
const SELDOM_MS = 10_000;

/** One clock for every age on the screen: it ticks once a second, and only while the window can be seen. */
class Clock {
  now = $state(Date.now());
  /** Ticks every ten seconds: a wall of plates that rest is not written and painted anew each second. */
  seldom = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | null = null;

  start(): void {
    const tick = (): void => {
      this.now = Date.now();
      // Also where the clock was set back.
      if (Math.abs(this.now - this.seldom) >= SELDOM_MS) this.seldom = this.now;
    };
    const run = (): void => {
      if (document.hidden) {
        if (this.#timer !== null) clearInterval(this.#timer);
        this.#timer = null;
      } else if (this.#timer === null) {
        tick();
        this.#timer = setInterval(tick, 1000);
      }
    };
    document.addEventListener("visibilitychange", run);
    run();
  }
}

export const clock = new Clock();
