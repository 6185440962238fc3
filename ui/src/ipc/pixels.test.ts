import { expect, test } from "vitest";
import { compositeQuery, parseComposite, parseOutlines } from "./pixels";

test("asks for a picture as the desk reads it, names with commas last", () => {
  const ask = { plate: "p", well: 8, site: 5, z: null, t: 0, level: 2, x: 0, y: 64, width: 300, height: 200, view: "main" };
  const query = compositeQuery({ ...ask, channels: [{ name: "DNA", rgb: [74, 125, 255], lo: 100.4, hi: 4000, gamma: 0.9 }, { name: "a, b&c", rgb: [0, 9, 255], lo: 0, hi: 1, gamma: 1 }] });
  expect(query.getAll("c")).toEqual(["4a7dff,100,4000,0.9,DNA", "0009ff,0,1,1,a, b&c"]);
  expect(query.toString()).toMatch(/^plate=p&well=8&site=5&z=max&t=0&level=2&x=0&y=64&w=300&h=200&view=main&c=/);
  expect(compositeQuery({ ...ask, z: 3, channels: [] }).get("z")).toBe("3");
});

test("reads a picture where it lies, and which channels are not in it", () => {
  const bytes = new ArrayBuffer(32 + 2 * 1 * 4);
  new Uint32Array(bytes, 0, 8).set([2, 1, 2160, 2160, 3, 0b101, 0b10, 0b1000]);
  new Uint8Array(bytes, 32).set([1, 2, 3, 255, 4, 5, 6, 255]);
  const found = parseComposite(bytes);
  expect({ ...found, pixels: [...found.pixels] }).toEqual({ width: 2, height: 1, full: { width: 2160, height: 2160 }, level: 3, absent: [0, 2], previews: [1], beyond: [3], pixels: [1, 2, 3, 255, 4, 5, 6, 255] });
  expect(() => parseComposite(bytes.slice(0, 36))).toThrow(RangeError);
  expect(() => parseComposite(bytes.slice(0, 8))).toThrow(RangeError);
});

test("reads outlines one after the other", () => {
  const bytes = new ArrayBuffer(4 + 4 + 24 + 4);
  const view = new DataView(bytes);
  view.setUint32(0, 2, true);
  view.setUint32(4, 3, true);
  [1, 2, 3, 4, 5, 6.5].forEach((at, n) => view.setFloat32(8 + n * 4, at, true));
  expect(parseOutlines(bytes).map((one) => [...one])).toEqual([[1, 2, 3, 4, 5, 6.5], []]);
  expect(parseOutlines(new ArrayBuffer(4))).toEqual([]);
  expect(() => parseOutlines(bytes.slice(0, 30))).toThrow(RangeError);
});
