/**
 * Our screen beside its mock: the same regions in the same places, in the same tokens. A table of regions names a box by
 * a selector on either side; every edge must be within 8 px. What the data make different is left out by name and with a
 * reason, never by a wider tolerance.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { keep, mock, open, recording, type Sight } from "./page";

type Edge = "left" | "top" | "right" | "bottom" | "width" | "height";
type Token = "ink" | "ground" | "size" | "weight" | "family";

export interface Region {
  name: string;
  /** CSS, perhaps with ` >> nth=2`: which of the elements that are seen, from 0. */
  mock: string;
  ours: string;
  /** What must hold; without it every edge. Less than that needs `why`. */
  edges?: Edge[];
  /** Colours and type that must hold: by default only what lies below it. `[]` where the data choose the colour. */
  tokens?: Token[];
  /** Why not every edge can be compared. */
  why?: string;
  /** Only at these widths of the window. */
  at?: number[];
}

/** A region of the mock whose feature this version does not have. It is looked for in the mock, so that the table stays true. */
export interface Later {
  name: string;
  mock: string;
  later: string;
}

const MOCK = resolve(import.meta.dirname, "../../../shared/design/ui");
const NEAR = 8;
const SIZES = [[1440, 900], [1920, 1080]] as const;
const THEMES = ["dark", "light"] as const;

interface Box {
  edges: Record<Edge, number>;
  tokens: Record<Token, string>;
}

/** Boxes of the elements that are seen, in one round to the page. */
async function boxes(page: Page, selectors: readonly string[]): Promise<(Box | null)[]> {
  return page.evaluate((all) =>
    all.map((selector) => {
      const [css, nth] = selector.split(" >> nth=");
      const seen = [...document.querySelectorAll(css ?? "")].filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible";
      });
      const element = seen[Number(nth ?? 0)];
      if (!element) return null;
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      let below: Element | null = element;
      while (below && /^(rgba\(0, 0, 0, 0\)|transparent)$/.test(getComputedStyle(below).backgroundColor)) below = below.parentElement;
      return {
        edges: { left, top, right, bottom, width, height },
        tokens: {
          ink: style.color,
          ground: below ? getComputedStyle(below).backgroundColor : "none",
          size: style.fontSize,
          weight: style.fontWeight,
          family: style.fontFamily.split(",")[0]?.replaceAll(/["']/g, "").replace(/ Variable$/, "") ?? "",
        },
      };
    }), selectors);
}

/** Each difference as a line. */
export async function differences(ours: Page, theirs: Page, regions: readonly Region[], width: number): Promise<string[]> {
  const found: string[] = [];
  const compared = regions.filter((region) => !region.at || region.at.includes(width));
  const [all, drawn] = await Promise.all([boxes(ours, compared.map((region) => region.ours)), boxes(theirs, compared.map((region) => region.mock))]);
  for (const [n, region] of compared.entries()) {
    const [here, there] = [all[n], drawn[n]];
    if (!here || !there) {
      found.push(`${region.name}: not found ${[!here && `here (${region.ours})`, !there && `in the mock (${region.mock})`].filter(Boolean).join(" and ")}`);
      continue;
    }
    for (const edge of region.edges ?? (["left", "top", "right", "bottom"] as const)) {
      const off = here.edges[edge] - there.edges[edge];
      if (Math.abs(off) > NEAR) found.push(`${region.name}: ${edge} ${Math.round(here.edges[edge])}, mock ${Math.round(there.edges[edge])} (${off > 0 ? "+" : "−"}${Math.abs(Math.round(off))})`);
    }
    for (const token of region.tokens ?? (["ground"] as const)) {
      if (here.tokens[token] !== there.tokens[token]) found.push(`${region.name}: ${token} ${here.tokens[token]}, mock ${there.tokens[token]}`);
    }
  }
  return found;
}

/** One test a size and theme. `prepare` brings our page to what the mock shows. */
export function liesAsDrawn(screen: string, regions: readonly Region[], later: readonly Later[], prepare: (sight: Sight) => Promise<void>, of = recording): void {
  for (const region of regions) if (region.edges && !region.why) throw new Error(`${region.name} leaves out edges and does not say why`);
  for (const [width, height] of SIZES) {
    for (const theme of THEMES) {
      it(`${screen} lies as drawn at ${width} × ${height}, ${theme}`, async () => {
        if (!existsSync(MOCK)) {
          // A line that `cargo xtask test` counts; where the folder is there it refuses it.
          console.log(`LEFT OUT: ${screen} beside its mock: no ../shared beside this clone`);
          return;
        }
        const theirs = await mock(`${pathToFileURL(join(MOCK, `${screen}.html`)).href}?theme=${theme}`, { width, height });
        const sight = await open(of(), { width, height, theme });
        await prepare(sight);
        await keep(sight.page, `beside-${screen}-${width}-${theme}-ours`);
        await keep(theirs, `beside-${screen}-${width}-${theme}-mock`);
        const found = await differences(sight.page, theirs, regions, width);
        const drawn = await boxes(theirs, later.map((one) => one.mock));
        for (const [n, one] of later.entries()) if (!drawn[n]) found.push(`${one.name}: the mock no longer has it (${one.mock})`);
        expect(found).toEqual([]);
        expect(sight.wrong).toEqual([]);
        await theirs.close();
        await sight.page.close();
      });
    }
  }
}

/** Rail, top strip and timeline, which every screen has. */
export const FRAME: readonly Region[] = [
  { name: "rail", mock: ".rail", ours: ".rail" },
  { name: "mark", mock: ".rail .mark", ours: ".rail .mark" },
  { name: "rail: Live", mock: ".rail nav a >> nth=0", ours: "[data-testid=rail-live]", tokens: ["ground", "size"] },
  { name: "rail: Connect", mock: ".rail nav a >> nth=7", ours: "[data-testid=rail-connect]", tokens: ["ground", "size"] },
  { name: "rail: Present", mock: ".rail nav a >> nth=8", ours: "[data-testid=rail-present]", tokens: ["ground", "size"] },
  { name: "top strip", mock: ".top", ours: ".top" },
  { name: "timeline", mock: ".tl", ours: ".tl" },
];

/** Strip and timeline of a live session. */
export const LIVE_EDGE: readonly Region[] = [
  { name: "session", mock: ".top .sess", ours: ".top .sess", edges: ["left", "top", "bottom"], why: "its name is the data's", tokens: ["ink", "ground", "size", "weight", "family"] },
  { name: "recording", mock: ".top .end", ours: "[data-testid=strip-recording]", edges: ["top", "right", "bottom"], why: "bytes are the data's" },
  { name: "outbox", mock: ".top .end >> nth=1", ours: "[data-testid=strip-outbox]", tokens: ["ink", "ground", "size"] },
  { name: "tools", mock: ".top .end >> nth=2", ours: ".top .tools" },
  { name: "live edge", mock: ".tl .st", ours: ".tl .st", tokens: ["ink", "size", "weight"] },
  { name: "rewind", mock: ".tl .btn", ours: "[data-testid=rewind]", tokens: ["ink", "ground", "size"] },
  { name: "where it began", mock: ".tl .t", ours: ".tl .t", tokens: ["ink", "size", "family"] },
  { name: "track", mock: ".tl .track", ours: "[data-testid=timeline-track]" },
  { name: "now", mock: ".tl > .cap:last-child", ours: ".tl > .cap:last-child", tokens: ["ink", "size", "family"] },
];
