/** Small pictures of a well's sites, asked for one after the other so that the large one never waits for them. */
import { SvelteMap } from "svelte/reactivity";
import { type Question, View } from "./view.svelte";

class Thumbs {
  views = new SvelteMap<number, View>();
  #turn = 0;

  /** Asks for each site in the order given; a newer call ends this one after the picture that is on its way. */
  async fill(questions: readonly Question[]): Promise<void> {
    const turn = ++this.#turn;
    for (const question of questions) this.#view(question.place.site);
    for (const question of questions) {
      if (turn !== this.#turn) return;
      await this.#view(question.place.site).ask(question);
    }
  }

  #view(site: number): View {
    const known = this.views.get(site);
    if (known) return known;
    const view = new View(`strip-${site}`);
    this.views.set(site, view);
    return view;
  }

  /** Nobody sees the strip any more. */
  end(): void {
    this.#turn += 1;
    for (const view of this.views.values()) view.end();
    this.views.clear();
  }
}

export const thumbs = new Thumbs();
