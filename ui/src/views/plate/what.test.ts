import { expect, it } from "vitest";
import type { Qc, QcLine, WhatIf } from "../../ipc/generated";
import { changes } from "./what";

const line = (name: string, value: number | null, more: Partial<QcLine> = {}): QcLine => ({ name, value, undefined: null, limit: 0.5, at_least: true, level: "ok", says: null, interval: null, ...more });
const side = (lines: QcLine[], hits: number): WhatIf["before"] => ({ qc: [{ feature: "f", positive: "positive", negative: "negative", counts: [3, 3, 9], expected: [3, 3], lines } satisfies Qc], hits, samples: 200 - hits, excluded: hits });

it("puts both sides beside each other and says which way each went", () => {
  const of: WhatIf = {
    before: side([line("z_prime", 0.45, { level: "attention" }), line("cv_negative", 12, { at_least: false, limit: 20 }), line("ssmd", -6, { limit: 5 }), line("morans_i", 0.1, { level: "info", limit: null }), line("edge_effect_percent", -18, { at_least: false, limit: 20 })], 10),
    after: side([line("z_prime", 0.55), line("cv_negative", 14, { at_least: false, limit: 20 }), line("ssmd", -7, { limit: 5 }), line("morans_i", 0.05, { level: "info", limit: null }), line("edge_effect_percent", null, { level: "unknown", at_least: false, limit: 20 })], 0),
  };
  expect(changes(of, "f", null).map(({ key, before, after, went }) => [key, before, after, went])).toEqual([
    ["z_prime", "0.45", "0.55", "better"], ["cv_negative", "12.0%", "14.0%", "worse"], ["ssmd", "−6.0", "−7.0", "better"], ["morans_i", "0.10", "0.05", "other"], ["edge_effect_percent", "−18%", "–", "other"],
    ["hits", "10, 5.3%", "0, 0.0%", "other"], ["samples", "190", "200", "other"], ["excluded", "10", "0", "other"],
  ]);
});

it("has no words for what neither side knows", () => {
  const none: WhatIf = { before: { qc: [], hits: 0, samples: 0, excluded: 0 }, after: { qc: [], hits: 0, samples: 0, excluded: 0 } };
  expect(changes(none, "f", null).map(({ before, went }) => [before, went])).toEqual([["0, –", "same"], ["0", "same"], ["0", "same"]]);
});
