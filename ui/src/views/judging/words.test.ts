import { expect, test } from "vitest";
import { askedBy, byChange, difference, drySays, editedSays, found, leftSays, whereSays } from "./words";

test("whoever leaves hears what is not in force", () => {
  expect(leftSays(["limits"])).toBe("Edits of limits are not in force. They wait here.");
  expect(editedSays(["limits", "rules"])).toBe("limits and rules edited");
  expect(leftSays(["limits", "rules", "calls"])).toBe("Edits of limits, rules and calls are not in force. They wait here.");
});

test("a problem says where it is, as far as that is known", () => {
  const problem = { rule: "edge", field: "when", line: 12, field_line: null, field_column: null, reason: "", hint: null };
  expect(whereSays(problem)).toBe("line 12, rule edge, when");
  expect(whereSays({ ...problem, rule: null, field: "", line: null })).toBe("the whole file");
});

test("a dry run says what would be different, per rule the most changed first", () => {
  const run = { records: 2341, took_ms: 840, rules: [], gained: [], lost: [], gained_count: 3, lost_count: 12 };
  expect(drySays(run)).toBe("3 more and 12 fewer than recorded. 2,341 records in 840 ms; nothing was written.");
  expect(drySays({ ...run, gained_count: 0, lost_count: 0, took_ms: 2500 })).toBe("The same alerts as recorded. 2,341 records in 2.5 s; nothing was written.");
  const rule = (name: string, raised: number, recorded: number) => ({ rule: name, title: name, raised, recorded });
  expect([difference(rule("a", 3, 1)), difference(rule("a", 0, 4)), difference(rule("a", 2, 2))]).toEqual(["+2", "−4", ""]);
  expect(byChange([rule("a", 1, 1), rule("c", 0, 3), rule("b", 4, 1)]).map((one) => one.rule)).toEqual(["b", "c", "a"]);
});

test("an assay without card says who asks for it", () => {
  expect(askedBy([])).toBe("asked for by a layout of this session");
  expect(askedBy(["A"])).toBe("asked for by 1 plate: A");
  expect(askedBy(["A", "B", "C", "D"])).toBe("asked for by 4 plates: A, B, C …");
});

test("things are found by parts of their names, in any order", () => {
  const all = ["Nuclei_Area_DNA", "Cells_Area_Mito"];
  expect(found(all, "", String)).toEqual(all);
  expect(found(all, "mito area", String)).toEqual(["Cells_Area_Mito"]);
});
