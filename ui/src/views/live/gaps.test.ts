import { expect, it } from "vitest";
import type { GapLedger, GapRow } from "../../ipc/generated";
import { causes, lagSays, missing, short, summary, totals } from "./gaps";

const row = (change: Partial<GapRow> = {}): GapRow => ({
  plate: "p", run: "R1", barcode: "a", expected: 384, received: 370, not_sent: 10, behind: 3, undecodable: 1, unknown: 0, unreadable: 0, image_expected: 0, imaged: 0, image_partial: 0, image_missing: 0, wells: "A01-A14", last_ms: null, complete: false, ...change,
});
const ledger = (rows: GapRow[], change: Partial<GapLedger> = {}): GapLedger => ({ rows, left_out: 0, plates: 8, expected: 3072, received: 3058, lag: 0, ...change });

it("names causes with their numbers, the most first, images beside them", () => {
  expect(causes(row())).toBe("10 not sent yet, 3 behind by lag, 1 undecodable");
  expect(causes(row({ not_sent: 0, behind: 12, undecodable: 0, image_expected: 370, imaged: 150, image_missing: 220 }))).toBe("12 behind by lag, images of 150 of 370 wells");
  expect(causes(row({ not_sent: 1200, behind: 0, undecodable: 0, image_expected: 384, imaged: 384, image_partial: 1, image_missing: 1 }))).toBe("1,200 not sent yet, 1 well without all sites or channels");
  expect(causes(row({ received: 384, not_sent: 0, behind: 0, undecodable: 0, image_expected: 384, imaged: 150, image_partial: 6, image_missing: 240 }))).toBe("images of 150 of 384 wells, 6 wells without all sites or channels");
  expect(causes(row({ not_sent: 0, behind: 0, undecodable: 0 }))).toBe("");
  // What is not known is no zero, and no well is blamed for messages that name none.
  expect(causes(row({ not_sent: 0, behind: 0, unknown: 13, unreadable: 9 }))).toBe("13 of unknown cause, 1 undecodable, 9 unreadable messages, well unknown");
  expect(causes(row({ received: 384, not_sent: 0, behind: 0, undecodable: 0, unreadable: 1 }))).toBe("");
  expect(short(row())).toBe("14 of 384 missing");
  expect(short(row({ received: 384 }))).toBe("all 384 in");
  // Results that no layout expected are no negative gap.
  expect(missing(row({ received: 400 }))).toBe(0);
});

it("says the whole in one sentence, and what is not known", () => {
  expect(summary(ledger([row()]))).toBe("14 wells of 3,072 missing, on 1 of 8 plates");
  expect(summary(ledger([row({ expected: 1, received: 0 })], { expected: 1, received: 0, plates: 1 }))).toBe("1 well of 1 missing, on 1 of 1 plate");
  expect(summary(ledger([], { received: 3072 }))).toBe("Nothing is missing");
  expect(summary(ledger([row({ received: 384, image_missing: 234 })], { received: 3072 }))).toBe("All wells are in, images of 234 wells missing, on 1 of 8 plates");
  expect(summary(ledger([], { plates: 0, expected: 0, received: 0 }))).toBe("No layout has been received: what is expected is not known");
  expect([null, 0, 1, 2310].map(lagSays)).toEqual(["unknown", "none", "1 message behind", "2,310 messages behind"]);
});

it("sums causes of the plates that are listed", () => {
  expect(totals(ledger([row(), row({ image_missing: 5, unknown: 4, unreadable: 9 }), row({ received: 384, not_sent: 0, behind: 0, undecodable: 0, unreadable: 2 })], { left_out: 3 }))).toEqual({ missing: 14, plates: 6, not_sent: 20, behind: 6, undecodable: 2, unknown: 4, unreadable: 9, image_missing: 5 });
});
