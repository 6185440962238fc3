// Limits, rules and calls: edited, undone, checked, tried, put in force; every state; by keys alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import { cut, overlaps } from "./bounds";
import { cardsOf, dryOf, featuresOf, notifyOf, openJudging, rulesOf } from "./judged";
import { begin, end, keep, open, recording, serious, told } from "./page";
import { reach, wear } from "./reach";

beforeAll(begin);
afterAll(end);

for (const tab of ["limits", "rules", "calls"] as const) {
  it(`${tab}: can be seen and reached by all, in both themes, large and small`, async () => {
    for (const [width, height] of [[1440, 900], [1180, 720]] as const) {
      const of = recording();
      const sight = await openJudging(of, tab, {}, { width, height });
      const { page } = sight;
      await page.getByTestId({ limits: "feature", rules: "rule", calls: "call-try" }[tab]).first().waitFor();
      if (tab === "rules") {
        await page.getByText("no problems", { exact: true }).waitFor();
        await page.getByTestId("dry-run").click();
        await page.getByTestId("dry-says").waitFor();
      }
      for (const theme of ["light", "dark"]) {
        await wear(page, theme);
        await keep(page, `judging-${tab}-${theme}-${width}`);
        expect(await serious(page)).toEqual([]);
      }
      const { nameless, missed } = await reach(page);
      expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
      expect(sight.wrong).toEqual([]);
      await page.close();
    }
  });
}

