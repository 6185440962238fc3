// The states of the frame, of Sessions and of Connect: how far behind, how silent, how full; restarted, locked, broken, gone;
// reading, empty, offline. Each is said in words beside its shape, in both themes, and axe finds nothing serious.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlateTile, SourceHead, Strip } from "../src/ipc/generated";
import { answer, idle, library, outcome, running, saved, step } from "./library";
import { begin, end, keep, open, recording, serious, type Sight, told } from "./page";

beforeAll(begin);
afterAll(end);

const THEMES = ["dark", "light"] as const;
const glyph = (sight: Sight, test: string): Promise<string> => sight.page.getByTestId(test).locator(".st").last().getAttribute("class").then((names) => (names ?? "").split(" ").find((name) => /^(ok|warn|bad|info|idle|rec|run)$/.test(name)) ?? "");

/** The strip as recorded, but now, with another source. */
function live(source: Partial<SourceHead>, change: Partial<Strip> = {}): Strip & { kind: "strip" } {
  const { strip } = told(recording());
  if (!strip.source) throw new Error("the recording has no source");
  return { ...strip, ...change, kind: "strip", source: { ...strip.source, last_message_ms: Date.now(), ...source } };
}

it("more than five seconds of messages behind: how many, and how fast it catches up", async () => {
  const sight = await open(recording());
  const { page } = sight;
  const at = Date.now();
  // A thousand behind at a thousand a second is one second: nothing to warn of, whatever the desk calls it.
  await sight.tell(live({ state: "catching_up", lag: 1001, messages_per_s: 1000 }, { now_ms: at }));
  await expect.poll(() => page.getByTestId("strip-lag").textContent()).toContain("Lag 1,001");
  expect(await page.getByTestId("strip-source").textContent()).toContain("Live");
  for (const [n, lag] of [13_080, 12_880, 12_680, 12_480].entries()) await sight.tell(live({ state: "catching_up", lag, messages_per_s: 300, brokers: "b:1" }, { now_ms: at + (n + 20) * 1000 }));
  await expect.poll(() => page.getByTestId("strip-lag").textContent()).toBe("12,480 behind, catching up 3×");
  expect(await glyph(sight, "strip-lag")).toBe("warn");
  expect(await page.getByTestId("strip-source").textContent()).toContain("Catching up");
  await keep(page, "state-behind");
  await sight.tell(live({ state: "live", lag: 30, messages_per_s: 300, brokers: "b:1" }, { now_ms: at + 25_000 }));
  await expect.poll(() => page.getByTestId("strip-lag").textContent()).toBe("Lag 30");
  await page.close();
});

it("no message for 30 s while a plate reads is ▲, for 5 min ■, and nothing once all plates are complete", async () => {
  const sight = await open(recording());
  const { page } = sight;
  const { tick } = told(recording());
  expect(tick.plates.some((plate) => plate.wells_in > 0 && !plate.complete), "a plate reads in the recording").toBe(true);
  const silent = (s: number): Promise<void> => sight.tell(live({ last_message_ms: Date.now() - s * 1000 }));
  await silent(20);
  await expect.poll(() => page.getByTestId("strip-last").textContent()).toMatch(/Last 2\d s ago/);
  expect(await page.getByTestId("strip-last").locator(".st").count()).toBe(0);
  await silent(45);
  await expect.poll(() => page.getByTestId("strip-last").textContent()).toMatch(/No message for 4\d s/);
  expect(await glyph(sight, "strip-last")).toBe("warn");
  await silent(400);
  await expect.poll(() => page.getByTestId("strip-last").textContent()).toContain("No message for 6 m");
  expect(await glyph(sight, "strip-last")).toBe("bad");
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: false, plates: tick.plates.map((plate): PlateTile => ({ ...plate, complete: true })) });
  await expect.poll(() => page.getByTestId("strip-last").textContent()).toContain("Last 6 m ago");
  await page.close();
});

