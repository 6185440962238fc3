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
  return {
    x, y,
    line: fit ? sampled(fit, low, high).map(([at, effect], n) => `${n === 0 ? "M" : "L"}${along(x, at).toFixed(1)} ${Math.min(y.from, Math.max(y.to, along(y, effect))).toFixed(1)}`).join("") : "",
    // In the order of the curve's points; one without a dose lies nowhere.
    points: curve.points.map((point) => (point.dose > 0 ? { x: along(x, Math.log10(point.dose)), y: along(y, point.value) } : { x: Number.NaN, y: Number.NaN })),
    xs: marks.map((at) => ({ at: along(x, at), says: doseOf(at, curve.unit) })),
    ys: ticks(bottom, top, 3).map((at) => ({ at: along(y, at), says: value(at) })),
    middle: fit && inside(fit.log10_ec50) ? { x: along(x, fit.log10_ec50), y: along(y, (fit.top + fit.bottom) / 2) } : null,
    band: fit?.interval && fit.interval[1] > low && fit.interval[0] < high ? [held(fit.interval[0]), held(fit.interval[1])] : null,
    rises: fit ? (fit.top - fit.bottom) * fit.hill > 0 : true,
  };
}

/** The EC50 with its interval, in words and in few of them; why there is none. */
export function ec50Of(curve: Curve & { undefined: string | null }): { says: string; interval: string; short: string; between: string } {
  const { fit, unit } = curve;
  if (!fit) return { says: curve.undefined ?? "no fit", interval: "", short: "no fit", between: "" };
  const says = `${fit.extrapolated ? "EC50 beyond the doses, " : "EC50 "}${doseOf(fit.log10_ec50, unit)}`;
  const short = fit.extrapolated ? "beyond" : doseOf(fit.log10_ec50, unit);
  if (!fit.interval) return { says, interval: "no interval", short, between: "" };
  const [low, high] = [doseOf(fit.interval[0], unit), doseOf(fit.interval[1], unit)];
  const [same] = high.match(/ \D+$/) ?? [""];
  return { says, interval: `95 % ${low} to ${high}`, short, between: `${same !== "" && low.endsWith(same) ? low.slice(0, -same.length) : low} to ${high}` };
}
