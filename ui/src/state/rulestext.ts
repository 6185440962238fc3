/** A rules file as text: where its rules stand, turning one on or off, and where the caret belongs after a step. */

/** A rule of the text: its name and its lines, from 1, both included. */
export interface Block {
  id: string;
  from: number;
  to: number;
}

const HEAD = /^\s*\[\[\s*rule\s*\]\]/;
const ANY_HEAD = /^\s*\[/;
const ID = /^\s*id\s*=\s*(?:"([^"]*)"|'([^']*)')/;
const ENABLED = /^(\s*enabled\s*=\s*)(true|false)(.*)$/;

/** The rules of a text as far as its lines say them; it may have problems elsewhere. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  /** In a text of several lines nothing is a head. */
  let inside = false;
  text.split("\n").forEach((line, n) => {
    const within = inside;
    if ((line.match(/"""|'''/g)?.length ?? 0) % 2 === 1) inside = !inside;
    if (within) {
      if (open) open.to = n + 1;
      return;
    }
    if (ANY_HEAD.test(line)) {
      open = HEAD.test(line) ? { id: "", from: n + 1, to: n + 1 } : null;
      if (open) found.push(open);
      return;
    }
    if (!open) return;
    if (line.trim() !== "" && !line.trimStart().startsWith("#")) open.to = n + 1;
    const id = ID.exec(line);
    if (id && open.id === "") open.id = id[1] ?? id[2] ?? "";
  });
  return found;
}

/** The text with one rule on or off; as it was where it has no such rule. */
export function turned(text: string, id: string, on: boolean): string {
  const block = blocks(text).find((known) => known.id === id);
  if (!block) return text;
  const lines = text.split("\n");
  for (let n = block.from; n < block.to; n += 1) {
    const found = ENABLED.exec(lines[n] ?? "");
    if (!found) continue;
    lines[n] = `${found[1]}${on}${found[3]}`;
    return lines.join("\n");
  }
  if (!on) lines.splice(block.to, 0, "enabled = false");
  return lines.join("\n");
}

/** The offset at which a line begins, from 1; the text's end where it has fewer. */
export function startOf(text: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n += 1) {
    const next = text.indexOf("\n", at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}

/** How many lines a text has; an empty one has one. */
export function linesOf(text: string): number {
  let [lines, at] = [1, text.indexOf("\n")];
  while (at >= 0) {
    lines += 1;
    at = text.indexOf("\n", at + 1);
  }
  return lines;
}

/** The line of an offset, from 1. */
export const lineAt = (text: string, at: number): number => linesOf(text.slice(0, at));

/** Where two texts stop being different: there the caret belongs when one becomes the other. */
export function changedAt(before: string, after: string): number {
  let same = 0;
  while (same < Math.min(before.length, after.length) && before[same] === after[same]) same += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - same && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return after.length - end;
}
