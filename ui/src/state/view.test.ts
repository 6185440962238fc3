/** Pictures: one question on its way, the newest waits; nothing of another place is shown. Contrast: ranges hold for a run. */
import { expect, test, vi } from "vitest";
import type { PlaneDetail } from "../ipc/generated";
import type { CompositeAsk, Host } from "../ipc/host";
import { channels } from "./channels.svelte";
import { desk } from "./desk.svelte";
import type { Place } from "./place";
import { standing } from "./place";
import { View } from "./view.svelte";

const place = (site: number, stamp = 1): Place => ({ plate: "p", well: 8, site, z: 0, t: 0, stamp });
const tint = (hi: number) => ({ name: "DNA", rgb: [0, 0, 255] as const, lo: 0, hi, gamma: 1 });
const part = { x: 0, y: 0, width: 1, height: 1 };

function picture(): ArrayBuffer {
  const bytes = new ArrayBuffer(36);
  new Uint32Array(bytes, 0, 8).set([1, 1, 2160, 2160, 0, 0, 0, 0]);
  return bytes;
}

test("what is asked while a question is on its way waits, and only the newest of it is asked", async () => {
  const asked: { ask: CompositeAsk; answer: (bytes: ArrayBuffer) => void; refuse: (why: unknown) => void; signal?: AbortSignal }[] = [];
  desk.host = { composite: (ask: CompositeAsk, signal?: AbortSignal) => new Promise((answer, refuse) => void asked.push({ ask, answer, refuse, ...(signal ? { signal } : {}) })) } as unknown as Host;
  vi.stubGlobal("ImageData", vi.fn());
  const view = new View("main");
  for (const hi of [100, 101, 102, 103]) void view.ask({ place: place(1), level: 0, part, channels: [tint(hi)] });
  expect(asked.map(({ ask }) => ask.channels[0]?.hi)).toEqual([100]);
  asked[0]?.answer(picture());
  await vi.waitFor(() => expect(asked.length).toBe(2));
  // The first is shown meanwhile: a drag is seen as it goes.
  expect(view.picture?.look).toContain("100");
  expect(asked[1]?.ask.channels[0]?.hi).toBe(103);
  expect(asked[0]?.signal?.aborted).toBe(false);
  // Another site: nothing of the one before is shown, and nobody waits for it.
  void view.ask({ place: place(2), level: 0, part, channels: [tint(103)] });
  expect([view.picture, asked[1]?.signal?.aborted]).toEqual([null, true]);
  asked[1]?.answer(picture());
  await vi.waitFor(() => expect(asked.length).toBe(3));
  expect(view.picture).toBeNull();
  asked[2]?.refuse({ code: "undecodable", message: "No TIFF.", detail: null });
  await vi.waitFor(() => expect(view.failure?.code).toBe("undecodable"));
  // The same question asks nothing, unless something has come since.
  void view.ask({ place: place(2), level: 0, part, channels: [tint(103)] });
  expect(asked.length).toBe(3);
  const done = view.ask({ place: place(2, 9), level: 0, part, channels: [tint(103)] });
  asked[3]?.answer(picture());
  await done;
  expect([view.failure, view.picture?.key]).toEqual([null, "p 8 2 0 0"]);
});

test("a preview is painted where it lies, at its own level", async () => {
  const bytes = new ArrayBuffer(36);
  new Uint32Array(bytes, 0, 8).set([1, 1, 2160, 2160, 3, 1, 2, 0]);
  desk.host = { composite: async () => bytes } as unknown as Host;
  vi.stubGlobal("ImageData", vi.fn());
  const view = new View("main");
  await view.ask({ place: place(1), level: 1, part: { x: 64, y: 128, width: 64, height: 64 }, channels: [tint(1), { ...tint(2), name: "ER" }] });
  expect(view.picture).toMatchObject({ level: 3, part: { x: 16, y: 32, width: 1, height: 1 }, full: { width: 2160, height: 2160 }, absent: ["DNA"], previews: ["ER"] });
});

test("ranges are the first plane's, hold for the run, and follow Auto alone", async () => {
  const detail = (auto: [number, number]): PlaneDetail => ({ range: [0, 4000], auto, top: 4095, counts: [] }) as unknown as PlaneDetail;
  let auto: [number, number] = [100, 2000];
  desk.host = { call: async () => detail(auto) } as unknown as Host;
  channels.of("run", [{ name: "DNA", rgb: [0, 0, 255] }, { name: "ER", rgb: [0, 255, 0] }]);
  expect(channels.seen).toEqual([]);
  await channels.measure(place(1));
  const ranges = (): number[][] => channels.list.map(({ lo, hi }) => [lo, hi]);
  expect(ranges()).toEqual([[100, 2000], [100, 2000]]);
  auto = [300, 900];
  await channels.measure(place(2));
  expect(ranges()).toEqual([[100, 2000], [100, 2000]]);
  channels.move("ER", "hi", 1500);
  channels.of("another run", [{ name: "ER", rgb: [0, 255, 0] }]);
  await channels.measure(place(3));
  expect(ranges()).toEqual([[300, 900]]);
  channels.of("run", [{ name: "DNA", rgb: [0, 0, 255] }, { name: "ER", rgb: [0, 255, 0] }]);
  expect(ranges()).toEqual([[100, 2000], [100, 1500]]);
  await channels.measure(place(2));
  channels.auto();
  expect(ranges()).toEqual([[300, 900], [300, 900]]);
  // Auto while a plane is read takes what comes.
  auto = [5, 50];
  const reads = channels.measure(place(4));
  channels.auto();
  await reads;
  expect(ranges()).toEqual([[5, 50], [5, 50]]);
});

test("a site stands as the best of its planes that are wanted", () => {
  const plane = (channel: number, state: "stored" | "preview" | "reference" | "incomplete", z = 0) => ({ channel, z, t: 0, state, says: state === "reference" ? "s3://lab/1" : null, seq: 1, acquired_ms: null });
  const site = { site: 1, flags: [], planes: [plane(0, "reference"), plane(1, "incomplete"), plane(2, "stored"), plane(3, "stored", 5)] };
  expect(standing(site, [0, 1, 2], 0, 0).state).toBe("stored");
  expect(standing(site, [0], 0, 0)).toEqual({ state: "reference", says: "s3://lab/1" });
  expect(standing(site, [0, 1], null, 0).state).toBe("incomplete");
  expect(standing(site, [3], 0, 0).state).toBe("missing");
  expect(standing(site, [3], null, 0).state).toBe("stored");
  expect(standing(undefined, [0], 0, 0).state).toBe("missing");
  expect(standing({ site: 2, flags: [], planes: [plane(0, "reference"), plane(1, "preview")] }, [0, 1], 0, 0)).toEqual({ state: "stored", says: "" });
});
