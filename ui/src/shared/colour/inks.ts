/** The tokens that canvases are painted with, as pixels; read from the page once a theme, since every reading lays it out. */
import { pixel } from "../heat/paint";

export interface Inks {
  /** What surrounds wells. */
  ground: number;
  /** A well without a value. */
  empty: number;
  /** Hatching and dots on it. */
  mark: number;
}

const known = new Map<string, Inks>();

/** The inks of the theme that the page shows. */
export function inks(theme: string): Inks {
  let found = known.get(theme);
  if (!found) {
    const style = getComputedStyle(document.documentElement);
    const ink = (token: string): number => pixel(style.getPropertyValue(token));
    found = { ground: ink("--c-void"), empty: ink("--c-empty"), mark: ink("--c-ink-4") };
    known.set(theme, found);
  }
  return found;
}
