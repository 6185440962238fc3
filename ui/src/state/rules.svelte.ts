/** The rules file while it is written: checked as one types, tried on the session, put in force with a reason. */
import type { RuleFact, RuleProblemRow, RuleRow, RulesChecked, RulesDetail, RulesDryRun } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { begun, done, further, type History, redone, undone } from "../shared/history";
import { desk } from "./desk.svelte";
import { changedAt, turned } from "./rulestext";

/** A rest of so long, and the text is checked. */
const CALM_MS = 300;
/** Typing on is one step until so long nothing is typed. */
const REST_MS = 1200;
/** So many letters may come or go at once where somebody types. */
const FEW = 20;
/** Steps hold whole texts: no more letters of them than this. */
const MOST_LETTERS = 8_000_000;

class Rules {
  known = $state.raw<RulesDetail | null>(null);
  /** Why the rules in force cannot be read. */
  unknown = $state<string | null>(null);
  reason = $state("");
  /** They are being put in force. */
  busy = $state(false);
  refused = $state<string | null>(null);
  /** What the last check said, and of which text. */
  checked = $state.raw<{ text: string; answer: RulesChecked } | null>(null);
  /** Why the text could not be checked. */
  unchecked = $state<string | null>(null);
  checking = $state(false);
  tried = $state.raw<{ text: string; answer: RulesDryRun } | null>(null);
  /** Why there is no dry run. */
  untried = $state<string | null>(null);
  trying = $state(false);
  /** Where the caret is to go; grows with every wish. */
  caret = $state.raw<{ from: number; to: number; wish: number; focus: boolean }>({ from: 0, to: 0, wish: 0, focus: false });
  #history = $state.raw<History<string>>(begun(""));
  /** The session whose rules these are, and what is written of others' and not in force. */
  #of = "";
  #drafts = new Map<string, History<string>>();
  #tried = -1;
  #typed = 0;
  #asked = { load: 0, check: 0, dry: 0 };
  #rest: ReturnType<typeof setTimeout> | null = null;

