/** A rules file by its lines: rules found, turned on and off, and places of lines. */
import { expect, test } from "vitest";
import { blocks, changedAt, lineAt, linesOf, startOf, turned } from "./rulestext";

const TEXT = `# ours
[[rule]]
id = "z_prime"
when = "feature.z_prime < 0.4"

# the second
[[rule]]
title = "Edge"
id = 'edge'
enabled = false # seen
notify = false
`;

test("rules are found by their lines, comments after one are not its own", () => {
  expect(blocks(TEXT)).toEqual([{ id: "z_prime", from: 2, to: 4 }, { id: "edge", from: 7, to: 11 }]);
  expect(blocks("")).toEqual([]);
  expect(blocks('[[rule]]\nwhen = """\na\n[b]\n\n"""\nid = "long"\n# end')).toEqual([{ id: "long", from: 1, to: 7 }]);
  expect(blocks('[[rule]]\n[other]\nid = "no"')).toEqual([{ id: "", from: 1, to: 1 }]);
});

test("a rule is turned off by a line of its own and on by changing it; others stay as they are", () => {
  expect(turned(TEXT, "edge", true)).toBe(TEXT.replace("enabled = false # seen", "enabled = true # seen"));
  const off = turned(TEXT, "z_prime", false);
  expect(off).toBe(TEXT.replace('0.4"\n', '0.4"\nenabled = false\n'));
  expect(turned(off, "z_prime", true)).toBe(TEXT.replace('0.4"\n', '0.4"\nenabled = true\n'));
  expect(turned(TEXT, "z_prime", true)).toBe(TEXT);
  expect(turned(TEXT, "unknown", false)).toBe(TEXT);
});

test("lines and offsets", () => {
  expect([startOf("a\nbc\nd", 1), startOf("a\nbc\nd", 2), startOf("a\nbc\nd", 3), startOf("a\nbc\nd", 9)]).toEqual([0, 2, 5, 6]);
  expect([linesOf(""), linesOf("a\n"), lineAt("a\nbc\nd", 3)]).toEqual([1, 2, 2]);
  expect([changedAt("abcd", "abXcd"), changedAt("abXcd", "abcd"), changedAt("", "new"), changedAt("aa", "a")]).toEqual([3, 2, 3, 1]);
});
