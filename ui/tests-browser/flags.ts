/** A queue for tests: flags on a plate with computed pictures, and a desk that remembers what is decided. */
import type { AnnotationRow, FlagItem, OutboxDetail, ReviewCase, ReviewQueue } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { type Imaged, paints, withImages } from "./pictures";
import { type Look, open, type Sight, told } from "./page";

export const CODES = [["F1", "Out of focus"], ["D2", "Debris"], ["S1", "Saturated"], ["B1", "Bubble"], ["C3", "Low cell count"], ["T2", "Tilt"]].map(([code = "", says = ""]) => ({ code, says }));
const ROWS: [string, string, number, number, string, number | null, FlagItem["standing"], number][] = [
  ["out_of_focus", "D14", 85, 3, "model", 0.94, "waiting", 34], ["out_of_focus", "E14", 109, 3, "model", 0.91, "waiting", 34], ["debris", "K07", 246, 6, "model", 0.83, "waiting", 47], ["saturated_AGP", "H12", 179, 2, "pipeline", 0.78, "waiting", 118],
  ["out_of_focus", "D15", 86, 3, "model", 0.72, "waiting", 34], ["segmentation", "F09", 128, 8, "pipeline", 0.64, "second_reader", 91], ["low_cell_count", "E13", 108, 1, "rule", 0.21, "waiting", 47], ["Looks like a hair", "M20", 307, 4, "person", null, "second_reader", 221],
  ["edge_meniscus", "A05", 4, 7, "model", 0.52, "waiting", 47], ["bubble", "C18", 65, 5, "model", 0.48, "decided", 240], ["saturated_AGP", "H13", 180, 2, "pipeline", 0.74, "decided", 118], ["debris", "G11", 154, 9, "rule", 0.44, "cleared", 91],
];

export function flags(plate: string, run: string, at = Date.now()): FlagItem[] {
  return ROWS.map(([reason, well_name, well, site, source, score, standing, minutes], n): FlagItem => ({
    flag: `flag-${n + 1}`, plate, run, barcode: "BR00117011", well, well_name, site, channel: null, reason, severity: "warning", source, score, guidance: null,
    at_ms: at - minutes * 60_000, standing, has_draft: false, verdict: standing === "decided" ? "reject" : null, decided_by: standing === "decided" ? "M. Okafor" : null, decided_ms: standing === "decided" ? at - 60_000 : null,
  }));
}

export interface Flagged {
  items?: FlagItem[];
  read_only?: string | null;
  annotations?: AnnotationRow[];
  change?: Partial<ReviewCase>;
  left_out?: number;
  outbox?: OutboxDetail;
}

/** Answers what the Review screen asks, from a page that is open. */
export async function answers(sight: Sight, of: Recording, made: Flagged = {}): Promise<void> {
  const tile = told(of).tick.plates[0];
  const items = made.items ?? flags(tile?.plate ?? "", tile?.run ?? "");
  const found: Omit<ReviewCase, "item"> = {
    draft: null, decisions: [], annotations: made.annotations ?? [], checks: [{ model: "focus-qc", version: "2.1.0", sha256: "ab12cd34".repeat(8), channel: "DNA", task: "classify", count: null, class: "out_of_focus", value: 0.94, pipeline: 0.31, pipeline_feature: "Focus_Score", agrees: false, difference_percent: 203, ms: 29, backend: "onnxruntime", at_ms: 1, seq: 7 }],
    trail: [["k.tanaka", "opened", "offline, cached copy", 812, "51b7aa"], ["focus-qc 2.1", "flagged", "score 0.94", 640, null], ["Imager 2", "acquired", "site 3 of 9", 611, null]].map(([who, did, says, seq, link], n) => ({ at_ms: Date.now() - (n + 1) * 1_380_000, who: String(who), did: String(did), says: String(says), seq: Number(seq), link: link === null ? null : `${link}c0ffee` })),
    chain: { holds: true, says: "812 records follow from one another" }, ...made.change,
  };
  await sight.page.evaluate(({ items, found, read_only, left_out, outbox, codes }) => {
    const { answers } = window.recorded;
    const drafts = new Map<string, unknown>();
    const no = (code: string, message: string): never => { throw { code, message, detail: null }; };
    const of = (flag: string): (typeof items)[number] => items.find((item) => item.flag === flag) ?? no("no_such_flag", "The flag is not in this session any more.");
    answers["queue"] = (): ReviewQueue => {
      const count = (standing: string): number => items.filter((item) => item.standing === standing).length;
      return { items: items.map((item) => ({ ...item, has_draft: drafts.has(item.flag) })), waiting: count("waiting"), second_reader: count("second_reader"), decided: count("decided"), left_out, user: "k.tanaka", full_name: "", read_only, codes };
    };
    answers["case"] = ({ flag }: { flag: string }) => ({ ...found, item: of(flag), draft: drafts.get(flag) ?? found.draft });
    answers["keep_draft"] = ({ flag, draft }: { flag: string; draft: object | null }) => {
      const at_ms = Date.now();
      if (draft === null) drafts.delete(flag);
      else drafts.set(flag, { ...draft, saved_ms: at_ms });
      return { at_ms };
    };
    answers["decide"] = ({ flag, draft }: { flag: string; draft: { verdict: string } }) => {
      Object.assign(of(flag), { standing: draft.verdict === "second_reader" ? "second_reader" : "decided", verdict: draft.verdict });
      drafts.delete(flag);
      return { seq: 900 };
    };
    answers["raise_flag"] = (asked: { plate: string; wells: number[]; site: number | null; reason: string }) => {
      const [well = null] = asked.wells;
      items.unshift({ ...(items[0] as (typeof items)[number]), flag: `raised${items.length}`, plate: asked.plate, barcode: "BR00117010", well, well_name: well === null ? null : "D09", site: asked.site, reason: asked.reason, source: "person", score: null, standing: "waiting", at_ms: Date.now() });
      return { seq: 901 };
    };
    answers["outbox"] = () => outbox;
  }, { items, found, read_only: made.read_only ?? null, left_out: made.left_out ?? 0, outbox: made.outbox ?? { waiting: 0, state: "empty", says: null, rows: [] }, codes: CODES });
}

/** The window at the queue. */
export async function openReview(made: Flagged = {}, look: Look = {}, of = withImages(), images: Imaged = {}): Promise<Sight> {
  const sight = await open(of, look);
  await enterReview(sight, of, made, images);
  return sight;
}

export async function enterReview(sight: Sight, of: Recording, made: Flagged = {}, images: Imaged = {}): Promise<void> {
  await paints(sight.page, images);
  await answers(sight, of, made);
  await sight.page.keyboard.press("Control+4");
  await sight.page.getByTestId("queue").or(sight.page.getByTestId("queue-problem")).waitFor();
}
