// The frame in its four modes, Connect and Sessions beside their mocks: the same regions in the same places, at both sizes, in both themes.
import { afterAll, beforeAll } from "vitest";
import type { SessionRow } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { FRAME, type Later, liesAsDrawn, LIVE_EDGE, type Region } from "./beside";
import { idle, library, outcome, running, saved, step } from "./library";
import { begin, end, told } from "./page";

beforeAll(begin);
afterAll(end);

const TITLE = { tokens: ["ink", "ground", "size", "weight", "family"] as const };
const LONGER = "its words are the data's: only where it begins and how tall it is can be compared";

const STRIP: Region[] = [
  { name: "session", mock: ".top > *:nth-child(1)", ours: ".top > .sess", edges: ["left", "top", "bottom"], why: LONGER, tokens: ["ink", "ground", "size", "weight"] },
  { name: "outbox", mock: ".top > *:nth-child(6)", ours: "[data-testid=strip-outbox]" },
  { name: "menu and theme", mock: ".top > *:nth-child(7)", ours: ".top > .tools" },
  { name: "timeline's track", mock: ".tl .track", ours: "[data-testid=timeline-track]", edges: ["top", "right", "bottom"], why: "the state before it has the data's words" },
];

const CONNECT: Region[] = [
  ...FRAME, ...STRIP,
  { name: "view bar", mock: ".bar", ours: ".main > .bar" },
  { name: "title", mock: ".bar h1", ours: ".main > .bar h1", tokens: [...TITLE.tokens] },
  { name: "profile", mock: ".bar .sel", ours: ".main > .bar .sel", tokens: ["ink", "ground", "size"] },
  { name: "test", mock: ".bar .btn >> nth=0", ours: "[data-testid=connect-test]", tokens: ["ink", "ground", "size", "weight"] },
  { name: "save", mock: ".bar .btn >> nth=1", ours: "[data-testid=connect-save]", tokens: ["ink", "ground", "size", "weight"] },
  { name: "connect", mock: ".bar .btn.pri", ours: "[data-testid=connect-go]", tokens: ["ink", "ground", "size", "weight"] },
  { name: "form", mock: ".form", ours: ".form" },
  { name: "form's title", mock: ".form h2 >> nth=0", ours: ".form h2 >> nth=0", edges: ["left", "top", "bottom"], why: "the mock hides its scroll bar's room", tokens: ["ink", "ground", "size", "weight"] },
  { name: "bootstrap servers", mock: "#b", ours: "#brokers", tokens: ["ink", "ground", "family"] },
  { name: "topics' title", mock: ".mp h2", ours: ".mp h2", edges: ["left", "top", "bottom"], why: "its row is as wide as its words", tokens: ["ink", "ground", "size", "weight"] },
  { name: "topics' head", mock: "#tp tr >> nth=0", ours: ".mp thead tr" },
  { name: "role", mock: "#tp th >> nth=0", ours: ".mp th >> nth=0", edges: ["left", "top", "bottom"], why: "columns are as wide as the roles and topics", tokens: ["ink", "size", "weight"] },
  { name: "peek's head", mock: ".mp .ph >> nth=0", ours: ".mp .ph", edges: ["left", "right", "height"], why: "the native contract has seven topics above it, the mock four" },
  { name: "peek", mock: "#raw", ours: ".raw", edges: ["left", "bottom"], why: "its top follows the head, and it has the mapping's room too", tokens: ["ground"] },
  { name: "test's head", mock: ".insp .ph", ours: ".insp .ph", tokens: ["ink", "ground", "size", "weight"] },
  { name: "first step", mock: ".step >> nth=0", ours: ".step >> nth=0" },
  { name: "step's name", mock: ".step:first-child > span:nth-child(2)", ours: ".step:first-child > b", edges: ["left", "top", "bottom"], why: "it is as wide as its time leaves", tokens: ["ink", "size", "weight"] },
  { name: "step's time", mock: ".step:first-child > span:nth-child(3)", ours: ".step:first-child > .dim", tokens: ["ink", "size"] },
  { name: "step's words", mock: ".step:first-child > span:nth-child(4)", ours: ".step:first-child > .says", tokens: ["ink", "size"] },
  { name: "verdict", mock: ".insp > div:last-child", ours: "[data-testid=connect-outcome]", edges: ["left", "right", "bottom"], why: "a second line of it wraps by its words", tokens: ["ground"] },
];
const CONNECT_LATER: Later[] = [
  { name: "security, SASL, user and password", mock: "#sp", later: "TLS and SASL" },
  { name: "TLS files", mock: ".file", later: "TLS" },
  { name: "schemas", mock: "#sr", later: "schema registry" },
  { name: "images", mock: "#os", later: "object store" },
  { name: "mapping", mock: "#fl", later: "mapping of a lab's own messages" },
  { name: "unmapped keys", mock: "#um", later: "mapping of a lab's own messages" },
  { name: "decoded or bytes", mock: ".mp .ph .seg", later: "mapping of a lab's own messages" },
];
function connecting(): Recording {
  const of = idle();
  saved(of);
  of.check = { steps: running([step("resolve", { says: "kafka-1, kafka-2" }), step("reach"), step("cluster"), step("topics"), step("positions"), step("first_message")]), outcome: outcome() };
  return of;
}
liesAsDrawn("connect", CONNECT, CONNECT_LATER, async ({ page }) => {
  await page.getByTestId("rail-connect").click();
  await page.getByTestId("connect-test").click();
  await page.getByTestId("connect-outcome").waitFor();
  // A button under the pointer has another ground.
  await page.mouse.move(700, 700);
}, connecting);

