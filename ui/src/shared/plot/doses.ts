/** A dose-response curve laid out in a small box: its axes, its line, its points, what is written at them. */
import { value } from "../format";
import { along, type Axis, decades, extent, ticks } from "./axis";
import { doseOf, type Fit, sampled } from "./curve";

export interface Curve {
  unit: string;
  points: readonly { dose: number; value: number }[];
  fit: (Fit & { interval: readonly [number, number] | null; r_squared: number; extrapolated: boolean; doses: number; n: number }) | null;
}

export interface Laid {
  x: Axis;
  y: Axis;
  /** The curve as an SVG path; empty without a fit. */
  line: string;
  points: { x: number; y: number }[];
  xs: { at: number; says: string }[];
  ys: { at: number; says: string }[];
  /** Where the EC50 lies, and how high the curve is there; null outside the box. */
  middle: { x: number; y: number } | null;
  /** Its interval, cut to the box. */
  band: [number, number] | null;
  /** The upper half is free of the curve at its left. */
  rises: boolean;
}

/** An end of an interval further beyond the doses than this, in powers of ten, is bounded by nothing measured. */
const BEYOND = 0.5;

export const MARGIN = { left: 32, right: 6, top: 4, bottom: 16 };

export function laid(curve: Curve, width: number, height: number): Laid {
  const doses = curve.points.filter((point) => point.dose > 0);
  const [low, high] = extent(doses.map((point) => Math.log10(point.dose)), 0.06);
  const tall = curve.fit && !curve.fit.extrapolated ? [curve.fit.bottom, curve.fit.top] : [];
  const [bottom, top] = extent([...doses.map((point) => point.value), ...tall], 0.06);
  const x: Axis = { low, high, from: MARGIN.left, to: width - MARGIN.right };
  const y: Axis = { low: bottom, high: top, from: height - MARGIN.bottom, to: MARGIN.top };
  const inside = (at: number): boolean => at >= low && at <= high;
  const held = (at: number): number => Math.min(x.to, Math.max(x.from, along(x, at)));
  const whole = decades(low, high, 3);
  // Doses within one power of ten: their ends say more than none.
  const marks = whole.length > 0 ? whole : doses.length > 0 ? [Math.log10(Math.min(...doses.map((point) => point.dose)))] : [];
  const { fit } = curve;
  const [least, most] = tested(curve);
  // Beyond the doses there is no EC50 to show, and no interval of it; nor are ends that nothing measured bounds.
  const isWithin = fit !== null && fit.log10_ec50 >= least && fit.log10_ec50 <= most;
  const band = (): [number, number] | null => {
    if (!fit?.interval || !isWithin) return null;
    const [from, to] = fit.interval.map((end) => (isBounded(end, least, most) ? held(end) : null));
    return (from ?? null) === null && (to ?? null) === null ? null : [from ?? x.from, to ?? x.to];
  };
  return {
    x, y,
    line: fit ? sampled(fit, low, high).map(([at, effect], n) => `${n === 0 ? "M" : "L"}${along(x, at).toFixed(1)} ${Math.min(y.from, Math.max(y.to, along(y, effect))).toFixed(1)}`).join("") : "",
    // In the order of the curve's points; one without a dose lies nowhere.
    points: curve.points.map((point) => (point.dose > 0 ? { x: along(x, Math.log10(point.dose)), y: along(y, point.value) } : { x: Number.NaN, y: Number.NaN })),
    xs: marks.map((at) => ({ at: along(x, at), says: doseOf(at, curve.unit) })),
    ys: ticks(bottom, top, 3).map((at) => ({ at: along(y, at), says: value(at) })),
    middle: fit && isWithin && inside(fit.log10_ec50) ? { x: along(x, fit.log10_ec50), y: along(y, (fit.top + fit.bottom) / 2) } : null,
    band: band(),
    rises: fit ? (fit.top - fit.bottom) * fit.hill > 0 : true,
  };
}

/** log10 of the least and the greatest dose. */
function tested(curve: Curve): [number, number] {
  const doses = curve.points.filter((point) => point.dose > 0).map((point) => Math.log10(point.dose));
  return [Math.min(...doses), Math.max(...doses)];
}
const isBounded = (end: number, least: number, most: number): boolean => end >= least - BEYOND && end <= most + BEYOND;

/** The EC50 with its interval, in words and in few of them; why there is none. Beyond the doses it is only above or below them. */
export function ec50Of(curve: Curve & { undefined: string | null }): { says: string; interval: string; short: string; between: string } {
  const { fit, unit } = curve;
  if (!fit) return { says: curve.undefined ?? "no fit", interval: "", short: "no fit", between: "" };
  const [least, most] = tested(curve);
  const own = doseOf(fit.log10_ec50, unit);
  if (fit.log10_ec50 > most) return { says: `EC50 above ${doseOf(most, unit)}, the highest dose (the curve would put it at ${own})`, interval: "", short: `> ${doseOf(most, unit)}`, between: "" };
  if (fit.log10_ec50 < least) return { says: `EC50 below ${doseOf(least, unit)}, the lowest dose (the curve would put it at ${own})`, interval: "", short: `< ${doseOf(least, unit)}`, between: "" };
  const says = `EC50 ${own}`;
  if (!fit.interval) return { says, interval: "no interval", short: own, between: "" };
  const bounded = (end: number): string | null => (isBounded(end, least, most) ? doseOf(end, unit) : null);
  const [low, high] = [bounded(fit.interval[0]), bounded(fit.interval[1])];
  if (low === null || high === null) {
    const open = low !== null ? `${low} and more` : high !== null ? `up to ${high}` : "not bounded by the doses";
    return { says, interval: `95 % ${open}`, short: own, between: low !== null || high !== null ? open : "not bounded" };
  }
  const [same] = high.match(/ \D+$/) ?? [""];
  return { says, interval: `95 % ${low} to ${high}`, short: own, between: `${same !== "" && low.endsWith(same) ? low.slice(0, -same.length) : low} to ${high}` };
}
