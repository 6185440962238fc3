/** What of a plane is seen through a window: zoom, level, part. Windows are measured in device pixels, planes in their own. */

export interface Size {
  width: number;
  height: number;
}

/** A place in a plane. */
export interface Spot {
  x: number;
  y: number;
}

/** Device pixels a plane's pixel takes, and the spot of the plane in the window's middle. */
export interface Frame extends Spot {
  zoom: number;
}

/** A part of a plane, in pixels of a level. */
export interface Part extends Spot, Size {}

/** A picture of a part of a plane. */
export interface Painted {
  level: number;
  /** Where it lies in its level. */
  part: Part;
  /** The whole plane. */
  full: Size;
  canvas: HTMLCanvasElement;
}

export const MOST_ZOOM = 32;
/** Parts begin and end at multiples of this, so that a small pan asks for nothing. */
const STEP = 64;
const DEEPEST = 12;

/** The whole plane, as large as the window holds it. */
export function fitted(window: Size, plane: Size): Frame {
  const zoom = Math.min(window.width / plane.width, window.height / plane.height);
  return { zoom: zoom > 0 && Number.isFinite(zoom) ? zoom : 1, x: plane.width / 2, y: plane.height / 2 };
}

/** How often a plane is halved to be seen at a zoom; never so often that pixels would have to be made up. */
export const levelOf = (zoom: number): number => Math.min(DEEPEST, Math.max(0, Math.floor(Math.log2(1 / zoom) + 1e-9)));

/** The part of a level that is seen, with a margin of an eighth of the window; empty where the plane is out of sight. */
export function partOf(frame: Frame, window: Size, plane: Size, level: number): Part {
  const shrunk = 2 ** level;
  const along = (middle: number, seen: number, whole: number): [number, number] => {
    const half = (seen / frame.zoom) * (0.5 + 1 / 8);
    const [from, to] = [(middle - half) / shrunk, (middle + half) / shrunk];
    const end = Math.ceil(whole / shrunk);
    return [Math.min(end, Math.max(0, Math.floor(from / STEP) * STEP)), Math.max(0, Math.min(end, Math.ceil(to / STEP) * STEP))];
  };
  const [left, right] = along(frame.x, window.width, plane.width);
  const [top, bottom] = along(frame.y, window.height, plane.height);
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** The spot of the plane below a point of the window. */
export const spotAt = (frame: Frame, window: Size, point: Spot): Spot => ({
  x: frame.x + (point.x - window.width / 2) / frame.zoom,
  y: frame.y + (point.y - window.height / 2) / frame.zoom,
});

/** The point of the window where a spot of the plane is. */
export const pointOf = (frame: Frame, window: Size, spot: Spot): Spot => ({
  x: (spot.x - frame.x) * frame.zoom + window.width / 2,
  y: (spot.y - frame.y) * frame.zoom + window.height / 2,
});

/** A frame whose middle lies in the plane, and whose zoom is neither of a speck nor of one pixel. */
export function within(frame: Frame, window: Size, plane: Size): Frame {
  const least = Math.min(1, fitted(window, plane).zoom) / 2;
  const into = (at: number, end: number): number => Math.min(end, Math.max(0, at));
  return { zoom: Math.min(MOST_ZOOM, Math.max(least, frame.zoom)), x: into(frame.x, plane.width), y: into(frame.y, plane.height) };
}

/** Larger by a factor, with the same spot below a point of the window. */
export function zoomed(frame: Frame, factor: number, point: Spot, window: Size, plane: Size): Frame {
  const spot = spotAt(frame, window, point);
  const { zoom } = within({ ...frame, zoom: frame.zoom * factor }, window, plane);
  return within({ zoom, x: spot.x - (point.x - window.width / 2) / zoom, y: spot.y - (point.y - window.height / 2) / zoom }, window, plane);
}

/** Moved by so many points of the window. */
export const panned = (frame: Frame, by: Spot, window: Size, plane: Size): Frame =>
  within({ ...frame, x: frame.x - by.x / frame.zoom, y: frame.y - by.y / frame.zoom }, window, plane);

/** Whether a spot is a pixel of the plane. */
export const inPlane = ({ x, y }: Spot, plane: Size): boolean => x >= 0 && y >= 0 && x < plane.width && y < plane.height;
