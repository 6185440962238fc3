import { expect, it } from "vitest";
import type { Host } from "../ipc/host";
import { Asked } from "./asked.svelte";
import { desk } from "./desk.svelte";

it("asks one at a time, shows the last wish, keeps what is of the same and says what failed", async () => {
  const waiting: { args: { plate: string; text: string }; answer: (wells: number[]) => void; fail: (words: string) => void }[] = [];
  desk.host = {
    call: (_: string, args: { plate: string; text: string }) => new Promise((answer, reject) => waiting.push({ args, answer, fail: (message) => reject({ code: "bad_wells", message, detail: null }) })),
  } as unknown as Host;
  const asked = new Asked("wells_named");
  const all = ["a", "b", "c"].map((text) => asked.ask({ plate: "p", text }, "p"));
  expect([waiting.length, asked.busy]).toEqual([1, true]);
  waiting[0]?.answer([1]);
  await new Promise((rested) => setTimeout(rested));
  // `b` was wished for no more.
  expect([waiting.length, waiting[1]?.args.text, asked.answer]).toEqual([2, "c", [1]]);
  waiting[1]?.answer([3]);
  await Promise.all(all);
  expect([asked.answer, asked.busy]).toEqual([[3], false]);
  const again = asked.ask({ plate: "p", text: "!" }, "p");
  expect(asked.answer).toEqual([3]);
  waiting[2]?.fail("no wells");
  await again;
  expect([asked.answer, asked.problem]).toEqual([null, "no wells"]);
  // Of another plate nothing stays, and an answer that comes too late is of nobody.
  const late = asked.ask({ plate: "p", text: "x" }, "p");
  const next = asked.ask({ plate: "q", text: "y" }, "q");
  expect(asked.problem).toBeNull();
  waiting[3]?.answer([9]);
  await new Promise((rested) => setTimeout(rested));
  expect(asked.answer).toBeNull();
  waiting[4]?.answer([5]);
  await Promise.all([late, next]);
  expect(asked.answer).toEqual([5]);
});

it("asks again in peace where the same changes often, and at once where it is another", async () => {
  const asked: string[] = [];
  desk.host = { call: async (_: string, args: { plate: string; text: string }) => {
    asked.push(args.text);
    return [];
  } } as unknown as Host;
  const calm = new Asked("wells_named", 60);
  await calm.ask({ plate: "p", text: "1" }, "p");
  const began = Date.now();
  const more = ["2", "3", "4"].map((text) => calm.ask({ plate: "p", text }, "p"));
  await Promise.resolve();
  expect(asked).toEqual(["1"]);
  await Promise.all(more);
  expect([asked, Date.now() - began >= 55]).toEqual([["1", "4"], true]);
  const other = calm.ask({ plate: "q", text: "5" }, "q");
  expect(asked).toEqual(["1", "4", "5"]);
  await other;
});
