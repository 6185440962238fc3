/**
 * The host in browser tests: answers that the real desk gave on the demo lab (`ui/tests-browser/recorded/`, made by
 * tests/tests/road/recorded.rs). A test may change the recording before the page loads, and speak on the channel.
 */
import { parseWall } from "./bytes";
import type { AlertItem, CheckOutcome, CheckStep, Commands, Connection, Failure, Told } from "./generated";
import type { CompositeAsk, Hear, Host, Scale } from "./host";
import { compositeQuery } from "./pixels";

/** A recording as it lies in the file; bytes as hexadecimal digits. */
export interface Recording {
  calls: { command: string; args: Record<string, unknown>; result: unknown }[];
  columns: { plate: string; feature: string; scale: Scale; hex: string }[];
  bodies: { handle: string; hex: string }[];
  wall: { plates: string[]; hex: string };
  /** What a window hears when it begins to watch. */
  told: Told[];
  /** Steps and end of a connection test, where a test needs one. */
  check?: { steps: CheckStep[]; outcome: CheckOutcome; every_ms?: number };
  /** Commands that the desk refuses, with its words. */
  refused?: Record<string, Failure>;
}

/** For tests: `window.recorded`. */
export interface Handle {
  /** What is answered from now on may be changed here too. */
  recording: Recording;
  /** Every command that was called, in order. */
  called: { command: string; args: unknown }[];
  /** The ticks that were drawn, in order. */
  drawn: number[];
  tell: (told: Told) => void;
  /** Answers that a test computes, by command; one that throws a `Failure` refuses. They come before the recording's. */
  answers: Record<string, (args: never) => unknown>;
  /** Pictures, which no recording has: a test computes them. */
  composite: ((ask: CompositeAsk) => Promise<ArrayBuffer> | ArrayBuffer) | null;
  outlines: ((handle: string) => ArrayBuffer) | null;
  /** Columns of plates that the recording has none of, as hexadecimal digits. */
  column: ((plate: string, feature: string, scale: Scale) => string) | null;
  /** Plates whose columns were asked for, in order. */
  columns: string[];
  /** Every question for a picture, as the app's host would write it. */
  asked: string[];
}

const CHANGES = new Set(["start_demo", "save_connection", "forget_connection", "connect", "disconnect", "play",
  "pause", "speed", "seek", "live_edge", "open_session", "close_session", "send_outbox", "stop_bundle"]);

/** Commands whose recorded arguments may be fewer than what is asked. */
const OPEN = new Set(["wells_named", "what_if", "replicates", "doses", "run_order", "pick_list"]);

function bytes(hex: string): ArrayBuffer {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out.buffer;
}

/** An alert of a recording that is older than some of its fields. */
const whole = (alert: AlertItem): AlertItem => ({ ...alert, listed: alert.listed ?? (alert.open || !alert.acknowledged), calls: alert.calls ?? true, over_at_ms: alert.over_at_ms ?? null, burst: alert.burst ?? 1 });

const absent = (what: string): Failure => ({ code: "not_recorded", message: `The recording has no ${what}.`, detail: null });

/** The wall's digits are read once: two hundred plates are half a megabyte of them. */
const read = new Map<string, ArrayBuffer>();

/** A wall answer for some plates, as the desk writes it. */
function wallOf(recording: Recording["wall"], wanted: readonly string[]): ArrayBuffer {
  const parts: ArrayBuffer[] = [];
  const known = read.get(recording.hex) ?? bytes(recording.hex);
  if (read.size < 4) read.set(recording.hex, known);
  for (const plate of parseWall(known, recording.plates)) {
    const place = wanted.indexOf(plate.plate);
    if (place < 0) continue;
    const wells = plate.values.length;
    const states = 16 + Math.ceil(wells / 2) * 8;
    const part = new ArrayBuffer(states + Math.ceil(wells / 8) * 8);
    const view = new DataView(part);
    view.setUint32(0, place, true);
    view.setUint32(4, wells, true);
    view.setFloat64(8, plate.revision, true);
    new Float32Array(part, 16, wells).set(plate.values);
    new Uint8Array(part, states, wells).set(plate.states);
    parts.push(part);
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}

export function recordedHost(recording: Recording): { host: Host; handle: Handle } {
  let hear: Hear = async () => undefined;
  const handle: Handle = { recording, called: [], drawn: [], tell: (told) => void hear(told), answers: {}, composite: null, outlines: null, column: null, columns: [], asked: [] };
  const host: Host = {
    async call<C extends keyof Commands>(command: C, args: Commands[C]["args"]): Promise<Commands[C]["result"]> {
      handle.called.push({ command, args });
      const no = recording.refused?.[command];
      if (no) throw no;
      const computed = handle.answers[command];
      if (computed) return (await computed(args as never)) as Commands[C]["result"];
      const asked = JSON.stringify(args);
      const known = recording.calls.find((call) => call.command === command && JSON.stringify(call.args) === asked);
      if (known) return known.result as Commands[C]["result"];
      // What a recording leaves open may be anything.
      const loose = recording.calls.find((call) => call.command === command && OPEN.has(command) && Object.entries(call.args).every(([name, one]) => JSON.stringify((args as Record<string, unknown>)[name]) === JSON.stringify(one)));
      if (loose) return loose.result as Commands[C]["result"];
      if (CHANGES.has(command)) return null as Commands[C]["result"];
      if (command === "save_settings" && "settings" in args) return args.settings as Commands[C]["result"];
      // The demo's profile names none.
      if (command === "outside_links") return [] as unknown as Commands[C]["result"];
      if (command === "exclude" || command === "acknowledge") return { seq: 1 } as Commands[C]["result"];
      throw absent(`answer to ${command} ${asked}`);
    },
    watch(listener): void {
      hear = async (told) => {
        await listener(told.kind === "tick" ? { ...told, alerts: told.alerts.map(whole) } : told);
        if (told.kind === "tick") handle.drawn.push(told.number);
      };
      for (const told of recording.told) void hear(told);
    },
    async check(_connection: Connection, step: (step: CheckStep) => void): Promise<CheckOutcome> {
      if (!recording.check) throw absent("connection test");
      for (const told of recording.check.steps) {
        if (recording.check.every_ms) await new Promise((rested) => setTimeout(rested, recording.check?.every_ms));
        step(told);
      }
      return recording.check.outcome;
    },
    wall: async (_feature, plates) => wallOf(recording.wall, plates),
    async column(plate, feature, scale): Promise<ArrayBuffer> {
      const known = recording.columns.find((one) => one.plate === plate && one.feature === feature && one.scale === scale);
      handle.columns.push(plate);
      if (!known && handle.column) return bytes(handle.column(plate, feature, scale));
      if (!known) throw absent(`column of ${feature}`);
      return bytes(known.hex);
    },
    async body(name): Promise<ArrayBuffer> {
      const known = recording.bodies.find((one) => one.handle === name);
      if (!known) throw absent("such body");
      return bytes(known.hex);
    },
    async composite(ask): Promise<ArrayBuffer> {
      handle.asked.push(compositeQuery(ask).toString());
      if (!handle.composite) throw absent("pictures");
      return handle.composite(ask);
    },
    async outlines(name): Promise<ArrayBuffer> {
      if (!handle.outlines) throw absent("outlines");
      return handle.outlines(name);
    },
  };
  return { host, handle };
}
