/** The scale bar: a round length about as long as asked. */

export interface ScaleBar {
  /** As "50 µm"; "100 px" where nobody says how large a pixel is. */
  says: string;
  /** How long it is drawn, in the pixels that `per` was given in. */
  length: number;
}

/** The length of 1, 2 or 5 times a power of ten that comes nearest to `about` pixels, where a pixel is `per` of the unit. */
function round(per: number, about: number): number {
  const wanted = per * about;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const far = (length: number): number => Math.abs(Math.log(length / wanted));
  return [1, 2, 5, 10].map((n) => n * power).reduce((best, one) => (far(one) < far(best) ? one : best));
}

const written = (length: number): string => Number(length.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });

/** The bar for a screen on which a plane's pixel takes `zoom` pixels; `pixelUm` is its size in micrometres, `null` where unknown. */
export function scaleBar(zoom: number, pixelUm: number | null, about = 100): ScaleBar {
  const per = (pixelUm !== null && pixelUm > 0 ? pixelUm : 1) / zoom;
  const length = round(per, about);
  if (pixelUm === null || pixelUm <= 0) return { says: `${written(length)} px`, length: length / per };
  const [size, unit] = length >= 1000 ? [length / 1000, "mm"] : length < 1 ? [length * 1000, "nm"] : [length, "µm"];
  return { says: `${written(size)} ${unit}`, length: length / per };
}
