/** Scrubbing sends one wish at a time and keeps the last; an answer about another session is dropped. */
import { afterEach, expect, test, vi } from "vitest";
import type { Strip } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { Time } from "./timeline.svelte";

afterEach(() => vi.useRealTimers());

test("while one seek is on its way only the last wish is kept", async () => {
  const sent: unknown[] = [];
  const done: (() => void)[] = [];
  const call = (_: string, args: unknown): Promise<null> => {
    sent.push(args);
    return new Promise((resolve) => done.push(() => resolve(null)));
  };
  desk.host = { call } as unknown as Host;
  const time = new Time();
  const first = time.seek({ to: "seq", seq: 1 });
  for (const seq of [2, 3, 4]) void time.seek({ to: "seq", seq });
  expect(sent).toEqual([{ to: "seq", seq: 1 }]);
  done[0]?.();
  await vi.waitFor(() => expect(sent.length).toBe(2));
  done[1]?.();
  await first;
  expect(sent).toEqual([{ to: "seq", seq: 1 }, { to: "seq", seq: 4 }]);
});

test("the timeline is asked for once for many ticks, and an answer of the session before is dropped", async () => {
  vi.useFakeTimers();
  const answers: ((line: unknown) => void)[] = [];
  desk.host = { call: () => new Promise((resolve) => answers.push(resolve)) } as unknown as Host;
  desk.strip = { session: { name: "a", folder: "/a", demo: false } } as Strip;
  const time = new Time();
  for (let tick = 0; tick < 50; tick += 1) time.touch();
  await vi.advanceTimersByTimeAsync(3000);
  expect(answers.length).toBe(1);
  time.clear();
  answers[0]?.({ first_ms: 1, last_ms: 2, counts: [], marks: [] });
  await vi.advanceTimersByTimeAsync(0);
  expect(time.line).toBeNull();
  await vi.advanceTimersByTimeAsync(60);
  answers[1]?.({ first_ms: 5, last_ms: 6, counts: [], marks: [] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(time.line).toMatchObject({ first_ms: 5 });
  expect(answers.length).toBe(2);
});
