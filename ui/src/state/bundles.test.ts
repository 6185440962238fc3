/** What writing and opening bundles does with what the desk answers. */
import { beforeEach, expect, test, vi } from "vitest";
import type { BundleWork, Failure, SessionRow, Strip } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { Export, Import, work } from "./bundles.svelte";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";
import { library } from "./sessions.svelte";

type Answers = Record<string, (args: never) => unknown>;
const failure = (code: string, message = code): Failure => ({ code, message, detail: null });
const refuses = (code: string, message = code) => (): never => {
  throw failure(code, message) as unknown as Error;
};
const PLACE = { path: "/home/p/Documents/Plateside/a.plateside", database_bytes: 100, images_bytes: 900, free_bytes: 5000 };

function host(answers: Answers): [string, unknown][] {
  const called: [string, unknown][] = [];
  const call = async (command: string, args: unknown): Promise<unknown> => {
    called.push([command, args]);
    return (await answers[command]?.(args as never)) ?? null;
  };
  desk.host = { call } as unknown as Host;
  return called;
}
const listing = (...names: string[]) => (): unknown => ({ rows: names.map((name) => ({ session: name, name, messages: 1, state: "verified" }) as unknown as SessionRow), folder: "", used_bytes: 0, free_bytes: null, is_counting: false });

beforeEach(() => {
  desk.toasts = [];
  desk.strip = null;
  route.goByName("sessions");
  [library.list, library.chosen, library.detail] = [null, null, null];
});

test("a form says where a bundle would go and how large it is at most, and ends in a toast with its path", async () => {
  const called = host({ bundle_place: () => PLACE, export_bundle: () => ({ path: PLACE.path, bytes: 950, left_out_bytes: 0 }) });
  const exporting = new Export();
  await exporting.open("s");
  expect([exporting.path, exporting.most]).toEqual([PLACE.path, 1000]);
  exporting.pixels = "none";
  expect(exporting.most).toBe(100);
  await exporting.run();
  expect(called.at(-1)).toEqual(["export_bundle", { session: "s", path: PLACE.path, pixels: "none", keep_link_queries: false }]);
  expect([desk.toasts.at(-1)?.text, desk.toasts.at(-1)?.path, exporting.session]).toEqual(["Bundle written, 950 B:", PLACE.path, null]);
});

test("what was typed before the place is known stays; an answer about another session is of no interest", async () => {
  const late: ((place: unknown) => void)[] = [];
  host({ bundle_place: () => new Promise((answer) => late.push(answer)) });
  const exporting = new Export();
  const first = exporting.open("a");
  const second = exporting.open("b");
  exporting.path = "/mine";
  late[0]?.({ ...PLACE, path: "/a" });
  await first;
  expect(exporting.place).toBe(null);
  late[1]?.(PLACE);
  await second;
  expect([exporting.path, exporting.place?.images_bytes]).toEqual(["/mine", 900]);
});

test("links that may be signed are asked about only after the desk refused, and then go along", async () => {
  let refused = false;
  const called = host({ bundle_place: () => PLACE, export_bundle: () => (refused ? { path: "/x", bytes: 1, left_out_bytes: 0 } : ((refused = true), refuses("link_queries", "3 links")())) });
  const exporting = new Export();
  await exporting.open("s");
  expect(exporting.links).toBe(null);
  await exporting.run();
  expect([exporting.links, exporting.problem, exporting.running, desk.toasts.length]).toEqual(["3 links", null, null, 0]);
  exporting.keeps = true;
  await exporting.run();
  expect(called.at(-1)?.[1]).toMatchObject({ keep_link_queries: true });
  // The next form does not remember it.
  await exporting.open("s");
  expect([exporting.links, exporting.keeps]).toEqual([null, false]);
});

test("what is refused stands in the form, or is told where nobody looks at it", async () => {
  host({ bundle_place: () => PLACE, export_bundle: refuses("exists", "it is there") });
  const exporting = new Export();
  await exporting.open("s");
  await exporting.run();
  expect([exporting.problem, desk.toasts.length]).toEqual(["it is there", 0]);
  route.goByName("live");
  await exporting.run();
  expect(desk.toasts.at(-1)).toMatchObject({ text: "it is there", bad: true });
  host({ export_bundle: refuses("cancelled", "Cancelled") });
  await exporting.run();
  expect([exporting.problem, desk.toasts.at(-1)?.bad]).toEqual([null, false]);
});

test("one bundle at a time, also one that another page began; it can be broken off", async () => {
  const called = host({ bundle_place: () => PLACE });
  desk.strip = { bundling: { doing: "export", stopping: false } as BundleWork } as Strip;
  const [exporting, importing] = [new Export(), new Import()];
  await exporting.open("s");
  importing.path = "/b.plateside";
  await exporting.run();
  expect(await importing.run()).toBe(false);
  expect(called.map(([command]) => command)).toEqual(["bundle_place"]);
  await work.stop();
  expect(called.at(-1)?.[0]).toBe("stop_bundle");
});

test("an opened bundle's session is chosen, in a list that was begun after it came", async () => {
  let rows = listing("old");
  const lists: (() => void)[] = [];
  host({
    sessions: () => { const now = rows(); return new Promise((answer) => lists.push(() => answer(now))); },
    session: () => ({ row: { session: "new", name: "new" } }),
    import_bundle: () => { rows = listing("new", "old"); return { session: "new", name: "new", already: false }; },
  });
  const early = library.refresh();
  const importing = new Import();
  importing.open = true;
  importing.path = " /b.plateside ";
  const opened = importing.run();
  await vi.waitFor(() => expect(lists.length).toBe(1));
  lists[0]?.();
  await early;
  await vi.waitFor(() => expect(lists.length).toBe(2));
  lists[1]?.();
  expect(await opened).toBe(true);
  expect([library.chosen, library.row?.name, importing.open, importing.path]).toEqual(["new", "new", false, ""]);
  expect(desk.toasts.at(-1)?.text).toBe("new is in the library: verified, read-only.");
});

test("one that is there already is said to be, and chosen", async () => {
  host({ sessions: listing("s"), session: () => ({ row: { session: "s", name: "s" } }), import_bundle: () => ({ session: "s", name: "s", already: true }) });
  const importing = new Import();
  importing.path = "/b.plateside";
  await importing.run();
  expect(desk.toasts.at(-1)?.text).toContain("already");
  expect(library.chosen).toBe("s");
});

test("a refusal stands by the path until another one is typed", async () => {
  host({ bundles: refuses("stopped", "no places"), import_bundle: refuses("bundle", "/b is no bundle") });
  const importing = new Import();
  importing.show();
  await vi.waitFor(() => expect(importing.unfound).toBe("no places"));
  importing.path = "/b";
  expect(await importing.run()).toBe(false);
  expect(importing.problem).toBe("/b is no bundle");
  importing.edited();
  expect(importing.problem).toBe("/b is no bundle");
  importing.pick({ path: "/c", name: "c", folder: "/", bytes: 1, changed_ms: null });
  expect([importing.problem, importing.path]).toEqual([null, "/c"]);
});
