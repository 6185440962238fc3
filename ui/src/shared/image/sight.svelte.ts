/** A window onto a plane: what of it is seen, how large, and where the cross is. */
import { fitted, type Frame, panned, pointOf, type Size, type Spot, within, zoomed } from "./frame";

export class Sight {
  /** In device pixels. */
  window = $state.raw<Size>({ width: 0, height: 0 });
  /** The plane that was seen last, where this one's size is not known yet. */
  plane = $state.raw<Size | null>(null);
  /** The whole plane is shown, however large the window is. */
  fits = $state(true);
  /** Where the pointer, or the keyboard's cross, is in the plane. */
  cross = $state.raw<Spot | null>(null);
  #frame = $state.raw<Frame | null>(null);

  frame = $derived.by((): Frame => {
    const plane = this.plane ?? { width: 2160, height: 2160 };
    return this.fits || !this.#frame ? fitted(this.window, plane) : within(this.#frame, this.window, plane);
  });

  /** Takes the window's size from an element; returns the way to stop. Panes lie side by side with a pixel between them. */
  measure(node: HTMLElement, across = 1, down = 1): () => void {
    const look = (): void => {
      const [width, height] = [(node.clientWidth - across + 1) / across, (node.clientHeight - down + 1) / down].map((side) => Math.max(0, Math.round(side * devicePixelRatio)));
      if (this.window.width !== width || this.window.height !== height) this.window = { width: width ?? 0, height: height ?? 0 };
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(node);
    return () => sizes.disconnect();
  }

  fit(): void {
    this.fits = true;
  }

  /** Larger by a factor around a point of the window, its middle by default. */
  zoom(factor: number, point: Spot = { x: this.window.width / 2, y: this.window.height / 2 }): void {
    if (!this.plane) return;
    this.#frame = zoomed(this.frame, factor, point, this.window, this.plane);
    this.fits = false;
  }

  /** One pixel of the plane on one of the screen. */
  actual(): void {
    this.zoom(1 / this.frame.zoom);
  }

  pan(by: Spot): void {
    if (!this.plane) return;
    this.#frame = panned(this.frame, by, this.window, this.plane);
    this.fits = false;
  }

  /** Where the cross, or else the middle of what is seen, comes to by so many pixels of the plane; it stays in the plane. */
  stepped(step: readonly [number, number], far: number, plane: Size): Spot {
    const from = this.cross ?? this.frame;
    const held = (at: number, end: number): number => Math.min(end - 1, Math.max(0, Math.floor(at)));
    return { x: held(from.x + step[0] * far, plane.width), y: held(from.y + step[1] * far, plane.height) };
  }

  /** Pans so that a spot is not near the window's edge; what is shown whole stays. */
  follow(spot: Spot): void {
    if (this.fits) return;
    const point = pointOf(this.frame, this.window, spot);
    const out = (at: number, size: number): number => (at < 40 ? 40 - at : at > size - 40 ? size - 40 - at : 0);
    const by = { x: out(point.x, this.window.width), y: out(point.y, this.window.height) };
    if (by.x !== 0 || by.y !== 0) this.pan(by);
  }

  /** Turns of a wheel over a point of the window. */
  turn(event: WheelEvent, point: Spot): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : 1;
    this.zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0018), point);
  }
}
