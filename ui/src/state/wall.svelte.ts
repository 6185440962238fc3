/** The wall's values: asked for what can be seen, one request at a time, painted in one frame, then told as drawn. */
import { autoRange } from "../shared/colour/colour";
import { copied, parseWall, release, type WallPlate } from "../ipc/bytes";
import type { PlateTile } from "../ipc/generated";
import { desk } from "./desk.svelte";

/** Plates whose values are kept though they left the page. */
const KEPT = 400;
/** Plates asked for before the page is there: more than fit on a screen. */
const EARLY = 64;
/** The range is looked at again after so long: colours must not dance. */
const CALM_MS = 1000;
/** Cards whose features are offered. */
const MOST_CARDS = 32;

export type Range = readonly [number, number];
const UNKNOWN: Range = [0, 1];

/** What a tile tells of its plate. */
type Judged = Pick<PlateTile, "plate" | "assay" | "headline">;
/** A card's name, as far as tiles tell it: which assay, and which feature comes first. */
const nameOf = (assay: string | null, first: string): string => `${assay ?? ""}\n${first}`;

class Wall {
  /** Empty: each plate's own first headline. */
  feature = $state("");
  /** One range for all plates of a feature, so that they compare; within a session it widens and never jumps back. */
  ranges = $state.raw<ReadonlyMap<string, Range>>(new Map());
  /** Headline features of the plates' cards, the most important first. */
  features = $state.raw<string[]>([]);
  /** Features whose range is of more than a few values. */
  #known = new Set<string>();
  #session = "";
  #looked = 0;
  /** Each plate's card, as it was told last; and the features of those cards that were asked for. */
  #cards = new Map<string, { card: string; first: string }>();
  #learned = new Map<string, readonly string[]>();
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

  /** The feature that a plate is coloured by; empty where it has none. */
  featureOf(plate: string): string {
    return this.feature || (desk.plates.get(plate)?.headline?.feature ?? "");
  }

  rangeOf(feature: string): Range {
    return this.ranges.get(feature) ?? UNKNOWN;
  }

  /** Another session, moment or feature: nothing that is held is of it. Ranges stay within a session. */
  clear(): void {
    this.#held.clear();
    this.#askedAt.clear();
    // Another moment has other handles.
    this.#cards.clear();
    const session = desk.strip?.session?.folder ?? "";
    if (session !== this.#session) {
      this.#session = session;
      this.#learned.clear();
      this.features = [];
      this.#forget(() => true);
    }
    this.#wanted = new Set(this.tiles.keys());
  }

  /** Plates are judged by other cards: what was learned of the ones before is void, and so are colours. */
  judged(): void {
    this.clear();
    this.#learned.clear();
    this.#forget(() => true);
    void this.learn(desk.plates.values());
    void this.pull([]);
  }

  #forget(gone: (feature: string) => boolean): void {
    this.#known = new Set([...this.#known].filter((feature) => !gone(feature)));
    this.ranges = new Map([...this.ranges].filter(([feature]) => !gone(feature)));
  }

  choose(feature: string): void {
    this.feature = feature;
    this.clear();
    void this.pull([]);
  }

  /** Learns the features of plates' cards: one plate of each card is asked, once; again when a plate's first headline is another. */
  async learn(plates: Iterable<Judged>): Promise<void> {
    const asked: [card: string, plate: string, none: readonly string[]][] = [];
    const left: string[] = [];
    let isNew = false;
    for (const tile of plates) {
      const first = tile.headline?.feature ?? "";
      const card = nameOf(tile.assay, first);
      const before = this.#cards.get(tile.plate);
      if (before?.card === card) continue;
      isNew = true;
      this.#cards.set(tile.plate, { card, first });
      if (before && before.first !== first) {
        // What is held of it is of the feature before, and may have widened either range.
        left.push(before.first);
        this.#held.delete(tile.plate);
      }
      if (tile.headline === null || this.#learned.has(card) || this.#learned.size >= MOST_CARDS) continue;
      const none: readonly string[] = [];
      this.#learned.set(card, none);
      asked.push([card, tile.plate, none]);
    }
    if (left.length > 0 && this.feature === "") this.#forget((feature) => left.includes(feature));
    if (isNew) {
      const used = new Set([...this.#cards.values()].map((plate) => plate.card));
      for (const card of this.#learned.keys()) if (!used.has(card)) this.#learned.delete(card);
      this.#name();
    }
    for (const [card, plate, none] of asked) {
      // Without it the list lacks these features until the session is opened again; the wall itself does not need them.
      const detail = await desk.host.call("plate", { plate }).catch(() => null);
      // Another session, or another card, came meanwhile.
      if (!detail || this.#learned.get(card) !== none) continue;
      this.#learned.set(card, detail.headlines.map((headline) => headline.feature));
      this.#name();
    }
  }

  #name(): void {
    this.features = [...new Set([...this.#learned.values()].flat())];
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
    const of = new Map(plates.map((plate) => [plate, this.featureOf(plate)]));
    const session = desk.session;
    let answer: WallPlate[];
    try {
      // What another card became first of meanwhile is asked for again by the tick that said so.
      answer = (await this.#answer(feature, plates)).filter(({ plate }) => !of.has(plate) || of.get(plate) === this.featureOf(plate));
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

  /** Takes in what was seen, each feature for itself; true where a range moved by more than a twentieth. */
  #widen(): boolean {
    const isDue = Date.now() - this.#looked >= CALM_MS;
    if (isDue) this.#looked = Date.now();
    const held = [...this.#held.values()].map((plate) => [this.featureOf(plate.plate), plate.values] as const);
    const due = [...new Set(held.map(([feature]) => feature))].filter((feature) => isDue || !this.#known.has(feature));
    const moved = due.flatMap((feature): [string, Range][] => {
      const range = this.#wider(feature, held.flatMap(([of, values]) => (of === feature ? [values] : [])));
      return range ? [[feature, range]] : [];
    });
    if (moved.length > 0) this.ranges = new Map([...this.ranges, ...moved]);
    return moved.length > 0;
  }

  /** A feature's range with these values; `null` where it stays. */
  #wider(feature: string, plates: readonly Float32Array[]): Range | null {
    const seen: number[] = [];
    for (const values of plates) {
      const step = Math.max(1, Math.floor((values.length * plates.length) / 20_000));
      for (let i = 0; i < values.length; i += step) {
        const value = values[i];
        if (value !== undefined && Number.isFinite(value)) seen.push(value);
      }
    }
    if (seen.length === 0) return null;
    const [low, high] = autoRange(seen);
    if (!this.#known.has(feature)) {
      if (seen.length > 16) this.#known.add(feature);
      return [low, high];
    }
    const [from, to] = this.rangeOf(feature);
    const least = (to - from) / 20;
    return low >= from - least && high <= to + least ? null : [Math.min(low, from), Math.max(high, to)];
  }
}

/** The one feature that these plates are judged by first; `null` where they have several, `undefined` where none has one. */
export function common(plates: Iterable<Pick<Judged, "headline">>): string | null | undefined {
  let found: string | undefined;
  for (const { headline } of plates) {
    if (headline === null) continue;
    found ??= headline.feature;
    if (found !== headline.feature) return null;
  }
  return found;
}

export const wall = new Wall();
