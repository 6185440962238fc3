/** The form of Connect: one connection being filled in, its test, and the saved ones. */
import type { CheckOutcome, CheckStep, Connection, Connections } from "../ipc/generated";
import { isFailure } from "../ipc/host";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";

class Form {
  known = $state.raw<Connections | null>(null);
  form = $state<Connection | null>(null);
  /** The form as it was saved last, to see whether it was edited. */
  kept = $state("");
  steps = $state.raw<CheckStep[]>([]);
  outcome = $state.raw<CheckOutcome | null>(null);
  testing = $state(false);
  busy = $state(false);
  /** What is wrong, and with which field. */
  problem = $state.raw<{ message: string; field: string | null } | null>(null);
  edited = $derived(this.form !== null && JSON.stringify(this.form) !== this.kept);

  async load(): Promise<void> {
    this.known = await desk.call("connections", {});
    if (this.form === null && this.known) this.take(this.known.saved[0] ?? this.known.blank);
  }

  take(connection: Connection): void {
    this.form = structuredClone(connection);
    this.kept = JSON.stringify(connection);
    [this.steps, this.outcome, this.problem] = [[], null, null];
  }

  #fail(thrown: unknown): void {
    this.problem = isFailure(thrown) ? { message: thrown.message, field: thrown.detail } : { message: String(thrown), field: null };
  }

  async test(): Promise<void> {
    if (!this.form || this.testing) return;
    [this.testing, this.steps, this.outcome, this.problem] = [true, [], null, null];
    try {
      this.outcome = await desk.host.check($state.snapshot(this.form), (step) => {
        this.steps = [...this.steps.filter((known) => known.step !== step.step), step];
      });
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.testing = false;
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

export const connect = new Form();
