/** What opening, replaying and listing sessions does when the desk refuses. */
import { expect, test } from "vitest";
import type { Sessions } from "../ipc/generated";
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

test("a broken session says where what is shown ends", async () => {
  host([]);
  const library = new Library();
  const broken = { session: "s", name: "Tuesday", state: "broken", state_says: "a file is gone", broken_seq: 4097 };
  library.list = { rows: [broken], folder: "", used_bytes: 0, free_bytes: null } as unknown as Sessions;
  await library.open("s");
  expect(desk.toasts.at(-1)?.text).toBe("Tuesday is broken from entry 4,097 on: what is shown stands before it.");
  library.list = { ...library.list, rows: [{ ...broken, broken_seq: null }] } as unknown as Sessions;
  await library.open("s");
  expect(desk.toasts.at(-1)?.text).toBe("Tuesday is broken: a file is gone");
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
