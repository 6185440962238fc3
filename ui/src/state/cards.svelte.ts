/** Assay cards as they are being edited: in steps that can be undone, and not in force until somebody says so. */
import type { AssayCards } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { begun, done, further, type History, redone, undone } from "../shared/history";
import { blank, type Card, cardOf, detailOf, faults, sameCards } from "./card";
import { desk } from "./desk.svelte";
import { wall } from "./wall.svelte";

/** Typing on in one field is one step, until so long nothing is typed. */
const REST_MS = 1200;

class Cards {
  known = $state.raw<AssayCards | null>(null);
  /** Why the cards in force cannot be read. */
  unknown = $state<string | null>(null);
  chosen = $state(0);
  reason = $state("");
  busy = $state(false);
  /** Why they could not be put in force. */
  refused = $state<string | null>(null);
  #history = $state.raw<History<readonly Card[]>>(begun([]));
  /** Drafts of other profiles: coming back to one they are there. */
  #drafts = new Map<string, History<readonly Card[]>>();
  #last = { what: "", at: 0 };
  #asked = 0;

  now = $derived(this.#history.now);
  canUndo = $derived(this.#history.before.length > 0);
  canRedo = $derived(this.#history.after.length > 0);
  card = $derived(this.now[this.chosen]);
  edited = $derived(this.known !== null && !sameCards(this.now, this.known.cards));
  faults = $derived(faults(this.now));
  /** Assays without a card, here or in force. */
  missing = $derived((this.known?.missing ?? []).filter((name) => !this.now.some((card) => card.name === name)));

  /** What is in force; what is edited stays. */
  async load(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const found = await desk.host.call("cards", {});
      if (asked === this.#asked) this.#take(found);
    } catch (thrown) {
      if (asked === this.#asked) this.unknown = failureOf(thrown).message;
    }
  }

  #take(found: AssayCards): void {
    const before = this.known;
    const wasEdited = this.edited;
    [this.known, this.unknown] = [found, null];
    if (before?.profile === found.profile && wasEdited) return;
    if (before && wasEdited) this.#drafts.set(before.profile, this.#history);
    const draft = this.#drafts.get(found.profile);
    this.#drafts.delete(found.profile);
    this.#history = draft ?? begun(found.cards.map(cardOf));
    this.#choose(this.chosen);
  }

  #choose(at: number): void {
    this.chosen = Math.max(0, Math.min(this.now.length - 1, at));
  }

  /** A step; typing on in the same field goes on with the last one. */
  #step(next: readonly Card[], what = ""): void {
    const isMore = what !== "" && this.#last.what === what && Date.now() - this.#last.at < REST_MS && this.canUndo;
    this.#history = (isMore ? further : done)(this.#history, next);
    this.#last = { what, at: Date.now() };
    this.refused = null;
  }

  /** Changes the chosen card; `what` names the field that is typed in. */
  change(change: Partial<Card>, what = ""): void {
    const at = this.chosen;
    this.#step(this.now.map((card, n) => (n === at ? { ...card, ...change } : card)), what === "" ? "" : `${at} ${what}`);
  }

  limit(key: keyof Card["limits"], to: string): void {
    if (this.card) this.change({ limits: { ...this.card.limits, [key]: to } }, key);
  }

  add(name = "", feature?: string): void {
    this.#step([...this.now, blank(name, feature)]);
    this.#choose(this.now.length - 1);
  }

  remove(): void {
    const at = this.chosen;
    this.#step(this.now.filter((_, n) => n !== at));
    this.#choose(at);
  }

  undo(): void {
    this.#history = undone(this.#history);
    this.#last = { what: "", at: 0 };
    this.#choose(this.chosen);
  }

  redo(): void {
    this.#history = redone(this.#history);
    this.#last = { what: "", at: 0 };
    this.#choose(this.chosen);
  }

  /** Back to what is in force; a step like any other. */
  discard(): void {
    if (!this.known) return;
    this.#step(this.known.cards.map(cardOf));
    this.#choose(this.chosen);
  }

  /** Plates are judged by these from now on. */
  async send(): Promise<void> {
    const reason = this.reason.trim();
    if (this.busy || !this.edited || this.faults.length > 0 || reason === "") return;
    const sent = this.now;
    [this.busy, this.refused] = [true, null];
    try {
      await desk.host.call("set_cards", { cards: sent.map(detailOf), reason });
      this.reason = "";
      desk.tell("Plates are judged by these cards from now on.");
      wall.judged();
      const known = this.known;
      // What was edited meanwhile stays an edit of them.
      if (known) this.known = { ...known, cards: sent.map(detailOf) };
      if (!this.edited) this.#history = begun(this.now);
      await this.load();
    } catch (thrown) {
      this.refused = failureOf(thrown).message;
    }
    this.busy = false;
  }
}

export const cards = new Cards();