it("the disk: little room, no more pixels, and the source pauses", async () => {
  for (const theme of THEMES) {
    const sight = await open(recording(), { theme });
    const { page } = sight;
    const banner = page.getByTestId("banner-disk");
    await page.getByTestId("tile").first().waitFor();
    expect(await banner.count()).toBe(0);
    await sight.tell(live({}, { disk: { level: "attention", free_bytes: 9.4e9 } }));
    await expect.poll(() => banner.textContent()).toContain("Little room: 9.4 GB");
    expect(await page.getByTestId("strip-disk").count()).toBe(0);
    await sight.tell(live({}, { disk: { level: "attention", free_bytes: 812e6 } }));
    await expect.poll(() => banner.textContent()).toContain("linked pixels are no longer fetched");
    expect(await page.getByTestId("strip-disk").textContent()).toBe("812 MB left");
    expect(await serious(page)).toEqual([]);
    await sight.tell(live({ state: "offline", lag: null, offline_since_ms: Date.now(), words: "the disk is full" }, { disk: { level: "fail", free_bytes: 180e6 } }));
    await expect.poll(() => banner.textContent()).toContain("Only 180 MB is left on the session's disk: the source pauses");
    // It is the disk, and not a lost stream.
    expect(await page.getByTestId("banner-offline").count()).toBe(0);
    expect(await page.getByTestId("strip-source").textContent()).toContain("Paused");
    const [over, main] = [await banner.boundingBox(), await page.locator(".main").boundingBox()];
    expect([over?.x, over?.y, over?.width, over?.height].map((n) => Math.round(n ?? 0))).toEqual([64, 40, Math.round(main?.width ?? 0), 32]);
    await keep(page, `state-disk-${theme}`);
    expect(await serious(page)).toEqual([]);
    await page.close();
  }
});

it("the reader was killed and started again: offline with the reason, then live and how often", async () => {
  const sight = await open(recording());
  const { page } = sight;
  await sight.tell(live({ state: "offline", lag: null, offline_since_ms: Date.now(), words: "the reader ended (signal 9) and is started again" }));
  await page.getByTestId("banner-offline").waitFor();
  expect(await page.getByTestId("banner-offline").textContent()).toContain("signal 9");
  await sight.tell(live({ restarts: 1 }));
  await expect.poll(() => page.getByTestId("strip-restarts").textContent()).toBe("restarted once");
  expect(await page.getByTestId("strip-source").textContent()).toContain("Live");
  expect(await page.getByTestId("banner-offline").count()).toBe(0);
  await sight.tell(live({ restarts: 12 }));
  await expect.poll(() => page.getByTestId("strip-restarts").textContent()).toBe("restarted 12×");
  await page.close();
});

it("looking back while recording hides no state: the replay, and the stream beside it", async () => {
  const sight = await open(recording());
  const { page } = sight;
  const at = Date.now();
  await sight.tell(live({}, { mode: "replay", position: { seq: 1000, at_ms: at - 2000, first_ms: at - 3000, last_ms: at, playing: true, speed: 4, at_end: false } }));
  const source = page.getByTestId("strip-source");
  await expect.poll(() => source.textContent()).toContain("Replay");
  expect(await source.textContent()).toContain("Live");
  expect(await page.getByTestId("strip-recording").textContent()).toContain("Recording");
  await sight.tell({ ...live({}), source: null, recording: null, mode: "replay", position: { seq: 1000, at_ms: at, first_ms: at - 3000, last_ms: at, playing: false, speed: 4, at_end: false } });
  await expect.poll(() => source.textContent()).toContain("Replay, paused");
  expect(await page.getByTestId("strip-lag").textContent()).toBe("Lag n/a");
  await page.close();
});

it("sessions: rows are read one by one, and listed sooner while they are", async () => {
  const of = library([{ state: "reading", first_ms: null, last_ms: null, activity: [] }, { state: "verified" }]);
  const sight = await open(of, { screen: "sessions" });
  const { page } = sight;
  await page.getByText("Being read").waitFor();
  const asked = (await sight.called("sessions")).length;
  await expect.poll(async () => (await sight.called("sessions")).length, { timeout: 3000 }).toBeGreaterThan(asked + 1);
  await page.evaluate(() => {
    const call = window.recorded.recording.calls.find((one) => one.command === "sessions");
    const list = call?.result as { rows: { state: string }[] };
    const rows = list.rows.map((row) => ({ ...row, state: "not_verified" }));
    if (call) call.result = { ...list, rows: [...rows, { ...rows[1], session: "s2", name: "The newest" }] };
  });
  await page.getByText("The newest").waitFor();
  await expect.poll(() => page.getByText("Being read").count()).toBe(0);
  await page.close();
});

