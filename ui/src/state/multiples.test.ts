import { beforeEach, expect, it } from "vitest";
import type { PlateTile } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { type Held, multiples } from "./multiples.svelte";

const WELLS = 24;
let asked: string[] = [];

/** A column whose values go up from `from`. */
function column(from: number): ArrayBuffer {
  const bytes = new ArrayBuffer(32 + WELLS * 18);
  const view = new DataView(bytes);
  view.setUint32(0, WELLS, true);
  for (let well = 0; well < WELLS; well += 1) view.setFloat64(32 + well * 8, from + well, true);
  return bytes;
}

beforeEach(() => {
  asked = [];
  desk.session += 1;
  desk.plates.clear();
  for (let n = 0; n < 5; n += 1) desk.plates.set(`p${n}`, { plate: `p${n}`, run: n < 4 ? "r" : "s", barcode: `b${n}`, revision: 1 } as PlateTile);
  desk.host = { column: async (plate: string, _feature: string, scale: string) => {
    asked.push(`${plate} ${scale}`);
    if (plate === "p3") throw { code: "no_scale", message: "it has no controls", detail: null };
    return column(Number(plate.slice(1)) * 100);
  } } as unknown as Host;
});

it("asks for what is seen, once, and widens one range over the run alone", async () => {
  multiples.look("r", "f", "raw");
  const seen: Held[] = [];
  const end = multiples.show("p0", (held) => seen.push(held));
  await multiples.want([]);
  expect([asked, seen.length, multiples.range]).toEqual([["p0 raw"], 1, [0, 23]]);
  await multiples.want(["p0", "p2", "p4"]);
  expect([asked, multiples.range, multiples.known]).toEqual([["p0 raw", "p2 raw", "p4 raw"], [0, 222], 2]);
  // What is the same is not asked again; what is held is painted at once.
  multiples.look("r", "f", "raw");
  const again: Held[] = [];
  multiples.show("p2", (held) => again.push(held))();
  expect(again.length).toBe(1);
  await multiples.want(["p0", "p2"]);
  expect(asked.length).toBe(3);
  end();
  // In another scale nothing stays.
  multiples.look("r", "f", "z");
  expect([multiples.range, multiples.known, multiples.get("p0")]).toEqual([null, 0, undefined]);
});

it("says why a plate has no values, and asks again when it has more", async () => {
  multiples.look("r", "f", "percent");
  const seen: Held[] = [];
  const end = multiples.show("p3", (held) => seen.push(held));
  await multiples.want([]);
  expect([seen[0]?.problem, seen[0]?.column, multiples.range]).toEqual(["it has no controls", null, null]);
  await multiples.want(["p3"]);
  expect(asked.length).toBe(1);
  desk.plates.set("p3", { ...desk.plates.get("p3"), revision: 2 } as PlateTile);
  const more = multiples.want(["p3"]);
  // Not at once: while a plate reads, every tick names it.
  expect(asked.length).toBe(1);
  await more;
  expect(asked.length).toBe(2);
  end();
});
