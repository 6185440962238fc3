/**
 * What this window remembers of itself from one start to the next, by name, in the web view's own storage: how a screen was
 * left, and what a person has seen. Nothing depends on it: where storage is refused, full or damaged, it holds until the
 * window is closed.
 */
const memory = new Map<string, string>();

/** What was kept under a name; `null` where there is nothing that can be read. */
export function recall(name: string): unknown {
  try {
    const text = memory.get(name) ?? localStorage.getItem(`plateside.${name}`);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function keep(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    localStorage.setItem(`plateside.${name}`, text);
  } catch {
    // It holds until the window is closed.
  }
}

/** For tests: as after a start. */
export const forget = (): void => memory.clear();
