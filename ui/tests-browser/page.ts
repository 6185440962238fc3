/** One window in a browser: opened on a recording, asked for what went wrong, looked at by axe. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import type { Handle, Recording } from "../src/ipc/recorded";
import type { PlateTile, Strip, Told, WindowTick } from "../src/ipc/generated";

declare global {
  interface Window {
    recorded: Handle;
  }
}

export function recording(): Recording {
  return JSON.parse(readFileSync(join(import.meta.dirname, "recorded/demo.json"), "utf8")) as Recording;
}

/** The recording's one tick and strip, to be changed in place. */
export function told(of: Recording): { tick: WindowTick; strip: Strip } {
  const find = <K extends Told["kind"]>(kind: K): Extract<Told, { kind: K }> => {
    const found = of.told.find((one): one is Extract<Told, { kind: K }> => one.kind === kind);
    if (!found) throw new Error(`the recording has no ${kind}`);
    return found;
  };
  return { tick: find("tick"), strip: find("strip") };
}

export interface Look {
  width?: number;
  height?: number;
  scale?: number;
  theme?: "dark" | "light";
  screen?: string;
}

export interface Sight {
  page: Page;
  /** Errors of the page and refusals of its policy, so far. */
  wrong: string[];
  /** Speaks on the channel, and waits until it was drawn. */
  tell: (told: Told) => Promise<void>;
  /** Arguments of a command's calls so far. */
  called: (command: string) => Promise<unknown[]>;
}

let browser: Browser | null = null;

export async function begin(): Promise<void> {
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export async function end(): Promise<void> {
  await browser?.close();
  browser = null;
}

export async function open(of: Recording, look: Look = {}): Promise<Sight> {
  if (!browser) throw new Error("begin() first");
  const boot = of.calls.find((call) => call.command === "boot");
  if (boot) {
    const result = boot.result as { screen: string | null; settings: { theme: string } };
    result.screen = look.screen ?? null;
    result.settings.theme = look.theme ?? "dark";
  }
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    deviceScaleFactor: look.scale ?? 1,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.route("**/demo.json", (route) => route.fulfill({ json: of }));
  await page.goto(inject("address"));
  // All screens' code has come: a person is slower than that, a test is not.
  await page.locator(".app[data-screens='6']").waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return {
    page,
    wrong,
    async tell(next) {
      await page.evaluate((one) => window.recorded.tell(one), next);
      if (next.kind === "tick") await page.waitForFunction((number) => window.recorded.drawn.includes(number), next.number);
    },
    called: (command) => page.evaluate((name) => window.recorded.called.filter((one) => one.command === name).map((one) => one.args), command),
  };
}

const FACES = [["Inter", "inter/files/inter"], ["JetBrains Mono", "jetbrains-mono/files/jetbrains-mono"]] as const;

/** A page of the mock, by its address on this machine, in the faces that the app bundles: text is as wide on both sides. */
export async function mock(address: string, look: Look = {}): Promise<Page> {
  if (!browser) throw new Error("begin() first");
  const context = await browser.newContext({ viewport: { width: look.width ?? 1440, height: look.height ?? 900 } });
  const page = await context.newPage();
  await page.goto(address);
  const faces = FACES.map(([name, file]) => {
    const bytes = readFileSync(join(import.meta.dirname, `../node_modules/@fontsource-variable/${file}-latin-wght-normal.woff2`));
    return `@font-face { font-family: "${name}"; font-weight: 100 900; src: url(data:font/woff2;base64,${bytes.toString("base64")}) format("woff2"); }`;
  });
  await page.addStyleTag({ content: faces.join("\n") });
  await page.evaluate(() => Promise.all(["12px Inter", '12px "JetBrains Mono"'].map((face) => document.fonts.load(face))).then(() => undefined));
  return page;
}

/** What axe finds serious or critical, in words. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe.run({ resultTypes: ["violations"] }),
  );
  return found.violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .flatMap((one) => one.nodes.slice(0, 4).map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}

/** Keeps a picture under target/look-browser for people. */
export async function keep(page: Page, name: string): Promise<void> {
  const folder = join(import.meta.dirname, "../../target/look-browser");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Many plates like the recording's, under handles of their own; their values are the first plate's. */
export function many(of: Recording, count: number): PlateTile[] {
  const { tick } = told(of);
  return Array.from({ length: count }, (_, n) => {
    const like = tick.plates[n % tick.plates.length];
    if (!like) throw new Error("the recording has no plates");
    const barcode = `P${String(n).padStart(6, "0")}`;
    return { ...like, plate: n < tick.plates.length ? like.plate : `many${n}`, barcode, run: `RUN-${String(Math.floor(n / 50)).padStart(4, "0")}` };
  });
}
