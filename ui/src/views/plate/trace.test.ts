/** How a number came, in words. */
import { expect, it } from "vitest";
import type { TraceStep } from "../../ipc/generated";
import { gave, standing, storyOf, verb } from "./trace";

const step = (change: Partial<TraceStep> = {}, wins = true): TraceStep => ({ message: { seq: 1, kind: "result", topic: "t", partition: 0, offset: 1, timestamp_ms: null, received_ms: 0, wins }, site: null, value: 1.5, missing: null, corrects: false, ...change });

it("says what a message gave, and whether it counts, in words", () => {
  expect([step(), step({ value: null, missing: "cleared" }), step({ value: null, missing: "infinite" }), step({ value: null })].map(gave)).toEqual(["1.50", "the value was cleared", "infinite", "no value"]);
  expect([standing(step(), false), standing(step(), true), standing(step({}, false), true)]).toEqual([{ glyph: "ok", says: "counts" }, { glyph: "ok", says: "counts for its site" }, { glyph: "idle", says: "replaced" }]);
  expect([verb(step()), verb(step({ corrects: true }))]).toEqual(["received", "corrected"]);
  expect(storyOf([step()])).toBe("1 message, never corrected");
  expect(storyOf([step({ site: 1 }), step({ site: 2 }), step({ site: 2, corrects: true })])).toBe("3 messages, 2 sites, corrected once");
});
