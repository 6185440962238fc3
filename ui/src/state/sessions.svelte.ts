/** The library as Sessions shows it. */
import type { SessionDetail, Sessions } from "../ipc/generated";
import { isFailure } from "../ipc/host";
import { count } from "../shared/format";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";

const words = (thrown: unknown): string => (isFailure(thrown) ? thrown.message : String(thrown));

export class Library {
  list = $state.raw<Sessions | null>(null);
  /** Why the library cannot be read; told in place, since it is asked for again every few seconds. */
  problem = $state<string | null>(null);
  chosen = $state<string | null>(null);
  detail = $state.raw<SessionDetail | null>(null);
  /** Why the chosen session's contents cannot be read. */
  detailProblem = $state<string | null>(null);
  verifying = $state<string | null>(null);
  /** The session that the desk would not open, with its words. */
  refused = $state.raw<{ session: string; words: string } | null>(null);
  row = $derived(this.list?.rows.find((row) => row.session === this.chosen) ?? null);
  #listing: Promise<void> | null = null;

  /** Lists again every few seconds, and sooner while rows are still being read; returns the way to stop. */
  watch(): () => void {
    let due: ReturnType<typeof setTimeout> | null = null;
    let stopped = false;
    const again = async (): Promise<void> => {
      await this.refresh();
      if (!stopped) due = setTimeout(() => void again(), this.#isReading() ? 500 : 5000);
    };
    void again();
    return () => {
      stopped = true;
      if (due !== null) clearTimeout(due);
    };
  }

  #isReading(): boolean {
    return this.list !== null && (this.list.is_counting || this.list.rows.some((row) => row.state === "reading"));
  }

  /** Lists anew; a list that is on its way already is waited for. */
  refresh(): Promise<void> {
    this.#listing ??= this.#relist().finally(() => (this.#listing = null));
    return this.#listing;
  }

  /** Chooses a session that has just come: a list that was begun before does not know it. */
  async take(session: string): Promise<void> {
    await this.#listing;
    await this.refresh();
    await this.choose(session);
  }

  async #relist(): Promise<void> {
    const before = this.row;
    try {
      this.list = await desk.host.call("sessions", {});
      this.problem = null;
    } catch (thrown) {
      this.problem = words(thrown);
    }
    const now = this.row;
    if (now && (now.messages !== before?.messages || now.state !== before.state)) await this.#describe(now.session);
  }

  async choose(session: string): Promise<void> {
    if (session === this.chosen && this.detail) return;
    [this.chosen, this.detail, this.detailProblem, this.refused] = [session, null, null, null];
    await this.#describe(session);
  }

  async #describe(session: string): Promise<void> {
    try {
      const detail = await desk.host.call("session", { session });
      if (this.chosen !== session) return;
      [this.detail, this.detailProblem] = [detail, null];
      // Describing it has counted it as well.
      if (this.list) this.list = { ...this.list, rows: this.list.rows.map((row) => (row.session === session ? detail.row : row)) };
    } catch (thrown) {
      if (this.chosen === session) this.detailProblem = words(thrown);
    }
  }

  /** Shows it at its end, a broken one as it was before its first bad entry, read-only; true if it is on the desk. */
  async open(session: string): Promise<boolean> {
    this.refused = null;
    try {
      await desk.host.call("open_session", { session });
    } catch (thrown) {
      this.refused = { session, words: words(thrown) };
      desk.tell(words(thrown), true);
      return false;
    }
    const row = this.list?.rows.find((known) => known.session === session);
    const from = row?.broken_seq ?? 1;
    if (row?.state === "broken") desk.tell(from === 1 ? `${row.name} is broken: ${row.state_says ?? ""}` : `${row.name} is broken from entry ${count(from)} on: what is shown stands before it.`, true);
    route.go("live");
    return true;
  }

  /** Opens it at its beginning and plays. What else is on the desk is not touched if it cannot be opened. */
  async replay(session: string): Promise<void> {
    if (!(await this.open(session))) return;
    await desk.call("seek", { to: "start" });
    await desk.call("speed", { speed: 16 });
    await desk.call("play", {});
  }

  async verify(session: string): Promise<void> {
    if (this.verifying !== null) return;
    this.verifying = session;
    const detail = await desk.call("verify_session", { session });
    this.verifying = null;
    if (this.chosen === session && detail) this.detail = detail;
    await this.refresh();
  }
}

export const library = new Library();
