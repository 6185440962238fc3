/** The wall's values: asked for what can be seen, one request at a time, painted in one frame, then told as drawn. */
import { autoRange } from "../shared/colour/colour";
import { copied, parseWall, release, type WallPlate } from "../ipc/bytes";
import { desk } from "./desk.svelte";

/** Plates whose values are kept though they left the page. */
const KEPT = 400;
/** Plates asked for before the page is there: more than fit on a screen. */
const EARLY = 64;
/** The range is looked at again after so long: colours must not dance. */
const CALM_MS = 1000;

class Wall {
  feature = $state("");
  /** One range for all plates of a feature, so that they compare; it widens and never jumps back. */
  range = $state.raw<[number, number]>([0, 1]);
  /** Headline features of the plates' cards, the most important first. */
  features = $state.raw<string[]>([]);
  /** Assays that were asked for their card. */
  cards = $state(0);
  #known = false;
  /** Session and feature that the range is of. */
  #rangeOf = "";
  #looked = 0;
  #assays = new Set<string>();
  #held = new Map<string, WallPlate>();
  #wanted = new Set<string>();
  #asking: Promise<void> | null = null;
  /** The tick that had been told when a plate was last asked for. */
  #askedAt = new Map<string, number>();
  /** Asked for before there was a page to show it. */
  #early: { plates: string[]; told: number; answer: Promise<ArrayBuffer> } | null = null;
  /** Paints one plate; set by each tile that is in the page. */
  tiles = new Map<string, (plate: WallPlate) => void>();

  get(plate: string): WallPlate | undefined {
    return this.#held.get(plate);
  }

  /** Another session, moment or feature: nothing that is held is of it. The range stays within a session. */
  clear(): void {
    this.#held.clear();
    this.#askedAt.clear();
    const session = desk.strip?.session?.folder ?? "";
    const of = `${session}\n${this.feature}`;
    if (of !== this.#rangeOf) {
      if (!this.#rangeOf.startsWith(`${session}\n`)) {
        this.#assays.clear();
        this.features = [];
        this.cards = 0;
      }
      this.#known = false;
      this.#rangeOf = of;
    }
    this.#wanted = new Set(this.tiles.keys());
  }

  choose(feature: string): void {
    this.feature = feature;
    this.clear();
    void this.pull([]);
  }

  /** Learns the features of plates' cards: one plate of each assay is asked, once. */
  async learn(plates: Iterable<{ plate: string; assay: string | null; headline: unknown }>): Promise<void> {
    for (const tile of plates) {
      const assay = tile.assay ?? "";
      if (tile.headline === null || this.#assays.has(assay) || this.#assays.size >= 32) continue;
      this.#assays.add(assay);
      this.cards = this.#assays.size;
      // Without it the list lacks these features until the session is opened again; the wall itself does not need them.
      const detail = await desk.host.call("plate", { plate: tile.plate }).catch(() => null);
      const names = detail?.headlines.map((headline) => headline.feature) ?? [];
      this.features = [...new Set([...this.features, ...names])];
    }
  }

  /** Asks for plates of a tick that the page is about to show, so that their values come while it is made. */
  expect(plates: string[], told: number): void {
    const first = plates.slice(0, EARLY);
    if (first.length === 0 || this.feature !== "") return;
    const answer = desk.host.wall("", first);
    // Its failure is told to whoever takes it, and to nobody where it is not needed.
    answer.catch(() => undefined);
    this.#early = { plates: first, told, answer };
  }

  /**
   * Fetches plates that are on the page; resolves once they are painted. One that was asked for since the tick `since`
   * was told is only waited for.
   */
  async pull(plates: Iterable<string>, since = Infinity): Promise<void> {
    for (const plate of plates) {
      if (!this.tiles.has(plate)) {
        // What is held of a plate that changes out of sight is of before.
        this.#held.delete(plate);
        this.#askedAt.delete(plate);
      } else if ((this.#askedAt.get(plate) ?? 0) < since) this.#wanted.add(plate);
    }
    while (this.#wanted.size > 0 || this.#asking) {
      this.#asking ??= this.#ask().finally(() => (this.#asking = null));
      await this.#asking;
    }
  }

  async #ask(): Promise<void> {
    // Whatever else is wished for in this turn, as by each tile of a wall that just appeared, is asked for with it.
    await Promise.resolve();
    const plates = [...this.#wanted].slice(0, 256);
    for (const plate of plates) {
      this.#wanted.delete(plate);
      this.#askedAt.set(plate, desk.told);
    }
    const { feature } = this;
    const session = desk.session;
    let answer: WallPlate[];
    try {
      answer = await this.#answer(feature, plates);
    } catch {
      // Tiles keep what they show; the next tick, or a tile that appears, asks again.
      for (const plate of plates) this.#askedAt.delete(plate);
      return;
    }
    if (feature !== this.feature || session !== desk.session) return;
    for (const plate of answer) {
      this.#held.delete(plate.plate);
      this.#held.set(plate.plate, plate);
    }
    if (this.#held.size > KEPT) {
      for (const plate of [...this.#held.keys()].slice(0, this.#held.size - KEPT)) {
        if (this.tiles.has(plate)) continue;
        this.#held.delete(plate);
        this.#askedAt.delete(plate);
      }
    }
    const widened = this.#widen();
    for (const plate of widened ? this.#held.values() : answer) this.tiles.get(plate.plate)?.(plate);
    // It is on the screen with the next frame. A hidden window has no frames; it must not hold the stream.
    if (!document.hidden) await new Promise((frame) => requestAnimationFrame(frame));
  }

  async #answer(feature: string, plates: string[]): Promise<WallPlate[]> {
    // Of the very tick that is shown, or not at all: later ones have changed what was asked for.
    const isOf = this.#early?.told === desk.told && feature === "" && plates.every((plate) => this.#early?.plates.includes(plate));
    const early = isOf ? this.#early : null;
    this.#early = null;
    const bytes = await (early?.answer ?? desk.host.wall(feature, plates));
    const answer = parseWall(bytes, early?.plates ?? plates).map((plate) => copied(plate, this.#held.get(plate.plate)));
    release(bytes);
    return answer;
  }

  /** Takes in what was seen; true where the range moved by more than a twentieth. */
  #widen(): boolean {
    if (this.#known && Date.now() - this.#looked < CALM_MS) return false;
    this.#looked = Date.now();
    const seen: number[] = [];
    for (const plate of this.#held.values()) {
      const step = Math.max(1, Math.floor((plate.values.length * this.#held.size) / 20_000));
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
