/** What the window knows of the session on the desk: plates, alerts, the strip. Fed by the host's one channel. */
import { tick as settled, untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { AlertItem, Commands, Failure, PlateTile, Strip, Told, WindowTick } from "../ipc/generated";
import { type Host, isFailure } from "../ipc/host";
import { clock } from "./clock.svelte";
import { type Sample, sampled } from "./flow";
import { route } from "./route.svelte";
import { runOf, twins } from "./twins";

/** Something to tell a person, once. */
export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  /** Where something was written; it can be selected and copied. */
  path: string | null;
  /** What can be done about it. */
  act: { label: string; run: () => void } | null;
}

/** Called with every tick; the tick counts as drawn when all of these have resolved. */
export type Painter = (tick: WindowTick) => Promise<void> | void;

/** Alerts that are over and taken note of are kept up to this number. */
const MOST_RESTING = 1000;

class Desk {
  host!: Host;
  plates = new SvelteMap<string, PlateTile>();
  alerts = $state.raw<AlertItem[]>([]);
  /** Older ones that hold, too, and that this page was not told of. */
  alertsLeftOut = $state(0);
  strip = $state.raw<Strip | null>(null);
  /** Messages a second over the last minute, oldest first. */
  rates = $state.raw<number[]>([]);
  /** The lag of the last seconds. */
  lags = $state.raw<Sample[]>([]);
  selected = $state<string | null>(null);
  /** Grows when another session or another moment is shown: everything known of plates is void. */
  session = $state(0);
  /** A first tick has come. */
  ready = $state(false);
  /** The first tick is on the screen, or none comes soon: what can wait until the plates are there may come now. */
  painted = $state(false);
  /** The last tick that was told. */
  told = 0;
  toasts = $state.raw<Toast[]>([]);
  /** Plates by run and barcode. */
  order = $derived.by(() => [...this.plates.values()].sort(inOrder));
  /** Barcodes that several plates bear. A plate keeps its barcode: it is enough to look when plates come or go, and not with each tick. */
  #twins = $derived.by(() => {
    void [this.plates.size, this.session];
    return untrack(() => twins(this.plates.values()));
  });
  #painters = new Set<Painter>();
  #toasts = 0;

  /** What was told before `heed`, with what whoever told it waits for. */
  #early: { told: Told; heard: (heard: Promise<void>) => void }[] | null = [];

  /** Begins to listen. What is told before `heed` waits for it; `early` may prepare for it. */
  begin(host: Host, early: (told: Told) => void): void {
    this.host = host;
    host.watch((told) => {
      if (!this.#early) return this.hear(told);
      early(told);
      return new Promise((heard) => this.#early?.push({ told, heard }));
    });
  }

  /** Takes what was told so far, and from now on everything at once. */
  heed(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const { told, heard } of early) heard(this.hear(told));
  }

  /** Takes in what is told; resolves once it is on the screen. */
  async hear(told: Told): Promise<void> {
    if (told.kind === "strip") {
      if (told.source?.last_message_ms !== this.strip?.source?.last_message_ms || told.source?.state !== this.strip?.source?.state) clock.heard();
      this.lags = sampled(this.lags, told, this.strip);
      this.strip = told;
      const rate = told.source?.messages_per_s;
      if (rate !== undefined) this.rates = [...this.rates.slice(-119), rate];
      return;
    }
    clock.heard();
    await this.#tick(told);
  }

  async #tick(tick: WindowTick): Promise<void> {
    this.told = tick.number;
    if (tick.reset) {
      const before = this.selected === null ? undefined : this.plates.get(this.selected);
      this.plates.clear();
      this.alerts = [];
      this.session += 1;
      for (const tile of tick.plates) this.plates.set(tile.plate, tile);
      // The same plate under another handle stays selected.
      const again = tick.plates.find((tile) => tile.barcode === before?.barcode && tile.run === before.run);
      this.selected = again?.plate ?? null;
    } else {
      for (const tile of tick.plates) this.plates.set(tile.plate, tile);
    }
    if (tick.alerts.length > 0) {
      const news = new Map(tick.alerts.map((alert) => [alert.seq, alert]));
      const kept = this.alerts.filter((alert) => !news.has(alert.seq));
      const all = [...kept, ...tick.alerts].sort((a, b) => b.seq - a.seq);
      // What is over and taken note of goes first: nobody has it before them.
      const rest = all.filter((alert) => !alert.listed).slice(0, MOST_RESTING);
      const last = rest.at(-1)?.seq ?? 0;
      this.alerts = all.filter((alert) => alert.listed || alert.seq >= last);
    }
    this.alertsLeftOut = tick.reset ? tick.alerts_left_out : this.alertsLeftOut + tick.alerts_left_out;
    this.ready = true;
    // Views that come with this tick must be there to paint it.
    await settled();
    await Promise.allSettled([...this.#painters].map((painter) => painter(tick)));
    // Whoever waits for this one hears of it before what comes now takes its time.
    setTimeout(() => (this.painted = true));
  }

  /** Lets a view paint with every tick before the next one comes. */
  onTick(painter: Painter): () => void {
    this.#painters.add(painter);
    return () => this.#painters.delete(painter);
  }

  /** Runs a command; a failure is told and gives null. */
  async call<C extends keyof Commands>(
    command: C,
    args: Commands[C]["args"],
  ): Promise<Commands[C]["result"] | null> {
    try {
      return await this.host.call(command, args);
    } catch (thrown) {
      this.tell(isFailure(thrown) ? thrown.message : String(thrown), true);
      return null;
    }
  }

  tell(text: string, bad = false, act: Toast["act"] = null, path: string | null = null): void {
    const id = ++this.#toasts;
    this.toasts = [...this.toasts.filter((toast) => toast.text !== text || toast.path !== path).slice(-3), { id, text, bad, act, path }];
    setTimeout(() => this.dismiss(id), bad || act || path !== null ? 12_000 : 6_000);
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  /** The run of a plate that does not have its barcode to itself; empty where the barcode alone says which one it is. */
  runOf(plate: Pick<PlateTile, "run" | "barcode">): string {
    return this.#twins.has(plate.barcode) ? runOf(plate) : "";
  }

  /** A plate's barcode, with its run where that is needed. */
  nameOf(plate: Pick<PlateTile, "run" | "barcode">): string {
    const run = this.runOf(plate);
    return run === "" ? plate.barcode : `${plate.barcode} (${run})`;
  }

  open(plate: string): void {
    this.selected = plate;
    route.go("plate");
  }

  /** Those that are not both over and acknowledged. */
  listed = $derived(this.alerts.filter((alert) => alert.listed));

  /** Those that hold and nobody has acknowledged. */
  openAlerts(): AlertItem[] {
    return this.alerts.filter((alert) => alert.open && !alert.acknowledged);
  }
}

/** By run, then by barcode. */
export function inOrder(a: PlateTile, b: PlateTile): number {
  return compare(a.run, b.run) || compare(a.barcode, b.barcode);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const desk = new Desk();
export type { Failure };
