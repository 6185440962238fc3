// Names as hostile as a message may bring them: HTML, right to left, emoji, 300 letters without a blank. Nothing runs,
// nothing leaves its box, nothing lies on its neighbour, and none turns the words around it.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connections, Sessions } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { cut, overlaps } from "./bounds";
import { answers, flags } from "./flags";
import { answer, library, outcome, running, saved, step } from "./library";
import { paints, withImages } from "./pictures";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";

beforeAll(begin);
afterAll(end);

const HTML = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script><b>bold</b>`;
const RTL = "\u202Eלוח מבחן ١٢٣\u202C תוצאות";
const EMOJI = "🧫🔬👩🏽‍🔬 plate 🇩🇰";
const LONG = "N".repeat(300);
const BLANKS = "a long name ".repeat(25);
const NAMES = [HTML, RTL, EMOJI, LONG, BLANKS, "   ", "name\nof two lines"];

async function unhurt(sight: Sight, where: string): Promise<void> {
  expect(await sight.page.evaluate(() => "hurt" in window), where).toBe(false);
  expect(await sight.page.locator("main img, aside img, .top img, .toast img, main b:has-text('bold')").count(), where).toBe(0);
  expect(await cut(sight.page), where).toEqual([]);
  for (const region of [".top", ".main", ".insp", ".tl"]) expect(await overlaps(sight.page, region), `${where} ${region}`).toEqual([]);
  expect(sight.wrong, where).toEqual([]);
}

/** Every element that bears such a name is its own paragraph of direction, or sits in one. */
const isolated = (sight: Sight): Promise<string[]> =>
  sight.page.evaluate((mark) => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (!node.textContent?.includes(mark) || !node.parentElement || node.parentElement.closest("option, datalist, .sr, title")) continue;
      if (!node.parentElement.closest("bdi, [dir=auto]")) found.push(node.parentElement.outerHTML.slice(0, 160));
    }
    return found;
  }, "\u202E");

it("a session's and its runs' names, folders, plates and reasons", async () => {
  const rows = NAMES.map((name) => ({ name, runs: [name, name], folder: `/lab/${name}`, state: "broken" as const, state_says: `Broken at ${name}` }));
  const of = library(rows);
  for (const call of of.calls) {
    if (call.command !== "session") continue;
    const detail = call.result as { cluster: string; plates: { barcode: string; run: string }[]; checks: unknown[]; row: { name: string } };
    detail.cluster = detail.row.name;
    detail.plates = detail.plates.map((plate, n) => ({ ...plate, barcode: NAMES[n % NAMES.length] ?? "", run: `${detail.row.name}${n}` }));
    detail.checks = NAMES.map((says) => ({ name: "problem", level: "fail", says }));
  }
  answer<Sessions>(of, "sessions").folder = `/home/${LONG}/${RTL}`;
  const sight = await open(of, { screen: "sessions" });
  for (const [n] of NAMES.entries()) {
    await sight.page.getByTestId("sessions-row").nth(n).click();
    await sight.page.getByTestId("replay").waitFor();
    await sight.page.waitForTimeout(120);
    await unhurt(sight, `row ${n}`);
    expect(await isolated(sight), `row ${n}`).toEqual([]);
  }
  await keep(sight.page, "names-sessions");
  expect(await serious(sight.page)).toEqual([]);
  await sight.page.close();
});

function hostile(name: string): Recording {
  const of = recording();
  const { strip, tick } = told(of);
  Object.assign(strip.session ?? {}, { name, folder: `/lab/${name}` });
  Object.assign(strip.recording ?? {}, { name, waiting: `The disk says ${name}` });
  Object.assign(strip.source ?? {}, { brokers: name, words: name, state: "offline", lag: null, offline_since_ms: strip.now_ms });
  strip.problem = { code: "session", message: `Cannot open ${name}`, detail: null };
  strip.undecoded = 3;
  for (const alert of tick.alerts) alert.guidance = name;
  return of;
}

it("strip, banners and toasts", async () => {
  for (const [n, name] of NAMES.entries()) {
    const of = hostile(name);
    of.refused = { pause: { code: "session", message: `Refused: ${name}`, detail: null } };
    // A screen of this version's later ones has nothing of its own.
    const sight = await open(of, { screen: "runs" });
    await sight.page.getByTestId("banner-offline").waitFor();
    await sight.page.keyboard.press("Space");
    await sight.page.locator(".toast").waitFor();
    await unhurt(sight, `frame ${n}`);
    expect(await isolated(sight), `frame ${n}`).toEqual([]);
    const bar = await sight.page.locator(".top").boundingBox();
    expect(bar?.height, "one row").toBe(40);
    if (name === LONG) {
      await keep(sight.page, "names-frame");
      expect(await serious(sight.page)).toEqual([]);
    }
    await sight.page.close();
  }
});

it("profiles, brokers, topics, steps with the broker's words, and what it peeks at", async () => {
  for (const [n, name] of NAMES.entries()) {
    const of = recording();
    const connection = saved(of, { name, brokers: name, folder: name });
    answer<Connections>(of, "connections").unreadable = [{ code: "io", message: name, detail: null }];
    for (const choice of connection.topics) choice.topic = name;
    of.check = {
      steps: running([step("resolve", { says: name }), step("reach", { level: "fail", says: name, words: name, advice: name })]),
      outcome: outcome({ level: "fail", says: name, visible: [[name, 1]], topics: connection.topics.map(({ kind }) => ({ kind, topic: name, partitions: null, messages: null, problem: name, suggestions: [`${name}!`] })), preview: { kind: "results", topic: name, partition: 0, offset: 1, timestamp_ms: null, text: NAMES.join("\n"), bytes: 10 } }),
    };
    const sight = await open(of, { screen: "connect" });
    await sight.page.getByTestId("connect-test").click();
    await sight.page.getByTestId("connect-outcome").waitFor();
    await unhurt(sight, `connect ${n}`);
    expect(await isolated(sight), `connect ${n}`).toEqual([]);
    if (name === LONG) {
      await keep(sight.page, "names-connect");
      expect(await serious(sight.page)).toEqual([]);
    }
    await sight.page.close();
  }
});

it("a flag's reason, maker and guidance, what others drew, decided and called themselves, and what waits in the outbox", async () => {
  for (const [n, name] of NAMES.entries()) {
    const of = withImages();
    const [tile] = told(of).tick.plates;
    const items = flags(tile?.plate ?? "", tile?.run ?? "").slice(0, 3).map((item) => ({ ...item, reason: name, source: name, barcode: name, guidance: name, well_name: name }));
    const sight = await open(of);
    await paints(sight.page);
    await answers(sight, of, {
      items, read_only: n === 0 ? name : null,
      annotations: [{ shape: { id: "a", kind: "box", numbers: [500, 500, 300, 300], label: name }, by: name, at_ms: 1, ours: false }],
      change: {
        decisions: [{ event: "e", verdict: "reject", reasons: [name], comment: name, by: name, at_ms: 1, ours: false, superseded: true }],
        trail: [{ at_ms: 1, who: name, did: "flagged", says: name, seq: 1, link: null }], chain: { holds: false, says: name },
      },
      outbox: { waiting: 1, state: "failing", says: name, rows: [{ event: "e", says: name, by: name, at_ms: 1, refused: name }], elsewhere: [[name, 2]] },
    });
    await sight.page.keyboard.press("Control+4");
    await sight.page.getByTestId("shape").waitFor();
    await unhurt(sight, `review ${n}`);
    expect(await isolated(sight), `review ${n}`).toEqual([]);
    if (name === LONG) await keep(sight.page, "names-review");
    await sight.page.getByTestId("strip-outbox").click();
    await sight.page.getByTestId("outbox-row").waitFor();
    expect(await cut(sight.page), `outbox ${n}`).toEqual([]);
    expect(await isolated(sight), `outbox ${n}`).toEqual([]);
    if (name === LONG) await keep(sight.page, "names-outbox");
    await sight.page.close();
  }
});
