import { expect, it } from "vitest";
import { headline, plate } from "./made";
import { partial, told } from "./told";

const some = (z: number | null): NonNullable<ReturnType<typeof headline>> => ({ ...(headline(z) as NonNullable<ReturnType<typeof headline>>), controls_in: 6 });

it("says of how many controls a Z′ is while some are to come", () => {
  expect([partial(some(0.52)), partial(some(null)), partial(headline(0.52)), partial(null)]).toEqual(["6 of 32 controls", "6 of 32 controls", "", ""]);
  expect(told(plate("BR1", { headline: some(0.52) }))).toBe("Plate BR1, 10 of 384 wells, Z prime 0.52, 6 of 32 controls in, 0 flags");
  expect(told(plate("BR1", { headline: headline(0.52), flags: 2 }), ["complete"])).toBe("Plate BR1, 10 of 384 wells, Z prime 0.52, 2 flags, changed: complete");
  expect(told(plate("BR1"))).toBe("Plate BR1, 10 of 384 wells, no Z prime, 0 flags");
});

it("says the run where the barcode alone does not tell which plate it is", () => {
  expect(told(plate("BR1", { run: "R2" }), [], "R2")).toMatch(/^Plate BR1 of run R2, 10 of/);
  expect(told(plate("BR1", { run: "" }), [], "no run")).toMatch(/^Plate BR1 of no run, 10 of/);
});
