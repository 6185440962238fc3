/** The number's sentence, also where there is no number; the legend; captions that name nothing. */
import { expect, it } from "vitest";
import type { LayoutEntry, Qc, Strip } from "../../ipc/generated";
import { caption, ends, hits, mark, progress, title, type Values, zPrime } from "./words";

const [NONE, NEGATIVE, POSITIVE, SAMPLE] = [0, 1, 2, 4];
const column = (wells: [role: number, z: number, state?: number, value?: number][]): Values => ({
  roles: wells.map(([role]) => role), robustZ: wells.map(([, z]) => z), states: wells.map(([, , state]) => state ?? 1), values: wells.map(([, z, , value]) => value ?? z),
});

it("counts samples at |z| 3 and beyond among those that were read and count", () => {
  const wells = column([[NEGATIVE, 0], [POSITIVE, 9], [SAMPLE, 3], [SAMPLE, -4.5], [SAMPLE, 2.99], [SAMPLE, 8, 0x11], [SAMPLE, NaN, 0], [SAMPLE, NaN, 2]]);
  expect(hits(wells, "Cells_Count", false)).toEqual({ number: "2", says: "of 3 sample wells read so far differ from the negative controls", more: "Cells Count, |z| ≥ 3" });
  expect(hits(wells, "x", true).says).toBe("of 3 sample wells read differ from the negative controls");
  expect(hits(column([[NEGATIVE, 0], [SAMPLE, 3]]), "x", false)).toMatchObject({ number: "1", says: "of 1 sample well read so far differs from the negative controls" });
});

it("says why there is no number of hits", () => {
  const says = (wells: Values | null): string => hits(wells, "x", false).says;
  expect(hits(null, "x", false).number).toBe("–");
  expect(says(null)).toBe("No value has been read yet");
  expect(says(column([[NONE, 1]]))).toContain("layout has not come");
  expect(says(column([[SAMPLE, NaN]]))).toContain("no negative control has been read");
  expect(says(column([[NEGATIVE, NaN], [SAMPLE, NaN]]))).toContain("1 negative control well is too few");
  expect(says(column([[NEGATIVE, 0], [SAMPLE, NaN, 0]]))).toBe("No sample has been read yet");
});

const qc = (value: number | null, level: Qc["lines"][number]["level"], why: string | null = null): Qc => ({ feature: "x", positive: "positive", negative: "negative", counts: [16, 14, 300], expected: [16, 16], lines: [{ name: "z_prime", value, undefined: why, limit: 0.5, at_least: true, level, says: null, interval: null }] });

it("says what Z′ means, or why there is none", () => {
  expect(zPrime(qc(0.623, "ok"), true, "x")).toEqual({ number: "0.62", says: "is this plate’s Z′: positive and negative controls are well apart", more: "x, 16 positive and 14 negative controls" });
  expect(zPrime(qc(-0.2, "fail"), true, "x")).toMatchObject({ number: "−0.20", says: expect.stringContaining("overlap") });
  expect(zPrime(qc(null, "unknown", "1 of at least 3 positive wells have a value"), true, "x")).toMatchObject({ number: "–", says: "Z′ cannot be told yet: 1 of at least 3 positive wells have a value" });
  expect(zPrime(undefined, false, "x").says).toContain("layout has not come");
  expect(zPrime(undefined, true, "x").says).toContain("no assay card");
});

it("says how far reading is", () => {
  expect(progress({ wells_in: 262, wells_expected: 384, complete: false })).toEqual({ number: "262", says: "of 384 wells read so far", more: "" });
  expect(progress({ wells_in: 1, wells_expected: 0, complete: false }).says).toBe("well read so far");
});

it("the legend's ends are named by where the controls lie", () => {
  const of = (negative: number, positive: number): Values => column([[NEGATIVE, 0, 1, negative], [POSITIVE, 0, 1, positive]]);
  expect(ends(of(1, 9), [0, 10], "raw")).toEqual(["Like negatives", "Like positives"]);
  expect(ends(of(9, 1), [0, 10], "raw")).toEqual(["Like positives", "Like negatives"]);
  expect(ends(column([[NEGATIVE, 0, 1, 1]]), [0, 10], "raw")).toEqual(["Like negatives", "Strong change"]);
  expect(ends(of(5, 9), [0, 10], "raw")).toEqual(["Low", "High"]);
  expect(ends(null, [0, 1], "raw")).toEqual(["Low", "High"]);
  expect(ends(null, [-1, 1], "robust_z")).toEqual(["Below negatives", "Above negatives"]);
});

it("names no compound while identifiers are hidden", () => {
  const entry = (role: string, compound: string | null, concentration: number | null): LayoutEntry => ({ well: 0, role, compound, concentration, unit: "uM", replicate: 1 });
  const letter = (compound: string): string => (compound === "CMP-1" ? "C" : "");
  expect(caption(entry("sample", "CMP-1", 2.2), true, letter)).toBe("Compound C, 2.2 µM");
  expect(caption(entry("sample", "CMP-1", 2.2), false, letter)).toBe("CMP-1, 2.2 µM");
  expect(caption(entry("sample", "CMP-9", null), true, letter)).toBe("Sample");
  expect(caption(entry("positive", "CMP-1", 10), true, letter)).toBe("Positive control, 10 µM");
  expect(caption(entry("negative", "DMSO", null), true, letter)).toBe("Negative control");
  expect(caption(null, false, letter)).toBe("");
});

it("names no run while identifiers are hidden", () => {
  expect(title({ assay: "Dose response", cells: "U2OS, 24 h", run: "R-1" }, true)).toBe("Dose response, U2OS, 24 h");
  expect(title({ assay: null, cells: null, run: "R-1" }, true)).toBe("Screening plates");
  expect(title({ assay: null, cells: null, run: "R-1" }, false)).toBe("R-1");
});

it("says whether it happens now", () => {
  const strip = (change: object): Strip => ({ mode: "live", session: { name: "a", folder: "/a", demo: false }, source: { state: "live" }, recording: { name: "a" }, ...change }) as unknown as Strip;
  expect(mark(strip({})).says).toBe("Live");
  expect(mark(strip({ source: { state: "offline" } })).says).toBe("Waiting for the stream");
  expect(mark(strip({ mode: "replay", recording: null })).says).toBe("Replay of a recorded session");
  expect(mark(strip({ mode: "replay" })).says).toContain("while recording goes on");
  expect(mark(strip({ session: { name: "a", folder: "/a", demo: true } })).says).toBe("Live, demo lab");
  expect(mark(null).says).toBe("No session");
});
