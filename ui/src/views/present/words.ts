/** What Present says to a room, in plain words: the number's sentence, the legend, a well's caption, what is shown. */
import type { LayoutEntry, PlateDetail, PlateTile, Qc, Strip } from "../../ipc/generated";
import { dose } from "../../shared/dose";
import { count, number } from "../../shared/format";
import { median } from "../../shared/heat/wells";
import { EXCLUDED, ROLES, VALUE, type Scale } from "../../state/plate.svelte";

/** A number with the sentence that goes on from it. */
export interface Told {
  number: string;
  says: string;
  /** Of what it is, and by which rule. */
  more: string;
}

/** Values as a plate's column has them. */
export interface Values {
  values: ArrayLike<number>;
  robustZ: ArrayLike<number>;
  states: ArrayLike<number>;
  roles: ArrayLike<number>;
}

/** |robust z| from here on differs. */
export const FAR = 3;
const [NEGATIVE, POSITIVE, SAMPLE] = (["negative", "positive", "sample"] as const).map((role) => ROLES.indexOf(role)) as [number, number, number];
const wells = (n: number, kind: string): string => `${count(n)} ${kind} ${n === 1 ? "well" : "wells"}`;
/** As a feature is named on the wire. */
const plain = (feature: string): string => feature.replaceAll("_", " ");

/** How many samples differ from the negative controls. */
export function hits(column: Values | null, feature: string, complete: boolean): Told {
  const none = (says: string): Told => ({ number: "–", says, more: plain(feature) });
  if (!column) return none("No value has been read yet");
  let [far, read, samples, negatives, named] = [0, 0, 0, 0, 0];
  for (let well = 0; well < column.roles.length; well += 1) {
    const [role, state] = [column.roles[well] ?? 0, column.states[well] ?? 0];
    if (role !== 0) named += 1;
    if ((state & 15) !== VALUE || (state & EXCLUDED) !== 0) continue;
    if (role === NEGATIVE) negatives += 1;
    if (role !== SAMPLE) continue;
    samples += 1;
    const z = Math.abs(column.robustZ[well] ?? Number.NaN);
    if (!Number.isFinite(z)) continue;
    read += 1;
    if (z >= FAR) far += 1;
  }
  if (named === 0) return none("Hits cannot be told: the plate's layout has not come, so no well is known as a control");
  if (negatives === 0) return none("Hits cannot be told yet: no negative control has been read");
  if (samples === 0) return none("No sample has been read yet");
  if (read === 0) return none(`Hits cannot be told yet: ${wells(negatives, "negative control")} ${negatives === 1 ? "is" : "are"} too few, or all alike`);
  return { number: count(far), says: `of ${wells(read, "sample")} read${complete ? "" : " so far"} ${far === 1 ? "differs" : "differ"} from the negative controls`, more: `${plain(feature)}, |z| ≥ ${FAR}` };
}

const APART: Record<string, string> = {
  ok: "is this plate’s Z′: positive and negative controls are well apart",
  attention: "is this plate’s Z′: positive and negative controls are only just apart",
  fail: "is this plate’s Z′: positive and negative controls overlap too much to trust its hits",
};

/** How far apart the controls are. */
export function zPrime(qc: Qc | undefined, hasLayout: boolean, feature: string): Told {
  const line = qc?.lines.find((known) => known.name === "z_prime");
  if (!line) return { number: "–", says: hasLayout ? "Z′ is not judged for this feature: no assay card names it" : "Z′ cannot be told: the plate’s layout has not come, so no well is known as a control", more: plain(feature) };
  if (line.value === null) return { number: "–", says: `Z′ cannot be told yet: ${line.undefined ?? "too few controls have been read"}`, more: plain(feature) };
  return { number: number(line.value, 2), says: APART[line.level] ?? "is this plate’s Z′, which is 1 where controls are perfectly apart", more: `${plain(feature)}, ${qc?.counts[0] ?? 0} positive and ${qc?.counts[1] ?? 0} negative controls` };
}

/** How far reading is. */
export function progress(tile: Pick<PlateTile, "wells_in" | "wells_expected" | "complete">): Told {
  if (tile.wells_expected === 0) return { number: count(tile.wells_in), says: `${tile.wells_in === 1 ? "well" : "wells"} read so far`, more: "" };
  return { number: count(tile.wells_in), says: `of ${count(tile.wells_expected)} wells ${tile.complete ? "read: the plate is complete" : "read so far"}`, more: "" };
}

/** The pair of roles that is judged for a feature. */
export const pairOf = (detail: PlateDetail | null, feature: string): Qc | undefined => detail?.qc.find((known) => known.feature === feature);

/** What both ends of the colours mean; by where the controls lie among them, never by a promise. */
export function ends(column: Values | null, range: readonly [number, number], scale: Scale): [string, string] {
  if (scale === "b_score") return ["Below neighbours", "Above neighbours"];
  if (scale === "robust_z") return ["Below negatives", "Above negatives"];
  if (scale === "z") return ["Below most samples", "Above most samples"];
  const at = (role: number): number => {
    const there = Array.from(column?.values ?? []).filter((_, well) => column?.roles[well] === role && ((column?.states[well] ?? 0) & EXCLUDED) === 0);
    return (median(there) - range[0]) / (range[1] - range[0] || 1);
  };
  const [negative, positive] = [at(NEGATIVE), at(POSITIVE)];
  if (negative < 0.4) return ["Like negatives", positive > 0.6 ? "Like positives" : "Strong change"];
  if (negative > 0.6) return [positive < 0.4 ? "Like positives" : "Strong change", "Like negatives"];
  return ["Low", "High"];
}

const ROLE_WORDS: Record<string, string> = { negative: "Negative control", positive: "Positive control", empty: "Empty well", reference: "Reference", sample: "Sample" };

/** What is in a well. Hidden, a compound is its letter and a control its role. */
export function caption(entry: LayoutEntry | null, hidden: boolean, letter: (compound: string) => string): string {
  if (!entry) return "";
  const known = entry.compound !== null && letter(entry.compound) !== "" ? `Compound ${letter(entry.compound)}` : "";
  const named = ["sample", "reference"].includes(entry.role) ? known : "";
  const what = (hidden ? named : entry.compound) || (ROLE_WORDS[entry.role] ?? "Well");
  return typeof entry.concentration === "number" ? `${what}, ${dose(entry.concentration, entry.unit ?? "")}` : what;
}

/** What is screened. */
export function title(tile: Pick<PlateTile, "assay" | "cells" | "run">, hidden: boolean): string {
  const says = [tile.assay, tile.cells].filter(Boolean).join(", ");
  return says || (hidden ? "" : tile.run) || "Screening plates";
}

/** Whether what a room sees happens now. */
export function mark(strip: Strip | null): { glyph: string; says: string } {
  const demo = strip?.session?.demo ? ", demo lab" : "";
  if (!strip?.session) return { glyph: "idle", says: "No session" };
  if (strip.mode === "replay") {
    const goesOn = strip.recording !== null && strip.recording.name === strip.session.name;
    return { glyph: "info", says: goesOn ? `Earlier, while recording goes on${demo}` : `Replay of ${demo ? "the demo lab" : "a recorded session"}` };
  }
  if (strip.source?.state === "offline") return { glyph: "idle", says: `Waiting for the stream${demo}` };
  if (strip.source?.state === "ended" || strip.mode === "none") return { glyph: "info", says: demo ? "Recorded demo lab" : "A recorded session" };
  return { glyph: "ok", says: `Live${demo}` };
}
