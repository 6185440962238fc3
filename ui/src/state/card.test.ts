/** Assay cards while they are written: what goes and comes back, what is wrong in words. */
import { expect, test } from "vitest";
import type { CardDetail } from "../ipc/generated";
import { blank, type Card, cardOf, detailOf, faults, headlineOf, moved, numberOf, sameCards } from "./card";

const detail: CardDetail = {
  name: "Cell Painting", headline: [{ feature: "Cells_Count", unit: "cells", direction: "down", transform: "none", aggregate: "sum" }],
  pairs: [{ positive: "positive", negative: "negative" }],
  limits: { z_prime_good: 0.5, z_prime_attention: 0.4, ssmd_magnitude: 5, signal_ratio: 3, cv_negative_percent: 20, minimum_n: 3, replicates: 1, edge_effect_percent: null, edge_strength: null, gradient_percent: 15.5, line_percent: null },
};
const says = (...cards: Card[]): string[] => faults(cards).map((fault) => `${fault.card} ${fault.field}: ${fault.says}`);
const good = blank("Viability", "Cells_Count");
const withLimits = (limits: Partial<Card["limits"]>): Card => ({ ...good, limits: { ...good.limits, ...limits } });

test("a card comes back as it went, whatever zeros were typed", () => {
  expect(detailOf(cardOf(detail))).toEqual(detail);
  const typed = cardOf(detail);
  expect(sameCards([{ ...typed, limits: { ...typed.limits, z_prime_good: "0.50", cv_negative_percent: "20,0" } }], [detail])).toBe(true);
  expect(sameCards([{ ...typed, limits: { ...typed.limits, edge_strength: "1" } }], [detail])).toBe(false);
  // What is no number is an edit also before it is one.
  expect(sameCards([{ ...typed, limits: { ...typed.limits, z_prime_good: "x" } }], [detail])).toBe(false);
  expect(sameCards([], [detail])).toBe(false);
});

test("a new card has the usual limits and no fault once it has a feature", () => {
  expect(says(good)).toEqual([]);
  expect(detailOf(good).limits).toMatchObject({ z_prime_good: 0.5, minimum_n: 3, edge_strength: null });
  expect(says(blank(" "))).toEqual(["0 name: A card needs a name: the assay that layouts say.", "0 headline: A card needs at least one headline feature: choose it from the list."]);
});

test("names, features and pairs are there once", () => {
  expect(says(good, { ...good, name: "Viability " })).toEqual(["1 name: Two cards are called Viability."]);
  expect(says({ ...good, headline: [headlineOf("a"), headlineOf("b"), headlineOf("a")] })).toEqual(["0 headline: a is a headline twice."]);
  expect(says({ ...good, pairs: [{ positive: "negative", negative: "negative" }] })).toEqual(["0 pairs: A pair needs two different roles."]);
  expect(says({ ...good, pairs: [...good.pairs, ...good.pairs] })).toEqual(["0 pairs: The pair positive and negative is there twice."]);
  expect(says({ ...good, pairs: [] })).toEqual(["0 pairs: A card needs a pair of control roles."]);
});

test("limits are finite numbers in their range, and attention is not above good", () => {
  expect(says(withLimits({ z_prime_attention: "0.6" }))).toEqual(["0 z_prime_attention: Attention must not be above good."]);
  expect(says(withLimits({ z_prime_attention: "0.5" }))).toEqual([]);
  expect(says(withLimits({ z_prime_good: "Infinity", z_prime_attention: "" }))).toEqual(["0 z_prime_good: This is no number.", "0 z_prime_attention: It needs a number; 0.4 is usual."]);
  expect(says(withLimits({ z_prime_good: "1.2", minimum_n: "2.5", replicates: "0", edge_strength: "-1", line_percent: "ten" }))).toEqual([
    "0 z_prime_good: It must be 1 or less.", "0 minimum_n: This must be a whole number.", "0 replicates: It must be 1 or more.", "0 edge_strength: It must be 0 or more.", "0 line_percent: This is no number.",
  ]);
  expect([numberOf("0,5"), numberOf(" −1 "), numberOf("1e-3")]).toEqual([0.5, -1, 0.001]);
  expect(numberOf("")).toBeNaN();
});

test("a line moves one place, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});
