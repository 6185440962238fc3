/**
 * The plate on the Plate screen: its detail and one column of values, fetched again when its revision grows; what is
 * selected, how it is coloured, what was excluded and can be undone.
 */
import { type Column, EXCLUDED, parseColumn, ROLES, VALUE } from "../ipc/bytes";
import type { LayoutEntry, PlateDetail, WellDetail } from "../ipc/generated";
import { isFailure, type Scale } from "../ipc/host";
import { clipped, type Mode, rangeBy } from "../shared/colour/ranges";
import { type Band, bandOf, changed, type Limits, USUAL } from "../shared/heat/bands";
import { rectangle, wellName } from "../shared/heat/wells";
import { isSigned } from "../shared/scales";
import { desk } from "./desk.svelte";
import { Fresh } from "./fresh.svelte";
import { multiples } from "./multiples.svelte";
import { settings } from "./settings.svelte";
import { rounds } from "./rounds";

/** A column with what it is of: what is shown until another one has come. */
export interface Shown extends Column {
  feature: string;
  scale: Scale;
  session: number;
}

const SAMPLE = ROLES.indexOf("sample");
class Plate {
  detail = $state.raw<PlateDetail | null>(null);
  column = $state.raw<Shown | null>(null);
  features = $state.raw<string[]>([]);
  /** Why there is no column or detail, in words. */
  problem = $state<string | null>(null);
  feature = $state("");
  scale = $state<Scale>("raw");
  /** The map of signed scales; that of magnitudes is a setting. */
  signedMap = $state("tide");
  range = $state.raw<[number, number]>([0, 1]);
  /** The range was set by hand and is kept. */
  held = $state(false);
  /** What the range follows, where it was not set by hand. */
  mode = $state<Mode>("plate");
  percentiles = $state.raw<readonly [number, number]>([1, 98.5]);
  /** Wells outside the range are marked. */
  marksClipped = $state(true);
  #fresh = new Fresh();
  /** The well under the pointer, wherever it is shown. */
  hover = $state<number | null>(null);
  /** The well where the keyboard is, and all that are selected. */
  cursor = $state<number | null>(null);
  wells = $state.raw<ReadonlySet<number>>(new Set());
  well = $state.raw<WellDetail | null>(null);
  /** Robust z from which, in the headline's direction, a sample is a strong, a medium, a weak hit. */
  limits = $state.raw<Limits>(USUAL);
  /** The plate that all of this is of, and the session's moment it was seen in. */
  #of: { plate: string; run: string; barcode: string; session: number } | null = null;
  /** Where an extended selection began. */
  #anchor: number | null = null;
  /** What was excluded here, to be undone in turn. */
  #done: { wells: number[]; excluded: boolean }[] = [];
  #asking: Promise<void> | null = null;
  #again = false;
  #abort = new AbortController();
  #askingWell = false;

  threshold = $derived(this.limits[2]);
  signed = $derived(isSigned(this.scale));
  clipped = $derived(clipped(this.column?.values ?? [], this.range));
  map = $derived(this.signed ? this.signedMap : settings.map);
  direction = $derived(this.detail?.headlines.find((headline) => headline.feature === this.shown())?.direction ?? null);
  layout: ReadonlyMap<number, LayoutEntry> = $derived(new Map((this.detail?.layout ?? []).map((entry) => [entry.well, entry])));
  /** Samples that count and have a value. */
  samples = $derived.by(() => {
    const { column } = this;
    if (!column) return [];
    return [...column.roles.keys()].filter((well) => column.roles[well] === SAMPLE && ((column.states[well] ?? 0) & (EXCLUDED | 15)) === VALUE);
  });
  /** Hits with how strong they are. */
  bands: ReadonlyMap<number, Band> = $derived.by(() => {
    const { column, limits, direction } = this;
    return new Map(this.samples.flatMap((well): [number, Band][] => {
      const band = bandOf(column?.robustZ[well] ?? Number.NaN, direction, limits);
      return band ? [[well, band]] : [];
    }));
  });
  hits: ReadonlySet<number> = $derived(new Set(this.bands.keys()));

