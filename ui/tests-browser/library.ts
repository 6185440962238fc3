/** Recordings made for tests of Sessions and Connect: a library of many, a desk with nothing on it, a connection's test. */
import type { CheckOutcome, CheckStep, Connection, Connections, SessionDetail, SessionRow, Sessions } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { recording, told } from "./page";

export function answer<T>(of: Recording, command: string): T {
  const found = of.calls.find((call) => call.command === command);
  if (!found) throw new Error(`the recording has no ${command}`);
  return found.result as T;
}

/** The recording with sessions like its one, each changed by `change`; details are answered for each. */
export function library(changes: (Partial<SessionRow> & { detail?: Partial<SessionDetail> })[], of = recording()): Recording {
  const list = answer<Sessions>(of, "sessions");
  const detail = answer<SessionDetail>(of, "session");
  const like = list.rows[0];
  if (!like) throw new Error("the recording has no session");
  list.rows = changes.map(({ detail: more, ...change }, n) => {
    const row = { ...like, session: `s${n}`, name: `Session ${n}`, folder: `/sessions/${n}`, ...change };
    of.calls.push({ command: "session", args: { session: row.session }, result: { ...detail, ...more, row } });
    return row;
  });
  return of;
}

/** Nothing is on the desk and nothing is recorded. */
export function idle(of = recording()): Recording {
  const { tick, strip } = told(of);
  Object.assign(tick, { plates: [], alerts: [] });
  Object.assign(strip, { mode: "none", session: null, source: null, recording: null, position: null, notes: [], undecoded: 0 });
  return of;
}

/** A saved connection under a name. */
export function saved(of: Recording, change: Partial<Connection> = {}): Connection {
  const known = answer<Connections>(of, "connections");
  const connection = { ...structuredClone(known.blank), name: "Imaging, production", brokers: "kafka-1.imaging.lab.example:9093\nkafka-2.imaging.lab.example:9093", ...change };
  known.saved = [connection];
  return connection;
}

export const step = (name: string, change: Partial<CheckStep> = {}): CheckStep => ({ step: name, level: "ok", running: false, took_ms: 18, says: `${name} is well`, words: null, advice: null, ...change });

/** Each step begins and ends, in the order given. */
export const running = (steps: CheckStep[]): CheckStep[] => steps.flatMap((end) => [{ ...step(end.step), level: "unknown", running: true, took_ms: 0, says: "" }, end] satisfies CheckStep[]);

export const outcome = (change: Partial<CheckOutcome> = {}): CheckOutcome => ({
  level: "ok", says: "Ready: live view and recording will work", took_ms: 499, visible: [["plateside.results", 6], ["plateside.images", 6], ["lab.layouts", 1]],
  topics: [
    { kind: "results", topic: "plateside.results", partitions: 6, messages: 184_207, problem: null, suggestions: [] },
    { kind: "images", topic: "plateside.images", partitions: 6, messages: 43, problem: null, suggestions: [] },
    { kind: "layouts", topic: "plateside.layouts", partitions: null, messages: null, problem: "not there", suggestions: ["lab.layouts"] },
    { kind: "stages", topic: "plateside.stages", partitions: null, messages: null, problem: null, suggestions: [] },
  ],
  preview: { kind: "results", topic: "plateside.results", partition: 2, offset: 184_207, timestamp_ms: 1, bytes: 318, text: '{\n  "plate_id": "BR00117013"\n}' },
  ...change,
});
