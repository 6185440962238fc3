/** A verdict and shapes that are not signed yet: changed in steps that can be undone, and on disk as soon as the hand rests. */
import type { DrawnShape, ReviewDraft } from "../ipc/generated";
import { isFailure } from "../ipc/host";
import { begun, done, further, type History, redone, undone } from "../shared/history";
import { desk } from "./desk.svelte";

/** What steps are of; a comment is undone by its field. */
interface Step {
  verdict: string | null;
  reasons: readonly string[];
  shapes: readonly DrawnShape[];
}

/** A rest of so long after the last change. */
const REST_MS = 400;
/** What could not be kept is tried again. */
const AGAIN_MS = 3000;
const NOTHING: Step = { verdict: null, reasons: [], shapes: [] };

const isEmpty = ({ verdict, reasons, comment, shapes }: ReviewDraft): boolean => verdict === null && reasons.length === 0 && comment === "" && shapes.length === 0;

class Draft {
  flag = $state<string | null>(null);
  comment = $state("");
  saved_ms = $state(0);
  /** Something here is not on disk yet. */
  unsaved = $state(false);
  /** Why it cannot be kept. */
  problem = $state<string | null>(null);
  /** Told when a draft is on disk, or gone from it. */
  heard: (flag: string, isThere: boolean) => void = () => undefined;
  #history = $state.raw<History<Step>>(begun(NOTHING));
  /** By flag: what waits to be kept, the newest alone. */
  #waits = new Map<string, ReviewDraft>();
  #rest: ReturnType<typeof setTimeout> | null = null;
  #keeping: Promise<void> | null = null;

  verdict = $derived(this.#history.now.verdict);
  reasons = $derived(this.#history.now.reasons);
  shapes = $derived(this.#history.now.shapes);
  canUndo = $derived(this.#history.before.length > 0);
  canRedo = $derived(this.#history.after.length > 0);

  /** Begins on a flag, with what was kept of it; what this window could not keep is newer. */
  begin(flag: string | null, kept: ReviewDraft | null): void {
    this.leave();
    const mine = flag === null ? undefined : this.#waits.get(flag);
    const { verdict = null, reasons = [], shapes = [], comment = "", saved_ms = 0 } = mine ?? kept ?? {};
    this.#history = begun({ verdict, reasons, shapes });
    [this.flag, this.comment, this.saved_ms, this.unsaved, this.problem] = [flag, comment, saved_ms, mine !== undefined, null];
  }

  now(): ReviewDraft {
    return { verdict: this.verdict, reasons: [...this.reasons], comment: this.comment, shapes: [...this.shapes], saved_ms: this.saved_ms };
  }

  /** A step; or more of the last one, while something is dragged. */
  change(change: Partial<Step>, isMore = false): void {
    const now = { ...this.#history.now, ...change };
    this.#history = (isMore ? further : done)(this.#history, now);
    this.#touch();
  }

  write(comment: string): void {
    this.comment = comment;
    this.#touch();
  }

  undo(): void {
    if (!this.canUndo) return desk.tell("There is nothing to undo here.");
    this.#history = undone(this.#history);
    this.#touch();
  }

  redo(): void {
    if (!this.canRedo) return desk.tell("There is nothing to do again here.");
    this.#history = redone(this.#history);
    this.#touch();
  }

  #touch(): void {
    if (this.flag === null) return;
    this.unsaved = true;
    this.#waits.set(this.flag, this.now());
    this.#restThen(REST_MS);
  }

  #restThen(ms: number): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.keep(), ms);
  }

  /** Keeps at once what waits, as when the item is left. */
  leave(): void {
    if (this.#waits.size > 0) void this.keep();
  }

  /** Keeps all that waits, one after the other: an older draft never lands on a newer one. */
  async keep(): Promise<void> {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
    this.#keeping ??= this.#run().finally(() => (this.#keeping = null));
    await this.#keeping;
  }

  /** The window goes away: all is sent off at once, nobody waits for the answer. */
  flush(): void {
    for (const [flag, draft] of this.#waits) void desk.host.call("keep_draft", { flag, draft: isEmpty(draft) ? null : draft }).catch(() => undefined);
  }

  async #run(): Promise<void> {
    const failed: ReviewDraft[] = [];
    for (;;) {
      const next = [...this.#waits].find(([, draft]) => !failed.includes(draft));
      if (!next) break;
      const [flag, draft] = next;
      try {
        const { at_ms } = await desk.host.call("keep_draft", { flag, draft: isEmpty(draft) ? null : draft });
        // What was changed meanwhile waits on.
        if (this.#waits.get(flag) === draft) this.#waits.delete(flag);
        this.heard(flag, !isEmpty(draft));
        if (flag === this.flag) [this.saved_ms, this.unsaved, this.problem] = [at_ms, this.#waits.has(flag), null];
      } catch (thrown) {
        failed.push(draft);
        const says = isFailure(thrown) ? thrown.message : String(thrown);
        if (flag === this.flag) this.problem = says;
        // Nothing can be kept of a flag that is not there any more.
        if (isFailure(thrown) && thrown.code === "no_such_flag" && flag !== this.flag) this.#waits.delete(flag);
      }
    }
    if (this.#waits.size > 0) this.#restThen(AGAIN_MS);
  }

  /** It was signed, or another session is on the desk: nothing of it is to be kept any more. */
  async drop(flag: string): Promise<void> {
    this.#waits.delete(flag);
    await this.#keeping;
  }
}

export const draft = new Draft();
