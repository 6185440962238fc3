/** What opening, replaying and listing sessions does when the desk refuses. */
import { expect, test } from "vitest";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { Library } from "./sessions.svelte";

function host(refused: string[]): string[] {
  const called: string[] = [];
  const call = (command: string): Promise<unknown> => {
    called.push(command);
    const failure = { code: "no", message: `${command} refused`, detail: null };
    return refused.includes(command) ? Promise.reject(failure as unknown as Error) : Promise.resolve(null);
  };
  desk.host = { call } as unknown as Host;
  return called;
}

test("a session that cannot be opened leaves what is on the desk alone", async () => {
  const called = host(["open_session"]);
  await new Library().replay("s");
  expect(called).toEqual(["open_session"]);
});

test("a replay begins at the start", async () => {
  const called = host([]);
  await new Library().replay("s");
  expect(called).toEqual(["open_session", "seek", "speed", "play"]);
});

test("a library that cannot be read says why, in one place", async () => {
  host(["sessions"]);
  const library = new Library();
  await library.refresh();
  expect(library.problem).toBe("sessions refused");
});
