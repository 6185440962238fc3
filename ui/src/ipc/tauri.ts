/** The host inside the app: commands and the channel of Tauri, bytes by our own scheme. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { CheckOutcome, CheckStep, Commands, Connection, Failure, Heard } from "./generated";
import { type CompositeAsk, type Hear, type Host, isFailure, type Scale } from "./host";
import { compositeQuery } from "./pixels";

const BYTES = "plateside://localhost";
/** The next question is put after so long though the last answer is not drawn yet. */
const SLOW_MS = 2000;
/** After a question that failed, as while the window starts. */
const AGAIN_MS = 200;

function failure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  return { code: "bad_call", message: String(thrown), detail: null };
}

async function ask(path: string, asked: Record<string, string> | URLSearchParams, signal?: AbortSignal): Promise<Response> {
  const answer = await fetch(`${BYTES}/${path}?${new URLSearchParams(asked)}`, signal ? { signal } : {});
  if (!answer.ok) throw failure(await answer.json().catch(() => answer.statusText));
  return answer;
}

async function bytes(path: string, asked: Record<string, string> | URLSearchParams, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await ask(path, asked, signal)).arrayBuffer();
}

const rest = (ms: number): Promise<void> => new Promise((rested) => setTimeout(rested, ms));

/**
 * Asks what is new, says with each question which tick is on the screen, and asks again. Not a channel of the shell: that
 * would run each message as a script, and WebKitGTK keeps those.
 */
async function listen(hear: Hear): Promise<void> {
  let [page, drawn] = [0, 0];
  for (;;) {
    try {
      const heard = (await (await ask("told", { page: String(page), drawn: String(drawn) })).json()) as Heard;
      page = heard.page;
      const numbers = heard.told.flatMap((told) => (told.kind === "tick" ? [told.number] : []));
      // One that cannot be shown counts as shown, and is said: it must not end the stream.
      const shown = Promise.all(heard.told.map((told) => hear(told).catch(console.error))).then(() => (drawn = Math.max(drawn, ...numbers)));
      // What is drawn slowly does not hold up the strip.
      await Promise.race([shown, rest(SLOW_MS)]);
    } catch (thrown) {
      if (isFailure(thrown) && thrown.code === "superseded") return;
      // What was on its way is lost: as a new page it is told everything.
      page = 0;
      await rest(AGAIN_MS);
    }
  }
}

export const tauriHost: Host = {
  async call<C extends keyof Commands>(command: C, args: Commands[C]["args"]): Promise<Commands[C]["result"]> {
    try {
      return await invoke<Commands[C]["result"]>(command, { args });
    } catch (thrown) {
      throw failure(thrown);
    }
  },
  watch(hear: Hear): void {
    void listen(hear);
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
  composite: (ask: CompositeAsk, signal?: AbortSignal) => bytes("composite", compositeQuery(ask), signal),
  outlines: (handle: string, signal?: AbortSignal) => bytes("outlines", { handle }, signal),
};
