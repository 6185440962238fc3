/** In which order plates hang, and which of them a screen across the room shows. */
import type { AlertItem, Level, PlateTile } from "../../ipc/generated";
import { count } from "../../shared/format";
import type { Sort } from "../../state/arranged.svelte";

const WORSE: Record<Level, number> = { fail: 0, attention: 1, info: 2, unknown: 3, ok: 4 };

/** The worst that is known of a plate: its Z′ and its open alerts. */
export function levelOf(tile: PlateTile): Level {
  const own = tile.headline?.level ?? "unknown";
  return tile.flags > 0 && WORSE[tile.level] < WORSE[own] ? tile.level : own;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: PlateTile, b: PlateTile): number => compare(a.barcode, b.barcode) || compare(a.run, b.run);
/** Not begun is not bad: it comes last. */
const rank = (tile: PlateTile): number => (tile.wells_in === 0 && tile.flags === 0 ? 5 : WORSE[levelOf(tile)]);
const z = (tile: PlateTile): number => tile.headline?.z_prime ?? Infinity;

/** The worst first: by level, then more alerts, then the lower Z′. */
export const worse = (a: PlateTile, b: PlateTile): number => rank(a) - rank(b) || b.flags - a.flags || (z(a) === z(b) ? 0 : z(a) - z(b)) || byName(a, b);

/** Plates of one group, sorted; `places` says in which order this window heard of them. */
export function sorted(plates: readonly PlateTile[], sort: Sort, places: ReadonlyMap<string, number>): PlateTile[] {
  const came = (a: PlateTile, b: PlateTile): number => (places.get(a.plate) ?? 0) - (places.get(b.plate) ?? 0);
  return [...plates].sort(sort === "worst" ? worse : sort === "barcode" ? byName : came);
}

/** What the list says about a plate's open alerts. */
export interface Standing {
  /** Nobody has acknowledged one of them. */
  waits: boolean;
  /** Rules and levels of those that somebody has: the desk's count of a plate's flags is of such pairs. */
  known: ReadonlySet<string>;
}

/** By plate, for those that have open alerts. */
export function standing(alerts: readonly AlertItem[]): Map<string, Standing> {
  const found = new Map<string, { waits: boolean; known: Set<string> }>();
  for (const alert of alerts) {
    if (!alert.open) continue;
    const of = found.get(alert.plate) ?? { waits: false, known: new Set<string>() };
    found.set(alert.plate, of);
    if (alert.acknowledged) of.known.add(`${alert.rule} ${alert.level}`);
    else of.waits = true;
  }
  return found;
}

export interface Far {
  pages: PlateTile[][];
  /** Plates that no page has. */
  others: PlateTile[];
}

/**
 * What a screen across the room shows. Whoever walks past must see at a glance what needs a person: so those plates come
 * first, then the ones that are read at the moment. Turning through two hundred plates would hide a failing one for
 * minutes behind good ones that are done, so these only fill what is left of the room, and are otherwise counted in words.
 * Where even the urgent ones do not fit, their pages are turned. Where the list of alerts is not whole, an older one may
 * wait unseen: a plate is known then only if what was acknowledged is all that the desk counts of it.
 */
