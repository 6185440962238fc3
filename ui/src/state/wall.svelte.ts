/** The wall's values: asked for what can be seen, one request at a time, painted in one frame, then told as drawn. */
import { autoRange } from "../shared/colour/colour";
import { parseWall, type WallPlate } from "../ipc/bytes";
import { desk } from "./desk.svelte";

class Wall {
  feature = $state("");
  /** One range for all plates of a feature, so that they compare; it widens and never jumps back. */
  range = $state.raw<[number, number]>([0, 1]);
  #known = false;
  #held = new Map<string, WallPlate>();
  #wanted = new Set<string>();
  #asking: Promise<void> | null = null;
  /** Paints one plate; set by each tile that is in the page. */
  tiles = new Map<string, (plate: WallPlate) => void>();

  get(plate: string): WallPlate | undefined {
    return this.#held.get(plate);
  }

  /** Another session or feature: nothing that is held is of it. */
  clear(): void {
    this.#held.clear();
    this.#known = false;
    this.#wanted = new Set(this.tiles.keys());
  }

  choose(feature: string): void {
    this.feature = feature;
    this.clear();
    void this.pull([]);
  }

  /** Fetches plates that are on the page; resolves once they are painted. */
  async pull(plates: Iterable<string>): Promise<void> {
    for (const plate of plates) if (this.tiles.has(plate)) this.#wanted.add(plate);
    while (this.#wanted.size > 0 || this.#asking) {
      this.#asking ??= this.#ask().finally(() => (this.#asking = null));
      await this.#asking;
    }
  }

  async #ask(): Promise<void> {
    const plates = [...this.#wanted].slice(0, 256);
    for (const plate of plates) this.#wanted.delete(plate);
    const { feature } = this;
    const session = desk.session;
    let answer: WallPlate[];
    try {
      answer = parseWall(await desk.host.wall(feature, plates), plates);
    } catch {
      // Tiles keep what they show; the next tick asks again.
      return;
    }
    if (feature !== this.feature || session !== desk.session) return;
    for (const plate of answer) this.#held.set(plate.plate, plate);
    const widened = this.#widen();
    await new Promise<void>((done) => {
      const frame = (): void => {
        for (const plate of widened ? this.#held.values() : answer) this.tiles.get(plate.plate)?.(plate);
        done();
      };
      // A hidden window has no frames; it must not hold the stream.
      if (document.hidden) frame();
      else requestAnimationFrame(frame);
    });
  }

  /** Takes in what was seen; true where the range moved by more than a twentieth. */
  #widen(): boolean {
    const seen: number[] = [];
    for (const plate of this.#held.values()) {
      const step = Math.max(1, Math.floor((plate.values.length * this.#held.size) / 40_000));
      for (let i = 0; i < plate.values.length; i += step) {
        const value = plate.values[i];
        if (value !== undefined && Number.isFinite(value)) seen.push(value);
      }
    }
    if (seen.length === 0) return false;
    const [low, high] = autoRange(seen);
    const span = this.range[1] - this.range[0];
    if (!this.#known) {
      this.#known = seen.length > 16;
      this.range = [low, high];
      return true;
    }
    if (low >= this.range[0] - span / 20 && high <= this.range[1] + span / 20) return false;
    this.range = [Math.min(low, this.range[0]), Math.max(high, this.range[1])];
    return true;
  }
}

export const wall = new Wall();
