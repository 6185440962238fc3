// A question that comes in the very step in which the last answer was taken is asked all the same.
import { expect, test } from "vitest";
import { rounds } from "./rounds";

test("nothing that is asked between the last answer and the end is lost", async () => {
  const served: number[] = [];
  let waiting: number | null = null;
  let going: Promise<void> | null = null;
  const ask = (question: number): void => {
    waiting = question;
    going ??= rounds(
      async () => {
        while (waiting !== null) {
          const question = waiting;
          waiting = null;
          await Promise.resolve();
          served.push(question);
          // As an effect that is run after this answer, before the round can know.
          if (question < 5) queueMicrotask(() => ask(question + 1));
        }
      },
      () => waiting !== null,
      () => void (going = null),
    );
  };
  ask(1);
  await new Promise((done) => setTimeout(done, 10));
  expect([served, going]).toEqual([[1, 2, 3, 4, 5], null]);
});

test("a round that fails ends, and the next begins", async () => {
  let ended = false;
  const going = rounds(() => Promise.reject(new Error("no")), () => true, () => void (ended = true));
  expect(ended, "never before whoever asked has the promise").toBe(false);
  await expect(going).rejects.toThrow("no");
  expect(ended).toBe(true);
});
