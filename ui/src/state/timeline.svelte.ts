/**
 * The session's time: density and marks, asked for at most every two seconds while it grows, never while idle; playing,
 * holding and going to a moment.
 */
import { untrack } from "svelte";
import type { Mode, SeekArgs, Timeline } from "../ipc/generated";
import { desk } from "./desk.svelte";
import { keys } from "./keys.svelte";

const BINS = 400;

export class Time {
  line = $state.raw<Timeline | null>(null);
  #due: ReturnType<typeof setTimeout> | null = null;
  #last = 0;
  #life = 0;
  #seeking = false;
  #next: SeekArgs | null = null;
  #folder: string | undefined;

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

  get mode(): Mode {
    return desk.strip?.mode ?? "none";
  }

  /** The session that is shown, by its folder: of another one nothing is known yet. */
  of(folder: string | undefined): void {
    if (folder === this.#folder && untrack(() => this.line) !== null) return this.touch();
    this.#folder = folder;
    this.clear();
  }

  /** At the live edge this holds: playing from there would begin the session again. */
  play(): void {
    if (this.mode !== "none") void desk.call(this.mode !== "replay" || desk.strip?.position?.playing ? "pause" : "play", {});
  }

  speed(times: number): void {
    if (this.mode === "replay") void desk.call("speed", { speed: times });
  }

  /** To the alert before or after. */
  step(by: 1 | -1): void {
    const marks = this.line?.marks ?? [];
    const seq = desk.strip?.position?.seq ?? Number.MAX_SAFE_INTEGER;
    const next = by > 0 ? marks.find((mark) => mark.seq > seq) : [...marks].reverse().find((mark) => mark.seq < seq);
    if (next) void this.seek({ to: "seq", seq: next.seq });
  }

  toEdge(): void {
    if (this.mode !== "none") void desk.call("live_edge", {});
  }

  rewind(): void {
    const { first_ms: first, last_ms: last } = this.line ?? { first_ms: null, last_ms: null };
    if (first !== null && last !== null) void this.seek({ to: "time", ms: Math.round(last - Math.max(1000, (last - first) / 10)) });
  }

  /** Follows ticks and answers keys, for whoever shows a timeline; returns the way to end it. */
  attend(): () => void {
    const untick = desk.onTick(() => this.touch());
    const unkey = keys.on("global", {
      play: () => this.play(), rewind: () => this.rewind(), "live-edge": () => this.toEdge(), "flag-before": () => this.step(-1), "flag-after": () => this.step(1),
      "speed-1": () => this.speed(1), "speed-4": () => this.speed(4), "speed-16": () => this.speed(16), "speed-60": () => this.speed(60),
    });
    return () => {
      untick();
      unkey();
    };
  }
}

export const timeline = new Time();
