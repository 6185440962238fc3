/** Colours of image channels: presets for all of them, and those to choose from for one. */

export type Rgb = readonly [number, number, number];

const of = (hex: string): Rgb => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

/** To choose from, with their names. */
export const TINTS: readonly (readonly [string, Rgb])[] = [
  ["Blue", of("4a7dff")], ["Green", of("35d07f")], ["Yellow", of("e3c52f")], ["Red", of("ff5b3a")], ["Magenta", of("d95cf0")],
  ["Cyan", of("56d8e9")], ["Orange", of("e69f00")], ["White", of("ffffff")],
];

/** Channels of a plate as the desk gives them, for all eyes, or without hue. */
export const PRESETS = ["Cell Painting", "CVD-safe", "Greys"] as const;
export type Preset = (typeof PRESETS)[number];

/** Okabe and Ito's, the lighter ones: apart under protan, deutan and tritan sight, and on black. */
const SAFE = ["56b4e9", "e69f00", "f0e442", "cc79a7", "ffffff", "009e73", "d55e00", "0072b2"].map(of);
const GREY = of("ffffff");

/** The colour of the n-th channel, whose own is given. */
export const tint = (preset: Preset, n: number, own: Rgb): Rgb => (preset === "Greys" ? GREY : preset === "CVD-safe" ? (SAFE[n % SAFE.length] ?? GREY) : own);

export const same = (a: Rgb, b: Rgb): boolean => a.every((part, n) => part === b[n]);
export const cssOf = (rgb: Rgb): string => `rgb(${rgb.join(", ")})`;
