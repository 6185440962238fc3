/** A layout as it is edited: what each well of a plate is for; wells without an entry are empty. */

export interface Entry {
  role: string;
  compound: string | null;
  concentration: number | null;
  /** The concentration's unit. */
  unit: string | null;
  replicate: number | null;
}
export interface Sheet {
  /** Wells of the plate. */
  format: number;
  assay: string | null;
  cells: string | null;
  /** Row-major; `null` for a well that the layout does not name. */
  wells: readonly (Entry | null)[];
}
/** An entry as it is sent. */
export type Row = Entry & { well: number };

export const ROLES = ["negative", "positive", "reference", "sample", "empty"] as const;
/** Rows and columns of each format. */
export const FORMATS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [6, [2, 3]], [12, [3, 4]], [24, [4, 6]], [48, [6, 8]], [96, [8, 12]], [384, [16, 24]], [1536, [32, 48]], [3456, [48, 72]],
]);
const NOTHING: Entry = { role: "empty", compound: null, concentration: null, unit: null, replicate: null };

export const sizeOf = (format: number): readonly [number, number] => FORMATS.get(format) ?? [0, 0];

/** An empty well of which nothing else is said is one that the layout does not name. */
const plain = (entry: Entry): Entry | null =>
  entry.role === "empty" && entry.compound === null && entry.concentration === null && entry.replicate === null ? null : entry;

export function blank(format: number): Sheet {
  return { format, assay: null, cells: null, wells: new Array<null>(format).fill(null) };
}

export function sheetOf(of: { format: number; assay: string | null; cells: string | null; wells: readonly Row[] }): Sheet {
  const wells = new Array<Entry | null>(of.format).fill(null);
  for (const { well, role, compound, concentration, unit, replicate } of of.wells) {
    if (well < of.format) wells[well] = plain({ role, compound, concentration, unit, replicate });
  }
  return { format: of.format, assay: of.assay, cells: of.cells, wells };
}

/** The wells that are named, row-major. */
export const rowsOf = (sheet: Sheet): Row[] => sheet.wells.flatMap((entry, well) => (entry ? [{ well, ...entry }] : []));

export function isSame(one: Entry | null, other: Entry | null): boolean {
  if (one === other) return true;
  if (!one || !other) return false;
  // A unit without a concentration says nothing.
  const unit = (entry: Entry): string | null => (entry.concentration === null ? null : entry.unit);
  return one.role === other.role && one.compound === other.compound && one.concentration === other.concentration && unit(one) === unit(other) && one.replicate === other.replicate;
}

export interface Difference {
  wells: ReadonlySet<number>;
  /** `assay`, `cells`, `format`: what differs besides wells. */
  others: readonly string[];
}

/** What one has otherwise than the other. */
export function differences(now: Sheet, before: Sheet): Difference {
  const wells = new Set<number>();
  for (let well = 0; well < Math.max(now.format, before.format); well += 1) if (!isSame(now.wells[well] ?? null, before.wells[well] ?? null)) wells.add(well);
  const others = [...(now.format === before.format ? [] : ["format"]), ...((now.assay ?? "") === (before.assay ?? "") ? [] : ["assay"]), ...((now.cells ?? "") === (before.cells ?? "") ? [] : ["cells"])];
  return { wells, others };
}

/** Entries in place of those of some wells; the same sheet where that changes nothing. */
export function replaced(sheet: Sheet, entries: Iterable<readonly [number, Entry | null]>): Sheet {
  const wells = [...sheet.wells];
  let isNew = false;
  for (const [well, entry] of entries) {
    const next = entry && plain(entry);
    if (well < 0 || well >= sheet.format || isSame(wells[well] ?? null, next)) continue;
    [wells[well], isNew] = [next, true];
  }
  return isNew ? { ...sheet, wells } : sheet;
}

/** What was edited on one layout, on another: where a sheet differs from the one it was made of, it stays as it is. */
export function rebased(sheet: Sheet, from: Sheet, to: Sheet): Sheet {
  if (sheet.format !== to.format || from.format !== to.format) return sheet;
  const { wells, others } = differences(sheet, from);
  const about = { assay: others.includes("assay") ? sheet.assay : to.assay, cells: others.includes("cells") ? sheet.cells : to.cells };
  return { ...replaced(to, [...wells].map((well): [number, Entry | null] => [well, sheet.wells[well] ?? null])), ...about };
}

/**
 * One or more fields set in some wells. A well that becomes empty keeps nothing; an empty one that is given a compound, a
 * dose or a replicate becomes a sample.
 */
export function changed(sheet: Sheet, wells: Iterable<number>, change: Partial<Entry>): Sheet {
  return replaced(sheet, [...wells].map((well): [number, Entry | null] => {
    if (change.role === "empty") return [well, null];
    const before = sheet.wells[well] ?? NOTHING;
    const next = { ...before, ...change };
    if (next.concentration === null) next.unit = null;
    const says = next.compound !== null || next.concentration !== null || next.replicate !== null;
    return [well, next.role === "empty" && says ? { ...next, role: "sample" } : next];
  }));
}

/** A field's value in all of some wells; `several` where they differ. */
export interface Common {
  value: string | number | null;
  several: boolean;
}

export function common(sheet: Sheet, wells: Iterable<number>, field: keyof Entry): Common {
  let first: string | number | null | undefined;
  for (const well of wells) {
    const here = (sheet.wells[well] ?? NOTHING)[field];
    if (first === undefined) first = here;
    else if (first !== here) return { value: null, several: true };
  }
  return { value: first ?? null, several: false };
}

/** How many wells have each role. */
export function counts(sheet: Sheet): Record<string, number> {
  const found: Record<string, number> = Object.fromEntries(ROLES.map((role) => [role, 0]));
  for (const entry of sheet.wells) found[entry?.role ?? "empty"] = (found[entry?.role ?? "empty"] ?? 0) + 1;
  return found;
}
