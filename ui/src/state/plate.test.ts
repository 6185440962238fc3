import { expect, test } from "vitest";
import type { PlateDetail, PlateTile } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { plate } from "./plate.svelte";

const WELLS = 96;

/** What the desk writes for a column in which the first so many wells have a value. */
function column(read: number): ArrayBuffer {
  const bytes = new ArrayBuffer(32 + WELLS * 18);
  const view = new DataView(bytes);
  view.setUint32(0, WELLS, true);
  for (let well = 0; well < read; well += 1) {
    view.setFloat64(32 + well * 8, well, true);
    view.setUint8(32 + WELLS * 16 + well, 1);
  }
  return bytes;
}

test("outlines the wells that came, not a flood of them, nor what another feature has", async () => {
  let read = 3;
  desk.host = {
    call: async (command: string) => (command === "features" ? ["a", "b"] : ({ rows: 8, columns: 12, headlines: [], layout: [], excluded: [], qc: [] } as unknown as PlateDetail)),
    column: async () => column(read),
  } as unknown as Host;
  desk.plates.set("p", { plate: "p", run: "r", barcode: "b" } as PlateTile);
  desk.selected = "p";
  plate.look();
  await plate.pull();
  const fresh = (): number[] => plate.fresh.map(({ well }) => well);
  expect(fresh()).toEqual([]);

  read = 5;
  await plate.pull();
  expect(fresh()).toEqual([3, 4]);
  read = 6;
  await plate.pull();
  expect(fresh()).toEqual([3, 4, 5]);

  // What another feature has is no arrival.
  read = 20;
  plate.choose("b");
  await plate.pull();
  expect(fresh()).toEqual([3, 4, 5]);
  read = WELLS;
  await plate.pull();
  expect(fresh()).toEqual([3, 4, 5]);

  // Nor is what another moment has.
  read = 10;
  await plate.pull();
  desk.session += 1;
  read = 12;
  plate.look();
  expect(fresh()).toEqual([]);
  await plate.pull();
  expect(fresh()).toEqual([]);
  read = 13;
  await plate.pull();
  expect(fresh()).toEqual([12]);

  // Of another plate nothing stays.
  desk.plates.set("q", { plate: "q", run: "r", barcode: "c" } as PlateTile);
  desk.selected = "q";
  plate.look();
  expect(fresh()).toEqual([]);
});
