/** An assay card while it is written: numbers are text until they are sent; and what is wrong with some cards, in words. */
import type { CardDetail, CardHeadline, CardLimits, CardPair } from "../ipc/generated";

export interface Card {
  name: string;
  headline: readonly CardHeadline[];
  pairs: readonly CardPair[];
  /** As typed; an optional one may be empty. */
  limits: Readonly<Record<keyof CardLimits, string>>;
}

/** A limit as people know it. */
export interface Limit {
  key: keyof CardLimits;
  name: string;
  /** After the number. */
  unit: string;
  /** What it means for a plate. */
  says: string;
  /** What a card has that says nothing; `null` where the run's other plates are the measure. */
  usual: number | null;
  /** The least that makes sense, and the most. */
  least: number;
  most?: number;
  whole?: boolean;
}

export const LIMITS: readonly Limit[] = [
  { key: "z_prime_good", name: "Z′, good from", unit: "", says: "At or above: good", usual: 0.5, least: -10, most: 1 },
  { key: "z_prime_attention", name: "Z′, attention from", unit: "", says: "At or above: attention; below: fails", usual: 0.4, least: -10, most: 1 },
  { key: "ssmd_magnitude", name: "SSMD, size", unit: "", says: "Without its sign; below: attention", usual: 5, least: 0 },
  { key: "signal_ratio", name: "Signal ratio", unit: "×", says: "The larger of S/B and its inverse; below: attention", usual: 3, least: 0 },
  { key: "cv_negative_percent", name: "CV of negatives", unit: "%", says: "Above: attention", usual: 20, least: 0 },
  { key: "minimum_n", name: "Controls of a kind", unit: "wells", says: "Fewer: no statistic is claimed", usual: 3, least: 1, most: 10_000, whole: true },
  { key: "replicates", name: "Replicates", unit: "", says: "Per compound in production, for the signal window", usual: 1, least: 1, most: 10_000, whole: true },
];
export const ABSOLUTE: readonly Limit[] = [
  { key: "edge_effect_percent", name: "Edge effect", unit: "%", says: "Outer ring against inner wells; above: attention", usual: null, least: 0 },
  { key: "edge_strength", name: "Edge strength", unit: "MAD", says: "The same in the inner wells’ scatter", usual: null, least: 0 },
  { key: "gradient_percent", name: "Gradient", unit: "%", says: "Over rows or columns; above: attention", usual: null, least: 0 },
  { key: "line_percent", name: "Row or column line", unit: "%", says: "One line against the plate’s mean", usual: null, least: 0 },
];
const ALL = [...LIMITS, ...ABSOLUTE];

/** Roles that may stand as controls. */
export const CONTROLS = ["positive", "negative", "reference"] as const;

const text = (value: number | null): string => (value === null ? "" : String(value));
/** A number as people type it; a comma may stand for the point. */
export const numberOf = (typed: string): number => (typed.trim() === "" ? Number.NaN : Number(typed.trim().replace(",", ".").replace("−", "-")));

export const cardOf = (detail: CardDetail): Card => ({
  name: detail.name,
  headline: detail.headline,
  pairs: detail.pairs,
  limits: Object.fromEntries(ALL.map(({ key }) => [key, text(detail.limits[key])])) as Card["limits"],
});

/** As it is sent; only of cards without faults. */
export const detailOf = (card: Card): CardDetail => ({
  name: card.name.trim(),
  headline: card.headline.map((one) => ({ ...one, feature: one.feature.trim(), unit: one.unit?.trim() || null })),
  pairs: [...card.pairs],
  limits: Object.fromEntries(ALL.map(({ key, usual }) => [key, usual === null && card.limits[key].trim() === "" ? null : numberOf(card.limits[key])])) as unknown as CardLimits,
});

export const headlineOf = (feature: string): CardHeadline => ({ feature, unit: null, direction: null, transform: "none", aggregate: "mean" });

export const blank = (name: string, feature?: string): Card => ({
  name,
  headline: feature === undefined ? [] : [headlineOf(feature)],
  pairs: [{ positive: "positive", negative: "negative" }],
  limits: Object.fromEntries(ALL.map(({ key, usual }) => [key, text(usual)])) as Card["limits"],
});

/** Whether what is written says the same as what is in force: 0.50 is 0.5. */
export function sameCards(cards: readonly Card[], known: readonly CardDetail[]): boolean {
  const plain = (card: Card): string => {
    const { name, headline, pairs, limits } = detailOf(card);
    return JSON.stringify([name, headline.map((one) => [one.feature, one.unit, one.direction, one.transform, one.aggregate]), pairs.map((one) => [one.positive, one.negative]), ALL.map(({ key }) => (Number.isFinite(limits[key]) || limits[key] === null ? limits[key] : card.limits[key]))]);
  };
  return cards.length === known.length && cards.every((card, n) => plain(card) === plain(cardOf(known[n] as CardDetail)));
}

/** Something that is wrong, and where. */
export interface Fault {
  /** Which card. */
  card: number;
  /** `name`, `headline`, `pairs` or a limit's key. */
  field: string;
  says: string;
}

export function faults(cards: readonly Card[]): Fault[] {
  return cards.flatMap((card, n) => faultsOf(card, cards.some((other, at) => at < n && other.name.trim() === card.name.trim())).map(([field, says]) => ({ card: n, field, says })));
}

function faultsOf(card: Card, isSecond: boolean): [string, string][] {
  const found: [string, string][] = [];
  if (card.name.trim() === "") found.push(["name", "A card needs a name: the assay that layouts say."]);
  else if (isSecond) found.push(["name", `Two cards are called ${card.name.trim()}.`]);
  if (card.headline.length === 0) found.push(["headline", "A card needs at least one headline feature: choose it from the list."]);
  const names = card.headline.map((one) => one.feature.trim());
  if (names.includes("")) found.push(["headline", "A headline feature has no name."]);
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) < at);
  if (twice !== undefined) found.push(["headline", `${twice} is a headline twice.`]);
  if (card.pairs.length === 0) found.push(["pairs", "A card needs a pair of control roles."]);
  if (card.pairs.some((pair) => pair.positive === pair.negative)) found.push(["pairs", "A pair needs two different roles."]);
  const pairs = card.pairs.map((pair) => `${pair.positive} and ${pair.negative}`);
  const again = pairs.find((pair, at) => pairs.indexOf(pair) < at);
  if (again !== undefined) found.push(["pairs", `The pair ${again} is there twice.`]);
  for (const limit of ALL) {
    const says = faultOf(limit, card.limits[limit.key]);
    if (says !== "") found.push([limit.key, says]);
  }
  const [good, attention] = [numberOf(card.limits.z_prime_good), numberOf(card.limits.z_prime_attention)];
  if (attention > good) found.push(["z_prime_attention", "Attention must not be above good."]);
  return found;
}

function faultOf({ usual, least, most, whole }: Limit, typed: string): string {
  if (typed.trim() === "") return usual === null ? "" : `It needs a number; ${usual} is usual.`;
  const value = numberOf(typed);
  if (!Number.isFinite(value)) return "This is no number.";
  if (whole && !Number.isInteger(value)) return "This must be a whole number.";
  if (value < least) return `It must be ${least} or more.`;
  return most !== undefined && value > most ? `It must be ${most} or less.` : "";
}

/** The list with one moved a place up or down. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): T[] {
  const next = [...list];
  const to = at + by;
  if (to < 0 || to >= next.length) return next;
  [next[at], next[to]] = [next[to] as T, next[at] as T];
  return next;
}
