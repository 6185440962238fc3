// Every screen beside its mock (../shared/design/ui): the same regions in the same places, at both sizes, in both themes.
// A screen is its regions, what of the mock is for a later version, and how our page gets to what the mock shows.
import { afterAll, beforeAll } from "vitest";
import type { Recording } from "../src/ipc/recorded";
import { FRAME, LIVE_EDGE, type Later, liesAsDrawn, type Region } from "./beside";
import { begin, end, recording, told } from "./page";

beforeAll(begin);
afterAll(end);

const TEXT = "the text is the data's";

/** As the mock's wall: 20 plates in 3 runs, the eighth being read, the ninth and tenth not begun; three topics. */
function wall(): Recording {
  const of = recording();
  const { tick, strip } = told(of);
  const like = tick.plates;
  const wells = Buffer.from(of.wall.hex, "hex");
  const part = wells.length / of.wall.plates.length;
  const parts: Buffer[] = [];
  tick.plates = Array.from({ length: 20 }, (_, n) => {
    const tile = like[n % like.length];
    if (!tile) throw new Error("the recording has no plates");
    const bytes = Buffer.from(wells.subarray((n % like.length) * part, ((n % like.length) + 1) * part));
    bytes.writeUInt32LE(n, 0);
    parts.push(bytes);
    const plate = n < like.length ? tile.plate : `more${n}`;
    const run = n < 10 ? tile.run : n < 15 ? "DR-U2OS-0077" : "TX-HEPG2-0031";
    const barcode = `${n < 10 ? "SQ0001" : n < 15 ? "SQ0002" : "SQ0003"}${5000 + n}`;
    if (n === 7) return { ...tile, plate, run, barcode, wells_in: 217, complete: false };
    if (n === 8 || n === 9) return { ...tile, plate, run, barcode, wells_in: 0, images: 0, complete: false, flags: 0, headline: null, last_ms: null, stage: "on stage", instrument: "imager 2", fresh: [] };
    return { ...tile, plate, run, barcode, wells_in: 384, complete: true };
  });
  of.wall = { plates: tick.plates.map((tile) => tile.plate), hex: Buffer.concat(parts).toString("hex") };
  if (strip.source) strip.source.topics = strip.source.topics.slice(0, 3);
  return of;
}

/** The first plate with an answer for the well that the mock shows. */
function plate(): Recording {
  const of = recording();
  const like = of.calls.find((call) => call.command === "well" && call.args["well"] === 25);
  if (!like) throw new Error("the recording has no well");
  const first = told(of).tick.plates[0]?.plate;
  of.calls.push({ command: "well", args: { plate: first, well: 80 }, result: { ...(like.result as object), well: 80, name: "D09", row: 4, column: 9, role: "sample" } });
  return of;
}

