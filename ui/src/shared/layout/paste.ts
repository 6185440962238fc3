/**
 * Text from a spreadsheet as wells of a layout: a table with a line a well (with or without heads), a plate drawn in roles,
 * or a column for the wells that are selected. What cannot be read is said with its line; nothing is guessed.
 */
import { wellName } from "../heat/wells";
import { type Entry, replaced, type Sheet, sizeOf } from "./sheet";

export interface Pasted {
  /** The sheet with what was read; `null` where nothing was. */
  sheet: Sheet | null;
  /** What was taken how. */
  says: string;
  /** What was not taken, with its line. */
  problems: string[];
}
interface Units {
  /** What the head of the doses says. */
  head: string | null;
  else: string;
}
type Field = "well" | keyof Entry;

const HEADS: Record<string, Field> = {
  well: "well", "well id": "well", "well name": "well", position: "well",
  role: "role", type: "role", "well type": "role", control: "role", "well role": "role",
  compound: "compound", "compound id": "compound", treatment: "compound", substance: "compound", perturbation: "compound", name: "compound",
  concentration: "concentration", conc: "concentration", dose: "concentration",
  unit: "unit", units: "unit", "concentration unit": "unit", "dose unit": "unit",
  replicate: "replicate", rep: "replicate",
};
const ORDER: Field[] = ["well", "role", "compound", "concentration", "unit", "replicate"];
const ROLE: Record<string, string> = {
  negative: "negative", neg: "negative", "negative control": "negative", nc: "negative", "-": "negative", "−": "negative", "–": "negative",
  positive: "positive", pos: "positive", "positive control": "positive", pc: "positive", "+": "positive",
  reference: "reference", ref: "reference", r: "reference",
  sample: "sample", s: "sample", compound: "sample", test: "sample", x: "sample",
  empty: "empty", blank: "empty", e: "empty", ".": "empty", "": "empty",
};
const role = (text: string): string | undefined => ROLE[text.trim().toLowerCase()];
/** Micro as a letter is written in three ways. */
export const unitOf = (text: string): string => text.trim().replace(/^[µμ]/, "u");

