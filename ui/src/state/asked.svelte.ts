/** A question to the desk whose last answer is shown: one on its way at a time, the last wish wins, what failed says why. */
import type { Commands } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { desk } from "./desk.svelte";
import { rounds } from "./rounds";

export class Asked<C extends keyof Commands> {
  answer = $state.raw<Commands[C]["result"] | null>(null);
  /** Why there is no answer, in words. */
  problem = $state<string | null>(null);
  busy = $state(false);
  readonly #command: C;
  /** What was answered is not asked again sooner, where it is of the same: a plate that reads changes many times a second. */
  readonly #calm: number;
  #answered = { key: "", at: 0 };
  #key = "";
  #next: { args: Commands[C]["args"]; key: string } | null = null;
  #asking: Promise<void> | null = null;

  constructor(command: C, calm_ms = 0) {
    this.#command = command;
    this.#calm = calm_ms;
  }

  /** Asks. What was answered stays until the new answer is there, where both are of the same `key`. */
  async ask(args: Commands[C]["args"], key: string): Promise<void> {
    if (key !== this.#key) this.clear();
    this.#key = key;
    this.#next = { args, key };
    this.busy = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#next !== null, () => {
      this.#asking = null;
      this.busy = false;
    });
    await this.#asking;
  }

  clear(): void {
    [this.answer, this.problem, this.#key, this.#next] = [null, null, "", null];
  }

  async #run(): Promise<void> {
    const wait = this.#answered.key === this.#next?.key ? this.#answered.at + this.#calm - Date.now() : 0;
    if (wait > 0) await new Promise((rested) => setTimeout(rested, wait));
    const asked = this.#next;
    this.#next = null;
    if (!asked) return;
    try {
      const answer = await desk.host.call(this.#command, asked.args);
      if (asked.key === this.#key) [this.answer, this.problem] = [answer, null];
    } catch (thrown) {
      // Numbers of before under what failed now would be worse than none.
      if (asked.key === this.#key) [this.answer, this.problem] = [null, failureOf(thrown).message];
    }
    this.#answered = { key: asked.key, at: Date.now() };
  }
}
