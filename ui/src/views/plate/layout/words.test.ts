/** Where a layout comes from and what comes back, in words. */
import { expect, it } from "vitest";
import type { LayoutDetail } from "../../../ipc/generated";
import { comesBack, differs, entrySays, holdsHere, originOf, when } from "./words";

const NOW = new Date(2026, 10, 27, 15, 0).getTime();
const of = (change: Partial<LayoutDetail>): LayoutDetail => ({ plate: "p", run: "R", barcode: "B", format: 384, origin: "topic", assay: null, cells: null, wells: [], by: null, at_ms: null, reason: null, has_topic: false, has_run: false, assays: [], ...change });

it("says where it comes from, by whom, when and why", () => {
  expect(originOf(of({}), NOW)).toEqual({ glyph: "ok", says: "From the topic" });
  expect(originOf(of({ origin: "plate", by: "Ada", at_ms: NOW - 3_600_000, reason: "tips" }), NOW).says).toBe("Set here by Ada at 14:00: tips");
  expect(originOf(of({ origin: "run", by: "Ada" }), NOW).says).toBe("Set here for the whole run by Ada");
  expect(originOf(of({ origin: "none" }), NOW)).toMatchObject({ glyph: "idle" });
  expect(when(NOW - 86_400_000, NOW)).toBe("26 Nov, 15:00");
});

it("names what comes back, and what a run's layout means here", () => {
  expect(comesBack(of({ origin: "plate", has_topic: true, has_run: true }), false)).toContain("topic’s");
  expect(comesBack(of({ origin: "plate", has_run: true }), false)).toContain("run’s");
  expect(comesBack(of({ origin: "plate" }), false)).toContain("No layout is left");
  expect(comesBack(of({ origin: "run", has_run: true }), true)).toContain("No layout is left");
  expect(comesBack(of({ origin: "topic", has_topic: true, has_run: true }), true)).toContain("keeps its own");
  expect([holdsHere(of({ origin: "plate" })), holdsHere(of({ has_topic: true })), holdsHere(of({ origin: "none" }))].map((says) => says.includes("keeps it"))).toEqual([true, true, false]);
});

it("counts what differs, and says an entry in a line", () => {
  expect(differs({ wells: new Set([1]), others: [] })).toBe("1 well");
  expect(differs({ wells: new Set([1, 2]), others: ["assay", "cells"] })).toBe("2 wells, assay and cells");
  expect(differs({ wells: new Set(), others: ["cells"] })).toBe("cells");
  expect(entrySays({ role: "sample", compound: "C", concentration: 0.5, unit: "uM", replicate: 2 })).toBe("sample, C, 0.5 µM, replicate 2");
  expect(entrySays(null)).toBe("empty");
});
