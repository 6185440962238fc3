// The queue of flags: looked at, drawn on, decided and signed by keyboard alone; what is begun is kept; what cannot be done says why.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AnnotationRow, DrawnShape, FlagItem } from "../src/ipc/generated";
import type { Recording } from "../src/ipc/recorded";
import { FRAME, type Later, liesAsDrawn, type Region } from "./beside";
import { cut, overlaps } from "./bounds";
import { answers, enterReview, flags, type Flagged, openReview } from "./flags";
import { openImages, WELL, withImages } from "./pictures";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

/** All about the chosen flag has come, and its picture. */
async function settled({ page }: Sight): Promise<void> {
  await page.getByTestId("scores").waitFor();
  await expect.poll(() => page.evaluate(() => window.recorded.asked.filter((one) => one.includes("view=review")).length), { timeout: 10_000 }).toBeGreaterThan(0);
}
const chosen = ({ page }: Sight): Promise<string | null> => page.locator('[data-testid=flag][aria-selected="true"]').getAttribute("data-flag");
interface Kept { flag: string; draft: { verdict: string | null; reasons: string[]; comment: string; shapes: DrawnShape[] } | null }
const keptOf = async (sight: Sight): Promise<Kept[]> => (await sight.called("keep_draft")) as Kept[];

it("decides by keyboard alone: a box, a verdict, a reason, the name, and sends exactly that", async () => {
  const sight = await openReview();
  const { page } = sight;
  await settled(sight);
  expect(await chosen(sight)).toBe("flag-1");
  await page.keyboard.press("j");
  await expect.poll(() => page.getByTestId("review-where").textContent()).toBe("BR00117011, E14, site 3");
  await settled(sight);
  await expect.poll(() => page.getByTestId("tool-box").isEnabled()).toBe(true);
  await expect.poll(() => page.getByTestId("zoom").textContent()).not.toBe("100%");
  for (const key of ["b", "Space", "Alt+ArrowRight", "Shift+ArrowRight", "ArrowRight", "Alt+ArrowUp", "Space"]) await page.keyboard.press(key);
  expect(await page.getByTestId("shape").count()).toBe(1);
  for (const key of ["3", "Shift+1", "Enter"]) await page.keyboard.press(key);
  await page.getByTestId("full-name").waitFor();
  expect(await page.getByTestId("sign").textContent()).toContain("I looked at this image and decide as stated.");
  expect(await page.getByTestId("full-name").evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type("Kenji Tanaka");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await sight.called("decide")).length).toBe(1);
  const [args] = (await sight.called("decide")) as { draft: { shapes: DrawnShape[]; saved_ms: number } }[];
  expect(args?.draft.shapes[0]?.id).toMatch(/^[A-Za-z0-9-]{1,64}$/);
  expect(args).toEqual({
    flag: "flag-2", name: "Kenji Tanaka", confidence: null,
    draft: { verdict: "reimage", reasons: ["F1"], comment: "", saved_ms: expect.any(Number) as number, shapes: [{ id: expect.any(String) as string, kind: "box", numbers: [1080, 980, 111, 100], label: "" }] },
  });
  // On to the next, which is signed without being asked again.
  await expect.poll(() => chosen(sight)).toBe("flag-3");
  await expect.poll(() => page.getByTestId("waiting").textContent()).toBe("6 waiting");
  await page.getByTestId("scores").waitFor();
  for (const key of ["1", "Enter"]) await page.keyboard.press(key);
  await expect.poll(async () => (await sight.called("decide")).length).toBe(2);
  expect(await sight.called("decide").then((all) => all[1])).toMatchObject({ flag: "flag-3", name: "Kenji Tanaka", draft: { verdict: "pass" } });
  // And back, where a new decision stands instead.
  await page.getByText("Decided: Pass.").waitFor();
  await page.getByTestId("toast-act").last().click();
  await expect.poll(() => page.getByTestId("review-where").textContent()).toBe("BR00117011, K07, site 6");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("keeps what is begun once the hand rests, and at once when the item is left or the window goes", async () => {
  const sight = await openReview();
  const { page } = sight;
  await settled(sight);
  await page.keyboard.press("2");
  await expect.poll(() => page.getByTestId("draft-state").textContent()).toBe("unsaved");
  await expect.poll(async () => (await keptOf(sight)).at(-1)?.draft?.verdict).toBe("reject");
  await expect.poll(() => page.getByTestId("draft-state").textContent()).toMatch(/^saved \d\d:\d\d:\d\d$/);
  // Three corners of a polygon that nobody closed are no lost stroke.
  for (const key of ["g", "Space", "Alt+ArrowRight", "Space", "Alt+ArrowDown", "Space", "j"]) await page.keyboard.press(key);
  await expect.poll(async () => (await keptOf(sight)).at(-1)).toMatchObject({ flag: "flag-1", draft: { verdict: "reject", shapes: [{ kind: "polygon", numbers: [1080, 1080, 1180, 1080, 1180, 1180] }] } });
  await expect.poll(() => chosen(sight)).toBe("flag-2");
  await page.getByTestId("scores").waitFor();
  await page.keyboard.press("k");
  await expect.poll(() => page.getByTestId("shape").count()).toBe(1);
  expect(await page.getByTestId("verdict-reject").getAttribute("aria-pressed")).toBe("true");
  expect(await page.locator('[data-flag="flag-1"]').textContent()).toContain("Draft");
  await page.getByTestId("comment").fill("A fibre.");
  await page.evaluate(() => dispatchEvent(new Event("pagehide")));
  expect((await keptOf(sight)).at(-1)).toMatchObject({ flag: "flag-1", draft: { comment: "A fibre." } });
  // Undone to the end it is no draft any more.
  await page.keyboard.press("Escape");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("draws, moves, changes, labels, undoes and deletes with the mouse", async () => {
  const sight = await openReview();
  const { page } = sight;
  await settled(sight);
  await expect.poll(() => page.getByTestId("tool-box").isEnabled()).toBe(true);
  const box = await page.getByTestId("review-viewer").boundingBox();
  const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 200];
  const numbers = async (): Promise<number[]> => { await page.waitForTimeout(500); return (await keptOf(sight)).at(-1)?.draft?.shapes[0]?.numbers ?? []; };
  await page.getByTestId("tool-box").click();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 150, y + 80, { steps: 3 });
  await page.mouse.up();
  const first = await numbers();
  expect(first).toHaveLength(4);
  expect((first[2] ?? 0) / (first[3] ?? 1)).toBeCloseTo(150 / 80, 1);
  await page.keyboard.press("v");
  // Its edge is taken and moved.
  await page.mouse.move(x + 75, y);
  await page.mouse.down();
  await page.mouse.move(x + 105, y + 30, { steps: 3 });
  await page.mouse.up();
  const second = await numbers();
  expect([second[2], second[3]]).toEqual([first[2], first[3]]);
  expect(second[0]).toBeGreaterThan(first[0] ?? 0);
  const handle = await page.getByTestId("handle").nth(4).boundingBox();
  await page.mouse.move((handle?.x ?? 0) + 4, (handle?.y ?? 0) + 4);
  await page.mouse.down();
  await page.mouse.move((handle?.x ?? 0) + 64, (handle?.y ?? 0) + 44, { steps: 3 });
  await page.mouse.up();
  expect((await numbers())[2]).toBeGreaterThan(second[2] ?? 0);
  await page.keyboard.press("Control+z");
  expect(await numbers()).toEqual(second);
  await page.keyboard.press("y");
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  expect(await numbers()).toEqual(first);
  await page.getByTestId("label").getByRole("button", { name: "D2 Debris" }).click();
  expect(await page.getByTestId("annotation-list").textContent()).toContain("D2 Debris");
  await page.keyboard.press("l");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("A hair, 3 px");
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("annotation-list").textContent()).toContain("A hair, 3 px");
  expect(await sight.called("decide")).toEqual([]);
  await keep(page, "review-labelled");
  await page.keyboard.press("h");
  expect(await page.getByTestId("shape").count()).toBe(0);
  await page.keyboard.press("h");
  await page.keyboard.press("Delete");
  expect(await page.getByTestId("shape").count()).toBe(0);
  // A polygon by clicks, closed by a double one; one corner taken back.
  await page.keyboard.press("g");
  for (const [dx, dy] of [[0, 0], [100, 0], [100, 100], [300, 300]] as const) await page.mouse.click(x + dx, y + dy);
  await page.keyboard.press("Backspace");
  await page.mouse.dblclick(x, y + 100);
  await expect.poll(async () => (await keptOf(sight)).at(-1)?.draft?.shapes[0]?.numbers.length).toBe(8);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("sends a site from Images, and finds it in the queue", async () => {
  const of = withImages();
  const sight = await openImages({}, {}, WELL, of);
  await answers(sight, of);
  const { page } = sight;
  await page.getByTestId("viewer").waitFor();
  await expect.poll(() => page.getByTestId("send-to-review").isEnabled()).toBe(true);
  await page.keyboard.press("v");
  await page.getByTestId("raise-reason").waitFor();
  await page.getByTestId("raise").getByRole("button", { name: "Debris" }).click();
  await keep(page, "review-raise");
  await page.getByTestId("raise-reason").press("Enter");
  await expect.poll(() => sight.called("raise_flag")).toEqual([{ plate: told(of).tick.plates[0]?.plate, wells: [WELL], site: 1, channel: null, reason: "Debris" }]);
  await page.getByTestId("toast-act").click();
  await expect.poll(() => page.getByTestId("review-where").textContent()).toContain("D09, site 1");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

const ofPlate = (): FlagItem[] => {
  const of = withImages();
  const [tile] = told(of).tick.plates;
  const [first] = flags(tile?.plate ?? "", tile?.run ?? "");
  return first ? [{ ...first, well: null, well_name: null, site: null, reason: "z_prime", severity: "error", source: "rule", guidance: "Stop and check the dispenser: Z′ is below 0.4." }] : [];
};
const OTHERS: AnnotationRow[] = [
  { shape: { id: "o1", kind: "polygon", numbers: [1200, 300, 1500, 280, 1700, 700, 1300, 600], label: "D2 Debris, fibre" }, by: "M. Okafor", at_ms: 1, ours: false },
  { shape: { id: "o2", kind: "line", numbers: [900, 1700, 1150, 1500], label: "Cell length" }, by: "M. Okafor", at_ms: 1, ours: false },
  { shape: { id: "o3", kind: "path", numbers: [500, 300, 620, 260, 700, 380], label: "Ghosting" }, by: null, at_ms: 1, ours: true },
];
const STATES: [string, Flagged, ((sight: Sight) => Promise<void>) | null, (() => Recording)?][] = [
  ["waiting, with annotations of others", { annotations: OTHERS, change: { decisions: [{ event: "e1", verdict: "reject", reasons: ["F1"], comment: "Twice.", by: "M. Okafor", at_ms: 1, ours: false, superseded: true }], chain: { holds: false, says: "Record 17 does not follow from the one before it" } } }, async (sight) => { await settled(sight); await expect.poll(() => sight.page.getByTestId("shape").count()).toBe(3); expect(await sight.page.getByTestId("trail").textContent()).toContain("Chain broken"); }],
  ["nothing flagged", { items: [] }, async ({ page }) => { expect(await page.getByTestId("nothing-chosen").textContent()).toContain("Nothing waits for review"); }],
  ["a rule about a plate", { items: ofPlate() }, async ({ page }) => { expect(await page.getByTestId("plate-flag").textContent()).toContain("Stop and check the dispenser"); }],
  ["read-only", { read_only: "This is a recording: decide where it is recorded, or open the session that belongs to this machine." }, async (sight) => {
    const { page } = sight;
    await settled(sight);
    for (const key of ["1", "b", "Space", "Alt+ArrowDown", "Space", "Enter"]) await page.keyboard.press(key);
    expect([await sight.called("keep_draft"), await sight.called("decide")]).toEqual([[], []]);
    expect(await page.getByTestId("barred").textContent()).toContain("This is a recording");
  }],
];
for (const [name, made, into] of STATES) {
  it(`can be seen, read and reached by all, in both themes: ${name}`, async () => {
    const sight = await openReview(made);
    await into?.(sight);
    await keep(sight.page, `review-state-${name.replaceAll(/[ ,]+/g, "-")}`);
    for (const theme of ["dark", "light"]) {
      await wear(sight.page, theme);
      expect(await serious(sight.page)).toEqual([]);
    }
    const { nameless, missed } = await reach(sight.page);
    expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
    expect(await cut(sight.page)).toEqual([]);
    for (const region of [".main", ".insp"]) expect(await overlaps(sight.page, region)).toEqual([]);
    expect(sight.wrong).toEqual([]);
    await sight.page.close();
  });
}

it("says what went wrong, with the way on: queue, flag, picture, signing", async () => {
  const sight = await openReview({}, {}, withImages(), { broken: { 3: { code: "undecodable", message: "The file is no TIFF: it ends after 12 bytes." } } });
  const { page } = sight;
  await expect.poll(() => page.getByTestId("review-failure").textContent()).toContain("The file is no TIFF");
  await page.evaluate(() => { window.recorded.recording.refused = { decide: { code: "rewound", message: "The desk looks at an earlier moment: go back to the live edge to decide.", detail: null }, case: { code: "no_such_flag", message: "The flag is not in this session any more.", detail: null } }; });
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.keyboard.type("K. Tanaka");
  await page.keyboard.press("Enter");
  await page.getByText("The desk looks at an earlier moment").waitFor();
  expect(await page.getByTestId("verdict-pass").getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.getByText("The flag is not in this session any more.").waitFor();
  await page.evaluate(() => { window.recorded.recording.refused = { queue: { code: "session", message: "The session's disk is gone.", detail: null } }; });
  await page.getByTestId("rail-live").click();
  await page.getByTestId("rail-review").click();
  await page.getByTestId("queue-problem").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.close();
});

it("two thousand flags: only those that are seen are in the page and have pictures", async () => {
  const of = withImages();
  const [tile] = told(of).tick.plates;
  const [like] = flags(tile?.plate ?? "", tile?.run ?? "");
  const items = Array.from({ length: 2000 }, (_, n): FlagItem => ({ ...(like as FlagItem), flag: `f${n}`, well: n % 384, well_name: `W${n}`, site: 1 + (n % 9) }));
  const sight = await openReview({ items, left_out: 12 }, {}, of);
  const { page } = sight;
  await settled(sight);
  expect(await page.getByTestId("flag").count()).toBeLessThan(24);
  await page.getByTestId("flags").focus();
  await page.keyboard.press("End");
  await expect.poll(() => chosen(sight)).toBe("f1999");
  await expect.poll(() => page.evaluate(() => window.recorded.asked.filter((one) => one.includes("view=queue")).length)).toBeGreaterThan(8);
  await page.waitForTimeout(1500);
  expect(await page.evaluate(() => window.recorded.asked.filter((one) => one.includes("view=queue")).length)).toBeLessThan(60);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("the outbox is listed, with what the broker refuses, and tried again", async () => {
  const of = withImages();
  const { strip } = told(of);
  Object.assign(strip, { outbox: 2, outbox_state: "failing", to_review: 7 });
  const sight = await openReview({ outbox: { waiting: 2, state: "failing", says: "The broker refuses one", rows: [{ event: "e1", says: "reimage BR00117011 D14 site 3", by: "K. Tanaka", at_ms: 1, refused: "The topic plateside.reviews does not allow writing." }, { event: "e2", says: "pass BR00117011 E14 site 3", by: "K. Tanaka", at_ms: 2, refused: null }], elsewhere: [["Tox pilot", 12]] } }, {}, of);
  const { page } = sight;
  expect(await page.getByTestId("to-review").textContent()).toContain("7");
  expect(await page.getByTestId("strip-outbox").textContent()).toBe("Outbox 2 failing");
  await page.getByTestId("strip-outbox").click();
  expect(await page.getByTestId("outbox-row").first().textContent()).toContain("does not allow writing");
  expect(await page.getByTestId("outbox-elsewhere").textContent()).toContain("12 more in the session Tox pilot");
  await keep(page, "review-outbox");
  expect(await serious(page)).toEqual([]);
  expect(await cut(page)).toEqual([]);
  await page.getByTestId("send-outbox").click();
  await expect.poll(() => sight.called("send_outbox")).toHaveLength(1);
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("outbox").count()).toBe(0);
  await page.close();
});

it("the least window holds all, with the inspector over it or not", async () => {
  const sight = await openReview({ annotations: OTHERS }, { width: 1180, height: 720 });
  const { page } = sight;
  await expect.poll(() => page.getByTestId("tool-box").isEnabled()).toBe(true);
  for (const key of ["b", "Space", "Alt+ArrowRight", "Alt+ArrowDown", "Space"]) await page.keyboard.press(key);
  await page.waitForTimeout(800);
  await keep(page, "review-least");
  expect(await cut(page)).toEqual([]);
  expect(await overlaps(page, ".main")).toEqual([]);
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([1180, 720]);
  // Signing asks for the name where it can be seen.
  for (const key of ["3", "Enter"]) await page.keyboard.press(key);
  await page.getByTestId("full-name").waitFor();
  await keep(page, "review-least-sign");
  expect(await overlaps(page, ".insp")).toEqual([]);
  await page.close();
});

it("without a session says how to get one", async () => {
  const of = recording();
  const { tick, strip } = told(of);
  tick.plates = [];
  Object.assign(strip, { session: null, source: null, recording: null, mode: "none" });
  const sight = await open(of, { screen: "review" });
  await sight.page.getByTestId("no-session").waitFor();
  expect(await serious(sight.page)).toEqual([]);
  await sight.page.close();
});

const DATA = "its words are the data's";
const FREE = "the mock has other rows above it";
const REGIONS: Region[] = [
  ...FRAME,
  { name: "rail: Review's badge", mock: ".rail .badge", ours: "[data-testid=to-review]", tokens: ["ink", "ground", "size"] },
  { name: "outbox", mock: ".top .end >> nth=1", ours: "[data-testid=strip-outbox]", tokens: ["ink", "ground", "size"] },
  { name: "banner", mock: ".main .banner", ours: "[data-testid=banner-offline]" },
  { name: "retry", mock: ".main .banner .btn", ours: "[data-testid=banner-offline] .btn", tokens: ["ink", "ground", "size"] },
  { name: "view bar", mock: ".main > .bar", ours: ".main > .bar" },
  { name: "title", mock: ".main > .bar h1", ours: ".main > .bar h1", tokens: ["ink", "ground", "size", "weight"] },
  { name: "waiting", mock: ".main > .bar .dim", ours: "[data-testid=waiting]", tokens: ["ink", "size"] },
  { name: "where", mock: ".main > .bar .cap", ours: "[data-testid=review-where]", edges: ["top", "bottom"], why: "ours has a segment for each channel beside it", tokens: ["ink", "size"] },
  { name: "channels", mock: ".main > .bar .seg", ours: "[data-testid=review-channels]", edges: ["top", "bottom", "right"], why: "ours has a segment for each channel", tokens: ["ground"] },
  { name: "annotations", mock: ".main > .bar .btn", ours: "[data-testid=annotations]", tokens: ["ink", "ground", "size"] },
  { name: "queue", mock: ".q", ours: "[data-testid=queue]" },
  { name: "queue's bar", mock: ".q .bar", ours: "[data-testid=queue] .bar" },
  { name: "tabs", mock: ".q .seg", ours: "[data-testid=queue] .seg", edges: ["left", "top", "bottom"], why: DATA },
  { name: "order", mock: ".q .bar .cap", ours: "[data-testid=queue] .bar .cap", edges: ["right", "top", "bottom"], why: DATA, tokens: ["ink", "size"] },
  { name: "list", mock: "#q", ours: "[data-testid=flags]" },
  { name: "first flag", mock: ".qi", ours: "[data-testid=flag]" },
  { name: "its picture", mock: ".qi canvas", ours: "[data-testid=flag] canvas", tokens: [] },
  { name: "its reason", mock: ".qi .trunc", ours: "[data-testid=flag] .name", edges: ["left", "top", "bottom"], why: "as wide as the state leaves", tokens: ["ink", "size", "weight"] },
  { name: "its place", mock: ".qi .mono", ours: "[data-testid=flag] .mono", edges: ["left", "top", "bottom"], why: "as wide as the state leaves", tokens: ["ink", "size", "family"] },
  { name: "its state", mock: ".qi .st", ours: "[data-testid=flag] .st", edges: ["right", "top", "bottom"], why: DATA, tokens: ["ink", "size"] },
  { name: "second flag", mock: ".qi >> nth=1", ours: "[data-testid=flag] >> nth=1" },
  { name: "eighth flag", mock: ".qi >> nth=7", ours: "[data-testid=flag] >> nth=7" },
  { name: "queue's foot", mock: ".q .bar >> nth=1", ours: "[data-testid=queue] .foot", tokens: ["ink", "ground", "size"] },
  { name: "viewer", mock: "#st", ours: "[data-testid=review-viewer]" },
  { name: "picture", mock: "#cv", ours: "[data-testid=pane]", tokens: [] },
  { name: "tools", mock: ".tools", ours: "[data-testid=tools]", edges: ["left", "top", "right"], why: "brush and measure are for a later version" },
  { name: "select", mock: ".tools button", ours: "[data-testid=tool-select]", tokens: ["ink", "size"] },
  { name: "polygon", mock: ".tools button >> nth=3", ours: "[data-testid=tool-polygon]", tokens: ["ink", "ground", "size"] },
  { name: "what is flagged", mock: "#st > .ov", ours: "[data-testid=flag-says]", edges: ["right", "top", "bottom"], why: DATA, tokens: ["ink", "size"] },
  { name: "scale bar", mock: "#st > .ov >> nth=1", ours: "[data-testid=scale-bar]", edges: ["right", "bottom"], why: "as long as its length", tokens: ["ink", "size"] },
  { name: "how many are drawn", mock: "#st > .ov >> nth=2", ours: "[data-testid=drawn]", edges: ["left", "top", "bottom"], why: DATA, tokens: ["ink", "size"] },
  { name: "inspector", mock: ".insp", ours: ".insp" },
  { name: "verdict", mock: ".insp .sec header", ours: ".insp .sec header", tokens: ["ink", "ground", "size", "weight"] },
  ...["pass", "reject", "reimage", "second_reader"].map((verdict, n): Region => ({ name: verdict, mock: `.vd button >> nth=${n}`, ours: `[data-testid=verdict-${verdict}]`, tokens: ["ink", "ground", "size", "weight"] })),
  { name: "codes", mock: ".codes", ours: "[data-testid=codes]" },
  { name: "first code", mock: ".codes button", ours: "[data-testid=codes] button", tokens: ["ink", "ground", "size"] },
  { name: "comment", mock: "#cm", ours: "[data-testid=comment]", tokens: ["ink", "ground", "size"] },
  { name: "save and next", mock: ".insp .btn.pri", ours: "[data-testid=save]", tokens: ["ink", "ground", "size", "weight"] },
  { name: "skip", mock: ".insp .btn.ghost", ours: "[data-testid=skip]", tokens: ["ink", "size"] },
  { name: "who", mock: ".insp .row .cap", ours: "[data-testid=verdict-section] .user", edges: ["right", "top", "bottom"], why: DATA, tokens: ["ink", "size"] },
  { name: "scores", mock: ".insp .sec header >> nth=1", ours: "[data-testid=scores] header", tokens: ["ink", "ground", "size", "weight"] },
  { name: "first score", mock: "#sc > div", ours: "[data-testid=scores] .sc" },
  { name: "its bar", mock: "#sc .bul", ours: "[data-testid=scores] .bul" },
  { name: "annotations' head", mock: ".insp .sec header >> nth=2", ours: "[data-testid=annotation-list] header", edges: ["left", "right", "height"], why: FREE, tokens: ["ink", "ground", "size", "weight"] },
  { name: "trail's head", mock: ".insp .sec header >> nth=3", ours: "[data-testid=trail] header", edges: ["left", "right", "height"], why: FREE, tokens: ["ink", "ground", "size", "weight"] },
  { name: "chain", mock: ".insp .sec header .st", ours: "[data-testid=trail] .st", edges: ["left", "right", "height"], why: FREE, tokens: ["ink", "size"] },
  { name: "trail's first", mock: ".au", ours: "[data-testid=trail] .au", edges: ["left", "right", "height"], why: FREE },
  { name: "signing", mock: ".sign", ours: "[data-testid=sign]", tokens: ["ground"] },
  { name: "sign", mock: ".sign .btn", ours: "[data-testid=sign-open]", tokens: ["ink", "ground", "size", "weight"] },
];
const LATER: Later[] = [
  { name: "brush", mock: ".tools button >> nth=4", later: "shapes by hand are points, boxes and polygons" },
  { name: "measure", mock: ".tools button >> nth=5", later: "lengths of others are shown, none are drawn" },
  { name: "versus another site", mock: ".main > .bar .seg button >> nth=2", later: "sites are compared on the Images screen" },
];
const SHAPES: DrawnShape[] = [
  { id: "d1", kind: "polygon", numbers: [1250, 330, 1420, 290, 1640, 480, 1880, 700, 1960, 880, 1840, 940, 1650, 780, 1430, 610, 1260, 450], label: "D2 Debris, fibre" },
  { id: "d2", kind: "box", numbers: [280, 950, 740, 700], label: "F1 Out of focus" },
  { id: "d3", kind: "point", numbers: [1380, 1240], label: "Mitotic?" },
];
function offline(): Recording {
  const of = withImages();
  const { strip } = told(of);
  Object.assign(strip.source ?? {}, { state: "offline", lag: null, messages_per_s: 0, offline_since_ms: strip.now_ms - 660_000 });
  Object.assign(strip, { outbox: 12, outbox_state: "offline", to_review: 23 });
  return of;
}
liesAsDrawn("review", REGIONS, LATER, async (sight) => {
  const of = offline();
  const [tile] = told(of).tick.plates;
  const items = flags(tile?.plate ?? "", tile?.run ?? "");
  for (const item of items) if (item.standing === "second_reader") item.standing = "waiting";
  await enterReview(sight, of, { items, annotations: OTHERS.slice(1), change: { draft: { verdict: "reimage", reasons: ["F1", "D2"], comment: "Site 3 only, sites 2 and 4 are sharp. Likely fibre on plate bottom.", shapes: SHAPES, saved_ms: Date.now() } } });
  await settled(sight);
  await expect.poll(() => sight.page.getByTestId("shape").count()).toBe(5);
  await sight.page.keyboard.press("g");
  await sight.page.mouse.move(700, 860);
  await sight.page.waitForTimeout(1500);
}, offline);