const column = (name: string, at: number, ours: number, edges: Region["edges"], why?: string): Region => ({ name: `column ${name}`, mock: `#t th >> nth=${at}`, ours: `.head [role=columnheader] >> nth=${ours}`, tokens: ["ink", "size", "weight"], ...(edges ? { edges } : {}), ...(why ? { why } : {}) });
const CELL = "a header cell of a grid is as tall as its words";
const SESSIONS: Region[] = [
  ...FRAME, ...LIVE_EDGE,
  { name: "view bar", mock: ".bar >> nth=0", ours: ".main > .bar >> nth=0" },
  { name: "title", mock: ".bar h1", ours: ".main > .bar h1", tokens: [...TITLE.tokens] },
  { name: "count", mock: "#n", ours: ".main > .bar .dim", tokens: ["ink", "size"] },
  { name: "filter", mock: ".bar .in", ours: ".main > .bar .in", edges: ["top", "bottom", "width"], why: "the names of runs beside it are as long as they are", tokens: ["ink", "ground", "size"] },
  { name: "import", mock: ".bar > .btn", ours: "[data-testid=import]", tokens: ["ink", "ground", "size", "weight"] },
  { name: "list's head", mock: "#t tr >> nth=0", ours: ".head", tokens: ["ground"] },
  column("Name", 0, 0, ["left", "right"], CELL),
  column("Run", 1, 1, ["left", "right"], CELL),
  column("Plates", 2, 2, ["left", "right"], CELL),
  column("Sites, here Messages", 3, 3, ["left", "right"], CELL),
  column("Size", 4, 4, ["left", "right"], CELL),
  column("Date", 5, 5, ["left", "right"], CELL),
  column("Span", 6, 6, ["left", "right"], CELL),
  column("Activity", 7, 7, ["left", "right"], CELL),
  column("Decisions", 8, 8, ["left", "right"], CELL),
  column("State", 9, 9, ["left", "right"], CELL),
  { name: "first row", mock: "#t tr >> nth=1", ours: "[data-testid=sessions-row] >> nth=0", tokens: [] },
  { name: "chosen row", mock: "#t tr:nth-child(3) td:nth-child(5)", ours: "[data-testid=sessions-row] >> nth=1", edges: ["top", "bottom"], why: "one of its cells, for its ground", tokens: ["ground"] },
  { name: "run's name", mock: "#t tr:nth-child(2) td:nth-child(2)", ours: "[data-testid=sessions-row]:first-child > :nth-child(2)", edges: ["left", "right"], why: CELL, tokens: ["ink", "size", "family"] },
  { name: "library", mock: ".bar >> nth=1", ours: ".main > .foot", tokens: ["ink", "ground", "size"] },
  { name: "session's name", mock: ".insp .scroll > div:first-child > div:first-child", ours: ".insp h2", tokens: ["ink", "ground", "size", "weight"] },
  { name: "activity", mock: "#dens", ours: ".insp .act", edges: ["left", "right", "height"], why: "who recorded it is not known, so the line above it does not wrap" },
  { name: "replay", mock: ".insp .btn.pri", ours: "[data-testid=replay]", edges: ["left", "right", "height"], why: "below the line that does not wrap", tokens: ["ink", "ground", "size", "weight"] },
  { name: "export", mock: ".insp .btn.lg:not(.pri)", ours: "[data-testid=export]", edges: ["left", "right", "height"], why: "below the line that does not wrap", tokens: ["ink", "ground", "size", "weight"] },
  { name: "verify", mock: ".insp .btn >> nth=3", ours: "[data-testid=verify]", edges: ["height", "width"], why: "Open is before it instead of the report, and the line above does not wrap", tokens: ["ink", "ground", "size", "weight"] },
  { name: "plates' title", mock: ".insp .sec header >> nth=0", ours: ".insp .sec header >> nth=0", edges: ["left", "right", "height"], why: "below the line that does not wrap", tokens: ["ink", "ground", "size", "weight"] },
  { name: "contents' title", mock: ".insp .sec header >> nth=1", ours: ".insp .sec header >> nth=1", edges: ["left", "right", "height"], why: "as many plates lie above as the session has", tokens: ["ink", "ground", "size", "weight"] },
  { name: "contents' names", mock: ".insp dt >> nth=0", ours: ".insp dt >> nth=0", edges: ["left", "right", "height"], why: "as many plates lie above as the session has", tokens: ["ink", "size"] },
  { name: "integrity's title", mock: ".insp .sec header >> nth=2", ours: ".insp .sec header >> nth=2", edges: ["left", "right", "height"], why: "as many plates lie above as the session has", tokens: ["ink", "ground", "size", "weight"] },
];
const SESSIONS_LATER: Later[] = [
  { name: "report", mock: ".insp .btn >> nth=2", later: "reports" },
  { name: "plates as pictures", mock: "#pl canvas", later: "thumbnails of sessions that are not open" },
];
function twenty(): Recording {
  const states: SessionRow["state"][] = ["recording", "verified", "verified", "not_verified", "broken"];
  const now = Date.now();
  return library(Array.from({ length: 20 }, (_, n) => {
    const first_ms = now - (n * 26 + 5) * 3_600_000;
    return { name: n === 1 ? "DR-U2OS-0077, full run" : `Screening day ${20 - n}`, runs: [`CP-A549-${String(412 - n).padStart(4, "0")}`], state: states[n % 5] ?? "verified", first_ms, last_ms: first_ms + 4.7 * 3_600_000, verified_ms: n === 1 ? now : null, bytes: 3.8e9, state_says: null, broken_seq: null };
  }));
}
liesAsDrawn("sessions", SESSIONS, SESSIONS_LATER, async ({ page }) => {
  await page.getByTestId("rail-sessions").click();
  await page.getByTestId("sessions-row").nth(1).click();
  await page.getByTestId("replay").waitFor();
}, () => {
  const of = twenty();
  const { strip } = told(of);
  if (strip.session) strip.session.name = "Screening day 3";
  return of;
});
