/** Sending a site to review: the reason is asked for where the site is seen. */
import { desk } from "./desk.svelte";
import type { Place } from "./place";
import { review } from "./review.svelte";

class Raise {
  /** What is to be sent, while its reason is asked for. */
  place = $state.raw<Place | null>(null);
  reason = $state("");
  busy = $state(false);

  async ask(place: Place): Promise<void> {
    [this.place, this.reason] = [place, ""];
    // Reasons that a lab knows stand in the queue.
    if (review.queue === null) await review.refresh();
    const barred = review.queue?.read_only;
    if (barred && this.place === place) {
      this.place = null;
      desk.tell(barred, true);
    }
  }

  cancel(): void {
    this.place = null;
  }

  async send(name: string): Promise<void> {
    const { place } = this;
    const reason = this.reason.trim();
    if (!place || reason === "" || this.busy) return;
    this.busy = true;
    const written = await desk.call("raise_flag", { plate: place.plate, well: place.well, site: place.site, channel: null, reason });
    this.busy = false;
    if (!written) return;
    this.place = null;
    desk.tell(`${name}, site ${place.site} waits for review: ${reason}.`, false, { label: "Open in Review", run: () => void review.open(place, reason) });
    void review.refresh();
  }
}

export const raise = new Raise();
