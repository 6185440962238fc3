import { beforeEach, expect, test } from "vitest";
import type { PlateTile } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { common, wall } from "./wall.svelte";

// Node has it from 21 on; this takes a buffer's memory away as it does.
ArrayBuffer.prototype.transfer ??= function (this: ArrayBuffer): ArrayBuffer {
  return structuredClone(this, { transfer: [this] });
};

/** What the desk writes for plates of two wells, each with this value. */
function answer(plates: string[], otherwise: number): ArrayBuffer {
  const bytes = new ArrayBuffer(plates.length * 32);
  plates.forEach((plate, place) => {
    const value = values.get(plate) ?? otherwise;
    const view = new DataView(bytes, place * 32);
    view.setUint32(0, place, true);
    view.setUint32(4, 2, true);
    view.setFloat64(8, 1, true);
    view.setFloat32(16, value, true);
    view.setFloat32(20, value + 1, true);
    view.setUint8(24, 1);
    view.setUint8(25, 1);
  });
  return bytes;
}

let asked: string[][] = [];
let given: ArrayBuffer[] = [];
let fails = false;
/** Where a plate's values lie; else they are the number of the question. */
const values = new Map<string, number>();
/** Headline features of the cards, by assay, and the plates that were asked for them. */
let cards: Record<string, string[]> = {};
let learned: string[] = [];
const drawn = new Map<string, number[]>();

beforeEach(() => {
  [asked, given, fails] = [[], [], false];
  drawn.clear();
  wall.tiles.clear();
  values.clear();
  desk.plates.clear();
  [cards, learned] = [{}, []];
  wall.judged();
  desk.told += 1;
  desk.host = {
    wall: async (_feature: string, plates: string[]) => {
      asked.push(plates);
      if (fails) throw new Error("gone");
      const bytes = answer(plates, asked.length);
      given.push(bytes);
      return bytes;
    },
    call: async (_command: string, { plate }: { plate: string }) => {
      learned.push(plate);
      return { headlines: (cards[desk.plates.get(plate)?.assay ?? ""] ?? []).map((feature) => ({ feature })) };
    },
  } as unknown as Host;
});

function tile(plate: string): void {
  wall.tiles.set(plate, (values) => drawn.set(plate, [...values.values]));
}

/** A plate of the desk, whose card has this first headline. */
function hang(plate: string, assay: string, feature: string | null): PlateTile {
  const headline = feature === null ? null : { feature, z_prime: 0.6, undefined: null, level: "ok" as const, controls_in: 8, controls_expected: 8 };
  const made = { plate, assay, headline } as PlateTile;
  desk.plates.set(plate, made);
  return made;
}

test("takes what was asked for before there was a page, and asks once", async () => {
  wall.expect(["a", "b", "c"], desk.told);
  ["a", "b"].forEach(tile);
  await wall.pull(["a", "b"]);
  expect(asked).toEqual([["a", "b", "c"]]);
  expect(drawn.get("b")).toEqual([1, 2]);
});

test("asks for a plate once a tick, however often its tile is made anew", async () => {
  tile("a");
  await Promise.all([wall.pull(["a"], desk.told), wall.pull(["a"], desk.told)]);
  await wall.pull(["a"], desk.told);
  expect(asked).toHaveLength(1);
  desk.told += 1;
  await wall.pull(["a"], desk.told);
  expect(drawn.get("a")).toEqual([2, 3]);
});

test("asks again where an answer failed", async () => {
  tile("a");
  fails = true;
  await wall.pull(["a"], desk.told);
  fails = false;
  await wall.pull(["a"], desk.told);
  expect(drawn.get("a")).toEqual([2, 3]);
});

test("keeps values and gives the answer's memory back", async () => {
  tile("a");
  await wall.pull(["a"]);
  expect(given.map((bytes) => bytes.byteLength)).toEqual([0]);
  expect([...(wall.get("a")?.values ?? [])]).toEqual([1, 2]);
});

test("does not show what was asked for before another tick", async () => {
  wall.expect(["a"], desk.told);
  desk.told += 1;
  tile("a");
  await wall.pull(["a"], desk.told);
  expect(drawn.get("a")).toEqual([2, 3]);
});

test("holds nothing of a plate that changed out of sight", async () => {
  wall.expect(["a", "b"], desk.told);
  tile("a");
  await wall.pull(["a"]);
  expect(wall.get("b")).toBeDefined();
  desk.told += 1;
  await wall.pull(["a", "b"], desk.told);
  expect(wall.get("b")).toBeUndefined();
});

test("keeps a range for each feature: a count and a fraction do not share their colours", async () => {
  for (const [plate, assay, feature, at] of [["a", "painting", "Cells_Count", 800], ["b", "painting", "Cells_Count", 0], ["c", "glo", "Viability", 0.5]] as const) {
    hang(plate, assay, feature);
    values.set(plate, at);
    tile(plate);
  }
  await wall.pull(["a", "b", "c"]);
  expect(wall.rangeOf(wall.featureOf("a"))).toEqual([0, 801]);
  expect(wall.rangeOf(wall.featureOf("b"))).toBe(wall.rangeOf("Cells_Count"));
  expect(wall.rangeOf(wall.featureOf("c"))).toEqual([0.5, 1.5]);
  expect([common(desk.plates.values()), common([hang("a", "painting", "Cells_Count"), hang("d", "", null)]), common([])]).toEqual([null, "Cells_Count", undefined]);
});

test("learns a card again when its first headline is another, and forgets name and range of the one before", async () => {
  cards = { painting: ["Cells_Count", "Area"], glo: ["Viability"] };
  const [a, c] = [hang("a", "painting", "Cells_Count"), hang("c", "glo", "Viability")];
  ["a", "c"].forEach(tile);
  values.set("a", 800);
  await wall.learn([a, c]);
  await wall.pull(["a", "c"]);
  expect(wall.features).toEqual(["Cells_Count", "Area", "Viability"]);
  await wall.learn([a, c]);
  expect(learned, "each card is asked for once").toEqual(["a", "c"]);
  cards = { ...cards, painting: ["Viability", "Confluence"] };
  values.set("a", 0.25);
  desk.told += 1;
  await wall.learn([hang("a", "painting", "Viability")]);
  expect(wall.get("a"), "values of the feature before are not coloured as the new one's").toBeUndefined();
  await wall.pull(["a"], desk.told);
  expect(wall.features).toEqual(["Viability", "Confluence"]);
  expect([...wall.ranges.keys()]).toEqual(["Viability"]);
  expect(drawn.get("a")).toEqual([0.25, 1.25]);
});

test("learns a card again when cards are put in force, though its first headline stays", async () => {
  cards = { painting: ["Cells_Count", "Area"] };
  const a = hang("a", "painting", "Cells_Count");
  await wall.learn([a]);
  cards = { painting: ["Cells_Count", "Confluence"] };
  wall.judged();
  await expect.poll(() => wall.features).toEqual(["Cells_Count", "Confluence"]);
});

test("an answer that was asked for before a plate's first headline became another colours nothing", async () => {
  values.set("a", 800);
  tile("a");
  await wall.learn([hang("a", "painting", "Cells_Count")]);
  let come: (bytes: ArrayBuffer) => void = () => undefined;
  desk.host.wall = () => new Promise((resolve) => (come = resolve));
  const before = wall.pull(["a"]);
  await Promise.resolve();
  await Promise.resolve();
  await wall.learn([hang("a", "painting", "Viability")]);
  come(answer(["a"], 800));
  await before;
  expect(drawn.has("a")).toBe(false);
  expect([...wall.ranges.keys()]).toEqual([]);
});
