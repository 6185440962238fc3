/** The form of Connect: one connection being filled in, its test, and the saved ones. */
import type { CheckOutcome, CheckStep, Connection, Connections } from "../ipc/generated";
import { isFailure } from "../ipc/host";
import { clock } from "./clock.svelte";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";
import { settings } from "./settings.svelte";

/** A step and since when this window knows of it: while it runs it shows its time. */
export type Step = CheckStep & { began_ms: number };

export class Form {
  known = $state.raw<Connections | null>(null);
  /** Why the saved connections cannot be read. */
  unknown = $state<string | null>(null);
  form = $state<Connection | null>(null);
  /** The form as it was saved last, to see whether it was edited. */
  kept = $state("");
  /** In the order in which they began. */
  steps = $state.raw<Step[]>([]);
  outcome = $state.raw<CheckOutcome | null>(null);
  testing = $state(false);
  busy = $state(false);
  /** What is wrong, and with which field. */
  problem = $state.raw<{ message: string; field: string | null } | null>(null);
  /** The form as it was when the problem was found: the problem is one of that form. */
  #faulty = "";
  edited = $derived(this.form !== null && JSON.stringify(this.form) !== this.kept);

  /** Grows with every form that is taken: a test of another one is of no interest any more. */
  #life = 0;

  async load(): Promise<void> {
    try {
      this.known = await desk.host.call("connections", {});
      this.unknown = null;
    } catch (thrown) {
      this.unknown = isFailure(thrown) ? thrown.message : String(thrown);
    }
    const known = this.known;
    if (this.form !== null || !known) return;
    this.take(known.saved.find((saved) => saved.name === settings.lastConnection) ?? known.saved[0] ?? known.blank);
  }

  take(connection: Connection): void {
    this.#life += 1;
    this.testing = false;
    this.form = structuredClone(connection);
    this.kept = JSON.stringify(connection);
    [this.steps, this.outcome, this.problem] = [[], null, null];
  }

  /** A problem is over once its form is edited. */
  look(): void {
    if (this.problem !== null && this.form !== null && JSON.stringify(this.form) !== this.#faulty) this.problem = null;
  }

  #fail(thrown: unknown): void {
    this.#faulty = JSON.stringify(this.form);
    this.problem = isFailure(thrown) ? { message: thrown.message, field: thrown.detail } : { message: String(thrown), field: null };
  }

  async test(): Promise<void> {
    if (!this.form || this.testing) return;
    [this.testing, this.steps, this.outcome, this.problem] = [true, [], null, null];
    const life = this.#life;
    route.inspects = true;
    try {
      const outcome = await desk.host.check($state.snapshot(this.form), (step) => {
        clock.heard();
        if (life === this.#life) this.steps = placed(this.steps, step, Date.now());
      });
      if (life === this.#life) this.outcome = outcome;
    } catch (thrown) {
      if (life === this.#life) this.#fail(thrown);
    }
    if (life === this.#life) this.testing = false;
  }

  async save(): Promise<void> {
    if (!this.form) return;
    this.problem = null;
    const connection = $state.snapshot(this.form);
    try {
      await desk.host.call("save_connection", { connection });
      this.kept = JSON.stringify(connection);
      this.known = await desk.host.call("connections", {});
      desk.tell(`Saved as ${connection.name}.`);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Opens the demo lab; the form stays as it is. */
  async demo(): Promise<void> {
    if (this.busy) return;
    [this.busy, this.problem] = [true, null];
    try {
      await desk.host.call("start_demo", { speed: 60 });
      route.go("live");
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.busy = false;
  }

  async connect(): Promise<void> {
    if (!this.form || this.busy) return;
    [this.busy, this.problem] = [true, null];
    try {
      await desk.host.call("connect", { connection: $state.snapshot(this.form) });
      route.go("live");
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.busy = false;
  }
}

/** The steps with one more, or with news of one; it stays where it began. */
export function placed(steps: readonly Step[], step: CheckStep, now_ms: number): Step[] {
  const before = steps.find((known) => known.step === step.step);
  const news = { ...step, began_ms: before?.began_ms ?? now_ms };
  return before ? steps.map((known) => (known === before ? news : known)) : [...steps, news];
}

export const connect = new Form();
