/** What Present shows a room: whether identifiers are hidden, which number, and the images of the nearest imaged well. */
import type { PlateTile, WellImages } from "../ipc/generated";
import { nearest } from "../shared/heat/wells";
import { channels } from "./channels.svelte";
import { desk } from "./desk.svelte";
import { images } from "./images.svelte";
import { lettered } from "./letters";
import { type Place, stampOf } from "./place";
import { plate, ROLES } from "./plate.svelte";
import { route } from "./route.svelte";
import { View } from "./view.svelte";
import { rounds } from "./rounds";

export const KINDS = ["hits", "z_prime", "wells"] as const;
export type Kind = (typeof KINDS)[number];

/** Identifiers are seen so long, where a person asks for them. */
const SHOWN_MS = 10_000;
const ROLES_SAID: Record<string, string> = { negative: "negatives", positive: "positives" };
const SAMPLE = ROLES.indexOf("sample");

class Presenting {
  hidden = $state(true);
  kind = $state<Kind>("hits");
  /** The well whose picture is shown. */
  shown = $state.raw<WellImages | null>(null);
  /** It could not be asked for. */
  failed = $state(false);
  readonly view = new View("present");
  #letters = $state.raw<ReadonlyMap<string, string>>(new Map());
  #session = "";
  #again = false;
  #asking: Promise<void> | null = null;
  #until: ReturnType<typeof setTimeout> | null = null;

  tile = $derived(desk.selected === null ? undefined : desk.plates.get(desk.selected));
  place: Place | null = $derived.by(() => {
    const { shown } = this;
    const site = shown?.sites.find((one) => one.planes.some((plane) => plane.state === "stored")) ?? shown?.sites[0];
    if (!shown || !site) return null;
    const z = shown.z.length > 1 && images.max ? null : (shown.z[(shown.z.length - 1) >> 1] ?? 0);
    return { plate: shown.plate, well: shown.well, site: site.site, z, t: shown.t[0] ?? 0, stamp: stampOf(site) };
  });

  /** Shows the session to a room. */
  enter(): void {
    if (route.screen === "present") return;
    if (!desk.strip?.session) return desk.tell("Open a session first: Present shows one to a room.");
    route.go("present");
    // Where the system refuses, the page alone fills the window.
    document.documentElement.requestFullscreen?.().catch(() => undefined);
  }

  leave(): void {
    if (route.screen === "present") route.back();
  }

  /** The screen is left, by whatever way. */
  end(): void {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
    this.hide();
  }

  hide(): void {
    if (this.#until !== null) clearTimeout(this.#until);
    this.#until = null;
    this.hidden = true;
  }

  /** Shows identifiers for a moment, or hides them again. */
  toggle(): void {
    const wasHidden = this.hidden;
    this.hide();
    if (!wasHidden) return;
    this.hidden = false;
    this.#until = setTimeout(() => this.hide(), SHOWN_MS);
  }

  next(): void {
    this.kind = KINDS[(KINDS.indexOf(this.kind) + 1) % KINDS.length] ?? "hits";
  }

  step(by: 1 | -1): void {
    const all = desk.order;
    const to = all[(all.findIndex((known) => known.plate === desk.selected) + by + all.length) % all.length];
    if (to) desk.selected = to.plate;
  }

  /** A compound's letter: that of its first appearance in the session that is shown. */
  letter(compound: string): string {
    return this.#letters.get(compound) ?? "";
  }

  /** A text from the wire, as a feature's name, with what names a compound, the plate or its run said otherwise while hidden. */
  said(text: string): string {
    if (!this.hidden) return text;
    const { tile } = this;
    const others = (plate.detail?.layout ?? []).map(({ compound, role }): [string, string] => [compound ?? "", ROLES_SAID[role] ?? this.letter(compound ?? "")]);
    const all = new Map([...others, [tile?.barcode ?? "", "plate"], [tile?.run ?? "", "run"]] as [string, string][]);
    // The longer first: one name may lie in another. What is shorter than three letters may be any word's.
    return [...all].filter(([name]) => name.length > 2).sort(([a], [b]) => b.length - a.length).reduce((said, [name, instead]) => said.replaceAll(name, instead), text);
  }

  /** Names the compounds of the plate that is shown. */
  name(): void {
    const session = desk.strip?.session?.folder ?? "";
    const known = session === this.#session ? this.#letters : new Map<string, string>();
    this.#session = session;
    this.#letters = lettered(known, plate.detail?.layout ?? []);
  }

  /** Looks at the well that is selected, or at the imaged one nearest to it. */
  async look(): Promise<void> {
    if (this.shown && this.shown.plate !== desk.selected) [this.shown, this.failed] = [null, false];
    this.#again = true;
    this.#asking ??= rounds(() => this.#run(), () => this.#again, () => (this.#asking = null));
    await this.#asking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const [handle, well] = [desk.selected, plate.cursor];
      const tile = handle === null ? undefined : desk.plates.get(handle);
      if (handle === null || !tile || tile.images === 0 || (well === null && plate.column === null)) return;
      const isStill = (): boolean => handle === desk.selected && well === plate.cursor;
      try {
        const asked = await desk.host.call("images", { plate: handle, well: well ?? 0 });
        if (!isStill()) continue;
        if (well === null) {
          const first = this.#striking(asked.imaged);
          if (first === null) return;
          plate.select(first);
          this.#again = true;
          continue;
        }
        const near = asked.sites.length > 0 ? null : nearest(well, asked.imaged, tile.columns || 24);
        const shown = near === null ? asked : await desk.host.call("images", { plate: handle, well: near });
        if (!isStill()) continue;
        channels.of(`${desk.strip?.session?.folder ?? ""}\n${tile.run}`, shown.channels);
        [this.shown, this.failed] = [shown, false];
      } catch {
        // The room keeps what it sees; the operator's screens say what is wrong.
        if (isStill()) this.failed = true;
      }
    }
  }

  /** Where nothing is selected: the imaged sample that is farthest from the negatives. */
  #striking(imaged: readonly number[]): number | null {
    const { column } = plate;
    let [best, most] = [imaged[0] ?? null, 0];
    for (const well of imaged) {
      const far = Math.abs(column?.robustZ[well] ?? Number.NaN);
      if (column?.roles[well] === SAMPLE && far > most) [best, most] = [well, far];
    }
    return best;
  }
}

/** The plate that a message was about last, of those with values where there are any; the later of two in order. */
export function newest(plates: readonly PlateTile[]): PlateTile | null {
  const read = plates.filter((tile) => tile.wells_in > 0);
  return (read.length > 0 ? read : plates).reduce<PlateTile | null>((best, tile) => (best !== null && (best.last_ms ?? 0) > (tile.last_ms ?? 0) ? best : tile), null);
}

export const presenting = new Presenting();
