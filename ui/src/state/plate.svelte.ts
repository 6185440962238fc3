/** The plate on the Plate screen: its detail and one column of values, fetched again when its revision grows. */
import { type Column, EXCLUDED, parseColumn } from "../ipc/bytes";
import type { PlateDetail, WellDetail } from "../ipc/generated";
import { isFailure, type Scale } from "../ipc/host";
import { autoRange } from "../shared/colour/colour";
import { desk } from "./desk.svelte";

class Plate {
  detail = $state.raw<PlateDetail | null>(null);
  column = $state.raw<Column | null>(null);
  features = $state.raw<string[]>([]);
  /** Why there is no column or detail, in words. */
  problem = $state<string | null>(null);
  feature = $state("");
  scale = $state<Scale>("raw");
  map = $state<string | null>(null);
  range = $state.raw<[number, number]>([0, 1]);
  /** The range was set by hand and is kept. */
  held = $state(false);
  /** The well where the keyboard is, and all that are selected. */
  cursor = $state<number | null>(null);
  wells = $state.raw<ReadonlySet<number>>(new Set());
  well = $state.raw<WellDetail | null>(null);
  /** Robust z at or beyond this, in the headline's direction, is a hit. */
  threshold = $state(3);
  /** What was excluded here, to be undone in turn. */
  #done: { plate: string; wells: number[]; excluded: boolean }[] = [];
  #asking: Promise<void> | null = null;
  #again = false;

  signed = $derived(this.scale === "robust_z" || this.scale === "b_score");
  direction = $derived(this.detail?.headlines.find((headline) => headline.feature === this.shown())?.direction ?? null);
  hits = $derived.by(() => {
    const { column, threshold, direction } = this;
    const far = (z: number): number => (direction === "up" ? z : direction === "down" ? -z : Math.abs(z));
    const wells = Array.from(column?.robustZ ?? [], (z, well) => (far(z) >= threshold ? well : -1));
    const isSample = (well: number): boolean => column?.roles[well] === 4 && ((column.states[well] ?? 0) & EXCLUDED) === 0;
    return new Set(wells.filter((well) => well >= 0 && isSample(well)));
  });

  /** The feature that is shown: the chosen one, else the first headline, else the first there is. */
  shown(): string {
    return this.feature || (this.detail?.headlines[0]?.feature ?? this.features[0] ?? "");
  }

  name(well: number): string {
    const columns = this.detail?.columns ?? 24;
    const row = Math.floor(well / columns);
    const letter = row < 26 ? String.fromCharCode(65 + row) : `A${String.fromCharCode(65 + row - 26)}`;
    return `${letter}${String((well % columns) + 1).padStart(2, "0")}`;
  }

  /** Another plate: nothing of the old one stays. */
  clear(): void {
    [this.detail, this.column, this.well, this.problem] = [null, null, null, null];
    this.features = [];
    [this.cursor, this.held] = [null, false];
    this.wells = new Set();
    this.#done = [];
  }

  /** Fetches what is shown; one at a time, the last wish wins. */
  async pull(): Promise<void> {
    this.#again = true;
    this.#asking ??= this.#run().finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const plate = desk.selected;
      if (plate === null) return;
      try {
        const detail = await desk.host.call("plate", { plate });
        if (this.features.length === 0) this.features = await desk.host.call("features", { plate });
        if (plate !== desk.selected) continue;
        this.detail = detail;
        const feature = this.shown();
        if (feature === "") continue;
        const column = parseColumn(await desk.host.column(plate, feature, this.scale));
        if (plate !== desk.selected) continue;
        this.column = column;
        this.problem = null;
        if (!this.held) this.range = autoRange(column.values, this.signed);
      } catch (thrown) {
        this.problem = isFailure(thrown) ? thrown.message : String(thrown);
        if (isFailure(thrown) && thrown.code === "unscaled") this.column = null;
      }
      if (this.cursor !== null) await this.pullWell();
    }
  }

  async pullWell(): Promise<void> {
    const [plate, well] = [desk.selected, this.cursor];
    if (plate === null || well === null) return;
    const detail = await desk.call("well", { plate, well });
    if (plate === desk.selected && well === this.cursor) this.well = detail;
  }

  select(well: number | null, extend = false): void {
    this.cursor = well;
    if (well === null) this.wells = new Set();
    else this.wells = extend ? new Set([...this.wells, well]) : new Set([well]);
    if (well === null) this.well = null;
    else void this.pullWell();
  }

  choose(feature: string): void {
    [this.feature, this.held] = [feature, false];
    void this.pull();
  }

  scaleBy(scale: Scale): void {
    [this.scale, this.held] = [scale, false];
    void this.pull();
  }

  async exclude(wells: number[], excluded: boolean, reason: string): Promise<boolean> {
    const plate = desk.selected;
    if (plate === null || wells.length === 0) return false;
    const written = await desk.call("exclude", { plate, wells, excluded, reason });
    if (written === null) return false;
    this.#done.push({ plate, wells, excluded });
    desk.tell(`${wells.length === 1 ? this.name(wells[0] ?? 0) : `${wells.length} wells`} ${excluded ? "excluded" : "restored"}. Ctrl Z undoes it.`);
    return true;
  }

  async undo(): Promise<void> {
    const last = this.#done.pop();
    if (!last || last.plate !== desk.selected) return desk.tell("There is nothing to undo on this plate.");
    const written = await desk.call("exclude", { ...last, excluded: !last.excluded, reason: "undone" });
    if (written === null) this.#done.push(last);
    else desk.tell(last.excluded ? "Restored again." : "Excluded again.");
  }
}

export const plate = new Plate();
export { EXCLUDED, ROLES, VALUE } from "../ipc/bytes";
