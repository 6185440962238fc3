/** The well on the Images screen: its sites, which of them is seen and how, and the window through which it is seen. */
import type { Failure, WellImages } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { ahead, nearest } from "../shared/heat/wells";
import { Sight } from "../shared/image/sight.svelte";
import { channels, runKey } from "./channels.svelte";
import { desk } from "./desk.svelte";
import { keyOf, type Place, stampOf } from "./place";
import { plate } from "./plate.svelte";
import { route } from "./route.svelte";
import { View } from "./view.svelte";
import { rounds } from "./rounds";

export type Layout = "composite" | "split" | "versus";

class Images extends Sight {
  shown = $state.raw<WellImages | null>(null);
  problem = $state.raw<Failure | null>(null);
  /** Of which well it is. */
  problemOf = $state<number | null>(null);
  layout = $state<Layout>("composite");
  /** What models found is drawn over the picture. */
  outlined = $state(true);
  /** All focus positions as one picture, the brightest pixel of them. */
  max = $state(true);
  readonly main = new View("main");
  #wished = $state({ site: 1, z: -1, t: -1 });
  #of = "";
  #asking: Promise<void> | null = null;
  #again = false;

  columns = $derived(plate.detail?.columns || 24);
  /** Its number; the first where the one that was chosen is not there. */
  site = $derived.by(() => {
    const sites = this.shown?.sites ?? [];
    return (sites.find((one) => one.site === this.#wished.site) ?? sites[0])?.site ?? 1;
  });
  z = $derived.by(() => {
    const all = this.shown?.z ?? [];
    return all.length > 1 && this.max ? null : this.focus;
  });
  /** The focus position of a plane alone. */
  focus = $derived.by(() => {
    const all = this.shown?.z ?? [];
    return all.includes(this.#wished.z) ? this.#wished.z : (all[(all.length - 1) >> 1] ?? 0);
  });
  t = $derived.by(() => {
    const all = this.shown?.t ?? [];
    return all.includes(this.#wished.t) ? this.#wished.t : (all[0] ?? 0);
  });
  place = $derived(this.placeOf(this.site));
  key = $derived(this.place === null ? "" : keyOf(this.place));
  /** The nearest well of negative controls that has images; null where there is none. */
  negative = $derived.by(() => {
    const { shown } = this;
    return shown ? nearest(shown.well, shown.imaged.filter((well) => plate.layout.get(well)?.role === "negative"), this.columns) : null;
  });
  placeOf(site: number): Place | null {
    const found = this.shown?.sites.find((one) => one.site === site);
    return this.shown && found ? { plate: this.shown.plate, well: this.shown.well, site, z: this.z, t: this.t, stamp: stampOf(found) } : null;
  }

  /** Shows a well of the desk's plate. */
  open(well: number): void {
    if (plate.cursor !== well || plate.wells.size > 1) plate.select(well);
    route.go("images");
  }

  /** Looks at the well that is selected on the desk's plate; the first imaged one where none is. */
  async look(): Promise<void> {
    if (desk.selected !== this.#of) [this.shown, this.problem, this.cross] = [null, null, null];
    this.#of = desk.selected ?? "";
    this.#again = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#again, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const [handle, well] = [desk.selected, plate.cursor];
      if (handle === null) return;
      const isStill = (): boolean => handle === desk.selected && well === plate.cursor;
      try {
        const shown = await desk.host.call("images", { plate: handle, well: well ?? 0 });
        if (!isStill()) continue;
        const first = shown.imaged[0];
        // On the plate nobody has chosen one then.
        if (well === null && first !== undefined && route.screen === "images") {
          plate.select(first);
          if (first !== shown.well) {
            this.#again = true;
            continue;
          }
        }
        const run = desk.plates.get(handle)?.run ?? "";
        channels.of(runKey(run), shown.channels);
        if (this.shown?.well !== shown.well) this.cross = null;
        [this.shown, this.problem] = [shown, null];
      } catch (thrown) {
        if (!isStill()) continue;
        [this.shown, this.problem, this.problemOf] = [null, failureOf(thrown), well];
      }
    }
  }

  pick(site: number): void {
    this.#wished.site = site;
    this.cross = null;
  }

  stepSite(by: number): void {
    const sites = this.shown?.sites ?? [];
    const at = sites.findIndex((one) => one.site === this.site);
    const next = sites[Math.min(sites.length - 1, Math.max(0, at + by))];
    if (next) this.pick(next.site);
  }

  /** To the imaged well before or after, row by row. */
  stepWell(by: 1 | -1): void {
    const { shown } = this;
    if (!shown) return;
    const next = by > 0 ? shown.imaged.find((well) => well > shown.well) : shown.imaged.filter((well) => well < shown.well).at(-1);
    if (next !== undefined) plate.select(next);
  }

  /** To the next imaged well in a direction. */
  jump(step: readonly [number, number]): void {
    const next = this.shown ? ahead(plate.cursor ?? this.shown.well, step, this.shown.imaged, this.columns) : null;
    if (next !== null) plate.select(next);
  }

  stepFocus(by: 1 | -1): void {
    const all = this.shown?.z ?? [];
    const next = all[all.indexOf(this.focus) + by];
    if (next === undefined || all.length < 2) return;
    this.max = false;
    this.#wished.z = next;
  }

  stepTime(by: 1 | -1): void {
    const all = this.shown?.t ?? [];
    this.#wished.t = all[all.indexOf(this.t) + by] ?? this.t;
  }
}

export const images = new Images();
