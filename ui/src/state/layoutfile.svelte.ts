/** A file of layouts that a person chose: read by the desk, looked at, used for this plate or set for all that it names. */
import { untrack } from "svelte";
import type { LayoutRead, LayoutsRead } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { count } from "../shared/format";
import { type Sheet, sheetOf } from "../shared/layout/sheet";
import { desk } from "./desk.svelte";
import { layouts } from "./layouts.svelte";

export const MOST_BYTES = 32 * 1024 * 1024;

/** A plate whose layout could not be set, with the reason. */
export interface Failed {
  barcode: string;
  why: string;
}

/** Bytes as base64, by the browser itself: a loop over 32 MiB would hold the window. */
export const base64Of = (file: Blob): Promise<string> =>
  new Promise((read, failed) => {
    const reader = new FileReader();
    reader.onload = () => read(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => failed(reader.error ?? new Error("The file cannot be read."));
    reader.readAsDataURL(file);
  });

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
  #stop = false;
  #of: string | null = null;
  /** The newest choice counts. */
  #turn = 0;

  chosen: LayoutRead | null = $derived(this.found?.layouts[this.at] ?? null);
  preview: Sheet | null = $derived(this.chosen ? sheetOf(this.chosen) : null);
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
  }

  async read(file: File): Promise<void> {
    const of = desk.selected;
    if (of === null || this.progress) return;
    this.clear();
    this.name = file.name;
    if (file.size > MOST_BYTES) return void (this.problem = `The file has ${Math.ceil(file.size / 1024 / 1024)} MiB; at most 32 MiB are read.`);
    if (file.size === 0) return void (this.problem = "The file is empty.");
    const turn = this.#turn;
    this.busy = true;
    try {
      const base64 = await base64Of(file);
      const found = await desk.host.call("read_layouts", { plate: of, name: file.name, base64 });
      if (turn !== this.#turn) return;
      this.found = found;
      // What is for this plate is what one looks for.
      this.at = Math.max(0, found.layouts.findIndex((one) => one.plate === of));
    } catch (thrown) {
      if (turn === this.#turn) this.problem = failureOf(thrown).message;
    }
    if (turn === this.#turn) this.busy = false;
  }

  /** Why the one that is looked at cannot go into the editor; `null` where it can. */
  get unfit(): string | null {
    const { chosen } = this;
    const format = layouts.detail?.format ?? null;
    if (!chosen) return "No layout is chosen.";
    if (format !== null && chosen.format !== format) return `It is for ${count(chosen.format)} wells, this plate has ${count(format)}.`;
    if (chosen.plate === desk.selected && chosen.problem !== null) return chosen.problem;
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
    const all = this.settable;
    if (this.progress || all.length === 0) return;
    [this.#stop, this.outcome] = [false, null];
    this.progress = { done: 0, of: all.length };
    const failed: Failed[] = [];
    let set = 0;
    for (const { plate, barcode, format, assay, cells, wells } of all) {
      if (this.#stop || plate === null) break;
      try {
        await desk.host.call("set_layout", { plate, whole_run: false, format, assay, cells, wells, reason: reason.trim() });
        set += 1;
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
