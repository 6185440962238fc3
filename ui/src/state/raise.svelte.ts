/** Sending to review: a plate, wells of it or a site; the reason is asked for where it is seen. */
import { desk } from "./desk.svelte";
import type { Place } from "./place";
import { plate } from "./plate.svelte";
import { review } from "./review.svelte";

/** What a person is to look at. */
export interface About {
  /** The plate's handle. */
  plate: string;
  /** A flag each; none: the plate as a whole. */
  wells: readonly number[];
  /** A site of the one well. */
  site: number | null;
  /** All of it for a person: "D09, site 3". */
  name: string;
}

class Raise {
  /** What is to be sent, while its reason is asked for. */
  about = $state.raw<About | null>(null);
  reason = $state("");
  busy = $state(false);

  /** A site of the plate that is looked at. */
  site({ plate: handle, well, site }: Place): void {
    void this.#ask({ plate: handle, wells: [well], site, name: `${plate.name(well)}, site ${site}` });
  }

  /** The wells that are selected on it. */
  wells(): void {
    const handle = desk.selected;
    const wells = [...plate.wells].sort((a, b) => a - b);
    if (handle === null || wells.length === 0) desk.tell("Select a well first: click it, or use the arrows on the heatmap.");
    else void this.#ask({ plate: handle, wells, site: null, name: plate.say(wells) });
  }

  /** The plate as a whole. */
  plate(): void {
    const tile = desk.selected === null ? undefined : desk.plates.get(desk.selected);
    if (tile) void this.#ask({ plate: tile.plate, wells: [], site: null, name: `Plate ${tile.barcode}` });
  }

  async #ask(about: About): Promise<void> {
    const known = this.about;
    const isSame = known !== null && known.plate === about.plate && known.site === about.site && known.name === about.name;
    [this.about, this.reason] = [about, isSame ? this.reason : ""];
    // Reasons that a lab knows stand in the queue, and whether anything may be sent: both may have changed since.
    await review.refresh();
    const barred = review.queue?.read_only;
    if (barred && this.about === about) {
      this.about = null;
      desk.tell(barred, true);
    }
  }

  cancel(): void {
    this.about = null;
  }

  async send(): Promise<void> {
    const { about } = this;
    const reason = this.reason.trim();
    if (!about || reason === "" || this.busy) return;
    this.busy = true;
    const { plate, wells, site, name } = about;
    const written = await desk.call("raise_flag", { plate, wells: [...wells], site, channel: null, reason });
    this.busy = false;
    if (!written) return;
    // Something else may be asked by now.
    if (this.about === about) this.about = null;
    const open = (): void => void review.open({ plate, well: wells[0] ?? null, site }, reason);
    desk.tell(`${name} ${wells.length > 1 ? "wait" : "waits"} for review: ${reason}.`, false, { label: "Open in Review", run: open });
    void review.refresh();
  }
}

export const raise = new Raise();
