/**
 * How channels are seen: colour, range, gamma. Ranges are a run's, so that sites and wells of it compare; the first plane
 * that is seen gives them, and after that a person alone. Planes of 8 and of 16 bits do not compare: each kind has its own.
 */
import type { ChannelInfo, Failure, PlaneDetail } from "../ipc/generated";
import { failureOf, type Tint } from "../ipc/host";
import { type Preset, PRESETS, type Rgb, same, tint } from "../shared/colour/tints";
import { bounded, moved, spread } from "../shared/image/contrast";
import { desk } from "./desk.svelte";
import { type Place, stampedOf } from "./place";
import { rounds } from "./rounds";

export interface Channel extends Tint {
  /** Its colour by the desk. */
  own: Rgb;
  on: boolean;
  /** It has a range. */
  known: boolean;
  /** How far its histogram goes; it grows and never jumps back. */
  axis: number;
  /** What samples the range is of, as `u16`; empty until it is known. */
  sample: string;
  /** Ranges of planes with other samples. */
  others: Readonly<Record<string, Range>>;
}

type Range = Pick<Channel, "lo" | "hi" | "gamma" | "axis">;

/** What is known of a channel's plane of a place. */
export interface Measured {
  key: string;
  detail: PlaneDetail | null;
  failure: Failure | null;
}

const TOP = 65_535;
/** Of many channels these are seen first; where they are not there, the first three. */
const FIRST = ["dna", "er", "agp"];
const MOST_RUNS = 64;
/** A hand that did not move for so long rests. */
const REST_MS = 180;

/** A run's channels as they were set before, or as they are seen first. */
function begun(infos: readonly ChannelInfo[], before: ReadonlyMap<string, Channel>): Channel[] {
  const names = infos.map((info) => info.name.toLowerCase());
  const hasFirst = FIRST.filter((name) => names.includes(name)).length > 1;
  return infos.map(({ name, rgb }, n) => before.get(name) ?? {
    name, own: rgb, rgb, lo: 0, hi: TOP, gamma: 1, known: false, axis: TOP, sample: "", others: {},
    on: infos.length <= 3 || (hasFirst ? FIRST.includes(name.toLowerCase()) : n < 3),
  });
}

const named = (list: readonly Channel[]): [string, Channel][] => list.map((channel) => [channel.name, channel]);

/** By what a run's settings are known. */
export const runKey = (run: string): string => `${desk.strip?.session?.folder ?? ""}\n${run}`;

class Channels {
  list = $state.raw<readonly Channel[]>([]);
  /** By channel; of the place before until the new one's has come. */
  measured = $state.raw<ReadonlyMap<string, Measured>>(new Map());
  /** What is being measured. */
  key = $state("");
  /** A hand moves a range: pictures come often rather than sharp. */
  moving = $state(false);
  #rest: ReturnType<typeof setTimeout> | undefined;
  #run = "";
  /** What was set for each channel of a run, also of those that the well shown now has not. */
  #runs = new Map<string, ReadonlyMap<string, Channel>>();
  #place: Place | null = null;
  #going: Promise<void> | null = null;
  /** Channels whose range is to be taken from what comes. */
  #auto = new Set<string>();

  /** Channels that a picture is asked for: what has no range yet waits for it, what cannot be read is asked for all the same. */
  seen = $derived(this.list.filter((channel) => channel.on && (channel.known || this.failed(channel.name))));
  /** Every channel that is on is among them. */
  ready = $derived(this.list.every((channel) => !channel.on || channel.known || this.failed(channel.name)));
  preset: Preset | null = $derived(PRESETS.find((preset) => this.list.every((channel, n) => same(channel.rgb, tint(preset, n, channel.own)))) ?? null);

  failed(name: string): boolean {
    const known = this.measured.get(name);
    return known?.key === this.key && known.failure !== null;
  }

  /** Looks at the channels of a run; what was set before holds. */
  of(run: string, infos: readonly ChannelInfo[]): void {
    const before = this.#runs.get(run) ?? new Map<string, Channel>();
    const isSame = run === this.#run && this.list.length === infos.length && infos.every((info, n) => info.name === this.list[n]?.name);
    if (isSame) return;
    this.#run = run;
    this.#keep(begun(infos, before));
  }

