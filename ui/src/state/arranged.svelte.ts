/** How the wall is arranged: parted by what, sorted how, near or for a screen across the room; remembered. */
import { keep, recall } from "./kept";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";

export const BY = ["run", "instrument", "state"] as const;
export type By = (typeof BY)[number];
export const SORTS = ["arrival", "worst", "barcode"] as const;
export type Sort = (typeof SORTS)[number];

const one = <T extends string>(known: unknown, of: readonly T[], otherwise: T): T => of.find((name) => name === known) ?? otherwise;

class Arranged {
  by = $state<By>("run");
  sort = $state<Sort>("arrival");
  /** Wall mode: few large tiles, the ones that need a person first. */
  far = $state(false);
  /** What is searched for, and what else narrows the wall; with the place it was scrolled to it holds while the window is open. */
  text = $state("");
  flagged = $state(false);
  /** Only what changed since a person looked. */
  only = $state(false);
  top = 0;
  /** A plate that somebody asked to see elsewhere, as in the ledger of gaps: the wall brings it into sight. */
  wanted = $state.raw<{ plate: string } | null>(null);

  constructor() {
    this.recall();
  }

  /** As it was left. */
  recall(): void {
    const known = recall("wall") as { by?: unknown; sort?: unknown; far?: unknown } | null;
    this.by = one(known?.by, BY, "run");
    this.sort = one(known?.sort, SORTS, "arrival");
    this.far = known?.far === true;
  }

  #keep(): void {
    keep("wall", { by: this.by, sort: this.sort, far: this.far });
  }

  part(by: By): void {
    this.by = by;
    this.#keep();
  }

  order(sort: Sort): void {
    this.sort = sort;
    this.#keep();
  }

  /** The inspector is out of the way there, and comes over the wall when it is asked for. */
  turn(far = !this.far): void {
    this.far = far;
    route.inspects = false;
    this.#keep();
  }

  /** Selects a plate and brings it into sight. */
  show(plate: string): void {
    desk.selected = plate;
    this.wanted = { plate };
  }
}

export const arranged = new Arranged();
