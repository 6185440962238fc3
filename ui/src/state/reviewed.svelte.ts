/** The site of a flag in the viewer: which images there are of it, and what of them is seen. */
import type { Failure, FlagItem, WellImages } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { Sight } from "../shared/image/sight.svelte";
import { channels, runKey } from "./channels.svelte";
import { desk } from "./desk.svelte";
import { type Place, stampOf } from "./place";
import { View } from "./view.svelte";
import { rounds } from "./rounds";

/** The place that a flag is about, by what its well has; of a whole well its first site. */
export function placeOf(item: FlagItem, shown: WellImages): Place | null {
  const site = item.site === null ? shown.sites[0] : shown.sites.find((one) => one.site === item.site);
  if (!site || item.well === null) return null;
  const [z] = shown.z;
  return { plate: shown.plate, well: shown.well, site: site.site, z: shown.z.length > 1 ? null : (z ?? 0), t: shown.t[0] ?? 0, stamp: stampOf(site) };
}

class Reviewed extends Sight {
  item = $state.raw<FlagItem | null>(null);
  shown = $state.raw<WellImages | null>(null);
  problem = $state.raw<Failure | null>(null);
  /** One channel alone; `null` for all that are on. */
  alone = $state<string | null>(null);
  readonly view = new View("review");
  #again = false;
  #asking: Promise<void> | null = null;

  place = $derived(this.item && this.shown ? placeOf(this.item, this.shown) : null);
  tints = $derived.by(() => {
    const one = channels.list.find((channel) => channel.name === this.alone);
    return one ? (one.known || channels.failed(one.name) ? [one] : []) : channels.seen;
  });

  /** Looks at a flag's site; again, at what has come of it. */
  async look(item: FlagItem | null): Promise<void> {
    const isSame = item !== null && item.plate === this.item?.plate && item.well === this.item.well;
    if (item?.flag !== this.item?.flag) [this.cross, this.fits] = [null, true];
    if (!isSame) [this.shown, this.problem] = [null, null];
    this.item = item;
    this.#again = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#again, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const { item } = this;
      if (!item || item.well === null) return;
      const isStill = (): boolean => item.plate === this.item?.plate && item.well === this.item.well;
      try {
        const shown = await desk.host.call("images", { plate: item.plate, well: item.well });
        if (!isStill()) continue;
        channels.of(runKey(item.run), shown.channels);
        if (!shown.channels.some((channel) => channel.name === this.alone)) this.alone = null;
        [this.shown, this.problem] = [shown, null];
      } catch (thrown) {
        if (!isStill()) continue;
        [this.shown, this.problem] = [null, failureOf(thrown)];
      }
    }
  }

  /** All channels, then each alone, and around. */
  stepChannel(): void {
    const names = [null, ...channels.list.map((channel) => channel.name)];
    this.alone = names[(names.indexOf(this.alone) + 1) % names.length] ?? null;
  }
}

export const reviewed = new Reviewed();
