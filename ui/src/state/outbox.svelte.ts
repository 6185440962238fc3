/** Decisions that wait for the broker: how many, why, and trying again. */
import type { OutboxDetail, Strip } from "../ipc/generated";
import { count } from "../shared/format";
import { desk } from "./desk.svelte";

class Outbox {
  detail = $state.raw<OutboxDetail | null>(null);
  #asking = false;

  async pull(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.detail = (await desk.call("outbox", {})) ?? this.detail;
    this.#asking = false;
  }

  async send(): Promise<void> {
    await desk.call("send_outbox", {});
    await this.pull();
  }
}

const WORDS: Record<string, string> = { offline: "unsynced", failing: "failing", held: "held", reading: "waiting", sending: "sending" };

/** The glyph and the words of the strip. */
export function outboxSays(strip: Strip | null): ["ok" | "warn" | "run", string] {
  const [waiting, state] = [strip?.outbox ?? 0, strip?.outbox_state ?? "empty"];
  const isAttention = state === "failing" || state === "held" || (state === "offline" && waiting > 0);
  const word = waiting === 0 && !isAttention ? "" : (WORDS[state] ?? "unsynced");
  return [isAttention ? "warn" : waiting > 0 ? (state === "sending" ? "run" : "warn") : "ok", `Outbox ${count(waiting)}${word === "" ? "" : ` ${word}`}`];
}

export const outbox = new Outbox();
