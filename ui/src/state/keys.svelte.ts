/**
 * Every key of the window, in one table. A screen's own key wins over a global one, which then takes Alt: where `/` filters
 * sessions and Space replays one, Alt and Space play or pause.
 */
import { settings } from "./settings.svelte";

export interface Row {
  /** `KeyboardEvent.key`, with `Ctrl+`, `Shift+` or `Alt+` before it. */
  key: string;
  /** `global`, or the screen where it works. */
  scope: string;
  /** What it does; handlers are registered by this name. */
  action: string;
  label: string;
}

export const TABLE: readonly Row[] = [
  ...["live", "plate", "images", "review", "runs", "models", "sessions", "connect"].map((screen, n) => ({
    key: `Ctrl+${n + 1}`,
    scope: "global",
    action: `go-${screen}`,
    label: `Go to ${screen}`,
  })),
  { key: "Ctrl+k", scope: "global", action: "menu", label: "Command menu" },
  { key: "F5", scope: "global", action: "present", label: "Present" },
  { key: "t", scope: "global", action: "theme", label: "Dark or light" },
  { key: "i", scope: "global", action: "inspector", label: "Inspector" },
  { key: "F6", scope: "global", action: "region", label: "Next region" },
  { key: "Shift+F6", scope: "global", action: "region-before", label: "Region before" },
  { key: "Escape", scope: "global", action: "dismiss", label: "Close what lies over the screen" },
  { key: " ", scope: "global", action: "play", label: "Play or pause" },
  { key: "r", scope: "global", action: "rewind", label: "Rewind" },
  { key: "End", scope: "global", action: "live-edge", label: "Live edge" },
  { key: "[", scope: "global", action: "flag-before", label: "Flag before" },
  { key: "]", scope: "global", action: "flag-after", label: "Flag after" },
  { key: "Shift+1", scope: "global", action: "speed-1", label: "Speed 1×" },
  { key: "Shift+2", scope: "global", action: "speed-4", label: "Speed 4×" },
  { key: "Shift+3", scope: "global", action: "speed-16", label: "Speed 16×" },
  { key: "Shift+4", scope: "global", action: "speed-60", label: "Speed 60×" },
  { key: "f", scope: "live", action: "flagged", label: "Only flagged" },
  { key: "a", scope: "live", action: "acknowledge", label: "Acknowledge" },
  { key: "/", scope: "live", action: "filter", label: "Search plates" },
  { key: "c", scope: "live", action: "changed", label: "Only what changed since you looked" },
  { key: "s", scope: "live", action: "seen", label: "The selected plate is seen" },
  { key: "w", scope: "live", action: "far", label: "Wall mode, for a screen across the room" },
  { key: "p", scope: "live", action: "hold", label: "Wall mode: hold or turn the pages" },
  { key: "PageUp", scope: "live", action: "page-before", label: "Wall mode: page before" },
  { key: "PageDown", scope: "live", action: "page-after", label: "Wall mode: next page" },
  { key: "/", scope: "plate", action: "filter", label: "Filter wells" },
  { key: "Ctrl+z", scope: "plate", action: "undo", label: "Undo the last exclusion, or edit of the layout" },
  { key: "Ctrl+y", scope: "plate", action: "redo", label: "Do an edit of the layout again" },
  { key: "l", scope: "plate", action: "layout", label: "Layout of the plate" },
  { key: "Ctrl+s", scope: "plate", action: "save-figure", label: "Save figure" },
  { key: "e", scope: "plate", action: "exclude", label: "Exclude or restore wells" },
  { key: "g", scope: "plate", action: "multiples", label: "All plates of the run" },
  { key: "c", scope: "plate", action: "compare", label: "Compare wells" },
  { key: "w", scope: "plate", action: "wells", label: "Select wells by their names" },
  { key: "q", scope: "plate", action: "what-if", label: "What if wells were excluded" },
  { key: "m", scope: "plate", action: "images", label: "Images of the well" },
  { key: "k", scope: "plate", action: "spot-check", label: "Run spot check of the well" },
  { key: "v", scope: "plate", action: "review", label: "Send wells to review" },
  { key: "x", scope: "plate", action: "flag-plate", label: "Flag the plate for review" },
  { key: "j", scope: "plate", action: "judging", label: "Limits, rules and calls" },
  { key: "Escape", scope: "judging", action: "leave", label: "Back to the screen before" },
  { key: "Ctrl+z", scope: "judging", action: "undo", label: "Undo the last edit" },
  { key: "Ctrl+y", scope: "judging", action: "redo", label: "Redo" },
  { key: "Ctrl+Enter", scope: "judging", action: "send", label: "Judge by what is edited" },
  ...["Limits", "Rules", "Calls"].map((label, n) => ({ key: `${n + 1}`, scope: "judging", action: `tab-${n + 1}`, label })),
  { key: "d", scope: "judging", action: "dry-run", label: "Dry run of the rules" },
  { key: "/", scope: "judging", action: "filter", label: "Find a feature or a fact" },
  ...Array.from({ length: 8 }, (_, n) => ({ key: `${n + 1}`, scope: "images", action: `channel-${n + 1}`, label: `Channel ${n + 1} on or off` })),
  { key: "o", scope: "images", action: "outlines", label: "Outlines" },
  { key: "a", scope: "images", action: "auto", label: "Auto contrast" },
  { key: "k", scope: "images", action: "spot-check", label: "Run spot check" },
  { key: "v", scope: "images", action: "review", label: "Send to review" },
  { key: ",", scope: "images", action: "site-before", label: "Site before" },
  { key: ".", scope: "images", action: "site-after", label: "Next site" },
  { key: "ArrowLeft", scope: "images", action: "well-left", label: "Well to the left" },
  { key: "ArrowRight", scope: "images", action: "well-right", label: "Well to the right" },
  { key: "ArrowUp", scope: "images", action: "well-up", label: "Well above" },
  { key: "ArrowDown", scope: "images", action: "well-down", label: "Well below" },
  { key: "PageUp", scope: "images", action: "focus-up", label: "Next focus position" },
  { key: "PageDown", scope: "images", action: "focus-down", label: "Focus position before" },
  { key: "+", scope: "images", action: "zoom-in", label: "Larger" },
  { key: "=", scope: "images", action: "zoom-in", label: "Larger" },
  { key: "-", scope: "images", action: "zoom-out", label: "Smaller" },
  { key: "0", scope: "images", action: "fit", label: "Fit the whole site" },
  { key: "9", scope: "images", action: "actual", label: "One to one" },
  { key: "j", scope: "review", action: "next", label: "Next flag" },
  { key: "k", scope: "review", action: "before", label: "Flag before" },
  { key: "Enter", scope: "review", action: "decide", label: "Close the polygon, or save and next" },
  { key: "Ctrl+Enter", scope: "review", action: "save", label: "Save and next" },
  { key: "s", scope: "review", action: "skip", label: "Skip" },
  ...["Pass", "Reject", "Re-image", "Second reader"].map((label, n) => ({ key: `${n + 1}`, scope: "review", action: `verdict-${n + 1}`, label })),
  ...Array.from({ length: 9 }, (_, n) => ({ key: `Shift+${n + 1}`, scope: "review", action: `reason-${n + 1}`, label: `Reason ${n + 1} on or off` })),
  { key: "v", scope: "review", action: "tool-select", label: "Select" },
  { key: "p", scope: "review", action: "tool-point", label: "Point" },
  { key: "b", scope: "review", action: "tool-box", label: "Box" },
  { key: "g", scope: "review", action: "tool-polygon", label: "Polygon" },
  { key: "z", scope: "review", action: "undo", label: "Undo" },
  { key: "Ctrl+z", scope: "review", action: "undo", label: "Undo" },
  { key: "y", scope: "review", action: "redo", label: "Redo" },
  { key: "Ctrl+y", scope: "review", action: "redo", label: "Redo" },
  { key: "h", scope: "review", action: "annotations", label: "Annotations" },
  { key: "l", scope: "review", action: "label", label: "Label of the chosen shape" },
  { key: "c", scope: "review", action: "channel", label: "Composite, then each channel" },
  { key: " ", scope: "review", action: "put", label: "Point or corner at the cross" },
  { key: "Backspace", scope: "review", action: "corner-back", label: "Take back the last corner" },
  { key: "Delete", scope: "review", action: "delete", label: "Delete the chosen shape" },
  { key: "Escape", scope: "review", action: "cancel", label: "Let go of what is drawn" },
  ...["Left", "Right", "Up", "Down"].flatMap((way) => [["", "1 pixel"], ["Shift+", "10 pixels"], ["Alt+", "100 pixels"]].map(([before, far]) => ({ key: `${before}Arrow${way}`, scope: "review", action: `cross-${before}${way}`.toLowerCase(), label: `Cross ${far} ${way.toLowerCase()}` }))),
  { key: "+", scope: "review", action: "zoom-in", label: "Larger" },
  { key: "=", scope: "review", action: "zoom-in", label: "Larger" },
  { key: "-", scope: "review", action: "zoom-out", label: "Smaller" },
  { key: "0", scope: "review", action: "fit", label: "Fit the whole site" },
  { key: "9", scope: "review", action: "actual", label: "One to one" },
  { key: "/", scope: "sessions", action: "filter", label: "Filter sessions" },
  { key: " ", scope: "sessions", action: "replay", label: "Replay the session" },
  { key: "Ctrl+Enter", scope: "connect", action: "connect", label: "Connect" },
  { key: "Escape", scope: "present", action: "leave", label: "Leave Present" },
  { key: "h", scope: "present", action: "identifiers", label: "Show identifiers for 10 s, or hide them" },
  { key: "n", scope: "present", action: "number", label: "Another number" },
  { key: "PageUp", scope: "present", action: "plate-before", label: "Plate before" },
  { key: "PageDown", scope: "present", action: "plate-after", label: "Next plate" },
  { key: "ArrowLeft", scope: "present", action: "well-left", label: "Well to the left" },
  { key: "ArrowRight", scope: "present", action: "well-right", label: "Well to the right" },
  { key: "ArrowUp", scope: "present", action: "well-up", label: "Well above" },
  { key: "ArrowDown", scope: "present", action: "well-down", label: "Well below" },
];

