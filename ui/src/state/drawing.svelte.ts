/** The hand on the picture of a flagged site: which tool it holds, what is half drawn, which shape is chosen. */
import type { DrawnShape } from "../ipc/generated";
import type { Size, Spot } from "../shared/image/frame";
import { boxOf, flat, hit, moved, pulled } from "../shared/image/shapes";
import { desk } from "./desk.svelte";
import { draft } from "./draft.svelte";

export type Tool = "select" | "point" | "box" | "polygon";

/** Letters, digits and `-`; not `randomUUID`, which a page without a secure address does not have. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Drawing {
  tool = $state<Tool>("select");
  /** Corners of what is half drawn, with the tool in hand. */
  begun = $state.raw<readonly Spot[]>([]);
  /** The chosen shape's id. */
  chosen = $state<string | null>(null);
  /** Annotations lie over the picture. */
  shown = $state(true);
  /** What is dragged: the shape as it was, a handle of it or all of it, and where it was taken. */
  #held: { shape: DrawnShape; handle: number | null; from: Spot; isMore: boolean } | null = null;

  shape = $derived(draft.shapes.find((shape) => shape.id === this.chosen) ?? null);

  take(tool: Tool): void {
    if (this.tool === tool) return;
    this.cancel();
    this.tool = tool;
    if (tool !== "select") [this.shown, this.chosen] = [true, null];
  }

  /** A point, or a corner, at a spot of the plane; with nothing in hand, what lies there is chosen. `near` is how far off still hits. */
  put(spot: Spot, plane: Size, near: number): void {
    const at = { x: Math.min(plane.width, Math.max(0, spot.x)), y: Math.min(plane.height, Math.max(0, spot.y)) };
    if (this.tool === "select") this.chosen = hit(draft.shapes, at, near)?.id ?? null;
    else if (this.tool === "point") this.#add("point", flat([at]));
    else if (this.tool === "box") {
      const [first] = this.begun;
      if (!first) return void (this.begun = [at]);
      const numbers = boxOf(first, at, plane);
      if ((numbers[2] ?? 0) < 1 || (numbers[3] ?? 0) < 1) return;
      this.begun = [];
      this.#add("box", numbers);
    } else {
      const [first] = this.begun;
      if (first && this.begun.length > 2 && Math.hypot(first.x - at.x, first.y - at.y) <= near) return void this.close();
      const last = this.begun.at(-1);
      // The second press of a double-click is no corner of its own.
      if (!last || Math.hypot(last.x - at.x, last.y - at.y) > near / 3) this.begun = [...this.begun, at];
    }
  }

  /** Ends what is half drawn; false where there is nothing to end. */
  close(): boolean {
    if (this.begun.length === 0) return false;
    if (this.tool !== "polygon") return desk.tell("The box needs its opposite corner: Space or a click sets it."), true;
    if (this.begun.length < 3) return desk.tell("A polygon needs three corners."), true;
    const numbers = flat(this.begun);
    this.begun = [];
    this.#add("polygon", numbers);
    return true;
  }

  /** Before the item is left: what can be a shape becomes one, a stroke is not lost. */
  finish(): void {
    if (this.tool === "polygon" && this.begun.length >= 3) this.close();
    [this.begun, this.chosen, this.#held] = [[], null, null];
  }

  /** Takes back the last corner. */
  back(): boolean {
    if (this.begun.length === 0) return false;
    this.begun = this.begun.slice(0, -1);
    return true;
  }

  /** Lets go of what is half drawn, then of what is chosen, then of the tool; false where there is nothing to let go of. */
  cancel(): boolean {
    if (this.begun.length > 0) this.begun = [];
    else if (this.chosen !== null) this.chosen = null;
    else if (this.tool !== "select") this.tool = "select";
    else return false;
    return true;
  }

  #add(kind: string, numbers: number[]): void {
    const id = newId();
    draft.change({ shapes: [...draft.shapes, { id, kind, numbers, label: "" }] });
    this.chosen = id;
  }

  remove(id = this.chosen): void {
    if (id === null) return;
    draft.change({ shapes: draft.shapes.filter((shape) => shape.id !== id) });
    if (id === this.chosen) this.chosen = null;
  }

  #replace(shape: DrawnShape, isMore: boolean): void {
    draft.change({ shapes: draft.shapes.map((known) => (known.id === shape.id ? shape : known)) }, isMore);
  }

  label(id: string, label: string, isMore: boolean): void {
    const shape = draft.shapes.find((known) => known.id === id);
    if (shape && shape.label !== label) this.#replace({ ...shape, label: [...label].slice(0, 200).join("") }, isMore);
  }

  /** Moves the chosen shape by so many pixels. */
  nudge(by: Spot, plane: Size): void {
    if (this.shape) this.#replace(moved(this.shape, by, plane), false);
  }

  hold(id: string, handle: number | null, from: Spot): void {
    const shape = draft.shapes.find((known) => known.id === id);
    this.chosen = id;
    if (shape) this.#held = { shape, handle, from, isMore: false };
  }

  drag(to: Spot, plane: Size): void {
    const held = this.#held;
    if (!held) return;
    const { shape, handle, from } = held;
    this.#replace(handle === null ? moved(shape, { x: to.x - from.x, y: to.y - from.y }, plane) : pulled(shape, handle, to, plane), held.isMore);
    held.isMore = true;
  }

  release(): void {
    this.#held = null;
  }
}

export const drawing = new Drawing();
