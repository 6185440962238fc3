/** A compound's letter is that of its first appearance, and stays. */
import { expect, it } from "vitest";
import type { LayoutEntry } from "../ipc/generated";
import { lettered } from "./letters";

const entry = (well: number, compound: string | null, role = "sample"): LayoutEntry => ({ well, compound, role, concentration: null, unit: null, replicate: null });

it("letters go by wells, whatever the order of the layout; controls have none", () => {
  const found = lettered(new Map(), [entry(5, "Zeta"), entry(2, "Beta"), entry(0, "DMSO", "negative"), entry(3, "Beta"), entry(4, null), entry(6, "Mu", "reference"), entry(7, "Tau", "positive")]);
  expect([...found]).toEqual([["Beta", "A"], ["Zeta", "B"], ["Mu", "C"]]);
});

it("a letter stays from plate to plate; after Z comes AA", () => {
  const first = lettered(new Map(), [entry(0, "one"), entry(1, "two")]);
  const second = lettered(first, [entry(0, "two"), entry(1, "three")]);
  expect([second.get("two"), second.get("three")]).toEqual(["B", "C"]);
  expect(lettered(second, [entry(9, "one")])).toBe(second);
  const many = lettered(new Map(), Array.from({ length: 28 }, (_, n) => entry(n, `c${n}`)));
  expect([many.get("c25"), many.get("c26"), many.get("c27")]).toEqual(["Z", "AA", "AB"]);
});
