/** The values below the cross: one question on its way, the newest waits. */
import { desk } from "./desk.svelte";
import { keyOf, type Place } from "./place";
import { rounds } from "./rounds";

class Reading {
  /** What is below the cross, with the pixel that it is of. */
  found = $state.raw<{ place: Place; x: number; y: number; values: [string, number | null][]; says: string | null } | null>(null);
  #next: { place: Place; x: number; y: number } | null = null;
  #going: Promise<void> | null = null;

  async ask(place: Place, x: number, y: number): Promise<void> {
    const { found } = this;
    if (found && keyOf(found.place) === keyOf(place) && found.x === x && found.y === y) return;
    this.#next = { place, x, y };
    this.#going ??= rounds(() => this.#run(), () => this.#next !== null, () => (this.#going = null));
    await this.#going;
  }

  clear(): void {
    this.#next = null;
    this.found = null;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const { place, x, y } = this.#next;
      this.#next = null;
      const { plate, well, site, z, t } = place;
      // A pixel without values has none to show; the picture itself says what is wrong.
      const readout = await desk.host.call("readout", { plate, well, site, z, t, x, y }).catch(() => null);
      this.found = { place, x, y, values: readout?.values ?? [], says: readout?.says ?? null };
    }
  }
}

export const reading = new Reading();
