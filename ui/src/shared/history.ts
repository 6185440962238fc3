/** What was, and what was taken back: steps that can be undone and done again. */
export interface History<T> {
  before: readonly T[];
  now: T;
  after: readonly T[];
}

const MOST = 200;

export const begun = <T>(now: T): History<T> => ({ before: [], now, after: [] });
/** A new step; what had been taken back is gone. */
export const done = <T>(history: History<T>, now: T): History<T> => ({ before: [...history.before.slice(1 - MOST), history.now], now, after: [] });
/** The same step, further: while something is dragged it is one step. */
export const further = <T>(history: History<T>, now: T): History<T> => ({ ...history, now });

export function undone<T>(history: History<T>): History<T> {
  const last = history.before.at(-1);
  return history.before.length === 0 ? history : { before: history.before.slice(0, -1), now: last as T, after: [history.now, ...history.after] };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...after] = history.after;
  return history.after.length === 0 ? history : { before: [...history.before, history.now], now: next as T, after };
}
