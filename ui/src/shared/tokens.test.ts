/** Contrast by WCAG 2, computed from tokens.css: every ink that is read, on every ground that it may lie on, in both themes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8").replaceAll(/\/\*[^]*?\*\//g, "");

type Tokens = Map<string, string>;

/** The declarations of every rule of a selector, later ones over earlier ones. */
function declared(text: string, selector: RegExp): Tokens {
  const found: Tokens = new Map();
  for (const [, selectors = "", body = ""] of text.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selectors.split(",").some((one) => selector.test(one.trim()))) continue;
    for (const [, name = "", value = ""] of body.matchAll(/(--[\w-]+)\s*:\s*([^;]+);/g)) found.set(name, value.trim());
  }
  return found;
}

/** Outside any query, and inside one. */
const query = /@media \(prefers-contrast: more\) \{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}/.exec(css)?.[1] ?? "";
const plain = css.replaceAll(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
const DARK = /^(:root|\[data-theme="dark"\])$/;
const LIGHT = /^(:root|\[data-theme="light"\])$/;

const THEMES: Record<string, Tokens> = {
  dark: declared(plain, DARK),
  light: declared(plain, LIGHT),
  "dark, more contrast": new Map([...declared(plain, DARK), ...declared(query, DARK)]),
  "light, more contrast": new Map([...declared(plain, LIGHT), ...declared(query, LIGHT)]),
};

function luminance(hex: string): number {
  const part = (at: number): number => {
    const s = parseInt(hex.slice(at, at + 2), 16) / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  if (!/^#[0-9a-f]{6}$/.test(hex)) throw new Error(`${hex} is no colour`);
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ["--c-void", "--c-bg", "--c-panel", "--c-raised", "--c-hover", "--c-active"];
const BANNERS = ["--c-warn-bg", "--c-bad-bg", "--c-ok-bg", "--c-info-bg"];
/** Inks of text, and the grounds they lie on. `--c-ink-4` is for marks and disabled controls alone. */
const READ = ["--c-ink", "--c-ink-2", "--c-ink-3", "--c-ok", "--c-warn", "--c-bad", "--c-info"];

for (const [theme, tokens] of Object.entries(THEMES)) {
  const of = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`${theme} has no ${name}`);
    return value;
  };
  const below = (inks: string[], grounds: string[], least: number): string[] =>
    inks.flatMap((ink) => grounds.map((ground) => [ink, ground, contrast(of(ink), of(ground))] as const))
      .filter(([, , found]) => found < least)
      .map(([ink, ground, found]) => `${ink} on ${ground}: ${found.toFixed(2)}`);

  test(`${theme}: text is read on every ground`, () => {
    expect(below(READ, [...SURFACES, ...BANNERS], 4.5)).toEqual([]);
    expect(below(["--c-invert"], ["--c-ink", "--c-ink-2"], 4.5)).toEqual([]);
    expect(below(["--c-image-ink", "--c-image-ink-2"], ["--c-image-surround"], 4.5)).toEqual([]);
  });

  test(`${theme}: the ring, the recording dot and the edges of fields are seen`, () => {
    expect(below(["--c-focus"], SURFACES, 4.5)).toEqual([]);
    expect(below(["--c-rec"], ["--c-panel", "--c-bg", "--c-active"], 3)).toEqual([]);
    expect(below(["--c-ctl"], ["--c-raised"], 3)).toEqual([]);
  });
}

test("more contrast lifts captions and lines, in both themes", () => {
  for (const theme of ["dark", "light"]) {
    for (const [token, ground] of [["--c-ink-2", "--c-bg"], ["--c-ink-3", "--c-bg"], ["--c-line", "--c-bg"], ["--c-line-2", "--c-bg"]] as const) {
      const [more, usual] = [THEMES[`${theme}, more contrast`], THEMES[theme]].map((tokens) => contrast(tokens?.get(token) ?? "", tokens?.get(ground) ?? ""));
      expect(more, `${theme} ${token}`).toBeGreaterThan((usual ?? 99) * 1.1);
    }
  }
});

test("the computation agrees with published pairs", () => {
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
