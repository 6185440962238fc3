import { expect, it } from "vitest";
import { middle } from "./middle";

it("keeps the end of a long name and cuts letters, not their bytes", () => {
  expect(middle("BR00117010", 10)).toBe("BR00117010");
  expect(middle("BR00117010-0042", 10)).toBe("BR0…0-0042");
  const long = "Планшет-скрининг-каспаза-3-повтор-2-0117";
  expect(Array.from(long)).toHaveLength(40);
  expect(middle(long, 24)).toBe("Планшет-с…-повтор-2-0117");
  expect(Array.from(middle("🧫".repeat(40), 7))).toEqual(["🧫", "🧫", "…", "🧫", "🧫", "🧫", "🧫"]);
  expect(middle("abcdef", 2)).toBe("ef");
});