for (const theme of THEMES) {
  it(`sessions: empty, broken with the reason, locked, unreadable, gone while open, ${theme}`, async () => {
    const empty = await open(library([], idle()), { screen: "sessions", theme });
    await empty.page.getByText("Recordings appear here on their own.").waitFor();
    await keep(empty.page, `state-sessions-empty-${theme}`);
    expect(await serious(empty.page)).toEqual([]);
    await empty.page.getByRole("button", { name: "Go to Connect" }).click();
    expect(await empty.page.getByTestId("rail-connect").getAttribute("aria-current")).toBe("page");
    await empty.page.close();

    const why = "The audit chain breaks at entry 90,112: the link does not follow from the one before";
    const of = library([{ state: "broken", state_says: why, detail: { checks: [{ name: "rows", level: "fail", says: "3,127 messages" }] } }, { state: "recording", state_says: "by process 4711" }, { state: "unreadable", state_says: "session.db is not a database" }]);
    of.refused = { open_session: { code: "session", message: "another process has it locked: close it there, or wait", detail: null } };
    const sight = await open(of, { screen: "sessions", theme });
    const { page } = sight;
    const row = (n: number) => page.getByTestId("sessions-row").nth(n);
    await row(0).click();
    expect(await row(0).textContent()).toContain("Broken");
    expect(await row(0).locator(".st").getAttribute("class")).toContain("bad");
    await expect.poll(() => page.getByTestId("why").textContent()).toBe(why);
    await page.getByTestId("open").click();
    await expect.poll(() => page.getByTestId("open-refused").textContent()).toContain("another process has it locked");
    // Still here, and still said when the toast is gone.
    expect(await page.getByTestId("rail-sessions").getAttribute("aria-current")).toBe("page");
    await keep(page, `state-sessions-broken-${theme}`);
    expect(await serious(page)).toEqual([]);
    await row(1).click();
    await expect.poll(() => page.getByTestId("why").textContent()).toBe("by process 4711");
    expect(await page.getByTestId("verify").isDisabled()).toBe(true);
    await row(2).click();
    await expect.poll(() => page.getByTestId("why").textContent()).toBe("session.db is not a database");
    expect(await page.getByTestId("replay").isDisabled()).toBe(true);
    // Neither a key nor a double press opens what cannot be read.
    const before = (await sight.called("open_session")).length;
    await page.getByRole("grid", { name: "Sessions" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await row(2).dblclick();
    expect((await sight.called("open_session")).length).toBe(before);
    // Its folder is deleted while it is open.
    const { strip } = told(of);
    await sight.tell({ ...strip, kind: "strip", mode: "replay", session: { name: "Session 2", folder: "/sessions/2", demo: false }, position: { seq: 1, at_ms: 1, first_ms: 1, last_ms: 1, playing: false, speed: 1, at_end: true } });
    expect(await page.getByTestId("session-gone").count()).toBe(0);
    await page.evaluate(() => {
      const call = window.recorded.recording.calls.find((one) => one.command === "sessions");
      const list = call?.result as { rows: unknown[] };
      if (call) call.result = { ...list, rows: list.rows.slice(0, 2) };
    });
    await page.getByTestId("session-gone").waitFor();
    expect(await page.getByTestId("session-gone").textContent()).toContain("Session 2 is open, and no longer in the library");
    expect(await page.locator(".insp").textContent()).toContain("It is no longer in the library");
    expect(await serious(page)).toEqual([]);
    await page.close();
  });
}

it("connect: steps tick one by one, each with its time; the failed one says cause, words and what to try", async () => {
  const of = idle();
  saved(of);
  of.check = {
    every_ms: 900,
    steps: running([step("resolve", { took_ms: 18 }), step("reach", { level: "fail", took_ms: 4, says: "0 of 2 brokers reached", words: "Connection refused (os error 111)", advice: "Check the port, and that the broker runs." })]),
    outcome: outcome({ level: "fail", says: "Not ready: 0 of 2 brokers reached", preview: null }),
  };
  const { page } = await open(of, { screen: "connect" });
  await page.getByTestId("connect-test").click();
  expect(await page.getByTestId("connect-test").textContent()).toBe("Testing…");
  await page.getByTestId("step-resolve").waitFor();
  expect(await page.getByTestId("step-resolve").textContent()).toContain("…");
  expect(await page.getByTestId("step-reach").count()).toBe(0);
  await expect.poll(() => page.getByTestId("step-resolve").textContent()).toContain("18 ms");
  expect(await page.getByTestId("connect-outcome").count()).toBe(0);
  // The form is not locked meanwhile.
  await page.getByTestId("connect-name").fill("Mine");
  await page.getByTestId("connect-outcome").waitFor();
  const failed = page.getByTestId("step-reach");
  expect(await failed.locator("dt").allTextContents()).toEqual(["Cause", "Its words", "Try"]);
  expect(await failed.locator("dd").allTextContents()).toEqual(["0 of 2 brokers reached", "Connection refused (os error 111)", "Check the port, and that the broker runs."]);
  expect(await failed.locator(".st").getAttribute("class")).toContain("bad");
  expect(await page.getByTestId("step-resolve").locator("dl").count()).toBe(0);
  expect(await page.getByTestId("connect-name").inputValue()).toBe("Mine");
  await keep(page, "state-connect-failed");
  expect(await serious(page)).toEqual([]);
  await page.close();
});

it("connect: offline is said first, a blank profile leads on, and profiles that cannot be read say why", async () => {
  const sight = await open(idle(), { screen: "connect", theme: "light" });
  const { page } = sight;
  await page.getByTestId("connect-brokers").waitFor();
  expect(await page.getByTestId("step-offline").count()).toBe(0);
  await page.context().setOffline(true);
  await page.getByTestId("step-offline").waitFor();
  expect(await page.getByTestId("step-offline").textContent()).toContain("This computer is offline");
  await page.getByTestId("connect-brokers").fill("localhost:9092");
  expect(await serious(page)).toEqual([]);
  await page.context().setOffline(false);
  await expect.poll(() => page.getByTestId("step-offline").count()).toBe(0);
  await page.getByRole("button", { name: "Open a recording instead" }).click();
  expect(await page.getByTestId("rail-sessions").getAttribute("aria-current")).toBe("page");
  await page.close();

  const of = idle();
  of.refused = { connections: { code: "io", message: "plateside.toml: permission denied", detail: null } };
  const refused = await open(of, { screen: "connect" });
  await refused.page.getByText("permission denied").waitFor();
  await refused.page.evaluate(() => delete window.recorded.recording.refused);
  await refused.page.getByRole("button", { name: "Try again" }).click();
  await refused.page.getByTestId("connect-brokers").waitFor();
  await refused.page.close();
});

it("connect: a fault stands beside its field or its topic, and another lab's session is refused with the reason", async () => {
  const of = idle();
  saved(of);
  of.refused = { connect: { code: "invalid", message: "the topic of results has a blank in it", detail: "topics.results" }, save_connection: { code: "invalid", message: "name: a name is needed", detail: "name" } };
  const { page } = await open(of, { screen: "connect" });
  await page.getByTestId("connect-go").click();
  await page.locator(".mp [role=alert]").waitFor();
  expect(await page.getByLabel("Topic of results").getAttribute("aria-invalid")).toBe("true");
  await page.getByTestId("connect-save").click();
  await expect.poll(() => page.getByTestId("connect-name").getAttribute("aria-describedby")).toBe("fault-name");
  expect(await page.locator("#fault-name").textContent()).toBe("name: a name is needed");
  expect(await page.getByLabel("Topic of results").getAttribute("aria-invalid")).toBe("false");
  expect(await serious(page)).toEqual([]);
  expect(answer(of, "connections")).toBeTruthy();
  await page.close();
});
