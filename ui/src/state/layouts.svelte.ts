/**
 * The layout editor: the layout in force of the plate that is looked at, and what a person made of it. What is not set yet
 * stays until the window is closed, each plate's by itself.
 */
import type { LayoutDetail } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { begun, done, type History, redone, undone } from "../shared/history";
import { wellName } from "../shared/heat/wells";
import { type Pasted, pasted } from "../shared/layout/paste";
import { blank, changed, differences, type Entry, FORMATS, rebased, rowsOf, type Sheet, sheetOf, sizeOf } from "../shared/layout/sheet";
import { desk } from "./desk.svelte";
import { multiples } from "./multiples.svelte";
import { plate } from "./plate.svelte";
import { rounds } from "./rounds";
import { route } from "./route.svelte";

/** While a plate reads, its layout is not asked for again sooner. */
const CALM_MS = 2000;
const NONE: Sheet = { format: 0, assay: null, cells: null, wells: [] };

class Layouts {
  /** The editor is shown instead of the plate. */
  open = $state(false);
  /** The layout in force. */
  detail = $state.raw<LayoutDetail | null>(null);
  /** Why there is none, in words. */
  problem = $state<string | null>(null);
  /** The unit of doses that are given without one. */
  unit = $state("uM");
  /** Something is on its way to be set or taken back. */
  busy = $state(false);
  #history = $state.raw<History<Sheet>>(begun(NONE));
  /** The format that a person chose where nothing has said it. */
  #chosen = $state(0);
  /** The layout on which the edits rest. */
  #under = NONE;
  /** By session, run and barcode: what is not set yet, and on what it rests. */
  #drafts = new Map<string, { history: History<Sheet>; under: Sheet }>();
  #of: { key: string; plate: string } | null = null;
  #asks = false;
  #pulling: Promise<void> | null = null;
  /** The grid takes the focus when the editor opens, and then no more. */
  #opens = false;
  #again: ReturnType<typeof setTimeout> | null = null;
  #askedAt = 0;

