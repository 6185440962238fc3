/**
 * The run's plates beside each other in one feature and scale: their columns, asked for where they are seen, and the one
 * range that they have together. A plate that is not seen leaves its distribution alone.
 */
import { type Column, parseColumn } from "../ipc/bytes";
import { failureOf, type Scale } from "../ipc/host";
import { autoRange } from "../shared/colour/colour";
import { pooled, sketch, widened } from "../shared/colour/ranges";
import { isSigned } from "../shared/scales";
import { desk } from "./desk.svelte";

/** A plate is not asked again sooner: while it reads, every tick names it. */
const CALM_MS = 1000;
/** Columns that are kept though their plates left the page. */
const KEPT = 96;

export interface Held {
  revision: number;
  column: Column | null;
  /** The range that it asks for by itself. */
  own: [number, number];
  /** Why it has no column. */
  problem: string | null;
}

class Multiples {
  /** The run's plates are shown instead of the one. */
  open = $state(false);
  /** Each plate has its own range. */
  apart = $state(false);
  /** The run's range; it widens and never jumps back. */
  range = $state.raw<[number, number] | null>(null);
  /** How many plates the range is of. */
  known = $state(0);
  /** What paints a plate, by its handle, while it is in the page. */
  #painters = new Map<string, ((held: Held) => void)[]>();
  #of = { key: "", run: "", feature: "", scale: "raw" as Scale };
  #held = new Map<string, Held>();
  #sketches = new Map<string, Float64Array>();
  #askedAt = new Map<string, number>();
  #wanted = new Set<string>();
  #going: Promise<void> | null = null;

  /** Looks at a run's plates in a feature and scale; of another run, feature or moment nothing stays. */
  look(run: string, feature: string, scale: Scale): void {
    const key = [desk.session, run, feature, scale].join("\n");
    if (key === this.#of.key) return;
    this.#of = { key, run, feature, scale };
    this.#held.clear();
    this.#sketches.clear();
    this.#askedAt.clear();
    this.#wanted.clear();
    [this.range, this.known] = [null, 0];
  }

  get(plate: string): Held | undefined {
    return this.#held.get(plate);
  }

  /** Paints a plate as long as it is in the page: with what is held of it, and with whatever comes. */
  show(plate: string, paint: (held: Held) => void): () => void {
    this.#painters.set(plate, [...(this.#painters.get(plate) ?? []), paint]);
    const held = this.#held.get(plate);
    if (held && (held.column || held.problem !== null)) paint(held);
    void this.want([plate]);
    return () => {
      const others = (this.#painters.get(plate) ?? []).filter((other) => other !== paint);
      if (others.length > 0) this.#painters.set(plate, others);
      else this.#painters.delete(plate);
    };
  }

  /** Fetches plates that are not known as they are now; resolves when all that is wanted is there. */
  async want(plates: Iterable<string>): Promise<void> {
    for (const plate of plates) {
      const [tile, held] = [desk.plates.get(plate), this.#held.get(plate)];
      // Of one that only counted, and is seen now, the wells are missing.
      const lacks = this.#painters.has(plate) && held?.column === null && held.problem === null;
      if (tile && (!held || lacks || held.revision < tile.revision)) this.#wanted.add(plate);
    }
    this.#going ??= this.#run().finally(() => (this.#going = null));
    await this.#going;
  }

  async #run(): Promise<void> {
    while (this.#wanted.size > 0) {
      // What is seen comes before what only counts; what was asked a moment ago comes last.
      const now = Date.now();
      const ready = [...this.#wanted].filter((plate) => now - (this.#askedAt.get(plate) ?? 0) >= CALM_MS);
      const next = ready.find((plate) => this.#painters.has(plate)) ?? ready[0];
      if (next === undefined) await new Promise((rested) => setTimeout(rested, CALM_MS / 4));
      else {
        this.#wanted.delete(next);
        this.#askedAt.set(next, now);
        await this.#ask(next);
      }
    }
  }

  async #ask(plate: string): Promise<void> {
    const { key, feature, scale } = this.#of;
    const revision = desk.plates.get(plate)?.revision ?? 0;
    let held: Held;
    try {
      const column = parseColumn(await desk.host.column(plate, feature, scale));
      held = { revision, column, own: autoRange(column.values, isSigned(scale)), problem: null };
    } catch (thrown) {
      held = { revision, column: null, own: [0, 1], problem: failureOf(thrown).message };
    }
    if (key !== this.#of.key) return;
    // A plate of another run beside this one has no say in its range.
    if (held.column && desk.plates.get(plate)?.run === this.#of.run) this.#sketches.set(plate, sketch(held.column.values));
    this.known = this.#sketches.size;
    // The last ones that were seen are kept; the others leave their distribution.
    this.#held.delete(plate);
    this.#held.set(plate, held);
    const unseen = [...this.#held].filter(([other, one]) => one.column && !this.#painters.has(other));
    for (const [other, one] of unseen.slice(0, -KEPT)) this.#held.set(other, { ...one, column: null });
    const range = pooled(this.#sketches.values(), isSigned(scale));
    // Whoever paints by the run's range follows it by itself.
    if (range) this.range = widened(this.range, range);
    for (const paint of this.#painters.get(plate) ?? []) paint(held);
  }
}

export const multiples = new Multiples();