  /**
   * How the channels of a run are seen that nobody need look at, as on a small picture; where no plane of it was seen yet,
   * those of a place give the ranges.
   */
  async seenOf(run: string, infos: readonly ChannelInfo[], place: Place): Promise<readonly Channel[]> {
    const before = (): ReadonlyMap<string, Channel> => this.#runs.get(run) ?? new Map<string, Channel>();
    let list = begun(infos, before());
    for (const channel of list) {
      if (!channel.on || channel.known) continue;
      const { plate, well, site, z, t } = place;
      const detail = await desk.host.call("plane", { plate, well, site, channel: channel.name, z, t }).catch(() => null);
      if (!detail) continue;
      const ranged = { ...spread(detail.auto), gamma: 1, known: true, sample: detail.sample };
      // Whoever looked meanwhile has set it.
      list = begun(infos, new Map([...named(list), ...before()])).map((one) => (one.name === channel.name && !one.known ? { ...one, ...ranged } : one));
      if (run === this.#run) this.#keep(this.list.map((one) => list.find((ranged) => ranged.name === one.name) ?? one));
      else this.#runs.set(run, new Map([...before(), ...named(list)]));
    }
    return list.filter((channel) => channel.on && channel.known);
  }

  #keep(list: readonly Channel[]): void {
    this.list = list;
    const before = this.#runs.get(this.#run);
    this.#runs.delete(this.#run);
    this.#runs.set(this.#run, new Map([...(before ?? []), ...named(list)]));
    for (const run of [...this.#runs.keys()].slice(0, -MOST_RUNS)) this.#runs.delete(run);
  }

  set(name: string, change: Partial<Omit<Channel, "name" | "own">>): void {
    this.#keep(this.list.map((channel) => (channel.name === name ? { ...channel, ...change } : channel)));
  }

  toggle(n: number): void {
    const channel = this.list[n];
    if (channel) this.set(channel.name, { on: !channel.on });
  }

  #stir(): void {
    this.moving = true;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => (this.moving = false), REST_MS);
  }

  /** Moves one end of a range. */
  move(name: string, end: "lo" | "hi", to: number): void {
    const channel = this.list.find((known) => known.name === name);
    if (!channel) return;
    this.#auto.delete(name);
    this.#stir();
    this.set(name, { ...moved(channel, end, to, channel.axis), known: true });
  }

  bend(name: string, gamma: number): void {
    this.#stir();
    this.set(name, { gamma: bounded(gamma) });
  }

  paint(preset: Preset): void {
    this.#keep(this.list.map((channel, n) => ({ ...channel, rgb: tint(preset, n, channel.own) })));
  }

  /** Takes the ranges of the plane that is seen; of what is still being read, once it is there. */
  auto(): void {
    this.#auto = new Set(this.list.map((channel) => channel.name));
    for (const [name, { key, detail }] of this.measured) if (key === this.key && detail) this.#range(name, detail);
  }

  #range(name: string, detail: PlaneDetail): void {
    this.#auto.delete(name);
    this.set(name, { ...spread(detail.auto), gamma: 1, known: true, sample: detail.sample });
  }

  /** The range of another kind of samples takes the place of this one, which is kept. */
  #turn(channel: Channel, detail: PlaneDetail): void {
    const { lo, hi, gamma, axis } = channel;
    const range = channel.others[detail.sample] ?? { ...spread(detail.auto), gamma: 1, axis: 16 };
    this.set(channel.name, { ...range, sample: detail.sample, others: { ...channel.others, [channel.sample]: { lo, hi, gamma, axis } } });
  }

  /** Reads the planes of a place, those that are seen first, one at a time. */
  async measure(place: Place | null): Promise<void> {
    this.#place = place;
    if (!place) return;
    const key = stampedOf(place);
    if (key !== this.key) this.#auto.clear();
    this.key = key;
    this.#going ??= rounds(() => this.#read(), () => this.#unread() !== null, () => (this.#going = null));
    await this.#going;
  }

  /** Reads again what could not be read. */
  again(): void {
    this.measured = new Map([...this.measured].filter(([, known]) => known.failure === null));
    void this.measure(this.#place);
  }

  /** A channel whose plane of this place was not read; those that are seen come first. */
  #unread(): Channel | null {
    const key = this.#place && stampedOf(this.#place);
    const waits = key === null ? [] : this.list.filter((channel) => this.measured.get(channel.name)?.key !== key);
    return waits.find((channel) => channel.on) ?? waits[0] ?? null;
  }

  async #read(): Promise<void> {
    for (;;) {
      const place = this.#place;
      const next = this.#unread();
      if (!place || !next) return;
      const key = stampedOf(place);
      const { plate, well, site, z, t } = place;
      const run = this.#run;
      let found: Measured;
      try {
        found = { key, detail: await desk.host.call("plane", { plate, well, site, channel: next.name, z, t }), failure: null };
      } catch (thrown) {
        found = { key, detail: null, failure: failureOf(thrown) };
      }
      if (run === this.#run) this.#take(next.name, found);
    }
  }

  #take(name: string, found: Measured): void {
    this.measured = new Map([...this.measured, [name, found]]);
    const { detail } = found;
    const of = (): Channel | undefined => this.list.find((known) => known.name === name);
    const before = of();
    if (detail && before?.known && before.sample !== "" && before.sample !== detail.sample) this.#turn(before, detail);
    const channel = of();
    if (!detail || !channel) return;
    const wide = Math.min(detail.top, Math.max(detail.range[1], detail.auto[1], 16) * 1.05);
    const axis = Math.round(channel.known ? Math.max(channel.axis, wide) : wide);
    if (axis !== channel.axis) this.set(name, { axis });
    if (!channel.known || (this.#auto.has(name) && found.key === this.key)) this.#range(name, detail);
  }
}

export const channels = new Channels();
export { TOP };