  text = $derived(this.#history.now);
  canUndo = $derived(this.#history.before.length > 0);
  canRedo = $derived(this.#history.after.length > 0);
  edited = $derived(this.known !== null && this.text !== this.known.text);
  facts: readonly RuleFact[] = $derived(this.known?.facts ?? []);
  /** What is known to be wrong with this very text; `null` while that is not known. */
  problems: readonly RuleProblemRow[] | null = $derived(this.checked?.text === this.text ? this.checked.answer.problems : null);
  /** The rules of the text; of the last one without problems while it has some. */
  list = $state.raw<readonly RuleRow[]>([]);
  mayRun = $derived(this.problems?.length === 0);
  maySend = $derived(this.mayRun && this.edited && !this.busy);

  async load(): Promise<void> {
    const asked = ++this.#asked.load;
    this.#turn(desk.strip?.session?.folder ?? "");
    try {
      const answer = await desk.host.call("rules", {});
      // A text field knows one kind of line end.
      const found = { ...answer, text: answer.text.replaceAll("\r\n", "\n"), shipped: answer.shipped.replaceAll("\r\n", "\n") };
      if (asked !== this.#asked.load) return;
      const wasEdited = this.edited || this.#drafts.delete(this.#of);
      [this.known, this.unknown] = [found, null];
      // What is written stays; what was only read is replaced by what is in force now.
      if (!wasEdited) {
        if (this.text !== found.text) this.#history = begun(found.text);
        this.list = found.rules;
      }
      this.#check(0);
    } catch (thrown) {
      if (asked === this.#asked.load) this.unknown = failureOf(thrown).message;
    }
  }

  /** Rules are of one session: what is written stays with it. */
  #turn(to: string): void {
    if (to === this.#of) return;
    if (this.edited) this.#drafts.set(this.#of, this.#history);
    [this.#of, this.known, this.checked, this.refused, this.reason] = [to, null, null, null, ""];
    this.#history = this.#drafts.get(to) ?? begun("");
  }

  /** What is typed. */
  write(text: string): void {
    // What is pasted or cut is a step of its own.
    const isTyped = Math.abs(text.length - this.text.length) <= FEW;
    this.#step(text, isTyped && Date.now() - this.#typed < REST_MS && this.canUndo);
    this.#typed = isTyped ? Date.now() : 0;
  }

  /** A change that is a step of its own, with the caret where it ended. */
  #whole(text: string): void {
    const before = this.text;
    if (text === before) return;
    this.#step(text, false);
    this.#typed = 0;
    this.#lead(changedAt(before, text));
  }

  #step(text: string, isMore: boolean): void {
    this.#history = held((isMore ? further : done)(this.#history, text));
    this.refused = null;
    this.#check(CALM_MS);
  }

  #lead(from: number, to = from, focus = false): void {
    this.caret = { from, to, wish: this.caret.wish + 1, focus };
  }

  /** Moves the caret, and gives the text the focus. */
  go(from: number, to = from): void {
    this.#lead(from, to, true);
  }

  insert(at: number, to: number, text: string): void {
    this.#step(this.text.slice(0, at) + text + this.text.slice(to), false);
    this.#typed = 0;
    this.go(at + text.length);
  }

  undo(): void {
    this.#travel(undone(this.#history));
  }

  redo(): void {
    this.#travel(redone(this.#history));
  }

  #travel(to: History<string>): void {
    if (to === this.#history) return;
    const before = this.text;
    this.#history = to;
    this.#typed = 0;
    this.refused = null;
    this.#lead(changedAt(before, this.text));
    this.#check(CALM_MS);
  }

  turn(id: string, on: boolean): void {
    this.#whole(turned(this.text, id, on));
  }

  /** The shipped rules in the place of the text. */
  ship(): void {
    if (this.known) this.#whole(this.known.shipped);
  }

  discard(): void {
    if (this.known) this.#whole(this.known.text);
  }

  /** Asks what is wrong once the hand rests; an answer to an older question is of no interest. */
  #check(calm: number): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    const asked = ++this.#asked.check;
    this.checking = true;
    this.#rest = setTimeout(() => void this.#ask(asked), calm);
  }

  async #ask(asked: number): Promise<void> {
    const { text } = this;
    try {
      const answer = await desk.host.call("check_rules", { text });
      if (asked !== this.#asked.check) return;
      [this.checked, this.unchecked] = [{ text, answer }, null];
      if (answer.problems.length === 0) this.list = answer.rules;
    } catch (thrown) {
      if (asked !== this.#asked.check) return;
      [this.checked, this.unchecked] = [null, failureOf(thrown).message];
    }
    this.checking = false;
  }

  /** What the text would have said of the session; the last one asked for is the one that is shown. */
  async dryRun(): Promise<void> {
    if (!this.mayRun) return;
    const asked = ++this.#asked.dry;
    const { text } = this;
    [this.trying, this.untried] = [true, null];
    try {
      const answer = await desk.host.call("dry_run_rules", { text });
      if (asked !== this.#asked.dry) return;
      this.tried = { text, answer };
    } catch (thrown) {
      if (asked !== this.#asked.dry) return;
      [this.tried, this.untried] = [null, failureOf(thrown).message];
    }
    this.trying = false;
  }

  /** In another session what was tried is of the one before. */
  forget(session: number): void {
    if (session === this.#tried) return;
    this.#tried = session;
    this.#asked.dry += 1;
    [this.tried, this.untried, this.trying] = [null, null, false];
  }

  async send(): Promise<void> {
    const reason = this.reason.trim();
    if (!this.maySend || reason === "") return;
    const { text } = this;
    [this.busy, this.refused] = [true, null];
    try {
      await desk.host.call("set_rules", { text, reason });
      this.reason = "";
      desk.tell("Plates are judged by these rules from now on.");
      if (this.known) this.known = { ...this.known, text };
      await this.load();
    } catch (thrown) {
      this.refused = failureOf(thrown).message;
    }
    this.busy = false;
  }
}

/** The oldest steps go where all of them would hold too much. */
function held(history: History<string>): History<string> {
  let letters = history.now.length;
  let from = history.before.length;
  while (from > 0 && (letters += history.before[from - 1]?.length ?? 0) <= MOST_LETTERS) from -= 1;
  return from === 0 ? history : { ...history, before: history.before.slice(Math.min(from, history.before.length - 1)) };
}

export const rules = new Rules();
