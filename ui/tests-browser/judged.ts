/** What the engine answers of limits, rules and calls, for tests: a desk that remembers what is put in force. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AssayCards, CardFeatures, NotifyDetail, RuleFact, RuleProblemRow, RuleRow, RulesDetail, RulesDryRun } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { type Look, open, type Sight, told } from "./page";

export const SHIPPED = readFileSync(join(import.meta.dirname, "../../crates/plate/src/rules/shipped.toml"), "utf8");

const usual = { z_prime_good: 0.5, z_prime_attention: 0.4, ssmd_magnitude: 5, signal_ratio: 3, cv_negative_percent: 20, minimum_n: 3, replicates: 1, edge_effect_percent: null, edge_strength: null, gradient_percent: null, line_percent: null };
const head = (feature: string, change: object = {}) => ({ feature, unit: null, direction: null, transform: "none", aggregate: "mean", ...change });

export const cardsOf = (): AssayCards => ({
  profile: "Demo lab",
  cards: [
    { name: "Cell Painting", headline: [head("Cells_Count", { unit: "cells", direction: "down", aggregate: "sum" }), head("Nuclei_AreaShape_Area", { unit: "px" })], pairs: [{ positive: "positive", negative: "negative" }], limits: { ...usual, edge_effect_percent: 30 } },
    { name: "Viability, CellTiter-Glo", headline: [head("Luminescence", { unit: "RLU", direction: "down", transform: "log2" })], pairs: [{ positive: "positive", negative: "negative" }, { positive: "reference", negative: "negative" }], limits: usual },
  ],
  missing: ["Hepatotoxicity"],
});

export function featuresOf(count = 3000): CardFeatures {
  const rows = Array.from({ length: count }, (_, n) => ({
    feature: n === 0 ? "Cells_Count" : n === 1 ? "Nuclei_AreaShape_Area" : `${["Cells", "Nuclei", "Cytoplasm"][n % 3]}_Texture_Contrast_${["DNA", "ER", "RNA", "AGP", "Mito"][n % 5]}_${String(n).padStart(4, "0")}`,
    z_prime: n > count - 200 ? null : 0.78 - n * 0.0009, ssmd: n > count - 200 ? null : (n % 2 ? 1 : -1) * (9 - n * 0.003), mean_positive: 12, mean_negative: 140,
  }));
  return { total: count, rows };
}

export const FACTS: RuleFact[] = [
  ["run.name", "text", "The run's name."], ["run.plates", "number", "Plates that have sent anything."], ["plate.complete", "truth", "Whether every expected well has a result."],
  ["plate.silent_s", "number", "Seconds since its last message."], ["feature.z_prime", "number", "Z': 1 is perfect, below 0 the controls overlap."], ["feature.robust_z_prime", "number", "Z' from medians and MADs."],
  ["feature.ssmd", "number", "Distance of the controls in their scatter, with its sign."], ["feature.cv_negative", "number", "CV of the negatives, in percent."], ["feature.edge_effect_percent", "number", "Outer ring against the inner wells, samples only, in percent of the inner median."],
  ["feature.z_prime_mads", "number", "Z' against the run's other plates, in MADs."], ["limits.z_prime_good", "number", "Z' at or above is good."], ["limits.z_prime_attention", "number", "Z' at or above, and below good, wants attention."],
].map(([path = "", kind = "", meaning = ""]) => ({ path, kind, meaning }));

export const rulesOf = (text = SHIPPED): RulesDetail => ({ text, shipped: SHIPPED, facts: FACTS, rules: [] });

export const dryOf = (of: Recording): RulesDryRun => {
  const { tick } = told(of);
  const alert = (n: number, rule: string, title: string, level: "attention" | "fail" | "info", value: number) => ({ rule, title, plate: tick.plates[n]?.plate ?? "", barcode: tick.plates[n]?.barcode ?? "", feature: "Cells_Count", place: "", level, value, at_ms: tick.alerts[0]?.at_ms ?? 0 });
  return {
    records: 3511, took_ms: 1340,
    rules: [{ rule: "z_prime_fail", title: "Z′ fails", raised: 3, recorded: 1 }, { rule: "cv_negative", title: "Negative controls scatter", raised: 1, recorded: 1 }, { rule: "edge_effect", title: "Edge effect", raised: 0, recorded: 1 }, { rule: "ssmd", title: "Controls are not well apart", raised: 1, recorded: 1 }],
    gained: [alert(0, "z_prime_fail", "Z′ fails", "fail", 0.488), alert(3, "z_prime_fail", "Z′ fails", "fail", 0.471)], lost: [alert(1, "edge_effect", "Edge effect", "attention", 36.1), { ...alert(9, "run_silent", "The run is silent", "info", 1), barcode: "" }],
    gained_count: 2, lost_count: 2,
  };
};

export const notifyOf = (change: Partial<NotifyDetail> = {}): NotifyDetail => ({ settings: { desktop: false, sound: false, quiet: null, webhook: "", flags_topic: false }, desktop_problem: null, last_problem: null, sent: 0, held: 0, ...change });

/** Answers as the engine would, from a page that is open. Rules are read by their lines: `bad` in an expression is a problem. */
export async function judges(sight: Sight, of: Recording, made: { cards?: AssayCards; features?: CardFeatures; rules?: RulesDetail; notify?: NotifyDetail } = {}): Promise<void> {
  await sight.page.evaluate(({ cards, features, rules, notify, dry, shipped }) => {
    const { answers } = window.recorded;
    const no = (code: string, message: string): never => { throw { code, message, detail: null }; };
    const ids = [...shipped.matchAll(/^id = "(.*)"$/gm)].map((found) => found[1]);
    const read = (text: string): RuleRow[] => text.split(/^\[\[rule\]\]/m).slice(1).map((part) => {
      const of = (name: string): string => new RegExp(`^${name} = (?:"((?:[^"\\\\]|\\\\.)*)"|(\\S+))`, "m").exec(part)?.slice(1).find((one) => one !== undefined) ?? "";
      const same = ids.includes(of("id"));
      return { id: of("id"), title: of("title"), scope: of("scope"), per_feature: of("per_feature") === "true", when: of("when"), severity: of("severity"), for_s: 0, count: 1, within_s: null, guidance: of("guidance"), opens: "plate", notify: true, enabled: of("enabled") !== "false", origin: !same ? "own" : shipped.includes(part.trim()) ? "shipped" : "changed" };
    });
    answers["cards"] = () => cards;
    answers["set_cards"] = (args: { cards: AssayCards["cards"] }) => {
      cards = { ...cards, cards: args.cards, missing: cards.missing.filter((name) => !args.cards.some((card) => card.name === name)) };
      return { seq: 4000 };
    };
    answers["card_features"] = () => features;
    answers["rules"] = () => ({ ...rules, rules: read(rules.text) });
    answers["check_rules"] = ({ text }: { text: string }) => {
      if (text.length > 262_144) no("too_large", "A rules file holds at most 256 kB; this text has more. Nothing of it was read.");
      const problems: RuleProblemRow[] = text.split("\n").flatMap((line, n) => (line.includes("feature.z_prim ") ? [{ rule: "z_prime_fail", field: "when", line: n + 1, field_line: 1, field_column: 1, reason: "There is no fact feature.z_prim.", hint: "Do you mean feature.z_prime?" }] : []));
      return { problems, rules: problems.length > 0 ? [] : read(text) };
    };
    answers["dry_run_rules"] = () => dry;
    answers["set_rules"] = ({ text }: { text: string }) => {
      rules = { ...rules, text };
      return { seq: 4001 };
    };
    answers["notify"] = () => notify;
    answers["save_notify"] = ({ settings }: { settings: NotifyDetail["settings"] }) => (notify = { ...notify, settings });
    answers["try_notify"] = () => (notify = { ...notify, sent: notify.sent + 1, last_problem: notify.settings.webhook.includes("broken") ? "https://broken.example answered 503." : null });
  }, { cards: made.cards ?? cardsOf(), features: made.features ?? featuresOf(), rules: made.rules ?? rulesOf(), notify: made.notify ?? notifyOf(), dry: dryOf(of), shipped: SHIPPED });
}

/** The window with the workspace open on the first plate, as its button opens it. */
export async function openJudging(of: Recording, tab: "limits" | "rules" | "calls" = "limits", made: Parameters<typeof judges>[2] = {}, look: Look = {}): Promise<Sight> {
  const [tile] = told(of).tick.plates;
  const sight = await open(of, look);
  await judges(sight, of, made);
  await sight.page.locator(`[data-plate="${tile?.plate}"]`).click();
  await sight.page.getByTestId("thresholds").click();
  await sight.page.getByTestId(`tab-${tab}`).click();
  return sight;
}
