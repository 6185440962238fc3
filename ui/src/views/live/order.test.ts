import { expect, it } from "vitest";
import { far, farGrid, levelOf, othersSay, sorted, standing } from "./order";
import { alert, headline, plate } from "./made";

const names = (tiles: readonly { barcode: string }[]): string => tiles.map((tile) => tile.barcode).join(" ");
const done = { complete: true, wells_in: 384 };

it("sorts a group as it came, by name, or the worst first", () => {
  const plates = [
    plate("e", { ...done, headline: headline(0.7) }),
    plate("d", { wells_in: 0 }),
    plate("c", { ...done, headline: headline(0.45) }),
    plate("b", { ...done, headline: headline(0.1) }),
    plate("a", { ...done, headline: headline(0.7), flags: 2, level: "fail" }),
    plate("f", { ...done, headline: headline(null) }),
    plate("g", { ...done, headline: headline(-0.4) }),
  ];
  const places = new Map(["g", "a", "b", "c", "d", "e", "f"].map((name, n) => [name, n]));
  expect(names(sorted(plates, "arrival", places))).toBe("g a b c d e f");
  expect(names(sorted(plates, "barcode", places))).toBe("a b c d e f g");
  expect(names(sorted(plates, "worst", places))).toBe("a g b c f e d");
  expect(names(plates), "what was given stays as it is").toBe("e d c b a f g");
});

it("takes the worse of Z′ and open alerts", () => {
  expect(levelOf(plate("a", { headline: headline(0.7), flags: 1, level: "attention" }))).toBe("attention");
  expect(levelOf(plate("a", { headline: headline(0.1), flags: 1, level: "attention" }))).toBe("fail");
  expect(levelOf(plate("a", { headline: headline(0.7), flags: 0, level: "fail" }))).toBe("ok");
  expect(levelOf(plate("a"))).toBe("unknown");
});

it("shows across the room what needs a person, then what is read, and counts the rest", () => {
  const plates = [
    ...Array.from({ length: 30 }, (_, n) => plate(`done${String(n).padStart(2, "0")}`, { ...done, headline: headline(0.7), last_ms: n })),
    plate("reads"),
    plate("bad", { ...done, headline: headline(0.1) }),
    plate("known", { ...done, headline: headline(0.2), flags: 1, level: "fail" }),
    plate("waits", { wells_in: 0 }),
  ];
  const open = standing([alert(1, "known", { acknowledged: true }), alert(2, "bad"), alert(3, "known", { acknowledged: true, open: false })]);
  const shown = far(plates, 6, open);
  expect(shown.pages.map(names)).toEqual(["bad reads known waits done29 done28"]);
  expect(othersSay(shown.others)).toBe("28 more not shown: 28 complete without alerts");
  // A plate that somebody is to review is not called complete without alerts.
  const flagged = [...plates, plate("flagged", { ...done, headline: headline(0.7), review_flags: 2 })];
  expect(far(flagged, 6, open).pages.map(names)).toEqual(["bad reads known flagged waits done29"]);
  expect(othersSay(far(flagged, 1, open).others)).toBe("33 more not shown: 30 complete without alerts, 1 waiting, 1 with acknowledged alerts, 1 with flags to review");
  // Whose alerts nobody has acknowledged needs a person; more of them come first.
  expect(names(far(plates, 3).pages[0] ?? [])).toBe("known bad reads");
});

it("a plate needs a person until every open alert about it is acknowledged, however the desk counts them", () => {
  const needs = (alerts: Parameters<typeof standing>[0], flags = 1, whole = true): boolean => {
    const plates = [plate("reads"), plate("judged", { ...done, headline: headline(0.2), flags, level: "fail" })];
    return far(plates, 4, standing(alerts), whole).pages[0]?.[0]?.barcode === "judged";
  };
  const seen = { acknowledged: true };
  // One rule and level of two features, or of two pairs of controls, is one flag and two alerts.
  const [one, two] = [alert(1, "judged", seen), alert(2, "judged", { feature: "Viability" })];
  expect(needs([one, two])).toBe(true);
  expect(needs([one, { ...two, ...seen }])).toBe(false);
  expect(needs([one, { ...two, open: false }]), "what is over needs nobody").toBe(false);
  // One of a run hangs on the plate and is in none of its flags.
  const ofRun = alert(3, "judged", { rule: "run_drift", feature: "", level: "info" });
  expect(needs([{ ...one, acknowledged: false }, { ...ofRun, ...seen }])).toBe(true);
  expect(needs([one, ofRun])).toBe(true);
  expect(needs([one, { ...ofRun, ...seen }])).toBe(false);
  const quiet = [plate("reads"), plate("quiet", { ...done, headline: headline(0.8) })];
  expect(names(far(quiet, 4, standing([alert(4, "quiet", { rule: "run_drift" })])).pages[0] ?? []), "without a flag of its own").toBe("quiet reads");
  // The list is not whole: what was left out of it may wait.
  expect(needs([], 1, false)).toBe(true);
  expect(needs([one], 2, false)).toBe(true);
  expect(needs([one], 1, false)).toBe(false);
  expect(needs([one, { ...alert(5, "judged", { rule: "ssmd" }), ...seen }], 2, false)).toBe(false);
});

it("turns pages only where the urgent ones do not fit", () => {
  const bad = Array.from({ length: 7 }, (_, n) => plate(`b${n}`, { ...done, headline: headline(0.1) }));
  const { pages, others } = far([...bad, plate("ok", { ...done, headline: headline(0.9) })], 4);
  expect(pages.map(names)).toEqual(["b0 b1 b2 b3", "b4 b5 b6 ok"]);
  expect(others).toEqual([]);
  expect(othersSay(others)).toBe("");
  expect(far([], 4)).toEqual({ pages: [], others: [] });
});

it("has room for the letters: 25 plates at 1920 by 1080, fewer on less and where barcodes are long", () => {
  const grid = farGrid(1824, 900, 10);
  expect([grid.across, grid.down, grid.lines]).toEqual([5, 5, 1]);
  expect(grid.width).toBeGreaterThanOrEqual(300);
  expect(grid.height).toBeGreaterThanOrEqual(160);
  const long = farGrid(1824, 900, 40);
  expect([long.across, long.down, long.lines]).toEqual([5, 4, 2]);
  expect(2 * long.letters, "all of 40 letters").toBeGreaterThanOrEqual(40);
  // A run that must be said stands beside the barcode; where it is too long it has a line, on every tile.
  expect(farGrid(1824, 900, 10, 12)).toMatchObject({ across: 5, down: 5, run: "beside", head: 28 });
  expect(farGrid(1824, 900, 10, 40)).toMatchObject({ across: 5, down: 4, run: "below", head: 48 });
  expect(farGrid(1824, 900, 40, 5)).toMatchObject({ lines: 2, run: "below", head: 76 });
  expect(farGrid(1084, 524, 10)).toMatchObject({ across: 3, down: 3 });
  expect(farGrid(100, 50, 10)).toMatchObject({ across: 1, down: 1 });
});
