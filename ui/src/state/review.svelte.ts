/** The queue of flags, the one that is looked at with all that is known of its site, and signing a verdict on it. */
import type { Failure, FlagItem, ReviewCase, ReviewQueue } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { desk } from "./desk.svelte";
import { draft } from "./draft.svelte";
import { drawing } from "./drawing.svelte";
import { following, stepped, type Tab, tabbed, verdictOf } from "./queue";
import { route } from "./route.svelte";
import { rounds } from "./rounds";

/** New messages make the queue be asked for at most this often. */
const CALM_MS = 1000;
class Review {
  queue = $state.raw<ReviewQueue | null>(null);
  problem = $state.raw<Failure | null>(null);
  tab = $state<Tab>("waiting");
  flag = $state<string | null>(null);
  /** All about the flag; `null` until it has come. */
  found = $state.raw<ReviewCase | null>(null);
  lost = $state.raw<Failure | null>(null);
  /** The name is asked for. */
  signing = $state(false);
  /** Who signs in this window. */
  name = $state("");
  /** A verdict is signed as soon as the name is given. */
  pending = $state(false);
  busy = $state(false);
  #place = 0;
  #folder = "";
  #again = false;
  #asking: Promise<void> | null = null;
  #caseAgain = false;
  #caseAsking: Promise<void> | null = null;
  #seq = -1;
  #due: ReturnType<typeof setTimeout> | null = null;
  #last = 0;

  items = $derived(tabbed(this.queue?.items ?? [], this.tab, this.flag));
  item = $derived(this.queue?.items.find((item) => item.flag === this.flag) ?? (this.found?.item.flag === this.flag ? this.found.item : null));
  codes = $derived(this.queue?.codes ?? []);
  /** Why nothing can be decided or drawn; `null` where it can. */
  barred = $derived(this.queue?.read_only ?? (this.found === null || this.found.item.flag !== this.flag ? "The flag is being read" : null));

  constructor() {
    draft.heard = (flag, has_draft) => this.#amend(flag, { has_draft });
  }