  /** The feature that is wished for: the chosen one, else the first headline, else the first there is. */
  shown(): string {
    return this.feature || (this.detail?.headlines[0]?.feature ?? this.features[0] ?? "");
  }

  /** The wells that came last, for a moment. */
  get fresh(): Fresh["wells"] {
    return this.#fresh.wells;
  }

  name(well: number): string {
    return wellName(well, this.detail?.columns || 24);
  }

  /** Looks at the desk's selected plate. Of another nothing stays; of the same one in another moment what is selected does. */
  look(): void {
    const tile = desk.selected === null ? undefined : desk.plates.get(desk.selected);
    const before = this.#of;
    if (!tile) {
      if (before) this.#clear();
      this.#of = null;
      return;
    }
    const isSame = before?.run === tile.run && before.barcode === tile.barcode;
    if (!isSame) this.#clear();
    if (before?.session !== desk.session) {
      // What is on disk of another moment cannot be undone here, and its features may be others.
      this.#done = [];
      this.features = [];
      this.#fresh.clear();
    }
    this.#of = { plate: tile.plate, run: tile.run, barcode: tile.barcode, session: desk.session };
    void this.pull();
  }

  #clear(): void {
    this.#abort.abort();
    [this.detail, this.column, this.well, this.problem] = [null, null, null, null];
    [this.features, this.#done] = [[], []];
    [this.cursor, this.hover, this.#anchor, this.held] = [null, null, null, false];
    this.#fresh.clear();
    this.wells = new Set();
  }

  /** Fetches what is shown; one at a time, the last wish wins. */
  async pull(): Promise<void> {
    this.#again = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#again, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const plate = this.#of?.plate;
      if (plate === undefined) return;
      this.#abort = new AbortController();
      try {
        const detail = await desk.host.call("plate", { plate });
        if (plate !== this.#of?.plate) continue;
        this.detail = detail;
        if (this.features.length === 0) await this.pullFeatures();
        await this.#pullColumn(plate);
      } catch (thrown) {
        if (plate === this.#of?.plate) this.problem = isFailure(thrown) ? thrown.message : String(thrown);
      }
      if (this.cursor !== null) void this.pullWell();
    }
  }

  /** The features that there are by now; they grow as messages name them. */
  async pullFeatures(): Promise<void> {
    const plate = this.#of?.plate;
    if (plate === undefined) return;
    const features = await desk.host.call("features", { plate });
    if (plate === this.#of?.plate) this.features = features;
  }

  async #pullColumn(plate: string): Promise<void> {
    const [feature, scale] = [this.shown(), this.scale];
    if (feature === "") return;
    const { signal } = this.#abort;
    const { session } = desk;
    const isStill = (): boolean =>
      !signal.aborted && plate === this.#of?.plate && feature === this.shown() && scale === this.scale;
    try {
      const column = parseColumn(await desk.host.column(plate, feature, scale, signal));
      if (!isStill()) return;
      // What another feature or another moment has is no arrival.
      if (this.column?.feature === feature && this.column.session === session) this.#fresh.note(this.column.states, column.states);
      this.column = { ...column, feature, scale, session };
      this.problem = null;
      if (!this.held) this.auto();
    } catch (thrown) {
      if (!isStill()) return;
      // Values of another feature or scale under this one's name would be worse than none.
      this.column = null;
      throw thrown;
    }
  }

  /** One well at a time; the last one asked for is the one that stays. */
  async pullWell(): Promise<void> {
    if (this.#askingWell) return;
    this.#askingWell = true;
    for (;;) {
      const [plate, well] = [this.#of?.plate, this.cursor];
      if (plate === undefined || well === null) break;
      const detail = await desk.call("well", { plate, well });
      if (plate !== this.#of?.plate || well !== this.cursor) continue;
      this.well = detail;
      break;
    }
    this.#askingWell = false;
  }

  /** One well alone, one more (or less), or the rectangle from where the selection began. */
  select(well: number | null, how: "one" | "toggle" | "extend" = "one", columns = this.detail?.columns || 24): void {
    if (well === null) {
      [this.cursor, this.#anchor, this.well] = [null, null, null];
      this.wells = new Set();
      return;
    }
    this.#anchor ??= well;
    if (how === "extend") this.wells = new Set(rectangle(this.#anchor, well, columns));
    else if (how === "toggle" && this.wells.size > 1 && this.wells.has(well)) {
      this.wells = new Set([...this.wells].filter((known) => known !== well));
      well = [...this.wells].at(-1) ?? well;
    } else this.wells = how === "toggle" ? new Set([...this.wells, well]) : new Set([well]);
    if (how !== "extend") this.#anchor = well;
    this.cursor = well;
    // Of a plate whose format nobody has said the desk knows no wells.
    if (this.detail?.rows !== 0) void this.pullWell();
  }

  choose(feature: string): void {
    [this.feature, this.held] = [feature, false];
    this.#abort.abort();
    void this.pull();
  }

  scaleBy(scale: Scale): void {
    [this.scale, this.held] = [scale, false];
    this.#abort.abort();
    void this.pull();
  }

  /** The colour map of what is shown. */
  mapBy(map: string): void {
    if (this.signed) this.signedMap = map;
    else {
      settings.map = map;
      void settings.save();
    }
  }

  /** The range that the mode asks for, the plate's own until the mode has one; symmetric about 0 for the diverging map. */
  auto(): void {
    this.held = false;
    const of = this.column ?? { values: [], roles: [], states: [] };
    const [low, high] = rangeBy(this.mode, of, this.signed, this.percentiles, multiples.range) ?? rangeBy("plate", of, this.signed, this.percentiles, null) ?? [0, 1];
    // The same range is no news: nothing is painted for it.
    if (low !== this.range[0] || high !== this.range[1]) this.range = [low, high];
  }

  rangeBy(mode: Mode, percentiles = this.percentiles): void {
    [this.mode, this.percentiles] = [mode, percentiles];
    this.auto();
  }

  limit(which: 0 | 1 | 2, to: number): void {
    if (to >= 0) this.limits = changed(this.limits, which, to);
  }

  /** Many wells at once, as by their names; the first is where the keyboard is. */
  selectAll(wells: readonly number[]): void {
    this.select(wells[0] ?? null);
    if (wells.length > 1) this.wells = new Set(wells);
  }

  /** Excludes or restores those wells that are not so yet. */
  async exclude(wells: number[], excluded: boolean, reason: string): Promise<boolean> {
    const plate = this.#of?.plate;
    const already = new Set(this.detail?.excluded.map((row) => row.well));
    const changed = wells.filter((well) => already.has(well) !== excluded);
    if (plate === undefined || changed.length === 0) return false;
    const written = await desk.call("exclude", { plate, wells: changed, excluded, reason });
    if (written === null) return false;
    if (plate === this.#of?.plate) this.#done.push({ wells: changed, excluded });
    desk.tell(`${this.say(changed)} ${excluded ? "excluded" : "restored"}. Ctrl Z undoes it.`);
    return true;
  }

  async undo(): Promise<void> {
    const plate = this.#of?.plate;
    const last = this.#done.pop();
    if (!last || plate === undefined) return desk.tell("There is nothing to undo on this plate.");
    const written = await desk.call("exclude", { plate, wells: last.wells, excluded: !last.excluded, reason: "undone" });
    if (written === null) this.#done.push(last);
    else desk.tell(`${this.say(last.wells)} ${last.excluded ? "restored" : "excluded"} again.`);
  }

  /** Wells in a sentence: the one by its name, many by their number. */
  say(wells: readonly number[]): string {
    return wells.length === 1 ? this.name(wells[0] ?? 0) : `${wells.length} wells`;
  }
}

export const plate = new Plate();
export { EMPTY, EXCLUDED, NO_VALUE, ROLES, VALUE } from "../ipc/bytes";
export type { Scale } from "../ipc/host";
