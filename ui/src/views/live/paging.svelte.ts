/** Turning the pages of wall mode: slowly, held by whoever wants to read on, and never by itself where motion is not wanted. */
import type { PlateTile } from "../../ipc/generated";
import type { Far } from "./order";

/** Long enough to read twenty plates from the door, short enough to wait for the next page. */
export const PAGE_SECONDS = 15;
/** So long after somebody pointed or typed there nothing is turned away; then the pointer only lies where it was left. */
const TOUCH_MS = 30_000;

class Paging {
  page = $state(0);
  pages = $state(1);
  /** A person holds the pages. */
  held = $state(false);
  /** Somebody points or types on the board. */
  touched = $state(false);
  #touched = 0;
  /** Less motion is wished for: keys turn the pages. */
  still = $state(false);
  left = $state(PAGE_SECONDS);
  others = $state.raw<readonly PlateTile[]>([]);
  turns = $derived(this.pages > 1 && !this.held && !this.still && !this.touched);

  show(far: Far): void {
    this.pages = Math.max(1, far.pages.length);
    this.others = far.others;
    if (this.page >= this.pages) this.page = 0;
  }

  hold(): void {
    this.held = !this.held;
    this.left = PAGE_SECONDS;
  }

  touch(): void {
    this.#touched = Date.now();
    if (!this.touched) [this.touched, this.left] = [true, PAGE_SECONDS];
  }

  turn(by: 1 | -1): void {
    this.page = (this.page + by + this.pages) % this.pages;
    this.left = PAGE_SECONDS;
  }

  /** A second has passed. */
  tick(): void {
    if (this.touched && Math.abs(Date.now() - this.#touched) > TOUCH_MS) this.touched = false;
    if (!this.turns || document.hidden) return;
    this.left -= 1;
    if (this.left <= 0) this.turn(1);
  }

  begin(): () => void {
    const wish = matchMedia("(prefers-reduced-motion: reduce)");
    const hear = (): void => void (this.still = wish.matches);
    hear();
    wish.addEventListener("change", hear);
    [this.page, this.left, this.touched] = [0, PAGE_SECONDS, false];
    const timer = setInterval(() => this.tick(), 1000);
    return () => {
      clearInterval(timer);
      wish.removeEventListener("change", hear);
    };
  }
}

export const paging = new Paging();