it("limits: faults as one types, steps back, a card for an assay that has none, in force with a reason; leaving says what is not", async () => {
  const sight = await openJudging(recording(), "limits");
  const { page } = sight;
  const state = page.getByTestId("judging-state");
  const send = page.getByTestId("judging-send");
  const attention = page.getByTestId("limit-z_prime_attention");
  await page.getByTestId("card").first().waitFor();
  expect(await page.getByTestId("card").count()).toBe(2);
  expect([await state.textContent(), await send.isDisabled()]).toEqual(["In force", true]);

  await attention.fill("0.7");
  await expect.poll(() => page.getByTestId("wrong-z_prime_attention").textContent()).toBe("Attention must not be above good.");
  expect(await attention.getAttribute("aria-invalid")).toBe("true");
  await page.getByTestId("limit-cv_negative_percent").fill("ten");
  expect(await page.getByTestId("wrong-cv_negative_percent").textContent()).toBe("This is no number.");
  await page.getByTestId("judging-reason").fill("wider controls");
  expect([await state.textContent(), await send.isDisabled()]).toEqual(["2 things are wrong", true]);
  await keep(page, "judging-limits-faults");
  // Ctrl Z in the reason is the reason's; elsewhere it is a step back, also from within a field.
  await page.keyboard.press("Control+z");
  expect(await attention.inputValue()).toBe("0.7");
  await attention.focus();
  for (const value of ["20", "0.4"]) {
    await page.keyboard.press("Control+z");
    await expect.poll(() => page.getByTestId(value === "20" ? "limit-cv_negative_percent" : "limit-z_prime_attention").inputValue()).toBe(value);
  }
  await expect.poll(() => state.textContent()).toBe("In force");
  await page.keyboard.press("Control+y");
  expect(await attention.inputValue()).toBe("0.7");
  await page.keyboard.press("Control+z");

  // Two of one name.
  await page.getByTestId("card-name").fill("Viability, CellTiter-Glo");
  await page.getByTestId("card").nth(1).click();
  expect(await page.getByTestId("wrong-name").textContent()).toContain("Two cards are called Viability");
  await page.keyboard.press("Control+z");

  await page.getByTestId("card-make").click();
  expect(await page.getByTestId("card-name").inputValue()).toBe("Hepatotoxicity");
  expect(await page.getByTestId("card-missing").count()).toBe(0);
  expect(await page.getByTestId("wrong-headline").textContent()).toContain("at least one headline feature");
  await page.getByTestId("feature").nth(2).click();
  await page.getByTestId("feature").nth(0).click();
  expect(await page.getByTestId("headline").count()).toBe(2);
  await page.getByTestId("headline").nth(1).getByRole("button", { name: "one place up" }).click();
  expect(await page.getByTestId("headline").first().textContent()).toContain("Cells_Count");
  await page.getByTestId("headline").first().getByLabel("Sites to a well").selectOption("sum");
  await page.getByTestId("headline").nth(1).getByTestId("headline-remove").click();
  await page.getByTestId("limit-edge_effect_percent").fill("25");

  // Leaving the tab keeps it; leaving the workspace says it.
  await page.getByTestId("tab-rules").click();
  expect(await page.getByTestId("tab-limits").textContent()).toBe("Limits, edited");
  await page.getByTestId("rule").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("plate-barcode").waitFor();
  const toast = page.locator(".toasts");
  expect(await toast.textContent()).toContain("Edits of limits are not in force. They wait here.");
  await page.getByTestId("toast-act").click();
  expect(await page.getByTestId("card-name").inputValue()).toBe("Hepatotoxicity");

  await page.getByTestId("judging-reason").fill("  first runs of this assay ");
  await send.click();
  await expect.poll(() => state.textContent()).toBe("In force");
  const [args] = (await sight.called("set_cards")) as [{ reason: string; cards: { name: string; headline: unknown; limits: object }[] }];
  expect(args.reason).toBe("first runs of this assay");
  expect(args.cards.map((card) => card.name)).toEqual(["Cell Painting", "Viability, CellTiter-Glo", "Hepatotoxicity"]);
  expect(args.cards[2]).toMatchObject({ headline: [{ feature: "Cells_Count", unit: null, direction: null, transform: "none", aggregate: "sum" }], pairs: [{ positive: "positive", negative: "negative" }], limits: { edge_effect_percent: 25, edge_strength: null, minimum_n: 3 } });
  await page.getByText("Plates are judged by these cards from now on.").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.locator(".toasts").textContent()).not.toContain("not in force");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("limits, by keys alone: in by J, a feature found and taken, a number changed, judged by it, out by Escape", async () => {
  const sight = await openJudging(recording());
  const { page } = sight;
  await page.keyboard.press("Escape");
  await page.getByTestId("plate-barcode").waitFor();
  // The keys go on where they were.
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("thresholds");
  await page.keyboard.press("j");
  await page.getByTestId("features").waitFor();
  expect(await page.getByTestId("rail-plate").getAttribute("aria-current")).toBe("page");
  // Of three thousand few are in the page.
  expect(await page.getByTestId("feature").count()).toBeLessThan(60);
  await page.keyboard.press("/");
  await page.keyboard.type("mito 0034");
  await expect.poll(() => page.getByTestId("feature").count()).toBe(1);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByTestId("headline").count()).toBe(3);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByTestId("features-find").inputValue()).toBe("");
  for (let n = 0; n < 40; n += 1) await page.keyboard.press("ArrowDown");
  const active = await page.getByTestId("features-find").getAttribute("aria-activedescendant");
  expect(active).toBe("card-feature-40");
  expect(await page.locator(`#${active}`).isVisible()).toBe(true);
  await page.getByTestId("limit-z_prime_good").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("0,6");
  for (let n = 0; n < 30 && !(await page.getByTestId("judging-reason").evaluate((field) => field === document.activeElement)); n += 1) await page.keyboard.press("Tab");
  await page.keyboard.type("stricter");
  await page.keyboard.press("Control+Enter");
  await expect.poll(async () => (await sight.called("set_cards")).length).toBe(1);
  expect((await sight.called("set_cards"))[0]).toMatchObject({ cards: [{ limits: { z_prime_good: 0.6 } }, {}] });
  await expect.poll(() => page.getByTestId("judging-state").textContent()).toBe("In force");
  await page.getByTestId("tab-calls").focus();
  await page.keyboard.press("2");
  await page.getByTestId("rules-text").waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("Escape");
  await page.getByTestId("plate-barcode").waitFor();
  // And by the command menu, from another screen; Escape leads back there.
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("calls");
  await page.keyboard.press("Enter");
  await page.getByTestId("call-sound").waitFor();
  expect(await page.getByTestId("judging-leave").textContent()).toContain("Back to Live");
  await page.keyboard.press("Escape");
  await page.getByTestId("wall").waitFor();
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("limits: a refusal is said and nothing is lost; cards that cannot be read can be asked for again; none is plain", async () => {
  const sight = await openJudging(recording(), "limits");
  const { page } = sight;
  await page.evaluate(() => (window.recorded.answers["set_cards"] = () => { throw { code: "read_only", message: "This session is a copy: it is read-only.", detail: null }; }));
  await page.getByTestId("limit-ssmd_magnitude").fill("6");
  await page.getByTestId("judging-reason").fill("why not");
  await page.keyboard.press("Enter");
  expect(await page.getByTestId("refused").textContent()).toBe("This session is a copy: it is read-only.");
  expect([await page.getByTestId("limit-ssmd_magnitude").inputValue(), await page.getByTestId("judging-reason").inputValue()]).toEqual(["6", "why not"]);
  await keep(page, "judging-limits-refused");
  await page.getByTestId("judging-discard").click();
  await page.close();

  const other = await openJudging(recording(), "calls", { cards: { profile: "New lab", cards: [], missing: [] } });
  await other.page.evaluate(() => {
    const { answers } = window.recorded;
    const later = answers["cards"];
    answers["cards"] = () => { if (later) answers["cards"] = later; throw { code: "io", message: "The profile's file is gone.", detail: null }; };
  });
  await other.page.keyboard.press("Escape");
  await other.page.keyboard.press("j");
  // What was read before stays; the first answer of a window is the one that may be missing.
  await other.page.getByText("No assay card is in force").waitFor();
  expect(await serious(other.page)).toEqual([]);
  await keep(other.page, "judging-limits-none");
  await other.page.getByTestId("feature").first().click();
  expect(await other.page.getByTestId("card-name").inputValue()).toBe("Cell Painting");
  expect(other.wrong).toEqual([]);
  await other.page.close();
});

it("rules: problems by line with their hints, the caret led there, facts put in, steps, shipped rules and back", async () => {
  const sight = await openJudging(recording(), "rules");
  const { page } = sight;
  const text = page.getByTestId("rules-text");
  const send = page.getByTestId("judging-send");
  await page.getByText("no problems", { exact: true }).waitFor();
  const shipped = await text.inputValue();
  await text.fill(shipped.replace("feature.z_prime < limits.z_prime_attention", "feature.z_prim < limits.z_prime_attention"));
  const problem = page.getByTestId("problem");
  await problem.waitFor();
  expect(await problem.innerText()).toMatch(/There is no fact feature.z_prim.[\s\S]*line 11, rule z_prime_fail, when[\s\S]*Do you mean feature.z_prime\?/);
  await page.getByTestId("judging-reason").fill("because");
  expect([await send.isDisabled(), await page.getByTestId("dry-run").isDisabled(), await page.getByTestId("judging-state").textContent()]).toEqual([true, true, "1 problem"]);
  await problem.click();
  expect(await text.evaluate((field: HTMLTextAreaElement) => [field === document.activeElement, field.value.slice(field.selectionStart, field.selectionEnd)])).toEqual([true, 'when = "feature.z_prim < limits.z_prime_attention"']);
  expect(await page.locator(".gut .bad").textContent()).toBe("11");
  await keep(page, "judging-rules-problem");
  expect(await serious(page)).toEqual([]);

  // A fact takes the place of what is marked, and the caret stands behind it.
  const at = shipped.indexOf("feature.z_prime < limits.z_prime_attention");
  await text.evaluate((field: HTMLTextAreaElement, at) => { field.setSelectionRange(at, at + "feature.z_prim".length); field.dispatchEvent(new Event("select")); }, at);
  await page.getByTestId("facts-find").fill("overlap");
  await expect.poll(() => page.getByTestId("fact").count()).toBe(1);
  await page.getByTestId("fact").click();
  expect(await text.inputValue()).toBe(shipped);
  await expect.poll(() => text.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(at + "feature.z_prime".length);
  await page.getByText("no problems", { exact: true }).waitFor();
  expect(await page.getByTestId("judging-state").textContent()).toBe("In force");

  // Tab is of the text while one writes; Escape gives it back, and only then leaves.
  await page.keyboard.press("Tab");
  expect((await text.inputValue()).length).toBe(shipped.length + 2);
  await page.keyboard.press("Control+z");
  expect(await text.inputValue()).toBe(shipped);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  expect(await text.evaluate((field) => field === document.activeElement)).toBe(false);
  expect(await text.inputValue()).toBe(shipped);

  // A switch is an edit of the text; the list follows once it is checked.
  const rule = page.locator("[data-rule=ssmd]");
  await rule.getByTestId("rule-switch").click();
  await expect.poll(() => rule.getByTestId("rule-switch").getAttribute("aria-checked")).toBe("false");
  expect(await rule.textContent()).toContain("changed");
  expect((await text.inputValue()).includes("enabled = false\n\n[[rule]]\nid = \"signal_ratio\"")).toBe(true);
  await send.click();
  await expect.poll(() => page.getByTestId("judging-state").textContent()).toBe("In force");
  expect(await sight.called("set_rules")).toMatchObject([{ reason: "because" }]);

  await page.getByTestId("rules-shipped").click();
  expect(await text.inputValue()).toBe(shipped);
  await page.getByTestId("judging-undo").click();
  expect(await text.inputValue()).not.toBe(shipped);
  // A rule of the list leads to its lines.
  await page.locator("[data-rule=column_gradient] .what").click();
  expect(await text.evaluate((field: HTMLTextAreaElement) => [field.value.slice(field.selectionStart, field.selectionStart + 8), field.scrollTop > 0])).toEqual(["[[rule]]", true]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("rules: a dry run says what would be different, leads to plates, and says when it is of an earlier text", async () => {
  const of = recording();
  const sight = await openJudging(of, "rules");
  const { page } = sight;
  await page.getByText("no problems", { exact: true }).waitFor();
  await page.getByTestId("tab-rules").focus();
  await page.keyboard.press("d");
  expect(await page.getByTestId("dry-says").textContent()).toBe("2 more and 2 fewer than recorded. 3,511 records in 1.3 s; nothing was written.");
  expect(await page.getByTestId("dry-rules").locator("tbody tr").first().innerText()).toMatch(/Z′ fails\s+3\s+1\s+\+2/);
  expect(await page.getByTestId("dry-lost").getByRole("button").nth(1).isDisabled()).toBe(true);
  await page.getByTestId("rules-text").press("End");
  await page.keyboard.type(" ");
  await page.getByText("Of an earlier text").waitFor();
  await page.evaluate(() => (window.recorded.answers["dry_run_rules"] = () => { throw { code: "io", message: "The session's file cannot be read.", detail: null }; }));
  await page.getByText("no problems", { exact: true }).waitFor();
  await page.getByTestId("dry-run").click();
  expect(await page.getByTestId("untried").textContent()).toBe("The session's file cannot be read.");
  await page.evaluate((run) => (window.recorded.answers["dry_run_rules"] = () => new Promise((go) => setTimeout(() => go(run), 300))), dryOf(of));
  await page.getByTestId("dry-run").click();
  expect(await page.getByTestId("dry-run").textContent()).toContain("Running…");
  const gained = page.getByTestId("dry-gained").getByRole("button").first();
  const barcode = ((await gained.textContent()) ?? "").split(":")[0];
  await gained.click();
  expect(await page.getByTestId("plate-barcode").textContent()).toBe(barcode);
  expect(await page.locator(".toasts").textContent()).toContain("Edits of rules are not in force.");
  await page.close();
});

it("rules: nothing, a megabyte, slow and late answers, and a host that fails are each said", async () => {
  const sight = await openJudging(recording(), "rules");
  const { page } = sight;
  const text = page.getByTestId("rules-text");
  await page.getByText("no problems", { exact: true }).waitFor();
  await text.fill("");
  await page.getByText("The text is empty: nothing would call.").waitFor();
  await expect.poll(() => page.getByTestId("rule-list").textContent()).toContain("No rules: nothing calls.");
  await keep(page, "judging-rules-empty");
  const began = Date.now();
  // As a paste comes: the field has it, and says so once.
  await text.evaluate((field: HTMLTextAreaElement) => {
    field.value = "# a long line of a pasted file\n".repeat(34_000);
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  });
  expect(await page.getByTestId("unchecked").textContent()).toContain("A rules file holds at most 256 kB");
  expect(Date.now() - began).toBeLessThan(6000);
  expect(await page.locator(".gut span").count()).toBeLessThan(60);
  expect(await page.getByTestId("judging-state").textContent()).toBe("It cannot be checked");
  await page.getByTestId("judging-undo").click();
  await page.getByTestId("judging-discard").click();
  await page.getByText("no problems", { exact: true }).waitFor();

  // The first answer comes after the second: it says nothing.
  await page.evaluate(() => {
    const { answers } = window.recorded;
    const check = answers["check_rules"];
    let asked = 0;
    answers["check_rules"] = ((args: { text: string }) => {
      asked += 1;
      const late = asked === 1;
      const wrong = { problems: [{ rule: null, field: "", line: 1, field_line: null, field_column: null, reason: `late ${asked}`, hint: null }], rules: [] };
      return new Promise((go) => setTimeout(() => go(late ? wrong : check?.(args as never)), late ? 1500 : 50));
    }) as never;
  });
  await text.press("End");
  await page.keyboard.type("# one");
  await page.waitForTimeout(500);
  expect(await page.getByTestId("check-state").textContent()).toBe("checking…");
  expect(await page.getByTestId("judging-send").isDisabled()).toBe(true);
  await page.keyboard.type(" two");
  await page.getByText("no problems", { exact: true }).waitFor();
  await page.waitForTimeout(1300);
  expect(await page.getByTestId("problem").count()).toBe(0);
  await page.evaluate(() => (window.recorded.answers["set_rules"] = () => { throw { code: "read_only", message: "Another window holds this session.", detail: null }; }));
  await page.getByTestId("judging-reason").fill("because");
  await page.getByTestId("judging-send").click();
  expect(await page.getByTestId("refused").textContent()).toBe("Another window holds this session.");
  expect(await text.inputValue()).toContain("# one two");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("calls: all is off; what is written is checked, kept, tried, and its last problem said", async () => {
  const sight = await openJudging(recording(), "calls", { notify: notifyOf({ desktop_problem: "No notification service answers on this desktop.", held: 2 }) });
  const { page } = sight;
  await page.getByText("Nothing is turned on: only the screen calls.").waitFor();
  for (const which of ["desktop", "sound", "quiet", "flags_topic"]) expect(await page.getByTestId(`call-${which}`).getAttribute("aria-checked"), which).toBe("false");
  expect([await page.getByTestId("webhook").inputValue(), await page.getByTestId("call-try").isDisabled(), await page.getByTestId("call-save").isDisabled()]).toEqual(["", true, true]);
  expect(await page.getByTestId("desktop-problem").textContent()).toBe("No notification service answers on this desktop.");
  // By keys: a switch turns with Space.
  await page.getByTestId("call-quiet").focus();
  await page.keyboard.press("Space");
  await page.getByTestId("quiet-from").fill("07:00");
  expect(await page.getByTestId("quiet-wrong").textContent()).toContain("Both times are the same");
  await page.getByTestId("quiet-from").fill("21:30");
  await page.getByTestId("webhook").fill("http://hooks.lab.example/alerts");
  expect(await page.getByTestId("webhook-wrong").textContent()).toContain("use https");
  expect(await page.getByTestId("call-save").isDisabled()).toBe(true);
  await keep(page, "judging-calls-faults");
  expect(await serious(page)).toEqual([]);
  await page.getByTestId("webhook").fill("https://broken.example/alerts");
  await page.getByTestId("call-flags_topic").click();
  // It survives the other tabs.
  await page.getByTestId("tab-rules").click();
  await page.getByTestId("tab-calls").click();
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => page.getByTestId("call-state").textContent()).toBe("Kept");
  expect(await sight.called("save_notify")).toEqual([{ settings: { desktop: false, sound: false, quiet: { from_minute: 1290, to_minute: 420 }, webhook: "https://broken.example/alerts", flags_topic: true } }]);
  await page.getByTestId("call-try").click();
  await expect.poll(() => page.getByTestId("last-problem").textContent()).toContain("https://broken.example answered 503.");
  expect(await page.getByTestId("call-tried").textContent()).toContain("did not arrive everywhere");
  await keep(page, "judging-calls-tried");
  for (const theme of ["light", "dark"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
  }
  await page.evaluate(() => (window.recorded.answers["save_notify"] = () => { throw { code: "io", message: "plateside.toml cannot be written.", detail: null }; }));
  await page.getByTestId("call-sound").click();
  await page.getByTestId("call-save").click();
  expect(await page.getByTestId("call-refused").textContent()).toBe("plateside.toml cannot be written.");
  expect(await page.getByTestId("call-sound").getAttribute("aria-checked")).toBe("true");
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("a short sound calls for new alerts that want a person, once in ten seconds, never for old ones or in a replay", async () => {
  const of = recording();
  const { tick, strip } = told(of);
  const sight = await openJudging(of, "calls");
  const { page } = sight;
  await page.evaluate(() => {
    // No device is needed to hear whether it would ring.
    const rung: number[] = [];
    const node = { connect: (to: unknown) => to, frequency: { setValueAtTime: (hertz: number, at: number) => at === 0 && rung.push(hertz) }, gain: { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined }, start: () => undefined, stop: () => undefined };
    Object.assign(window, { rung, AudioContext: class { state = "running"; currentTime = 0; createOscillator = () => node; createGain = () => node; } });
  });
  const rung = (): Promise<number[]> => page.evaluate(() => (window as unknown as { rung: number[] }).rung);
  const like = tick.alerts[0];
  if (!like) throw new Error("the recording has no alert");
  let number = 100_000;
  const come = (...changes: object[]): Promise<void> => sight.tell({ ...tick, kind: "tick", number: (number += 1), reset: false, plates: [], alerts: changes.map((change) => ({ ...like, seq: (number += 1), at_ms: Date.now(), level: "attention" as const, ...change })) });
  await come({});
  expect(await rung()).toEqual([]);
  await page.getByTestId("call-sound").click();
  await page.getByTestId("call-save").click();
  await expect.poll(() => page.getByTestId("call-state").textContent()).toBe("Kept");
  await come({ acknowledged: true }, { level: "info" }, { at_ms: Date.now() - 130_000 }, { calls: false, level: "fail" as const }, { seq: like.seq });
  expect(await rung()).toEqual([]);
  await sight.tell({ ...strip, kind: "strip", mode: "replay" });
  await come({});
  expect(await rung()).toEqual([]);
  await sight.tell({ ...strip, kind: "strip", mode: "live" });
  await sight.tell({ ...tick, kind: "tick", number: (number += 1), reset: true, alerts: [...tick.alerts, { ...like, seq: (number += 1), at_ms: Date.now() }] });
  expect(await rung()).toEqual([]);
  await come({}, { level: "fail" });
  expect(await rung()).toEqual([880]);
  await come({});
  expect(await rung()).toEqual([880]);
  // A test is heard at once.
  await page.getByTestId("call-try").click();
  await expect.poll(rung).toEqual([880, 660]);
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("Live lists what is over until it is acknowledged, and a burst of one rule on one line", async () => {
  const of = recording();
  const { tick } = told(of);
  const like = tick.alerts[0];
  if (!like) throw new Error("the recording has no alert");
  const at = new Date().setHours(14, 32, 0, 0);
  const burst = [0, 1, 2, 3].map((n) => ({ ...like, seq: 90_000 + n, rule: "cv_negative", title: "Negative controls scatter", barcode: `BURST-${n}`, at_ms: at + n * 1000, burst: 4, open: n > 0, over_at_ms: n > 0 ? null : at + 5000, listed: true }));
  const over = { ...like, seq: 80_000, barcode: "OVER-1", level: "ok" as const, open: false, listed: true, over_at_ms: at, burst: 1 };
  const gone = { ...like, seq: 80_001, barcode: "GONE-1", open: false, acknowledged: true, listed: false, over_at_ms: at, burst: 1 };
  const known = { ...like, seq: 80_002, barcode: "KNOWN-1", acknowledged: true };
  tick.alerts = [over, gone, known, ...burst];
  const sight = await open(of);
  const { page } = sight;
  const [line, alerts] = [page.getByTestId("burst"), page.getByTestId("alert")];
  await line.waitFor();
  expect(await line.innerText()).toMatch(/4 × Negative controls scatter\s+BURST-3, BURST-2 and 2 more, 14:32, 1 over/);
  expect(await page.getByTestId("alerts-count").textContent()).toBe("3 open");
  expect(await alerts.evaluateAll((all) => all.map((one) => one.querySelector("bdi")?.textContent))).toEqual(["OVER-1"]);
  expect(await page.getByTestId("alert-over").textContent()).toBe("over 14:32, not acknowledged yet");
  await line.locator(".what").focus();
  await page.keyboard.press("Enter");
  expect(await alerts.evaluateAll((all) => all.map((one) => one.querySelector("bdi")?.textContent))).toEqual(["BURST-3", "BURST-2", "BURST-1", "BURST-0", "OVER-1"]);
  for (const theme of ["light", "dark"]) {
    await wear(page, theme);
    expect(await serious(page)).toEqual([]);
    await keep(page, `live-bursts-${theme}`);
  }
  // One of them alone, then what is left of the line together, by its key.
  await alerts.nth(1).locator(".what").click();
  await page.keyboard.press("a");
  expect(await sight.called("acknowledge")).toEqual([{ seq: 90_002 }]);
  await sight.tell({ ...tick, kind: "tick", number: tick.number + 1, reset: false, plates: [], alerts: burst.filter((one) => one.seq === 90_002).map((one) => ({ ...one, acknowledged: true })) });
  await expect.poll(() => line.getAttribute("data-count")).toBe("3");
  expect(await alerts.count(), "it stays unfolded").toBe(4);
  await line.locator(".what").click();
  await page.keyboard.press("a");
  await expect.poll(() => sight.called("acknowledge")).toEqual([90_002, 90_003, 90_001, 90_000].map((seq) => ({ seq })));
  await page.getByRole("button", { name: "Acknowledged", exact: true }).click();
  expect(await alerts.evaluateAll((all) => all.map((one) => one.querySelector("bdi")?.textContent).sort())).toEqual(["BURST-2", "KNOWN-1"]);
  const { nameless, missed } = await reach(page);
  expect({ nameless, missed }).toEqual({ nameless: [], missed: [] });
  expect(sight.wrong).toEqual([]);
  await page.close();
});

it("names as hostile as they come: nothing runs, nothing is cut without its whole in a title, nothing lies on its neighbour", async () => {
  for (const name of [`<img src=x onerror="window.hurt=1"><b>bold</b>`, "\u202Eלוח מבחן ١٢٣\u202C תוצאות", "N".repeat(300), "a long name ".repeat(25)]) {
    const cards = cardsOf();
    for (const card of cards.cards) {
      card.name = `${name}${card.headline.length}`;
      card.headline = card.headline.map((one) => ({ ...one, feature: `${name}${one.feature}` }));
    }
    cards.missing = [name];
    cards.profile = name;
    const features = featuresOf(300);
    features.rows = features.rows.map((row, n) => ({ ...row, feature: `${name}${n}` }));
    const rules = rulesOf();
    rules.text = rules.text.replaceAll(/^title = .*$/gm, `title = "${name.replaceAll('"', "'")}"`);
    rules.facts = rules.facts.map((fact) => ({ ...fact, path: `${name}${fact.path}`, meaning: name }));
    const sight = await openJudging(recording(), "limits", { cards, features, rules, notify: notifyOf({ desktop_problem: name, last_problem: name }) });
    const { page } = sight;
    for (const tab of ["limits", "rules", "calls"]) {
      await page.getByTestId(`tab-${tab}`).click();
      await page.waitForTimeout(400);
      expect(await page.evaluate(() => "hurt" in window), tab).toBe(false);
      expect(await page.locator("main img").count(), tab).toBe(0);
      expect(await cut(page), tab).toEqual([]);
      expect(await overlaps(page, ".main"), tab).toEqual([]);
      if (name.startsWith("NN")) await keep(page, `judging-names-${tab}`);
    }
    expect(sight.wrong).toEqual([]);
    await page.close();
  }
});
