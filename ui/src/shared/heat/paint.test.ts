import { expect, it } from "vitest";
import { autoRange, lut } from "../colour/colour";
import { paint, pixel } from "./paint";

class Pixels {
  data: Uint8ClampedArray;
  constructor(public width: number, public height: number) {
    this.data = new Uint8ClampedArray(width * height * 4);
  }
}
globalThis.ImageData ??= Pixels as unknown as typeof ImageData;

it("paints each state as it is", () => {
  const table = lut("viridis", "dark");
  const [ground, empty, mark] = [pixel("#0b0c0d"), pixel("#23262a"), pixel("#5b6068")];
  const image = paint({
    rows: 1, columns: 4, pitch: 8, values: [0, 10, Number.NaN, Number.NaN],
    states: Uint8Array.from([1, 0x11, 0, 0x20]), range: [0, 10], lut: table, ground, empty, mark,
  });
  const at = (x: number, y: number): number | undefined => new Uint32Array(image.data.buffer)[y * 32 + x];
  expect(at(2, 3)).toBe(table[0]);
  expect(at(7, 3)).toBe(ground);
  expect(at(10, 1)).toBe(table[255]);
  expect(at(8, 0)).toBe(pixel("#000"));
  expect([at(19, 3), at(16, 0)]).toEqual([mark, ground]);
  expect([at(24, 0), at(25, 0)]).toEqual([mark, empty]);
});

it("draws not yet, empty, no value and excluded each in its own way", () => {
  const table = lut("viridis", "dark");
  const [ground, empty, mark] = [1, 2, 3];
  // Not yet, empty, no value, excluded with a dark value, excluded with a light one, excluded before it was read.
  const states = Uint8Array.from([0, 0x20, 2, 0x11, 0x11, 0x10]);
  const image = paint({ rows: 1, columns: 6, pitch: 12, values: [Number.NaN, Number.NaN, Number.NaN, 0, 10, Number.NaN], states, range: [0, 10], lut: table, ground, empty, mark });
  const well = (n: number): number[] => Array.from({ length: 121 }, (_, i) => new Uint32Array(image.data.buffer)[Math.floor(i / 11) * 72 + n * 12 + (i % 11)] ?? -1);
  const drawn = [0, 1, 2, 3, 4, 5].map((n) => well(n).join());
  expect(new Set(drawn).size).toBe(6);
  const how = (n: number, ink: number): number => well(n).filter((pixel) => pixel === ink).length;
  expect([how(0, mark), how(0, ground)]).toEqual([1, 120]);
  expect(how(2, mark)).toBeGreaterThan(how(1, mark));
  expect([how(3, 0xffffffff), how(4, 0xff000000)]).toEqual([21, 21]);
  expect(how(5, mark)).toBe(21);
});

it("paints some wells anew and leaves the others, as if all had been painted", () => {
  const table = lut("viridis", "dark");
  const heat = (values: number[], states: number[]): Parameters<typeof paint>[0] => ({ rows: 2, columns: 3, pitch: 9, values, states: Uint8Array.from(states), range: [0, 10], lut: table, ground: 1, empty: 2, mark: 3 });
  const before = paint(heat([0, 1, 2, Number.NaN, Number.NaN, 5], [1, 1, 0x11, 0, 0x20, 1]));
  const after = heat([0, 9, 2, 4, Number.NaN, Number.NaN], [1, 1, 1, 1, 0, 0]);
  const some = paint(after, before, [1, 2, 3, 4, 5]);
  expect(some).toBe(before);
  expect([...some.data]).toEqual([...paint(after).data]);
  // Where there is nothing to keep, all are painted.
  expect([...paint(after, undefined, [1]).data]).toEqual([...some.data]);
});

it("reads colours short and long", () => {
  expect(pixel(" #fff")).toBe(pixel("#ffffff"));
  expect(pixel("#123456")).toBe(0xff563412);
});

it("takes the maps' ends from their tables and ranges from the middle of the values", () => {
  expect(lut("viridis", "dark")[0]).toBe(pixel("#440154"));
  expect(lut("viridis", "dark")[255]).toBe(pixel("#fde725"));
  expect(autoRange([Number.NaN])).toEqual([0, 1]);
  expect(autoRange([5, 5])).toEqual([4.5, 5.5]);
  expect(autoRange(Float64Array.from({ length: 201 }, (_, i) => i - 100), true)).toEqual([-98, 98]);
});