export function far(plates: readonly PlateTile[], room: number, open: ReadonlyMap<string, Standing> = new Map(), whole = true): Far {
  const [needs, reads, seen, waits, done]: PlateTile[][] = [[], [], [], [], []];
  for (const tile of plates) {
    const { waits: isWaited = false, known } = open.get(tile.plate) ?? {};
    const acknowledged = known?.size ?? 0;
    const isKnown = tile.flags > 0 && !isWaited && acknowledged > 0 && (whole || acknowledged >= tile.flags);
    const isBad = isWaited || tile.flags > 0 || WORSE[levelOf(tile)] < WORSE.info;
    if (isBad && !isKnown) needs?.push(tile);
    else if (tile.wells_in > 0 && !tile.complete) reads?.push(tile);
    else if (isBad || tile.review_flags > 0) seen?.push(tile);
    else if (tile.wells_in === 0) waits?.push(tile);
    else done?.push(tile);
  }
  needs?.sort(worse);
  seen?.sort(worse);
  // A tile moves when its state does, and not with every well: the newest result decides nothing here.
  done?.sort((a, b) => (b.last_ms ?? 0) - (a.last_ms ?? 0) || byName(a, b));
  const urgent = [...(needs ?? []), ...(reads ?? [])];
  const rest = [...(seen ?? []), ...(waits ?? []), ...(done ?? [])];
  const size = Math.max(1, room);
  const filled = Math.max(0, Math.max(1, Math.ceil(urgent.length / size)) * size - urgent.length);
  const all = [...urgent, ...rest.slice(0, filled)];
  const pages: PlateTile[][] = [];
  for (let at = 0; at < all.length; at += size) pages.push(all.slice(at, at + size));
  return { pages, others: rest.slice(filled) };
}

/** The plates that are not shown, in words; empty for none. */
export function othersSay(others: readonly PlateTile[]): string {
  if (others.length === 0) return "";
  const alerts = others.filter((tile) => tile.flags > 0 || WORSE[levelOf(tile)] < WORSE.info).length;
  const waiting = others.filter((tile) => tile.wells_in === 0).length;
  const review = others.filter((tile) => tile.review_flags > 0 && tile.wells_in > 0 && tile.flags === 0 && WORSE[levelOf(tile)] >= WORSE.info).length;
  const parts = [
    [others.length - alerts - waiting - review, "complete without alerts"],
    [waiting, "waiting"],
    [alerts, "with acknowledged alerts"],
    [review, "with flags to review"],
  ] as const;
  const said = parts.filter(([many]) => many > 0).map(([many, what]) => `${count(many)} ${what}`);
  return `${count(others.length)} more not shown: ${said.join(", ")}`;
}

/** Between tiles of wall mode. */
export const FAR_GAP = 16;
/** A line of a barcode there, in 22 px letters. */
export const FAR_LINE = 28;
/** The line of a run below it, in 15 px letters, where it has no place beside the barcode. */
export const FAR_RUN = 20;

export interface FarGrid {
  across: number;
  down: number;
  width: number;
  height: number;
  /** So many letters of a barcode fit on a line. */
  letters: number;
  /** Lines that are kept for a barcode on every tile, so that they stand alike. */
  lines: number;
  /** Where the run of a plate stands whose barcode another one bears too; on a line of its own every tile has the line. */
  run: "beside" | "below";
  /** Above the picture: so many pixels of names. */
  head: number;
}

/**
 * How large tiles are in wall mode, where the longest barcode has so many letters, and the longest run that must be said.
 * A picture beside five lines of numbers below a barcode wants 300 by 160; what is left over makes tiles larger.
 */
export function farGrid(width: number, height: number, longest: number, longestRun = 0): FarGrid {
  const across = Math.max(1, Math.floor((width + FAR_GAP) / (300 + FAR_GAP)));
  const wide = Math.floor((width - (across - 1) * FAR_GAP) / across);
  // A letter of JetBrains Mono is 0.6 of its size; the glyph and its gap stand before it.
  const letters = Math.max(6, Math.floor((wide - 34) / 13.2));
  const lines = longest > letters ? 2 : 1;
  // Whole beside the barcode it takes no plate off the wall.
  const run = lines === 1 && 44 + longest * 13.2 + longestRun * 9 <= wide ? "beside" : "below";
  const head = lines * FAR_LINE + (longestRun > 0 && run === "below" ? FAR_RUN : 0);
  const least = 132 + head;
  const down = Math.max(1, Math.floor((height + FAR_GAP) / (least + FAR_GAP)));
  return { across, down, width: wide, height: Math.floor((height - (down - 1) * FAR_GAP) / down), letters, lines, run, head };
}