const LIVE: Region[] = [
  ...FRAME, ...LIVE_EDGE,
  { name: "view bar", mock: ".bar", ours: ".main .bar" },
  { name: "title", mock: ".bar h1", ours: ".main .bar h1", tokens: ["ink", "ground", "size", "weight", "family"] },
  { name: "what there is", mock: "#count", ours: ".main .bar .what", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
  { name: "colour by", mock: ".bar .lab", ours: ".main .bar .lab", edges: ["top", "bottom", "width"], why: TEXT, tokens: ["ink", "size"] },
  { name: "feature", mock: "#ft", ours: "#feature", edges: ["top", "bottom"], why: TEXT },
  { name: "group by", mock: ".bar .seg", ours: ".main .bar .seg", edges: ["top", "bottom", "width"], why: "the ends of the scale to its right are the data's" },
  { name: "scale", mock: "#lg", ours: ".main .bar .scale", edges: ["top", "bottom", "width"], why: "its ends are the data's", tokens: [] },
  { name: "line in the bar", mock: ".bar .div", ours: ".main .bar .div" },
  { name: "only flagged", mock: ".bar .btn", ours: ".main .bar .btn", tokens: ["ink", "ground", "size"] },
  { name: "wall", mock: ".wall", ours: "[data-testid=wall]", edges: ["left", "top", "right"], why: "below it stands what changed since a person looked" },
  { name: "group's head", mock: ".runh", ours: ".runh" },
  { name: "group's name", mock: ".runh b", ours: ".runh b", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size", "weight", "family"] },
  { name: "group's wells", mock: ".runh .cap >> nth=1", ours: ".runh .cap", edges: ["right", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
  { name: "first tile", mock: ".tile", ours: "[data-testid=tile]" },
  { name: "its head", mock: ".tile .h", ours: "[data-testid=tile] .h" },
  { name: "its barcode", mock: ".tile .bc", ours: "[data-testid=tile] .bc", tokens: ["ink", "size", "weight", "family"] },
  { name: "its heatmap", mock: ".tile canvas", ours: "[data-testid=tile] canvas", tokens: [] },
  { name: "its progress", mock: ".tile .prog", ours: "[data-testid=tile] .prog" },
  { name: "its foot", mock: ".tile .f", ours: "[data-testid=tile] .f" },
  { name: "its Z′", mock: ".tile .f .z", ours: "[data-testid=tile] .f .z", tokens: ["ink", "size"] },
  { name: "its age", mock: ".tile .f > span:last-child", ours: "[data-testid=tile] .f > span:last-child", edges: ["right", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
  { name: "a flag count", mock: ".tile .h .row", ours: "[data-testid=tile] .flags", edges: ["top", "bottom", "width"], why: "other plates have flags", tokens: ["ink", "size"] },
  { name: "fifth tile", mock: ".tile >> nth=4", ours: "[data-testid=tile] >> nth=4" },
  { name: "first tile of the second row", mock: ".tile >> nth=5", ours: "[data-testid=tile] >> nth=5" },
  { name: "a plate that waits", mock: ".waitp", ours: ".waitp", tokens: ["ink", "ground", "size"] },
  { name: "what is selected", mock: ".tile[aria-selected=true] .pl", ours: "[data-testid=tile][aria-selected=true] .pl" },
  { name: "second group's head", mock: ".runh >> nth=1", ours: ".runh >> nth=1" },
  { name: "second group's first tile", mock: ".tile >> nth=10", ours: "[data-testid=tile] >> nth=10" },
  { name: "third group's head", mock: ".runh >> nth=2", ours: ".runh >> nth=2" },
  { name: "inspector", mock: ".insp", ours: ".insp" },
  { name: "alerts", mock: ".insp .ph", ours: ".insp .ph", tokens: ["ink", "ground", "size", "weight"] },
  { name: "which alerts", mock: ".insp .ph .seg", ours: ".insp .ph .seg", edges: ["top", "right", "bottom"], why: "gaps stand beside them" },
  { name: "first alert", mock: ".al", ours: "[data-testid=alert]", edges: ["left", "top", "right"], why: "ours also says what to do, so it is taller" },
  { name: "its headline", mock: ".al .t", ours: "[data-testid=alert] .t", edges: ["left", "top"], why: "a longer finding takes a second line", tokens: ["ink", "ground", "size", "weight"] },
  { name: "what it is about", mock: ".al .m", ours: "[data-testid=alert] .m", edges: ["left", "height"], why: "below the finding", tokens: ["size"] },
  { name: "its chart", mock: ".al svg", ours: "[data-testid=alert] svg" },
  { name: "its actions", mock: ".al .acts", ours: "[data-testid=alert] .acts", edges: ["left", "right", "height"], why: "below what to do" },
  { name: "its main action", mock: ".al .btn.pri", ours: "[data-testid=alert] .btn.pri", edges: ["left", "right", "height"], why: "below what to do", tokens: ["ink", "ground", "size", "weight"] },
  { name: "second alert", mock: ".al >> nth=1", ours: "[data-testid=alert] >> nth=1", edges: ["left", "right"], why: "below what to do" },
  { name: "topics", mock: ".insp > .sec", ours: "[data-testid=topics]" },
  { name: "topics' head", mock: ".insp > .sec header", ours: "[data-testid=topics] header", tokens: ["ink", "ground", "size", "weight"] },
  { name: "topics' table", mock: "#tp", ours: "[data-testid=topics] table" },
  { name: "topics' columns", mock: "#tp th", ours: "[data-testid=topics] th", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size", "weight"] },
  { name: "first topic", mock: "#tp td", ours: "[data-testid=topics] td", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size", "family"] },
  { name: "its lag", mock: "#tp td >> nth=2", ours: "[data-testid=topics] td >> nth=2", edges: ["right", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
];
const LIVE_LATER: Later[] = [{ name: "mute, assign, copy a link", mock: ".al .acts .icon", later: "alerts are acknowledged alone" }];
liesAsDrawn("live", LIVE, LIVE_LATER, async ({ page }) => {
  await page.getByTestId("tile").nth(4).click();
  await page.keyboard.press("Control+1");
  await page.getByTestId("tile").nth(4).waitFor();
}, wall);

const PLATE: Region[] = [
  ...FRAME, ...LIVE_EDGE,
  { name: "view bar", mock: ".bar", ours: ".main .bar" },
  { name: "plate before", mock: ".bar .btn", ours: "[data-testid=plate-before]" },
  { name: "barcode", mock: ".bar h1", ours: "[data-testid=plate-barcode]", tokens: ["ink", "ground", "size", "weight", "family"] },
  { name: "plate after", mock: ".bar .btn >> nth=1", ours: "[data-testid=plate-after]" },
  { name: "run", mock: "#who", ours: ".main .bar .who", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
  { name: "feature", mock: "#ft", ours: "[data-testid=feature-search]", edges: ["top", "bottom", "width"], why: "ours has a list of more scales to its right" },
  { name: "scale of values", mock: "#nm", ours: ".main .bar .seg", edges: ["top", "right", "bottom"], why: "ours ends in a list of more scales" },
  { name: "colour map", mock: "#cm", ours: "[data-testid=map]" },
  { name: "heatmap's part", mock: ".hm", ours: ".hm" },
  { name: "heatmap", mock: "#hm", ours: "[data-testid=plate-canvas]", tokens: [] },
  { name: "column labels", mock: ".cl", ours: ".cl" },
  { name: "first column label", mock: ".cl span", ours: ".cl span", tokens: ["ink", "size"] },
  { name: "last column label", mock: ".cl span >> nth=23", ours: ".cl span >> nth=23", tokens: ["ink", "size"] },
  { name: "row labels", mock: ".rl", ours: ".rl" },
  { name: "first row label", mock: ".rl span", ours: ".rl span", edges: ["left", "right"], why: "ours is as high as its row, the mock's as its text", tokens: ["ink", "size"] },
  { name: "marked row label", mock: ".rl .on", ours: ".rl .on", edges: ["left", "right"], why: "ours is as high as its row, the mock's as its text", tokens: ["ink", "size", "weight"] },
  { name: "row means", mock: "#rm", ours: "[data-testid=row-means]", tokens: [] },
  { name: "row means' name", mock: ".grid > .cap", ours: ".grid > .cap", edges: ["left", "top", "bottom"], why: "the mock cuts it at its column", tokens: ["ink", "size"] },
  { name: "column means", mock: "#cmn", ours: "[data-testid=column-means]", tokens: [] },
  { name: "column means' name", mock: ".grid > .cap >> nth=1", ours: ".grid > .cap >> nth=1", edges: ["left", "top", "right"], why: "the mock's fills its row", tokens: ["ink", "size"] },
  { name: "colour scale", mock: "#leg svg", ours: "[data-testid=scale]", edges: ["left", "top", "right"], why: "the mock leaves 12 px free below its text" },
  { name: "colour scale's name", mock: "#leg .cap", ours: ".lg .cap", tokens: ["ink", "size"] },
  { name: "upper limit", mock: "#leg .hd", ours: "[data-testid=limit-high] path", edges: ["left"], why: "where it stands is the data's", tokens: [] },
  { name: "QC", mock: ".qc", ours: "[data-testid=qc-card]" },
  { name: "QC's head", mock: ".qc .ph", ours: "[data-testid=qc-card] .ph", tokens: ["ink", "ground", "size", "weight"] },
  { name: "verdict", mock: "#qcs", ours: "[data-testid=qc-verdict]", edges: ["right", "top", "bottom"], why: TEXT, tokens: ["size", "weight"] },
  { name: "Z′", mock: ".q", ours: "[data-testid=qc-z_prime]" },
  { name: "its value", mock: ".q .v", ours: "[data-testid=qc-z_prime] .v", tokens: ["ink", "size", "weight"] },
  { name: "its bar", mock: ".q .bul", ours: "[data-testid=qc-z_prime] .bul" },
  { name: "its limit", mock: ".q .th", ours: "[data-testid=qc-z_prime] .th", tokens: ["ink", "size"] },
  { name: "robust Z′", mock: ".q >> nth=1", ours: "[data-testid=qc-robust_z_prime]" },
  { name: "SSMD", mock: ".q >> nth=2", ours: "[data-testid=qc-ssmd]" },
  { name: "ratio", mock: ".q >> nth=3", ours: "[data-testid=qc-signal_ratio]" },
  { name: "CV", mock: ".q >> nth=4", ours: "[data-testid=qc-cv_negative]" },
  { name: "wells read", mock: ".q >> nth=6", ours: "[data-testid=qc-wells]", edges: ["left", "right", "height"], why: "the edge effect above it is for a later version" },
  { name: "below the lines", mock: "#q > :last-child", ours: "[data-testid=qc-foot]" },
  { name: "flag plate", mock: "#q .btn", ours: "[data-testid=flag-plate]", edges: ["left", "right", "height"], why: "what the lines were computed from stands above it" },
  { name: "thresholds", mock: "#q .btn >> nth=1", ours: "[data-testid=thresholds]", edges: ["left", "right", "height"], why: "what the lines were computed from stands above it" },
  { name: "lower part", mock: ".low", ours: ".low" },
  { name: "controls and samples", mock: ".sm", ours: "[data-testid=low]" },
  { name: "their head", mock: ".sm .ph", ours: "[data-testid=low] .ph", edges: ["top", "bottom"], why: "ours holds tabs and spans its panel", tokens: ["ink", "ground", "size", "weight"] },
  { name: "wells", mock: ".tw", ours: ".wells" },
  { name: "wells' head", mock: ".tw .ph", ours: ".wells .ph", tokens: ["ink", "ground", "size", "weight"] },
  { name: "how they are sorted", mock: "#wc", ours: "[data-testid=wells-count]", edges: ["left", "top", "bottom"], why: TEXT, tokens: ["ink", "size"] },
  { name: "copy", mock: ".tw .btn >> nth=1", ours: "[data-testid=copy-csv]" },
  { name: "names of columns", mock: "#wt tr", ours: "[data-testid=wells-table] .head" },
  { name: "first column", mock: "#wt th", ours: "[data-testid=wells-table] .head button", edges: ["top", "bottom"], why: "the mock's cell holds the padding that our row has", tokens: ["ink", "size", "weight"] },
  { name: "first well", mock: "#wt tr >> nth=1", ours: "[data-testid=wells-table] .all .r" },
  { name: "third well", mock: "#wt tr >> nth=3", ours: "[data-testid=wells-table] .all .r >> nth=2", tokens: [] },
  { name: "inspector", mock: ".insp", ours: ".insp" },
  { name: "well", mock: "#in .sec header", ours: "[data-testid=well-inspector] header", tokens: ["ink", "ground"] },
  { name: "its name", mock: "#in .sec header .mono", ours: "[data-testid=well-name]", tokens: ["ink", "size", "weight", "family"] },
  { name: "its place", mock: "#in .sec header .cap", ours: "[data-testid=well-inspector] header .cap", tokens: ["ink", "size"] },
  { name: "what it is", mock: "#in .kvs", ours: "[data-testid=well-inspector] .kvs" },
  { name: "compound", mock: "#in .kvs dt", ours: "[data-testid=well-inspector] .kvs dt", tokens: ["ink", "size"] },
  { name: "send to review", mock: "#in .btn.pri", ours: "[data-testid=send-to-review]", edges: ["height"], why: "ours stands with the well's other actions, which never move" },
  { name: "features' head", mock: "#in .sec:nth-child(3) header", ours: "[data-testid=well-features] header", edges: ["left", "right", "height"], why: "this plate has no images, whose sites stand above it", tokens: ["ink", "size", "weight"] },
  { name: "first feature", mock: "#in .fr", ours: "[data-testid=well-features] .fr", edges: ["left", "right", "height"], why: "this plate has no images, whose sites stand above it" },
  { name: "first feature's value", mock: "#in .fr .num", ours: "[data-testid=well-features] .fr .num", edges: ["right", "height"], why: "this plate has no images, whose sites stand above it", tokens: ["ink", "size"] },
];
const PLATE_LATER: Later[] = [
  { name: "edge effect", mock: ".q >> nth=5", later: "the recording is older than artefacts of place" },
  { name: "replicates and dose", mock: "#smr", later: "ours has them in a tab beside the controls" },
  { name: "sites", mock: "#in .th4", later: "this recording has no images: sites.spec.ts has them" },
  { name: "spot check", mock: "#in .sec:nth-child(4)", later: "this recording has no images: send.spec.ts has it" },
];
liesAsDrawn("plate", PLATE, PLATE_LATER, async ({ page }) => {
  await page.getByTestId("tile").first().click();
  const canvas = page.getByTestId("plate-canvas");
  const pitch = Number(await canvas.getAttribute("data-pitch"));
  await canvas.click({ position: { x: 8.5 * pitch, y: 3.5 * pitch } });
  await page.mouse.move(5, 500);
  await page.getByTestId("well-name").waitFor();
  // The table went to the well's row; in the mock that is among the first.
  await page.getByTestId("wells-table").evaluate((view) => view.scrollTo(0, 0));
  await page.locator("[data-testid=well-row][aria-rowindex='2']").waitFor();
}, plate);
