/** The host inside the app: commands and the channel of Tauri, bytes by our own scheme. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { CheckOutcome, CheckStep, Commands, Connection, Failure, Told } from "./generated";
import { type Host, isFailure, type Scale } from "./host";

const BYTES = "plateside://localhost";

function failure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  return { code: "bad_call", message: String(thrown), detail: null };
}

async function bytes(path: string, asked: Record<string, string>, signal?: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(`${BYTES}/${path}?${new URLSearchParams(asked)}`, signal ? { signal } : {});
  if (!answer.ok) throw failure(await answer.json().catch(() => answer.statusText));
  return answer.arrayBuffer();
}

export const tauriHost: Host = {
  async call<C extends keyof Commands>(command: C, args: Commands[C]["args"]): Promise<Commands[C]["result"]> {
    try {
      return await invoke<Commands[C]["result"]>(command, { args });
    } catch (thrown) {
      throw failure(thrown);
    }
  },
  async watch(hear: (told: Told) => void): Promise<void> {
    const channel = new Channel<Told>();
    channel.onmessage = hear;
    await invoke("watch", { hear: channel });
  },
  async check(connection: Connection, step: (step: CheckStep) => void): Promise<CheckOutcome> {
    const channel = new Channel<CheckStep>();
    channel.onmessage = step;
    try {
      return await invoke<CheckOutcome>("check", { args: { connection }, step: channel });
    } catch (thrown) {
      throw failure(thrown);
    }
  },
  wall: (feature: string, plates: string[], signal?: AbortSignal) =>
    bytes("wall", { feature, plates: plates.join(",") }, signal),
  column: (plate: string, feature: string, scale: Scale, signal?: AbortSignal) =>
    bytes("column", { plate, feature, scale }, signal),
  body: (handle: string, signal?: AbortSignal) => bytes("body", { handle }, signal),
};
