/** How alerts reach people beyond the screen: settings as they are written, what the engine says of them, and the sound. */
import type { NotifyDetail, WindowTick } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { faultsOf, type Form, formOf, settingsOf } from "./call";
import { clock } from "./clock.svelte";
import { desk } from "./desk.svelte";
import { caller, tone } from "./ring";

class Calls {
  known = $state.raw<NotifyDetail | null>(null);
  unknown = $state<string | null>(null);
  form = $state<Form | null>(null);
  busy = $state<"save" | "try" | null>(null);
  /** What was refused, in the engine's words. */
  refused = $state<string | null>(null);
  tried = $state(false);
  #asked = 0;
  #newest = -1;
  #rang = Number.NEGATIVE_INFINITY;
  #began = false;

  edited = $derived(this.form !== null && this.known !== null && JSON.stringify(settingsOf(this.form)) !== JSON.stringify(settingsOf(formOf(this.known.settings))));
  faults = $derived(this.form ? faultsOf(this.form) : { quiet: "", webhook: "" });
  right = $derived(this.faults.quiet === "" && this.faults.webhook === "");
  /** Something beyond the screen is turned on, as it is kept. */
  any = $derived.by(() => {
    const on = this.known?.settings;
    return on !== undefined && (on.desktop || on.sound || on.flags_topic || on.webhook !== "");
  });

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const found = await desk.host.call("notify", {});
      if (asked === this.#asked) this.#take(found);
    } catch (thrown) {
      if (asked === this.#asked) this.unknown = failureOf(thrown).message;
    }
  }

  #take(found: NotifyDetail): void {
    const wasEdited = this.edited;
    [this.known, this.unknown] = [found, null];
    if (!wasEdited || this.form === null) this.form = formOf(found.settings);
  }

  discard(): void {
    if (this.known) this.form = formOf(this.known.settings);
    this.refused = null;
  }

  async save(): Promise<void> {
    if (!this.form || !this.edited || !this.right || this.busy) return;
    await this.#ask("save", () => desk.host.call("save_notify", { settings: settingsOf(this.form as Form) }));
  }

  /** A test by everything that is on; the sound is ours. */
  async test(): Promise<void> {
    if (this.busy || !this.any) return;
    if (this.known?.settings.sound) void tone(false).catch(() => undefined);
    await this.#ask("try", () => desk.host.call("try_notify", {}));
  }

  async #ask(what: "save" | "try", call: () => Promise<NotifyDetail>): Promise<void> {
    [this.busy, this.refused, this.tried] = [what, null, false];
    // What was asked before knows of an older state.
    this.#asked += 1;
    try {
      const found = await call();
      this.known = found;
      if (what === "save") this.form = formOf(found.settings);
      this.tried = what === "try";
    } catch (thrown) {
      this.refused = failureOf(thrown).message;
    }
    this.busy = null;
  }

  /** Begins to listen for alerts, once. */
  start(): void {
    if (this.#began) return;
    this.#began = true;
    void this.load();
    this.#newest = Math.max(-1, ...desk.alerts.map((alert) => alert.seq));
    desk.onTick((tick) => this.hear(tick));
  }

  /** Rings for what a tick brings that was not there before; what is there when a session or a moment opens is no news. */
  hear(tick: WindowTick): void {
    const before = tick.reset ? -1 : this.#newest;
    this.#newest = Math.max(before, ...tick.alerts.map((alert) => alert.seq));
    if (tick.reset) return;
    const { settings } = this.known ?? {};
    // The clock of ages rests while the window is hidden: what came before it woke is as old as it is.
    const now = Math.max(clock.now, Date.now());
    const fresh = tick.alerts.filter((alert) => alert.seq > before);
    const alert = caller(fresh, { sound: settings?.sound ?? false, quiet: settings?.quiet ?? null, mode: desk.strip?.mode ?? "none", now, last: this.#rang });
    if (!alert) return;
    this.#rang = now;
    void tone(alert.level === "fail").catch(() => undefined);
  }
}

export const calls = new Calls();
export type { Form };
