/** How alerts reach people beyond the screen: settings as they are written, what the engine says of them, and the sound. */
import type { NotifyDetail, NotifySettings, WindowTick } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { clock } from "./clock.svelte";
import { desk } from "./desk.svelte";
import { caller, tone } from "./ring";

/** While it is written: quiet hours and their times apart, so that turning them off forgets no time. */
export interface Form {
  desktop: boolean;
  sound: boolean;
  quiet: boolean;
  from: string;
  to: string;
  webhook: string;
  flags_topic: boolean;
}

const pad = (n: number): string => String(n).padStart(2, "0");
export const clockOf = (minute: number): string => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
/** Minutes of a day as a time field writes it; `null` for what is no time. */
export function minuteOf(time: string): number | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)/.exec(time);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

export const formOf = ({ desktop, sound, quiet, webhook, flags_topic }: NotifySettings): Form => ({
  desktop, sound, quiet: quiet !== null, from: clockOf(quiet?.from_minute ?? 22 * 60), to: clockOf(quiet?.to_minute ?? 7 * 60), webhook, flags_topic,
});

export function settingsOf({ desktop, sound, quiet, from, to, webhook, flags_topic }: Form): NotifySettings {
  const [from_minute, to_minute] = [minuteOf(from) ?? 0, minuteOf(to) ?? 0];
  return { desktop, sound, quiet: quiet ? { from_minute, to_minute } : null, webhook: webhook.trim(), flags_topic };
}

/** What is wrong with what is written, by field. */
export function faultsOf({ quiet, from, to, webhook }: Form): { quiet: string; webhook: string } {
  const found = { quiet: "", webhook: "" };
  if (quiet && (minuteOf(from) === null || minuteOf(to) === null)) found.quiet = "Quiet hours need a time from which and one to which.";
  else if (quiet && minuteOf(from) === minuteOf(to)) found.quiet = "Both times are the same: there would be no quiet hours.";
  const address = webhook.trim();
  if (address !== "") {
    const url = URL.canParse(address) ? new URL(address) : null;
    const isHere = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) found.webhook = "This is no address: it begins with https://.";
    else if (url.protocol === "http:" && !isHere) found.webhook = "Without encryption (http) only this machine can be called: use https.";
  }
  return found;
}

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
