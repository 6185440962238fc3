import { beforeEach, expect, test, vi } from "vitest";
import type { Told } from "./generated";
import { tauriHost } from "./tauri";

const strip = { kind: "strip", now_ms: 1 } as unknown as Told;
const tick = (number: number): Told => ({ kind: "tick", number }) as unknown as Told;
let questions: string[] = [];
let answers: (() => Promise<Response>)[] = [];

const heard = (page: number, ...told: Told[]) => () => Promise.resolve(Response.json({ page, told }));
const over = () => Promise.resolve(Response.json({ code: "superseded", message: "", detail: null }, { status: 400 }));

beforeEach(() => {
  [questions, answers] = [[], []];
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (address: string) => {
    questions.push(address.replace("plateside://localhost/told?", ""));
    return (answers.shift() ?? over)();
  });
});

test("says with each question which page asks and what is drawn", async () => {
  answers = [heard(3, strip, tick(7)), heard(3), heard(3, tick(8))];
  const told: string[] = [];
  tauriHost.watch(async (one) => void told.push(one.kind));
  await vi.runAllTimersAsync();
  expect(questions).toEqual(["page=0&drawn=0", "page=3&drawn=7", "page=3&drawn=7", "page=3&drawn=8"]);
  expect(told).toEqual(["strip", "tick", "tick"]);
});

test("hears the strip while a tick is drawn slowly, and says so once it is drawn", async () => {
  answers = [heard(1, tick(1)), heard(1, strip)];
  let drawn: () => void = () => undefined;
  tauriHost.watch((one) => (one.kind === "tick" ? new Promise<void>((done) => (drawn = done)) : Promise.resolve(drawn())));
  await vi.runAllTimersAsync();
  expect(questions).toEqual(["page=0&drawn=0", "page=1&drawn=0", "page=1&drawn=1"]);
});

test("begins anew after a question that failed, and stops for another page", async () => {
  answers = [heard(2, tick(4)), () => Promise.reject(new TypeError("Load failed")), heard(3)];
  tauriHost.watch(async () => undefined);
  await vi.runAllTimersAsync();
  expect(questions).toEqual(["page=0&drawn=0", "page=2&drawn=4", "page=0&drawn=4", "page=3&drawn=4"]);
});

test("goes on after a tick that could not be shown, and says so", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  answers = [heard(1, tick(5))];
  tauriHost.watch(() => Promise.reject(new Error("cannot paint")));
  await vi.runAllTimersAsync();
  expect(questions).toEqual(["page=0&drawn=0", "page=1&drawn=5"]);
  expect(said).toHaveBeenCalledTimes(1);
});
