import { beforeEach, expect, test } from "vitest";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { wall } from "./wall.svelte";

// Node has it from 21 on; this takes a buffer's memory away as it does.
ArrayBuffer.prototype.transfer ??= function (this: ArrayBuffer): ArrayBuffer {
  return structuredClone(this, { transfer: [this] });
};

/** What the desk writes for plates of two wells, each with this value. */
function answer(plates: string[], value: number): ArrayBuffer {
  const bytes = new ArrayBuffer(plates.length * 32);
  plates.forEach((_, place) => {
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
const drawn = new Map<string, number[]>();

beforeEach(() => {
  [asked, given, fails] = [[], [], false];
  drawn.clear();
  wall.tiles.clear();
  wall.clear();
  desk.told += 1;
  desk.host = {
    wall: async (_feature: string, plates: string[]) => {
      asked.push(plates);
      if (fails) throw new Error("gone");
      const bytes = answer(plates, asked.length);
      given.push(bytes);
      return bytes;
    },
  } as unknown as Host;
});

function tile(plate: string): void {
  wall.tiles.set(plate, (values) => drawn.set(plate, [...values.values]));
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
