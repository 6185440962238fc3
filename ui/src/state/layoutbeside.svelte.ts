/** What a person says beside a file of layouts: side tables, control rules, a unit, a sheet, what a blank well is. */
import type { ChosenFile, LayoutRule, ReadLayoutsArgs } from "../ipc/generated";
import { doseOf } from "../shared/layout/paste";

export const MOST_BYTES = 32 * 1024 * 1024;

/** Bytes as base64, by the browser itself: a loop over 32 MiB would hold the window. */
export const base64Of = (file: Blob): Promise<string> =>
  new Promise((read, failed) => {
    const reader = new FileReader();
    reader.onload = () => read(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => failed(reader.error ?? new Error("The file cannot be read."));
    reader.readAsDataURL(file);
  });

/** Why a file is not even read; `null` where it is. */
export function tooMuch(file: Blob): string | null {
  if (file.size > MOST_BYTES) return `The file has ${Math.ceil(file.size / 1024 / 1024)} MiB; at most 32 MiB are read.`;
  return file.size === 0 ? "The file is empty." : null;
}

/** A control rule as it is written. */
export interface Written {
  readonly id: number;
  readonly compound: string;
  readonly above: string;
  readonly atMost: string;
  readonly role: string;
}

const boundOf = (text: string): number | null | undefined => {
  if (text.trim() === "") return null;
  const dose = doseOf(text);
  return dose && dose.unit === null ? dose.concentration : undefined;
};

/** What is wrong with a rule that is written; one without a compound is not written yet. */
export function wrongWith(rule: Written): string | null {
  const [above, atMost] = [boundOf(rule.above), boundOf(rule.atMost)];
  if (above === undefined || atMost === undefined) return "A dose is a number without a unit, as 15: it has the file’s.";
  return above !== null && atMost !== null && above >= atMost ? "No dose is above the one and at most the other." : null;
}

/** The rules that can be asked with. */
export const rulesOf = (written: readonly Written[]): LayoutRule[] =>
  written.filter((rule) => rule.compound.trim() !== "" && wrongWith(rule) === null).map((rule) => ({ compound: rule.compound.trim(), above: boundOf(rule.above) ?? null, at_most: boundOf(rule.atMost) ?? null, role: rule.role }));

export type Table = "barcodes" | "compounds";
type Said = Pick<ReadLayoutsArgs, "barcodes" | "compounds" | "rules" | "unit" | "sheet" | "blank">;

/** Tables, rules, unit and blank wells stay from file to file and from plate to plate: a screen's platemaps are read one after the other. */
class LayoutBeside {
  tables = $state.raw<Record<Table, ChosenFile | null>>({ barcodes: null, compounds: null });
  /** Why a table could not be taken. */
  wrong = $state.raw<Record<Table, string | null>>({ barcodes: null, compounds: null });
  rules = $state.raw<readonly Written[]>([]);
  unit = $state("");
  blank = $state("");
  /** The sheet is the file's: another file begins without. */
  sheet = $state("");
  #ids = 0;

  said: Said = $derived({ ...this.tables, rules: rulesOf(this.rules), unit: this.unit || null, sheet: this.sheet || null, blank: this.blank || null });
  /** How many things are said. */
  count: number = $derived([this.said.barcodes, this.said.compounds, this.unit, this.sheet, this.blank].filter(Boolean).length + this.said.rules.length);

  /** A table that a person chose; whether it was taken. */
  async take(which: Table, file: File): Promise<boolean> {
    let why = tooMuch(file);
    if (why === null) {
      try {
        this.tables = { ...this.tables, [which]: { name: file.name, base64: await base64Of(file) } };
      } catch (thrown) {
        why = thrown instanceof Error ? thrown.message : "The file cannot be read.";
      }
    }
    this.wrong = { ...this.wrong, [which]: why };
    return why === null;
  }

  drop(which: Table): void {
    this.tables = { ...this.tables, [which]: null };
    this.wrong = { ...this.wrong, [which]: null };
  }

  add(): number {
    this.#ids += 1;
    this.rules = [...this.rules, { id: this.#ids, compound: "", above: "", atMost: "", role: "positive" }];
    return this.#ids;
  }

  change(id: number, change: Partial<Omit<Written, "id">>): void {
    this.rules = this.rules.map((rule) => (rule.id === id ? { ...rule, ...change } : rule));
  }

  remove(id: number): void {
    this.rules = this.rules.filter((rule) => rule.id !== id);
  }
}

export const layoutBeside = new LayoutBeside();