  /** What this window knows of an item before the desk is asked again. */
  #amend(flag: string, change: Partial<FlagItem>): void {
    const known = this.queue?.items.find((item) => item.flag === flag);
    if (!this.queue || !known || Object.entries(change).every(([name, value]) => known[name as keyof FlagItem] === value)) return;
    this.queue = { ...this.queue, items: this.queue.items.map((item) => (item.flag === flag ? { ...item, ...change } : item)) };
  }

  /** A tick has come: what it brought may have been flags. */
  heard(seq: number, reset: boolean, changed: boolean): void {
    if (!reset && (!changed || seq === this.#seq)) return;
    this.#seq = seq;
    this.#due ??= setTimeout(() => void this.refresh(), Math.max(0, this.#last + CALM_MS - Date.now()));
  }

  async refresh(): Promise<void> {
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    this.#again = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#again, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      this.#last = Date.now();
      const { session } = desk;
      try {
        const queue = await desk.host.call("queue", {});
        if (session !== desk.session) { this.#again = true; continue; }
        [this.queue, this.problem] = [queue, null];
        if (this.flag === null || !queue.items.some((item) => item.flag === this.flag)) this.choose(this.items[0]?.flag ?? null);
        // What others decided and drew of it meanwhile is of the case, too.
        else void this.ask();
      } catch (thrown) {
        [this.queue, this.problem] = [null, failureOf(thrown)];
      }
    }
  }

  /** Somebody looks. Another session makes all handles void; in another moment of the same one the flag stays chosen if it is there. */
  enter(): void {
    const folder = desk.strip?.session?.folder ?? "";
    if (folder !== this.#folder) this.#clear();
    this.#folder = folder;
    void this.refresh();
  }

  #clear(): void {
    drawing.finish();
    draft.begin(null, null);
    [this.queue, this.problem, this.flag, this.found, this.lost, this.signing] = [null, null, null, null, null, false];
  }

  choose(flag: string | null): void {
    if (flag === this.flag) return;
    drawing.finish();
    // What was begun on the one before is kept at once.
    draft.begin(null, null);
    [this.flag, this.found, this.lost, this.signing] = [flag, null, null, false];
    this.#place = Math.max(0, this.items.findIndex((item) => item.flag === flag));
    void this.ask();
  }

  /** Asks for all about the flag; the newest wish wins. */
  async ask(): Promise<void> {
    this.#caseAgain = true;
    this.#caseAsking ??= rounds(() => this.#runCase(), () => this.#caseAgain, () => (this.#caseAsking = null));
    await this.#caseAsking;
  }

  async #runCase(): Promise<void> {
    while (this.#caseAgain) {
      this.#caseAgain = false;
      const { flag } = this;
      if (flag === null) return;
      // A draft that is on its way is read back, not lost.
      await draft.keep();
      try {
        const found = await desk.host.call("case", { flag });
        if (flag !== this.flag) continue;
        [this.found, this.lost] = [found, null];
        if (draft.flag !== flag) draft.begin(flag, found.draft);
      } catch (thrown) {
        if (flag === this.flag) [this.found, this.lost] = [null, failureOf(thrown)];
      }
    }
  }

  turn(tab: Tab): void {
    this.tab = tab;
    if (!this.items.some((item) => item.flag === this.flag)) this.choose(this.items[0]?.flag ?? null);
  }

  step(by: number): void {
    const next = stepped(this.items, this.flag, by, this.#place);
    if (next) this.choose(next.flag);
  }

  /** To the next that waits, without a verdict; what was begun here stays a draft. */
  skip(): void {
    const next = following(this.items, this.flag);
    if (next) this.choose(next.flag);
    else desk.tell("Nothing else waits in this list.");
  }

  toggle(n: number): void {
    const code = this.codes[n]?.code;
    if (code !== undefined && this.barred === null) draft.change({ reasons: draft.reasons.includes(code) ? draft.reasons.filter((known) => known !== code) : [...draft.reasons, code] });
  }

  judge(verdict: string): void {
    if (this.barred === null && draft.verdict !== verdict) draft.change({ verdict });
  }

  /** Signs what was decided and goes to the next; where nobody has signed in this window yet, asks for the name. */
  decide(): void {
    if (this.barred !== null) return desk.tell(`${this.barred}.`.replace("..", "."));
    if (draft.verdict === null) return desk.tell("Choose a verdict first: 1 Pass, 2 Reject, 3 Re-image, 4 Second reader.");
    if (this.name === "") {
      route.inspects = true;
      [this.signing, this.pending] = [true, true];
    } else void this.sign();
  }

  /** Somebody else sits here now. */
  rename(): void {
    [this.signing, this.pending] = [true, false];
  }

  async sign(): Promise<void> {
    const { flag, name } = this;
    if (flag === null || this.busy || name.trim() === "") return;
    drawing.finish();
    const signed = draft.now();
    this.busy = true;
    try {
      await draft.drop(flag);
      await desk.host.call("decide", { flag, draft: signed, name: name.trim(), confidence: null });
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      desk.tell(message, true);
      if (code === "no_such_flag") void this.refresh();
      else draft.write(draft.comment);
      return;
    } finally {
      this.busy = false;
    }
    [this.signing, this.pending] = [false, false];
    desk.tell(`Decided: ${verdictOf(signed.verdict)}.`, false, { label: "Change…", run: () => this.#change(flag) });
    const next = following(this.items, flag);
    const standing = signed.verdict === "second_reader" ? ("second_reader" as const) : ("decided" as const);
    this.#amend(flag, { standing, has_draft: false, verdict: signed.verdict });
    if (next) this.choose(next.flag);
    else {
      draft.begin(null, null);
      void this.ask();
    }
    await this.refresh();
  }

  /** Back to one that was decided: a new decision stands instead of it. */
  #change(flag: string): void {
    route.go("review");
    this.choose(flag);
  }

  /** Shows the flag that a person raised on a place. */
  async open(place: { plate: string; well: number | null; site: number | null }, reason: string): Promise<void> {
    route.go("review");
    this.#folder = desk.strip?.session?.folder ?? "";
    await this.refresh();
    const mine = this.queue?.items.filter((item) => item.plate === place.plate && item.well === place.well && item.site === place.site && item.reason === reason) ?? [];
    const newest = mine.reduce<(typeof mine)[number] | null>((best, item) => (best === null || item.at_ms > best.at_ms ? item : best), null);
    if (!newest) return;
    if (newest.standing !== "waiting") this.tab = "all";
    this.choose(newest.flag);
  }
}

export const review = new Review();
