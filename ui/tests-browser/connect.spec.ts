// Connect: the form, the test step by step with what to try, topics with what was meant, problems beside their fields.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connections } from "../src/ipc/generated";
import { begin, end, keep, open, recording, serious } from "./page";

beforeAll(begin);
afterAll(end);

it("tests a connection step by step and offers the topic that was meant", async () => {
  const of = recording();
  of.check = {
    steps: [
      { step: "resolve", level: "unknown", running: true, took_ms: 0, says: "", words: null, advice: null },
      { step: "resolve", level: "ok", running: false, took_ms: 4, says: "broker is 10.0.0.7", words: null, advice: null },
      { step: "topics", level: "attention", running: false, took_ms: 31, says: "1 of 2 is there", words: "<b>Unknown topic</b>", advice: "Choose another name." },
    ],
    outcome: {
      level: "attention", says: "Reachable, with 1 topic missing.", took_ms: 35, visible: [["plateside.results", 6], ["lab.layouts", 1]], preview: null,
      topics: [
        { kind: "results", topic: "plateside.results", partitions: 6, messages: 1234, problem: null, suggestions: [] },
        { kind: "layouts", topic: "plateside.layouts", partitions: null, messages: null, problem: "not there", suggestions: ["lab.layouts"] },
      ],
    },
  };
  for (const theme of ["dark", "light"] as const) {
    const sight = await open(of, { screen: "connect", theme });
    const { page } = sight;
    await page.getByTestId("connect-brokers").fill("broker:9092");
    await page.getByTestId("connect-test").click();
    await page.getByTestId("connect-outcome").waitFor();
    expect(await page.getByTestId("step-resolve").count()).toBe(1);
    expect(await page.getByTestId("step-topics").textContent()).toContain("<b>Unknown topic</b>");
    await keep(page, `connect-${theme}`);
    expect(await serious(page)).toEqual([]);
    await page.getByRole("button", { name: "use lab.layouts" }).click();
    expect(await page.getByLabel("Topic of layouts").inputValue()).toBe("lab.layouts");
    await page.keyboard.press("Control+Enter");
    await expect.poll(async () => (await sight.called("connect")).length).toBe(1);
    expect((await sight.called("connect"))[0]).toMatchObject({ connection: { brokers: "broker:9092" } });
    expect(sight.wrong).toEqual([]);
    await page.close();
  }
});

it("tells what cannot be read, warns before a recording ends, and keeps the form when a test is refused", async () => {
  const of = recording();
  const known = of.calls.find((call) => call.command === "connections")?.result as Connections;
  known.unreadable = [{ code: "io", message: "old.toml cannot be read: not TOML.", detail: null }];
  const { page } = await open(of, { screen: "connect" });
  await page.getByText("old.toml cannot be read").waitFor();
  await page.getByText("Connecting elsewhere ends it well first").waitFor();
  await page.getByTestId("connect-name").fill("Mine");
  await page.getByTestId("connect-test").click();
  await page.getByTestId("connect-problem").waitFor();
  expect(await page.getByTestId("connect-name").inputValue()).toBe("Mine");
  await page.close();
});
