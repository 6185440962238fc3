import { expect, it } from "vitest";
import type { QcLine } from "../../ipc/generated";
import { barOf, below, folded, intervalOf, limitOf, nameOf, valueOf, verdictOf } from "./qc";

const line = (name: string, more: Partial<QcLine> = {}): QcLine => ({ name, value: 1, undefined: null, limit: null, at_least: true, level: "ok", says: null, interval: null, ...more });

it("writes each line with its unit, its limit and what else there is to know", () => {
  const edge = line("edge_effect_percent", { value: -18, limit: 20, at_least: false, says: "the outer ring is lower, most on the left" });
  expect([nameOf(edge, null), valueOf(edge), limitOf(edge), barOf(edge), below(edge)]).toEqual(["Edge effect", "−18%", "within ±20%", 45, "the outer ring is lower, most on the left"]);
  const z = line("z_prime", { value: 0.52, limit: 0.5, interval: [0.41, 0.6] });
  expect([limitOf(z), intervalOf(z), below({ ...z, says: "two outliers" })]).toEqual(["≥ 0.50", "95 % 0.41 to 0.60", "95 % 0.41 to 0.60; two outliers"]);
  expect([limitOf(line("ssmd", { limit: 5 })), limitOf(line("cv_negative", { limit: 20, at_least: false })), limitOf(line("morans_i"))]).toEqual(["|x| ≥ 5.0", "≤ 20%", ""]);
  expect([nameOf(line("signal_ratio"), "down"), nameOf(line("signal_ratio"), "up"), nameOf(line("something_new"), null)]).toEqual(["Background / signal", "Signal / background", "something_new"]);
  expect([valueOf(line("z_prime", { value: null })), barOf(line("z_prime", { value: -3, limit: 0.5 })), barOf(line("ssmd", { value: -3, limit: 5 }))]).toEqual(["–", 0, 30]);
});

it("folds what passes, never what wants to be looked at", () => {
  const lines = [line("z_prime"), line("edge_effect_percent"), line("edge_strength"), line("row_line_percent", { level: "fail" }), line("column_line_percent"), line("morans_i", { level: "info" }), line("row_gradient_percent", { level: "unknown", value: null })];
  const { seen, rest, says } = folded(lines);
  expect(seen.map(({ name }) => name)).toEqual(["z_prime", "edge_effect_percent", "row_line_percent"]);
  expect([rest.length, says]).toEqual([4, "2 pass, 1 informs, 1 not known"]);
});

it("judges the card by what is judged", () => {
  expect(verdictOf([line("a"), line("b", { level: "info" })])).toEqual({ glyph: "ok", says: "1 of 1 pass" });
  expect(verdictOf([line("a", { level: "fail" }), line("b", { level: "attention" })])).toEqual({ glyph: "bad", says: "1 of 2 fail, 1 ▲" });
  expect(verdictOf([line("a", { level: "attention" }), line("b")])).toEqual({ glyph: "warn", says: "1 of 2 need a look" });
  expect(verdictOf([line("a", { level: "unknown" }), line("b", { level: "info" })])).toEqual({ glyph: "idle", says: "not yet" });
});
