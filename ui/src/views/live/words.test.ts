import { expect, test } from "vitest";
import { headline } from "./words";

const alert = (rule: string, value: number | null, limit: number | null = null): string => headline({ rule, title: "Ours", value, limit });

test("an alert has its number, and as few digits as tell it from its limit", () => {
  expect(alert("z_prime_fail", 0.266, 0.4)).toBe("Z′ 0.27 < 0.4");
  expect(alert("z_prime_attention", 0.4999, 0.5)).toBe("Z′ 0.4999 < 0.5");
  expect(alert("ssmd", -4.29, 5)).toBe("|SSMD| 4.3 < 5");
  expect(alert("cv_negative", 22.6, 20)).toBe("CV 23% > 20%");
  expect(alert("edge_effect", -43.5, 30)).toBe("Edge effect 44% > 30%");
});

test("without a limit it is its number, and a lab's own rule keeps its title", () => {
  expect(alert("edge_effect", -43.5)).toBe("Edge effect −44%");
  expect(alert("somebody_elses", 12.5, 10)).toBe("Ours: 12.5, limit 10.0");
  expect(alert("somebody_elses", 12.5)).toBe("Ours: 12.5");
  expect(alert("somebody_elses", null)).toBe("Ours");
  expect(alert("z_prime_fail", null, 0.4)).toBe("Z′ is not known any more");
});
