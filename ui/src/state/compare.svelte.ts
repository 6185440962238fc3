/** Wells beside each other, and a plate that stays beside the others: what is asked of the desk for them. */
import type { WellDetail } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { desk } from "./desk.svelte";
import { rounds } from "./rounds";

/** So many fit beside each other. */
export const MOST = 6;

class Compare {
  open = $state(false);
  wells = $state.raw<readonly WellDetail[]>([]);
  problem = $state<string | null>(null);
  /** The plate beside this one, by its handle. */
  pinned = $state<string | null>(null);
  #next: { plate: string; wells: readonly number[] } | null = null;
  #asking: Promise<void> | null = null;

  /** Looks at wells of a plate; the last wish wins. */
  async look(plate: string, wells: readonly number[]): Promise<void> {
    this.#next = { plate, wells: wells.slice(0, MOST) };
    this.#asking ??= rounds(() => this.#run(), () => this.#next !== null, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    const asked = this.#next;
    this.#next = null;
    if (!asked) return;
    try {
      const wells = await Promise.all(asked.wells.map((well) => desk.host.call("well", { plate: asked.plate, well })));
      if (this.#next === null) [this.wells, this.problem] = [wells, null];
    } catch (thrown) {
      if (this.#next === null) [this.wells, this.problem] = [[], failureOf(thrown).message];
    }
  }
}

export const compare = new Compare();
