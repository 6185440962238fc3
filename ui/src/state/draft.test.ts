import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReviewDraft } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { draft } from "./draft.svelte";

let asked: { flag: string; draft: ReviewDraft | null }[] = [];
let answer: () => Promise<{ at_ms: number }> = async () => ({ at_ms: 7 });

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = async () => ({ at_ms: 7 });
  desk.host = { call: async (_command: string, args: (typeof asked)[number]) => { asked.push(args); return answer(); } } as unknown as Host;
  draft.begin("f1", null);
});
afterEach(async () => {
  draft.begin(null, null);
  await vi.runAllTimersAsync();
  vi.useRealTimers();
});

test("is kept 400 ms after the last change, once", async () => {
  draft.change({ verdict: "pass" });
  await vi.advanceTimersByTimeAsync(300);
  draft.write("two cells");
  await vi.advanceTimersByTimeAsync(399);
  expect([asked.length, draft.unsaved]).toEqual([0, true]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.map((one) => [one.flag, one.draft?.verdict, one.draft?.comment])).toEqual([["f1", "pass", "two cells"]]);
  expect([draft.unsaved, draft.saved_ms]).toEqual([false, 7]);
});

test("is kept at once when the item is left, and let go of where nothing is in it", async () => {
  draft.change({ verdict: "reject" });
  draft.begin("f2", null);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map((one) => one.flag)).toEqual(["f1"]);
  draft.change({ verdict: "pass" });
  draft.undo();
  await vi.advanceTimersByTimeAsync(400);
  expect(asked.at(-1)).toEqual({ flag: "f2", draft: null });
});

test("what cannot be kept is tried again, and is still there when one comes back", async () => {
  answer = () => Promise.reject({ code: "session", message: "The disk is full.", detail: null });
  draft.change({ reasons: ["F1"] });
  await vi.advanceTimersByTimeAsync(400);
  expect([draft.unsaved, draft.problem]).toEqual([true, "The disk is full."]);
  draft.begin("f2", null);
  draft.begin("f1", { verdict: "pass", reasons: [], comment: "", shapes: [], saved_ms: 1 });
  expect(draft.reasons).toEqual(["F1"]);
  answer = async () => ({ at_ms: 9 });
  await vi.advanceTimersByTimeAsync(3000);
  expect([draft.unsaved, draft.problem, draft.saved_ms]).toEqual([false, null, 9]);
});

test("a change while an older one is on its way waits for it, and stands in the end", async () => {
  let come: (kept: { at_ms: number }) => void = () => undefined;
  answer = () => new Promise((told) => (come = told));
  draft.change({ verdict: "pass" });
  await vi.advanceTimersByTimeAsync(400);
  draft.change({ verdict: "reject" });
  await vi.advanceTimersByTimeAsync(400);
  expect(asked.length).toBe(1);
  come({ at_ms: 1 });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map((one) => one.draft?.verdict)).toEqual(["pass", "reject"]);
  come({ at_ms: 2 });
  await vi.advanceTimersByTimeAsync(0);
  expect(draft.unsaved).toBe(false);
});
