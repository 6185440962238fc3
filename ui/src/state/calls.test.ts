/** Calls: what may be kept, and when it rings. */
import { describe, expect, it } from "vitest";
import type { AlertItem } from "../ipc/generated";
import { clockOf, faultsOf, type Form, formOf, minuteOf, settingsOf } from "./call";
import { caller, isQuiet } from "./ring";

const off: Form = { desktop: false, sound: false, quiet: false, from: "22:00", to: "07:00", webhook: "", flags_topic: false };

describe("what is kept", () => {
  it("comes back as it went; quiet hours that are off are none", () => {
    expect(settingsOf(off)).toEqual({ desktop: false, sound: false, quiet: null, webhook: "", flags_topic: false });
    const settings = { desktop: true, sound: true, quiet: { from_minute: 1290, to_minute: 435 }, webhook: "https://lab.example/hook", flags_topic: true };
    expect(formOf(settings)).toMatchObject({ from: "21:30", to: "07:15", quiet: true });
    expect(settingsOf(formOf(settings))).toEqual(settings);
    expect([minuteOf("24:00"), minuteOf(""), minuteOf("8:30"), minuteOf("2130"), minuteOf("21:3"), clockOf(5)]).toEqual([null, null, 510, 1290, null, "00:05"]);
  });

  it("an address is https, or this machine's; times are two and differ", () => {
    const webhook = (address: string): string => faultsOf({ ...off, webhook: address }).webhook;
    for (const fine of ["", " ", "https://lab.example/a?b", "http://localhost:8080", "http://127.0.0.1/x", "http://[::1]:9/"]) expect(webhook(fine), fine).toBe("");
    for (const wrong of ["lab.example", "ftp://lab.example", "javascript:alert(1)"]) expect(webhook(wrong), wrong).toContain("no web address");
    for (const plain of ["http://lab.example", "http://127.0.0.1.lab.example/"]) expect(webhook(plain), plain).toContain("only this machine");
    expect(faultsOf({ ...off, quiet: true, from: "" }).quiet).toContain("need a time");
    expect(faultsOf({ ...off, quiet: true, to: "22:00" }).quiet).toContain("the same");
    expect(faultsOf({ ...off, from: "" }).quiet).toBe("");
  });
});

describe("when it rings", () => {
  const now = new Date(2026, 1, 3, 14, 0).getTime();
  const alert = (change: Partial<AlertItem> = {}): AlertItem => ({
    seq: 1, plate: "p", run: "R", barcode: "B", rule: "z", title: "Z′ is low", opens: "plate", feature: "f", level: "attention", value: 0, limit: 0, place: "", well: null, site: null, counts: [0, 0], at_ms: now - 1000,
    guidance: "", open: true, acknowledged: false, listed: true, calls: true, over_at_ms: null, burst: 1, neighbours: [], ...change,
  });
  const how = { sound: true, quiet: null, mode: "live" as const, now, last: Number.NEGATIVE_INFINITY };
  const rings = (change: Partial<AlertItem>, but: Partial<Parameters<typeof caller>[1]> = {}): boolean => caller([alert(change)], { ...how, ...but }) !== null;

  it("for what is new, holds, is not acknowledged and wants a person", () => {
    expect([rings({}), rings({ level: "fail" })]).toEqual([true, true]);
    expect([rings({ level: "info" }), rings({ level: "ok" }), rings({ acknowledged: true }), rings({ open: false })]).toEqual([false, false, false, false]);
    // A rule that may not, or a stream that catches up: the alert is new here and its cause is old.
    expect(rings({ calls: false, level: "fail" })).toBe(false);
    expect([rings({ at_ms: now - 120_001 }), rings({ at_ms: now - 120_000 })]).toEqual([false, true]);
    expect(caller([], how)).toBeNull();
    expect(caller([alert(), alert({ seq: 2, level: "fail" })], how)?.seq).toBe(2);
  });

  it("never where it is off, in a replay, in quiet hours, or twice in ten seconds", () => {
    expect([rings({}, { sound: false }), rings({}, { mode: "replay" }), rings({}, { mode: "none" }), rings({}, { mode: "following" })]).toEqual([false, false, false, true]);
    expect([rings({}, { quiet: { from_minute: 830, to_minute: 850 } }), rings({}, { quiet: { from_minute: 841, to_minute: 850 } })]).toEqual([false, true]);
    expect([rings({}, { last: now - 9999 }), rings({}, { last: now - 10_000 })]).toEqual([false, true]);
  });

  it("quiet hours go over midnight", () => {
    const night = { from_minute: 22 * 60, to_minute: 7 * 60 };
    expect([1320, 1439, 0, 419, 420, 1319].map((minute) => isQuiet(night, minute))).toEqual([true, true, true, true, false, false]);
    expect(isQuiet(null, 0)).toBe(false);
  });
});
