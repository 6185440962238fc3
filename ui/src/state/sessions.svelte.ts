/** The library as Sessions shows it. */
import type { SessionDetail, Sessions } from "../ipc/generated";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";

class Library {
  list = $state.raw<Sessions | null>(null);
  chosen = $state<string | null>(null);
  detail = $state.raw<SessionDetail | null>(null);
  verifying = $state<string | null>(null);
  row = $derived(this.list?.rows.find((row) => row.session === this.chosen) ?? null);

  async refresh(): Promise<void> {
    this.list = (await desk.call("sessions", {})) ?? this.list;
  }

  async choose(session: string): Promise<void> {
    [this.chosen, this.detail] = [session, null];
    const detail = await desk.call("session", { session });
    if (this.chosen === session) this.detail = detail;
  }

  async open(session: string): Promise<void> {
    if ((await desk.call("open_session", { session })) !== null || desk.strip !== null) route.go("live");
  }

  /** Opens it at its beginning and plays. */
  async replay(session: string): Promise<void> {
    await this.open(session);
    await desk.call("seek", { to: "start" });
    await desk.call("speed", { speed: 16 });
    await desk.call("play", {});
  }

  async verify(session: string): Promise<void> {
    this.verifying = session;
    const detail = await desk.call("verify_session", { session });
    this.verifying = null;
    if (this.chosen === session && detail) this.detail = detail;
    await this.refresh();
  }
}

export const library = new Library();
