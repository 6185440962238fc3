/** Spot checks: local models look at a site when asked, and what they say of it is kept while this window lives. */
import type { Failure, ModelRow, ModelScore } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { parseOutlines } from "../ipc/pixels";
import { desk } from "./desk.svelte";
import { images } from "./images.svelte";
import { keyOf, type Place } from "./place";
import { plate } from "./plate.svelte";

export interface Check {
  scores: ModelScore[];
  /** Closed polygons in pixels of the plane, x and y in turn. */
  objects: Float32Array[];
  failure: Failure | null;
}

const MOST = 256;

class SpotChecks {
  models = $state.raw<ModelRow[] | null>(null);
  /** Which place is looked at, and since when. */
  running = $state.raw<{ key: string; since_ms: number } | null>(null);
  #done = $state.raw<ReadonlyMap<string, Check>>(new Map());
  #asked = false;

  of(key: string): Check | null {
    return this.#done.get(key) ?? null;
  }

  /** For how many seconds models have been looking at a place; null where they are not. */
  secondsOf(key: string, now: number): number | null {
    return this.running?.key === key ? Math.max(0, Math.floor((now - this.running.since_ms) / 1000)) : null;
  }

  /** The models of this installation; asked for once they can be seen. */
  async learn(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    // Without the list a check still runs, and says itself why it cannot.
    this.models = await desk.host.call("models", {}).catch(() => (this.#asked = false, null));
  }

  /** Looks at the well that is selected on the plate, or lies under the pointer: its first site. */
  async well(): Promise<void> {
    const well = plate.cursor ?? plate.hover;
    if (well === null) return desk.tell("Select a well first: click it, or use the arrows on the heatmap.");
    if ((plate.detail?.images ?? 0) === 0) return desk.tell("No images of this plate have come.");
    if (plate.cursor === null) plate.select(well);
    const isHere = (): boolean => images.place !== null && images.place.plate === desk.selected && images.place.well === well;
    // Its sites may be on their way still.
    if (!isHere()) await images.look();
    if (isHere() && images.place) return this.run(images.place);
    desk.tell(`No image of ${plate.name(well)} has come.`);
  }

  /** Lets the models look at a place, one place at a time. */
  async run(place: Place): Promise<void> {
    if (this.running) return desk.tell("A spot check is running.");
    const key = keyOf(place);
    this.running = { key, since_ms: Date.now() };
    const { plate, well, site, z, t } = place;
    let check: Check;
    try {
      const { scores, outlines } = await desk.host.call("spot_check", { plate, well, site, channel: null, z, t });
      const objects = outlines === null ? [] : parseOutlines(await desk.host.outlines(outlines));
      check = { scores, objects, failure: null };
    } catch (thrown) {
      check = { scores: [], objects: [], failure: failureOf(thrown) };
    }
    const kept = [...this.#done].filter(([known]) => known !== key).slice(1 - MOST);
    [this.#done, this.running] = [new Map([...kept, [key, check]]), null];
  }
}

export const spotChecks = new SpotChecks();
