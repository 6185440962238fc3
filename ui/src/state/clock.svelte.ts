/** One clock for every age on the screen: it ticks once a second, and only while the window can be seen. */
class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | null = null;

  start(): void {
    const run = (): void => {
      if (document.hidden) {
        if (this.#timer !== null) clearInterval(this.#timer);
        this.#timer = null;
      } else if (this.#timer === null) {
        this.now = Date.now();
        this.#timer = setInterval(() => (this.now = Date.now()), 1000);
      }
    };
    document.addEventListener("visibilitychange", run);
    run();
  }
}

export const clock = new Clock();
