/** A file of layouts that a person chose: read by the desk, looked at, used for this plate or set for all that it names. */
import { untrack } from "svelte";
import type { LayoutRead, LayoutsRead } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { count } from "../shared/format";
import { type Sheet, sheetOf } from "../shared/layout/sheet";
import { desk } from "./desk.svelte";
import { base64Of, layoutBeside, tooMuch } from "./layoutbeside.svelte";
import { layouts } from "./layouts.svelte";
import { rounds } from "./rounds";

/** A plate whose layout could not be set, with the reason. */
export interface Failed {
  barcode: string;
  why: string;
}
interface Arrived {
  /** The plate for which it is read. */
  plate: string;
  name: string;
  base64: string;
}

/** Wells before the layout that is looked at, of an answer that has not room for all: one goes up as well as down. */
const BEFORE = 25_000;

/** The layout from which on wells are asked for, so that those of one are among them. */
export function pageFrom(all: readonly LayoutRead[], at: number): number {
  let [from, room] = [at, BEFORE];
  while (from > 0 && room >= all[from - 1]!.format) {
    from -= 1;
    room -= all[from]!.format;
  }
  return from;
}

class LayoutFile {
  name = $state("");
  found = $state.raw<LayoutsRead | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);
  /** Which of the layouts is looked at. */
  at = $state(0);
  /** While all are set: how many of how many. */
  progress = $state.raw<{ done: number; of: number } | null>(null);
  /** What came of setting all. */
  outcome = $state.raw<{ set: number; failed: Failed[]; stopped: boolean } | null>(null);
  /** The file with its bytes: what is said beside it has it read again. */
  file = $state.raw<Arrived | null>(null);
  /** The last one whose wells were there: while others are on their way the plate does not jump. */
  shown = $state.raw<LayoutRead | null>(null);
  /** The barcode that a person picked: it is looked at also when the file was read anew. */
  #picked: string | null = null;
  /** The layout from which on wells are asked for. */
  #from: number | null = null;
  #stop = false;
  #of: string | null = null;
  /** The newest choice counts. */
  #turn = 0;
  #asks = false;
  #asking: Promise<void> | null = null;

  chosen: LayoutRead | null = $derived(this.found?.layouts[this.at] ?? null);
  preview: Sheet | null = $derived.by(() => {
    const { shown } = this;
    return shown?.wells ? sheetOf({ ...shown, wells: shown.wells }) : null;
  });
  settable: LayoutRead[] = $derived((this.found?.layouts ?? []).filter((one) => one.plate !== null && one.problem === null));

  /** Another plate: a file is read for one. While all are set it stays. */
  look(plate: string | null): void {
    if (plate === this.#of || untrack(() => this.progress) !== null) return;
    this.#of = plate;
    this.clear();
  }

  clear(): void {
    this.#turn += 1;
    [this.name, this.found, this.problem, this.busy, this.at, this.outcome] = ["", null, null, false, 0, null];
    [this.file, this.shown, this.#picked, this.#from, layoutBeside.sheet] = [null, null, null, null, ""];
  }

  async read(file: File): Promise<void> {
    const of = desk.selected;
    if (of === null || this.progress) return;
    this.clear();
    this.name = file.name;
    this.problem = tooMuch(file);
    if (this.problem !== null) return;
    const turn = this.#turn;
    this.busy = true;
    try {
      const base64 = await base64Of(file);
      if (turn !== this.#turn) return;
      this.file = { plate: of, name: file.name, base64 };
    } catch (thrown) {
      if (turn === this.#turn) [this.problem, this.busy] = [failureOf(thrown).message, false];
      return;
    }
    await this.again();
  }

  /** Reads it again: something else is said beside it. One question is on its way at a time. */
  async again(): Promise<void> {
    if (!this.file || this.progress) return;
    this.outcome = null;
    this.busy = true;
    this.#asks = true;
    this.#asking ??= rounds(() => this.#ask(), () => this.#asks, () => (this.#asking = null));
    await this.#asking;
  }

  async #ask(): Promise<void> {
    this.#asks = false;
    const { file } = this;
    if (!file) return;
    try {
      const found = await this.#call(file, this.#from);
      if (file === this.file && !this.#asks) this.#take(found);
    } catch (thrown) {
      if (file === this.file && !this.#asks) [this.problem, this.found, this.shown] = [failureOf(thrown).message, null, null];
    }
    if (file === this.file && !this.#asks) this.busy = false;
  }

  #call({ plate, name, base64 }: Arrived, from: number | null): Promise<LayoutsRead> {
    return desk.host.call("read_layouts", { plate, name, base64, ...layoutBeside.said, from });
  }

  #take(found: LayoutsRead): void {
    const all = found.layouts;
    [this.found, this.problem] = [found, found.refused];
    const picked = this.#picked === null ? -1 : all.findIndex((one) => one.barcode === this.#picked);
    // What is for this plate is what one looks for.
    this.at = picked >= 0 ? picked : Math.max(0, all.findIndex((one) => one.plate !== null && one.plate === this.file?.plate));
    this.#show();
  }

  /** Looks at one of them. */
  pick(at: number): void {
    if (!this.found?.layouts[at]) return;
    this.at = at;
    this.#picked = this.found.layouts[at].barcode;
    this.#show();
  }

  #show(): void {
    const { chosen } = this;
    if (!chosen || chosen.wells) return void (this.shown = chosen);
    const from = pageFrom(this.found?.layouts ?? [], this.at);
    if (from === this.#from && !this.busy) return;
    this.#from = from;
    void this.again();
  }

  /** Why the one that is looked at cannot go into the editor; `null` where it can. */
  get unfit(): string | null {
    const { chosen, preview } = this;
    const format = layouts.detail?.format ?? null;
    if (!chosen) return "No layout is chosen.";
    if (!chosen.wells) return "Its wells are on their way.";
    if (format !== null && chosen.format !== format) return `It is for ${count(chosen.format)} wells, this plate has ${count(format)}.`;
    if (chosen.plate === desk.selected && chosen.problem !== null) return chosen.problem;
    if (preview?.wells.some((entry) => entry && entry.concentration !== null && !entry.unit)) return "Doses have no unit: say it above.";
    return null;
  }

  /** Into the editor, as one step. */
  use(): void {
    if (!this.preview || this.unfit !== null) return;
    if (layouts.detail?.format === null) layouts.choose(this.preview.format);
    const { assay, cells } = layouts.sheet;
    const isNew = layouts.change({ ...this.preview, assay: this.preview.assay ?? assay, cells: this.preview.cells ?? cells });
    desk.tell(isNew && layouts.count > 0 ? "It is in the editor, not set yet. Ctrl Z takes it back." : "It is the layout that the plate has.");
  }

  stop(): void {
    this.#stop = true;
  }

  /** Every plate's own, one after the other; what failed is listed and the rest goes on. */
  async setAll(reason: string): Promise<void> {
    const { file, found } = this;
    const all = (found?.layouts ?? []).flatMap((one, at) => (one.plate !== null && one.problem === null ? [at] : []));
    if (this.progress || this.busy || !file || !found || all.length === 0) return;
    [this.#stop, this.outcome] = [false, null];
    this.progress = { done: 0, of: all.length };
    const failed: Failed[] = [];
    let [set, page] = [0, found];
    for (const at of all) {
      if (this.#stop) break;
      const { barcode } = found.layouts[at]!;
      try {
        // What the answer had no room for is asked for when it is its turn.
        if (!page.layouts[at]?.wells) page = await this.#call(file, at);
        const one = page.layouts[at];
        if (one?.plate && one.wells) {
          const { plate, format, assay, cells, wells } = one;
          await desk.host.call("set_layout", { plate, whole_run: false, format, assay, cells, wells, reason: reason.trim() });
          set += 1;
        } else failed.push({ barcode, why: "Its wells did not come: choose the file again." });
      } catch (thrown) {
        failed.push({ barcode, why: failureOf(thrown).message });
      }
      this.progress = { done: set + failed.length, of: all.length };
    }
    this.progress = null;
    this.outcome = { set, failed, stopped: this.#stop };
    await layouts.pull();
  }
}

export const layoutFile = new LayoutFile();