/** A well's number in a format, by its name: A1, A01, a-1, AF48. */
export function wellOf(name: string, format: number): number | null {
  const [rows, columns] = sizeOf(format);
  const found = /^([A-Za-z]{1,2})[-_ ]?0*(\d{1,2})$/.exec(name.trim());
  if (!found) return null;
  const row = [...(found[1] ?? "").toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const column = Number(found[2]) - 1;
  return row < rows && column >= 0 && column < columns ? row * columns + column : null;
}

/** A dose, perhaps with its unit behind it. A comma with three digits behind it could be either: it is refused. */
export function doseOf(text: string): { concentration: number; unit: string | null } | null {
  const found = /^([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?$/.exec(text.trim());
  if (!found || /^\d{1,3},\d{3}$/.test(found[1] ?? "")) return null;
  const concentration = Number((found[1] ?? "").replace(",", "."));
  return Number.isFinite(concentration) && concentration >= 0 ? { concentration, unit: found[2] ? unitOf(found[2]) : null } : null;
}

function cells(text: string): string[][] {
  const parts = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  return parts.map((line) => line.split("\t").map((cell) => cell.trim().replace(/^"(.*)"$/s, "$1").replace(/""/g, '"')));
}

/** What the text holds, laid over a sheet. Doses of which nothing says the unit are in `unit`, which is said. */
export function pasted(text: string, onto: Sheet, selected: readonly number[], unit = "uM"): Pasted {
  const none = (says: string): Pasted => ({ sheet: null, says, problems: [] });
  if (text.trim() === "") return none("There is nothing to paste.");
  const rows = cells(text);
  const drawn = plate(rows, onto);
  if (drawn) return drawn;
  const first = rows[0] ?? [];
  const heads = first.map((cell) => HEADS[cell.toLowerCase().replace(/[\s_-]+/g, " ").replace(/\s*\(.*\)$/, "")]);
  // A column of roles may begin with one that is also a head: `compound`.
  const isRoles = rows.every((row) => row.length === 1 && role(row[0] ?? "") !== undefined);
  const hasHeads = !isRoles && heads.some(Boolean) && wellOf(first[0] ?? "", onto.format) === null && (heads.includes("well") || rows.length > 1);
  const units = { head: hasHeads ? unitInHead(first, heads) : null, else: unit };
  const body = hasHeads ? rows.slice(1) : rows;
  if (body.length > onto.format * 2) return none(`${body.length} lines are too many for ${onto.format} wells.`);
  const isNamed = (row: string[]): boolean => wellOf(row[0] ?? "", onto.format) !== null;
  const fields = hasHeads ? heads : body.some(isNamed) ? ORDER.map((field): Field | undefined => field) : guessed(body);
  if (!fields) return none("This is no table of wells: a line a well, with the well's name first, or a plate drawn in roles.");
  if (fields.includes("well")) return table(body, fields, onto, hasHeads ? 2 : 1, units, null);
  if (body.length !== selected.length) return none(`${body.length} ${body.length === 1 ? "line" : "lines"} without well names, and ${selected.length} selected ${selected.length === 1 ? "well" : "wells"}: select as many as there are lines.`);
  return table(body, fields, onto, hasHeads ? 2 : 1, units, [...selected].sort((a, b) => a - b));
}

/** A unit in the head of the doses, as `Concentration (uM)`. */
function unitInHead(first: readonly string[], heads: readonly (Field | undefined)[]): string | null {
  const found = /\(([^)]+)\)\s*$/.exec(first[heads.indexOf("concentration")] ?? "");
  return found?.[1] ? unitOf(found[1]) : null;
}

/** One column without head or wells: roles, doses, or compounds. */
function guessed(body: string[][]): (Field | undefined)[] | null {
  if (body.some((row) => row.length > 1)) return null;
  const all = body.map((row) => row[0] ?? "");
  if (all.every((cell) => role(cell) !== undefined)) return ["role"];
  if (all.every((cell) => cell === "" || doseOf(cell) !== null)) return ["concentration"];
  return ["compound"];
}

function table(body: string[][], fields: readonly (Field | undefined)[], onto: Sheet, firstLine: number, units: Units, into: readonly number[] | null): Pasted {
  const problems: string[] = [];
  const entries = new Map<number, Entry>();
  let assumed = 0;
  const at = (row: string[], field: Field): string | undefined => (fields.includes(field) ? (row[fields.indexOf(field)] ?? "").trim() : undefined);
  for (const [n, row] of body.entries()) {
    if (row.every((cell) => cell === "") && into === null) continue;
    const line = `Line ${n + firstLine}`;
    const name = at(row, "well");
    const well = into ? (into[n] ?? -1) : wellOf(name ?? "", onto.format);
    if (well === null) {
      problems.push(`${line}: “${name ?? ""}” is no well of a plate of ${onto.format}.`);
      continue;
    }
    if (entries.has(well)) {
      problems.push(`${line}: ${wellName(well, sizeOf(onto.format)[1])} stands there twice; the first is kept.`);
      continue;
    }
    const next: Entry = { ...(onto.wells[well] ?? { role: "empty", compound: null, concentration: null, unit: null, replicate: null }) };
    const wrong = filled(next, { role: at(row, "role"), compound: at(row, "compound"), concentration: at(row, "concentration"), unit: at(row, "unit"), replicate: at(row, "replicate") }, units.head);
    // A dose has a unit.
    if (!wrong && next.concentration !== null && next.unit === null) [next.unit, assumed] = [units.else, assumed + 1];
    if (wrong) problems.push(`${line}: ${wrong}`);
    else entries.set(well, next.role === "empty" && at(row, "role") === undefined && (next.compound ?? next.concentration ?? next.replicate) !== null ? { ...next, role: "sample" } : next);
  }
  if (entries.size === 0) return { sheet: null, says: "No line of it could be taken.", problems };
  const named = ORDER.filter((field) => field !== "well" && fields.includes(field) && (fields !== (ORDER as readonly (Field | undefined)[]) || body.some((row) => row.length > ORDER.indexOf(field))));
  return { sheet: replaced(onto, entries), says: `${entries.size} ${entries.size === 1 ? "well" : "wells"} pasted: ${named.join(", ")}.${assumed > 0 ? ` ${assumed} doses have no unit: taken as ${units.else.replace(/^u/, "µ")}.` : ""}`, problems };
}

/** Puts what a line says into an entry; what is wrong with it, in words. */
function filled(next: Entry, given: Partial<Record<keyof Entry, string | undefined>>, headUnit: string | null): string | null {
  if (given.role !== undefined && (given.role !== "" || given.compound === undefined || given.compound === "")) {
    const known = role(given.role);
    if (known === undefined) return `“${given.role}” is no role.`;
    next.role = known;
  } else if (given.role === "" && next.role === "empty") next.role = "sample";
  if (given.compound !== undefined) next.compound = given.compound || null;
  if (given.concentration !== undefined) {
    const known = given.concentration === "" ? null : doseOf(given.concentration);
    if (given.concentration !== "" && !known) return `“${given.concentration}” is no concentration${/^\d{1,3},\d{3}$/.test(given.concentration) ? ": the comma can be read in two ways" : ""}.`;
    [next.concentration, next.unit] = known ? [known.concentration, known.unit ?? headUnit ?? next.unit] : [null, null];
  }
  if (given.unit !== undefined && next.concentration !== null && given.unit !== "") next.unit = unitOf(given.unit);
  if (given.replicate !== undefined) {
    if (given.replicate !== "" && !/^\d{1,6}$/.test(given.replicate)) return `“${given.replicate}” is no replicate number.`;
    next.replicate = given.replicate === "" ? null : Number(given.replicate);
  }
  return null;
}

/** A plate drawn in roles, perhaps with its letters and numbers round it; `null` where it is none. */
function plate(rows: string[][], onto: Sheet): Pasted | null {
  const [high, wide] = sizeOf(onto.format);
  const numbers = (rows[0] ?? []).filter((cell) => cell !== "");
  const hasHead = rows.length === high + 1 && numbers.length === wide && numbers.every((cell, n) => Number(cell) === n + 1);
  const body = hasHead ? rows.slice(1) : rows;
  if (body.length !== high) return null;
  const hasLetters = body.every((row) => row.length === wide + 1 && /^[A-Za-z]{1,2}$/.test(row[0] ?? "")) && (body[0]?.[0] ?? "").toUpperCase() === "A";
  const grid = hasLetters ? body.map((row) => row.slice(1)) : body;
  // Empty cells at the end of a line are not always copied.
  if (grid.some((row) => row.length > wide) || !grid.some((row) => row.length === wide)) return null;
  const problems: string[] = [];
  const entries: [number, Entry | null][] = [];
  let known = 0;
  for (let well = 0; well < high * wide; well += 1) {
    const text = grid[Math.floor(well / wide)]?.[well % wide] ?? "";
    const found = role(text);
    if (found === undefined) {
      problems.push(`${wellName(well, wide)}: “${text}” is no role.`);
      continue;
    }
    known += 1;
    entries.push([well, found === "empty" ? null : { ...(onto.wells[well] ?? { compound: null, concentration: null, unit: null, replicate: null }), role: found }]);
  }
  // Most of a drawn plate reads as roles, or it is something else.
  if (known * 2 < high * wide) return null;
  return { sheet: replaced(onto, entries), says: `A plate of ${onto.format} pasted: ${known} roles.`, problems };
}
