/**
 * What changed since a person looked: at each plate, by opening it or by saying "Seen", and at all of them. Kept for each
 * session under its folder. It counts at the live edge alone: another moment of a session is no change.
 */
import { SvelteMap } from "svelte/reactivity";
import type { AlertItem, PlateTile, WindowTick } from "../ipc/generated";
import { desk } from "./desk.svelte";
import { keep, recall } from "./kept";
import { byPlate, changes, type Mark, markOf, nameOf, read, written } from "./mark";
import { route } from "./route.svelte";

/** Sessions that are remembered, and plates of one. */
const SESSIONS = 6;
const PLATES = 5000;
/** So long after the last change of marks they are written down. */
const CALM_MS = 400;

interface Kept {
  folder: string;
  since: number;
  marks: [string, unknown][];
}

class Seen {
  /** What changed of each plate that changed, by its handle. */
  changed = new SvelteMap<string, string[]>();
  /** Since when: all plates were seen then. */
  since = $state<number | null>(null);
  /** At the live edge of a session. */
  counts = $derived(desk.strip !== null && (desk.strip.mode === "live" || desk.strip.mode === "following") && desk.strip.session !== null);
  #marks = new Map<string, Mark>();
  #folder = "";
  #began = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Begins to watch, once. */
  start(): void {
    if (this.#began) return;
    this.#began = true;
    desk.onTick((tick) => this.hear(tick));
    $effect.root(() => {
      // The session is told before its plates; only a page that begins may hear of plates first.
      $effect(() => {
        if (desk.strip?.session && this.#folder === "" && desk.ready) this.#begin();
      });
      // What is open is being looked at, also while it changes.
      $effect(() => {
        const isOpen = route.screen === "plate" || route.screen === "images";
        const tile = isOpen && desk.selected !== null ? desk.plates.get(desk.selected) : undefined;
        if (tile && this.counts) this.look([tile.plate]);
      });
    });
  }

  hear(tick: WindowTick): void {
    if (tick.reset) this.#begin();
    else if (this.#folder !== "" && (tick.plates.length > 0 || tick.alerts.length > 0)) {
      const changed = new Set([...tick.plates.map((tile) => tile.plate), ...tick.alerts.map((alert) => alert.plate)]);
      const open = byPlate(desk.alerts);
      for (const plate of changed) this.#compare(desk.plates.get(plate), open.get(plate));
    }
  }

  /** A session's plates have come: what was kept of it, or all as they are now. */
  #begin(): void {
    const folder = desk.strip?.session?.folder ?? "";
    if (folder !== this.#folder) {
      this.#write();
      this.#folder = folder;
      this.#marks.clear();
      this.since = null;
      const known = folder === "" ? undefined : all().find((kept) => kept.folder === folder);
      for (const [name, row] of known?.marks ?? []) {
        const mark = read(row);
        if (mark) this.#marks.set(name, mark);
      }
      this.since = known?.since ?? null;
    }
    this.changed.clear();
    if (folder === "") return;
    if (this.since === null) {
      // A moment of a recording is no beginning.
      if (this.counts) this.all();
      return;
    }
    const open = byPlate(desk.alerts);
    for (const tile of desk.plates.values()) this.#compare(tile, open.get(tile.plate));
  }

  #compare(tile: PlateTile | undefined, alerts: AlertItem[] | undefined): void {
    if (!tile) return;
    const words = changes(this.#marks.get(nameOf(tile)), tile, alerts);
    const known = this.changed.get(tile.plate);
    if (words.length === 0) this.changed.delete(tile.plate);
    else if (known?.join() !== words.join()) this.changed.set(tile.plate, words);
  }

  /** Plates that somebody has looked at. */
  look(plates: Iterable<string>): void {
    if (!this.counts || this.#folder === "") return;
    const open = byPlate(desk.alerts);
    for (const plate of plates) {
      const tile = desk.plates.get(plate);
      if (!tile) continue;
      this.#marks.set(nameOf(tile), markOf(tile, open.get(plate)));
      this.changed.delete(plate);
    }
    this.#later();
  }

  /** All of them, now. */
  all(): void {
    this.since = Date.now();
    this.look(desk.plates.keys());
  }

  #later(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), CALM_MS);
  }

  #write(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#folder === "" || this.since === null) return;
    const marks = [...this.#marks].slice(-PLATES).map(([name, mark]): [string, unknown] => [name, written(mark)]);
    keep("seen", [{ folder: this.#folder, since: this.since, marks }, ...all().filter((kept) => kept.folder !== this.#folder)].slice(0, SESSIONS));
  }
}

/** What is kept, where it can be read. */
function all(): Kept[] {
  const known = recall("seen");
  if (!Array.isArray(known)) return [];
  return known.filter((one): one is Kept => typeof one === "object" && one !== null && typeof one.folder === "string" && typeof one.since === "number" && Array.isArray(one.marks) && one.marks.every((row: unknown) => Array.isArray(row) && typeof row[0] === "string"));
}

export const seen = new Seen();