/** Rows that would answer the same key in the same scope. */
export function collisions(table: readonly Row[]): string[] {
  return table.flatMap((row, at) => {
    const before = table.slice(0, at).find((other) => other.scope === row.scope && other.key === row.key);
    return before ? [`${row.scope} ${row.key}: ${before.action} and ${row.action}`] : [];
  });
}

/** A key event as the table writes it. */
export function written(event: KeyboardEvent): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const key = event.shiftKey && digit ? digit : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (digit !== undefined || event.key.length > 1) ? "Shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift}${key}`;
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** A field with text in it: Ctrl Z is the text's there. */
const isWriting = (target: EventTarget | null): boolean =>
  (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && target.value !== "" && target.closest(".fields") === null;

/** What WCAG 2.1.4 lets a person turn off: one letter, digit or mark. Space and End are none. */
const isCharacter = (key: string): boolean => /^(Shift\+)?[^ ]$/.test(key);

/** What a key does on a screen. */
export function found(table: readonly Row[], key: string, screen: string): Row | undefined {
  const of = (scope: string, asked: string): Row | undefined => table.find((row) => row.scope === scope && row.key === asked);
  const bare = key.replace(/^Alt\+/, "");
  const covered = bare !== key && of(screen, bare) ? of("global", bare) : undefined;
  return of(screen, key) ?? of("global", key) ?? covered;
}

type Handlers = Record<string, () => void>;

class Keys {
  #handlers: { scope: string; handlers: Handlers }[] = [];

  /** Registers what actions do; returns the way to take it back. */
  on(scope: string, handlers: Handlers): () => void {
    const entry = { scope, handlers };
    this.#handlers.push(entry);
    return () => {
      this.#handlers = this.#handlers.filter((known) => known !== entry);
    };
  }

  /** Runs the action of a key on a screen; true where there was one. */
  press(event: KeyboardEvent, screen: string): boolean {
    if (event.defaultPrevented) return false;
    const key = written(event);
    // With Ctrl or Alt, and by a function key, nobody types; Escape leaves a field as well as anything else.
    const isPlain = !/^((Ctrl|Alt|Shift)\+)*F\d|^(Ctrl|Alt)\+|^Escape$/.test(key);
    if (isPlain && isTyping(event.target)) return false;
    if (isCharacter(key) && !settings.letterKeys) return false;
    if ((key === " " || key === "Enter") && event.target instanceof HTMLButtonElement) return false;
    const row = found(TABLE, key, screen);
    // What is written is taken back before what was done; the layout's own fields decide for themselves.
    if (/^Ctrl\+[zy]$/.test(key) && row?.scope === "plate" && isWriting(event.target)) return false;
    return row !== undefined && this.run(row.action, row.scope);
  }

  run(action: string, scope = "global"): boolean {
    for (const known of [...this.#handlers].reverse()) {
      const handler = known.scope === scope ? known.handlers[action] : undefined;
      if (handler) {
        handler();
        return true;
      }
    }
    return false;
  }

  labelOf(action: string): string {
    return TABLE.find((row) => row.action === action)?.key.replace("+", " ") ?? "";
  }
}

export const keys = new Keys();
