/** Ages that nobody waits for are looked at this often. */
const SELDOM_MS = 10_000;
/** When so long nothing has come, the clock rests: it goes on in steps of two seconds. */
const REST_MS = 10_000;

/** One clock for every age on the screen: it ticks once a second, and only while the window can be seen. */
class Clock {
  now = $state(Date.now());
  /** Ticks every ten seconds: a wall of plates that rest is not written and painted anew each second. */
  seldom = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | null = null;
  #heard = Date.now();
  #skipped = false;

  start(): void {
    const run = (): void => {
      if (document.hidden) {
        if (this.#timer !== null) clearInterval(this.#timer);
        this.#timer = null;
      } else if (this.#timer === null) {
        this.#tick(Date.now());
        this.#timer = setInterval(() => this.tick(Date.now()), 1000);
      }
    };
    document.addEventListener("visibilitychange", run);
    run();
  }

  /** Something happens: every second counts. */
  heard(): void {
    this.#heard = Date.now();
  }

  /** A second has passed. Differences are taken without their sign: the machine's clock may have been set back. */
  tick(now: number): void {
    this.#skipped = Math.abs(now - this.#heard) >= REST_MS && !this.#skipped;
    if (!this.#skipped) this.#tick(now);
  }

  #tick(now: number): void {
    this.now = now;
    if (Math.abs(now - this.seldom) >= SELDOM_MS) this.seldom = now;
  }
}

export const clock = new Clock();
