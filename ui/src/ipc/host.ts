/**
 * The one door between the window and everything behind it. `tauri.ts` opens it in the app; `recorded.ts` stands in for
 * it in browser tests, with answers recorded from the real desk.
 */
import type { CheckOutcome, CheckStep, Commands, Connection, Failure, Told } from './generated';

/** Scales by which a column can be asked for, in the order of the menu. */
export type Scale = "raw" | "percent" | "percent_activity" | "z" | "robust_z" | "b_score" | "log2" | "plate_median";

/** Takes what is told; resolves once it is on the screen. */
export type Hear = (told: Told) => Promise<void>;

/** A channel as it is to be seen: intensities from `lo` to `hi` become 0 to 1, bent by 1/gamma, in its colour. */
export interface Tint {
  name: string;
  rgb: readonly [number, number, number];
  lo: number;
  hi: number;
  gamma: number;
}

/** A part of a site, its channels added to one picture. */
export interface CompositeAsk {
  /** The plate's handle. */
  plate: string;
  /** Row-major number. */
  well: number;
  /** From 1. */
  site: number;
  /** Focus position; `null` for the brightest of all of them, pixel by pixel. */
  z: number | null;
  t: number;
  /** The plane is shrunk by 2 to the power of this. */
  level: number;
  /** The part, in pixels of that level; the desk cuts it to what there is. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Who asks, as `main`: its newer question ends one that is not answered yet. */
  view: string;
  channels: readonly Tint[];
}

export interface Host {
  /** Runs one command. Rejects with a `Failure`, never with anything else. */
  call<C extends keyof Commands>(command: C, args: Commands[C]['args']): Promise<Commands[C]['result']>;
  /**
   * Hears ticks and the strip. One listener at a time; a new one begins with a reset tick. `hear` resolves once what it
   * heard is on the screen, and only then the next tick comes.
   */
  watch(hear: Hear): void;
  /** Tests a connection; `step` hears each step when it begins and when it ends. */
  check(connection: Connection, step: (step: CheckStep) => void): Promise<CheckOutcome>;
  /** Bytes of many plates for the wall: see `parseWall`. `feature` '' is each plate's first headline. */
  wall(feature: string, plates: string[], signal?: AbortSignal): Promise<ArrayBuffer>;
  /** Bytes of one feature of one plate: see `parseColumn`. */
  column(plate: string, feature: string, scale: Scale, signal?: AbortSignal): Promise<ArrayBuffer>;
  /** A message's body by its handle, at most 1 MiB of it. */
  body(handle: string, signal?: AbortSignal): Promise<ArrayBuffer>;
  /** A picture of a site: see `parseComposite`. Rejects with `superseded` where the same view asked anew. */
  composite(ask: CompositeAsk, signal?: AbortSignal): Promise<ArrayBuffer>;
  /** What a model found on a site, by the handle of a spot check: see `parseOutlines`. */
  outlines(handle: string, signal?: AbortSignal): Promise<ArrayBuffer>;
}

/** Whether something thrown is the desk's answer. */
export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown;
}

/** Anything thrown as what the desk would say of it. */
export const failureOf = (thrown: unknown): Failure => (isFailure(thrown) ? thrown : { code: "unreadable", message: String(thrown), detail: null });