  /** The layout in force as a sheet. */
  base = $derived.by(() => {
    const { detail } = this;
    if (!detail) return NONE;
    const format = detail.format ?? this.#chosen;
    return sheetOf({ format, assay: detail.assay, cells: detail.cells, wells: detail.wells });
  });
  isTouched = $derived(this.#history.before.length > 0 || this.#history.after.length > 0);
  /** What is edited; the layout in force as long as nothing was. */
  sheet = $derived(this.isTouched ? this.#history.now : this.base);
  differs = $derived(differences(this.sheet, this.base));
  /** How many things differ: wells, assay, cells. */
  count = $derived(this.differs.wells.size + this.differs.others.length);
  size = $derived(sizeOf(this.sheet.format));
  canUndo = $derived(this.#history.before.length > 0);
  canRedo = $derived(this.#history.after.length > 0);
  /** The plate's format is not one that can be drawn. */
  lacksFormat = $derived(this.detail !== null && !FORMATS.has(this.sheet.format));

  name(well: number): string {
    return wellName(well, this.size[1] || 24);
  }

  /** Shows the editor on the plate that is selected. */
  show(): void {
    if (desk.selected === null) return desk.tell("Pick a plate first: a layout is a plate's.");
    route.go("plate");
    [multiples.open, this.open, this.#opens] = [false, true, true];
  }

  /** Looks at the desk's selected plate; `revision` grows when something of it came. */
  look(): void {
    const tile = desk.selected === null ? undefined : desk.plates.get(desk.selected);
    if (!tile) {
      this.#keep();
      [this.#of, this.detail, this.problem] = [null, null, null];
      return;
    }
    const key = `${desk.strip?.session?.folder ?? ""}\n${tile.run}\n${tile.barcode}`;
    if (this.#of?.key !== key || this.#of.plate !== tile.plate) {
      if (this.#of?.key !== key) {
        this.#keep();
        [this.detail, this.problem, this.#chosen] = [null, null, 0];
        ({ history: this.#history, under: this.#under } = this.#drafts.get(key) ?? { history: begun(NONE), under: NONE });
        if (this.isTouched) this.#chosen = this.#history.now.format;
      }
      this.#of = { key, plate: tile.plate };
      void this.pull();
      return;
    }
    // Something of the plate came: perhaps a layout.
    if (this.#again !== null) return;
    this.#again = setTimeout(() => {
      this.#again = null;
      if (this.open) void this.pull();
    }, Math.max(0, this.#askedAt + CALM_MS - Date.now()));
  }

  #keep(): void {
    if (!this.#of) return;
    if (this.isTouched) this.#drafts.set(this.#of.key, { history: this.#history, under: this.#under });
    else this.#drafts.delete(this.#of.key);
  }

  /** The editor's canvas is there. */
  begin(canvas: HTMLElement): void {
    if (this.#opens || document.activeElement === document.body) canvas.focus({ preventScroll: true });
    this.#opens = false;
  }

  /** What is asked for while an answer is on its way is asked for again: it may be older than what was set. */
  async pull(): Promise<void> {
    this.#asks = true;
    this.#pulling ??= rounds(() => this.#read(), () => this.#asks, () => (this.#pulling = null));
    await this.#pulling;
  }

  async #read(): Promise<void> {
    this.#asks = false;
    const of = this.#of?.plate;
    if (of === undefined) return;
    this.#askedAt = Date.now();
    try {
      const detail = await desk.host.call("layout", { plate: of });
      if (of === this.#of?.plate && !this.#asks) {
        [this.detail, this.problem] = [detail, null];
        this.#rebase();
      }
    } catch (thrown) {
      if (of === this.#of?.plate) this.problem = failureOf(thrown).message;
    }
    this.#asks ||= of !== this.#of?.plate;
  }

  /** Another layout is in force than the one that was edited: the edits, and only they, lie over it. */
  #rebase(): void {
    const { base } = this;
    const moved = differences(base, this.#under);
    if (!this.isTouched || (moved.wells.size === 0 && moved.others.length === 0)) return;
    const [before, under] = [this.count, this.#under];
    const over = (sheet: Sheet): Sheet => rebased(sheet, under, base);
    this.#history = { before: this.#history.before.map(over), now: over(this.#history.now), after: this.#history.after.map(over) };
    this.#under = base;
    if (this.count === 0) this.#history = begun(NONE);
    else if (before > 0 && !this.busy) desk.tell("The layout in force has changed: what you edited lies over it, and nothing else differs.");
  }

  /** One step; none where nothing is changed by it. */
  change(next: Sheet): boolean {
    if (next === this.sheet) return false;
    if (!this.isTouched) this.#under = this.base;
    this.#history = this.isTouched ? done(this.#history, next) : done(begun(this.base), next);
    return true;
  }

  /** Fields of the selected wells. */
  set(change: Partial<Entry>): void {
    this.change(changed(this.sheet, plate.wells, change));
  }

  about(change: Partial<Pick<Sheet, "assay" | "cells">>): void {
    const next = { ...this.sheet, ...change };
    if (next.assay !== this.sheet.assay || next.cells !== this.sheet.cells) this.change(next);
  }

  /** The format of a plate of which nothing has said it. */
  choose(format: number): void {
    this.#chosen = format;
    if (this.isTouched && this.sheet.format !== format) this.change(blank(format));
  }

  paste(text: string): Pasted {
    const read = pasted(text, this.sheet, [...plate.wells], this.unit);
    if (read.sheet && !this.change(read.sheet)) return { ...read, says: `${read.says} Nothing is changed by it.` };
    return read;
  }

  undo(): void {
    if (!this.canUndo) return desk.tell("There is nothing to undo in this layout.");
    this.#history = undone(this.#history);
  }

  redo(): void {
    if (!this.canRedo) return desk.tell("There is nothing to do again in this layout.");
    this.#history = redone(this.#history);
  }

  /** All edits at once; one step that can be undone. */
  revert(): void {
    if (this.count > 0) this.change(this.base);
  }

  /** Sets what is edited for the plate or its run. */
  async send(wholeRun: boolean, reason: string): Promise<boolean> {
    const of = this.#of;
    if (!of || this.busy || this.lacksFormat) return false;
    this.busy = true;
    const { sheet, detail } = this;
    const written = await desk.call("set_layout", { plate: of.plate, whole_run: wholeRun, format: sheet.format, assay: sheet.assay?.trim() || null, cells: sheet.cells?.trim() || null, wells: rowsOf(sheet), reason: reason.trim() });
    this.busy = false;
    if (written === null) return false;
    desk.tell(wholeRun ? "Layout set for the run." : `Layout set for ${detail?.barcode ?? "this plate"}.`);
    // A run's layout may leave this plate with its own: then the edits are still to be seen as such.
    await this.#settled(of, !wholeRun || detail?.origin === "none" || detail?.origin === "run" ? sheet : null);
    return true;
  }

  async withdraw(wholeRun: boolean, reason: string): Promise<boolean> {
    const of = this.#of;
    if (!of || this.busy) return false;
    this.busy = true;
    const written = await desk.call("withdraw_layout", { plate: of.plate, whole_run: wholeRun, reason: reason.trim() });
    this.busy = false;
    if (written === null) return false;
    desk.tell(wholeRun ? "The run’s layout is taken back." : "This plate’s layout is taken back.");
    await this.#settled(of, null);
    return true;
  }

  /** What was sent is in force, if anything was; what was edited meanwhile stays. */
  async #settled(of: { key: string; plate: string }, sent: Sheet | null): Promise<void> {
    if (this.#drafts.get(of.key)?.history.now === sent) this.#drafts.delete(of.key);
    if (this.#of?.key !== of.key) return;
    await this.pull();
    if (sent === null || this.#of.key !== of.key) return;
    this.#history = this.count === 0 ? begun(NONE) : done(begun(this.base), this.sheet);
    this.#under = this.base;
  }
}

export const layouts = new Layouts();
