/** Small pictures of the flags that are seen in the queue, one after the other so that the large one never waits long. */
import { SvelteMap } from "svelte/reactivity";
import type { FlagItem, WellImages } from "../ipc/generated";
import { channels, runKey } from "./channels.svelte";
import { desk } from "./desk.svelte";
import { placeOf } from "./reviewed.svelte";
import { View, WHOLE } from "./view.svelte";

const MOST_PICTURES = 128;
const MOST_WELLS = 256;

class Flagged {
  views = new SvelteMap<string, View>();
  #wells = new Map<string, WellImages>();
  #wanted: readonly FlagItem[] = [];
  #level = 5;
  #going = false;

  /** Fills the pictures of these; whatever was asked before and has not begun is left. */
  async fill(items: readonly FlagItem[], level: number): Promise<void> {
    [this.#wanted, this.#level] = [items, level];
    if (this.#going) return;
    this.#going = true;
    while (this.#wanted.length > 0) {
      const [next, ...rest] = this.#wanted;
      this.#wanted = rest;
      // A flag without a picture is shown without one; the large viewer says why.
      if (next && next.well !== null) await this.#show(next).catch(() => undefined);
    }
    this.#going = false;
  }

  async #show(item: FlagItem): Promise<void> {
    const shown = await this.#well(item);
    const place = shown && placeOf(item, shown);
    if (!shown || !place) return;
    const tints = await channels.seenOf(runKey(item.run), shown.channels, place);
    if (tints.length === 0) return;
    const view = this.views.get(item.flag) ?? new View("queue");
    this.views.delete(item.flag);
    this.views.set(item.flag, view);
    for (const flag of [...this.views.keys()].slice(0, -MOST_PICTURES)) this.views.delete(flag);
    await view.ask({ place, level: this.#level, part: WHOLE, channels: tints });
  }

  async #well(item: FlagItem): Promise<WellImages | null> {
    const key = `${item.plate} ${item.well}`;
    const known = this.#wells.get(key);
    if (known || item.well === null) return known ?? null;
    const shown = await desk.host.call("images", { plate: item.plate, well: item.well });
    // What has no site yet may have one later.
    if (shown.sites.length > 0) this.#wells.set(key, shown);
    for (const old of [...this.#wells.keys()].slice(0, -MOST_WELLS)) this.#wells.delete(old);
    return shown;
  }

  /** Another session, or nobody looks any more. */
  clear(): void {
    this.#wanted = [];
    for (const view of this.views.values()) view.end();
    this.views.clear();
    this.#wells.clear();
  }
}

export const flagged = new Flagged();
