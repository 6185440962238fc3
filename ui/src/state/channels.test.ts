/** Ranges hold from plane to plane of one kind; planes with other samples have their own. */
import { expect, test } from "vitest";
import type { PlaneDetail } from "../ipc/generated";
import { channels } from "./channels.svelte";
import { desk } from "./desk.svelte";
import type { Place } from "./place";

const detail = (sample: string, auto: [number, number], top: number): PlaneDetail => ({
  width: 1, height: 1, sample, bits: 8, span: [0, 65_535], range: [0, auto[1]], auto, top, counts: [], saturated_percent: 0,
  focus_slope: null, sha256: "", bytes: 1, format: "png", seq: 1, preview: false,
} as unknown as PlaneDetail);
const place = (well: number): Place => ({ plate: "p", well, site: 1, z: 0, t: 0, stamp: well });

test("a plane of 16 bits is not seen through the range of one of 8, and each keeps what was set", async () => {
  const details = [detail("u8", [8, 142], 255), detail("u16", [900, 40_000], 65_535), detail("u8", [1, 2], 255)];
  desk.host = { ...desk.host, call: ((_: string, { well }: { well: number }) => Promise.resolve(details[well])) as typeof desk.host.call };
  channels.of("run", [{ name: "DNA", rgb: [0, 0, 255] }]);
  const range = (): number[] => channels.list.flatMap(({ lo, hi, axis }) => [lo, hi, axis]);
  await channels.measure(place(0));
  expect(range().slice(0, 2)).toEqual([8, 142]);
  channels.move("DNA", "hi", 100);
  await channels.measure(place(1));
  expect(range()).toEqual([900, 40_000, 42_000]);
  await channels.measure(place(2));
  expect(range().slice(0, 2)).toEqual([8, 100]);
  await channels.measure(place(1));
  expect(range()).toEqual([900, 40_000, 42_000]);
});
