/** The rules file while it is written: checked once the hand rests, the newest question wins, steps, dry run, sending. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RulesChecked } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { desk } from "./desk.svelte";
import { rules } from "./rules.svelte";

const RULE = '[[rule]]\nid = "z"\n';
const fine: RulesChecked = { problems: [], rules: [] };
let asked: { command: string; args: { text?: string; reason?: string }; answer: (value: unknown) => void; refuse: (value: unknown) => void }[] = [];
const open = (command: string): typeof asked => asked.filter((one) => one.command === command);
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.setSystemTime(1_000_000);
  asked = [];
  desk.host = { call: (command: string, args: object) => new Promise((answer, refuse) => asked.push({ command, args, answer, refuse })) } as unknown as Host;
  rules.discard();
  rules.forget(desk.session + 1);
  void rules.load();
  asked[0]?.answer({ text: RULE, rules: [], shipped: "# shipped\n", facts: [] });
  await settle();
  rules.discard();
  await vi.advanceTimersByTimeAsync(400);
  for (const one of open("check_rules")) one.answer(fine);
  await settle();
  asked = [];
});
afterEach(() => vi.useRealTimers());

it("asks 300 ms after the last letter, and an answer to an older text is never taken for this one's", async () => {
  rules.write(`${RULE}a`);
  await vi.advanceTimersByTimeAsync(200);
  rules.write(`${RULE}ab`);
  await vi.advanceTimersByTimeAsync(299);
  expect(open("check_rules")).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  rules.write(`${RULE}abc`);
  await vi.advanceTimersByTimeAsync(300);
  const [first, second] = open("check_rules");
  expect([first?.args.text, second?.args.text]).toEqual([`${RULE}ab`, `${RULE}abc`]);
  second?.answer({ problems: [{ rule: "z", field: "when", line: 1, field_line: 1, field_column: 1, reason: "no", hint: null }], rules: [] });
  await settle();
  first?.answer(fine);
  await settle();
  expect([rules.problems?.length, rules.mayRun, rules.checking]).toEqual([1, false, false]);
});

it("nothing may run while it is not known whether the text is right, or the check is refused", async () => {
  rules.write("x".repeat(1_000_001));
  expect([rules.problems, rules.mayRun, rules.checking]).toEqual([null, false, true]);
  await vi.advanceTimersByTimeAsync(300);
  open("check_rules")[0]?.refuse({ code: "too_large", message: "A rules file holds at most 256 kB.", detail: null });
  await settle();
  expect([rules.unchecked, rules.maySend, rules.checking]).toEqual(["A rules file holds at most 256 kB.", false, false]);
});

it("what is written of one session’s rules stays with it; what was tried stays until another session", async () => {
  const at = (folder: string): void => void (desk.strip = { session: { folder } } as unknown as typeof desk.strip);
  const load = async (text: string): Promise<void> => {
    void rules.load();
    open("rules").at(-1)?.answer({ text, rules: [], shipped: "", facts: [] });
    await settle();
  };
  const before = desk.strip;
  rules.write(`${RULE}# of the first`);
  at("/second");
  await load("# second\n");
  expect([rules.text, rules.edited]).toEqual(["# second\n", false]);
  rules.write("# second, changed\n");
  desk.strip = before;
  await load(RULE);
  expect([rules.text, rules.edited]).toEqual([`${RULE}# of the first`, true]);
  at("/second");
  await load("# second\n");
  expect([rules.text, rules.edited]).toEqual(["# second, changed\n", true]);
  rules.discard();
  desk.strip = before;
  await load(RULE);
  rules.forget(7);
  rules.tried = { text: RULE, answer: {} as never };
  rules.forget(7);
  expect(rules.tried).not.toBe(null);
  rules.forget(8);
  expect(rules.tried).toBe(null);
});

it("shipped rules, a switch and typing are steps of their own; typing on is one", () => {
  for (const typed of ["1", "12", "123"]) rules.write(RULE + typed);
  rules.ship();
  expect(rules.text).toBe("# shipped\n");
  rules.undo();
  expect(rules.text).toBe(`${RULE}123`);
  rules.undo();
  expect([rules.text, rules.edited]).toEqual([RULE, false]);
  // What is pasted is a step of its own, also right after typing, and so is what is typed behind it.
  const pasted = `${RULE}# a line that somebody copied elsewhere`;
  for (const text of [`${RULE}#`, pasted, `${pasted}.`]) rules.write(text);
  rules.undo();
  expect(rules.text).toBe(pasted);
  rules.undo();
  rules.undo();
  expect([rules.text, rules.edited]).toEqual([RULE, false]);
  for (const typed of ["1", "12", "123"]) rules.write(RULE + typed);
  rules.turn("z", false);
  expect(rules.text).toContain("enabled = false");
  rules.undo();
  expect(rules.text).toBe(`${RULE}123`);
  rules.insert(0, 2, "feature.z_prime");
  expect(rules.text.startsWith("feature.z_primerule]]")).toBe(true);
  expect(rules.caret).toMatchObject({ from: 15, to: 15, focus: true });
});

it("steps of huge texts are let go, the last one never", () => {
  for (let n = 0; n < 12; n += 1) {
    vi.advanceTimersByTime(2000);
    rules.write(String(n).repeat(1_000_000));
  }
  let steps = 0;
  while (rules.canUndo) {
    rules.undo();
    steps += 1;
  }
  expect(steps).toBeGreaterThan(1);
  expect(steps).toBeLessThan(9);
});

it("the last dry run asked for is the one shown; its failure is said", async () => {
  rules.write(`${RULE}# a`);
  await vi.advanceTimersByTimeAsync(300);
  open("check_rules")[0]?.answer(fine);
  await settle();
  void rules.dryRun();
  void rules.dryRun();
  const [first, second] = open("dry_run_rules");
  second?.answer({ records: 2 });
  await settle();
  first?.answer({ records: 1 });
  await settle();
  expect([rules.tried?.answer.records, rules.trying]).toEqual([2, false]);
  void rules.dryRun();
  open("dry_run_rules")[2]?.refuse({ code: "io", message: "The session's file is gone.", detail: null });
  await settle();
  expect([rules.tried, rules.untried]).toEqual([null, "The session's file is gone."]);
});

it("is put in force with a reason, and then it is no edit any more; what was written meanwhile stays", async () => {
  rules.write(`${RULE}# a`);
  await vi.advanceTimersByTimeAsync(300);
  open("check_rules")[0]?.answer(fine);
  await settle();
  await rules.send();
  expect(open("set_rules")).toEqual([]);
  rules.reason = " quieter ";
  const sent = rules.send();
  expect(open("set_rules")[0]?.args).toEqual({ text: `${RULE}# a`, reason: "quieter" });
  rules.write(`${RULE}# ab`);
  open("set_rules")[0]?.answer({ seq: 1 });
  await settle();
  open("rules")[0]?.answer({ text: `${RULE}# a`, rules: [], shipped: "", facts: [] });
  await sent;
  expect([rules.text, rules.edited, rules.reason]).toEqual([`${RULE}# ab`, true, ""]);
});
