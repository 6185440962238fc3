/** Cards that are edited: steps, typing as one step, what is sent, what stays when another answer comes. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AssayCards, PlateTile } from "../ipc/generated";
import type { Host } from "../ipc/host";
import { blank, detailOf } from "./card";
import { cards } from "./cards.svelte";
import { desk } from "./desk.svelte";
import { wall } from "./wall.svelte";

let inForce: AssayCards;
let sent: unknown[] = [];
let refuses: string | null = null;
beforeEach(async () => {
  vi.useFakeTimers();
  [sent, refuses] = [[], null];
  inForce = { profile: `p${Math.random()}`, cards: [detailOf(blank("Viability", "Cells_Count"))], missing: ["Painting"] };
  const call = async (command: string, args: { cards: AssayCards["cards"] }): Promise<unknown> => {
    if (command === "cards") return structuredClone(inForce);
    if (command === "plate") return { headlines: inForce.cards[0]?.headline ?? [] };
    if (refuses !== null) throw { code: "read_only", message: refuses, detail: null };
    sent.push(args);
    inForce = { ...inForce, cards: args.cards };
    return { seq: 9 };
  };
  desk.host = { call } as unknown as Host;
  await cards.load();
});
afterEach(() => vi.useRealTimers());

it("typing on in one field is one step; another field, or a rest, is another", () => {
  for (const typed of ["0", "0.", "0.6"]) cards.limit("z_prime_good", typed);
  cards.limit("cv_negative_percent", "15");
  vi.advanceTimersByTime(2000);
  cards.limit("cv_negative_percent", "10");
  expect(cards.edited).toBe(true);
  const read = (): string[] => [cards.card?.limits.z_prime_good ?? "", cards.card?.limits.cv_negative_percent ?? ""];
  cards.undo();
  expect(read()).toEqual(["0.6", "15"]);
  cards.undo();
  cards.undo();
  expect(read()).toEqual(["0.5", "20"]);
  expect([cards.canUndo, cards.edited]).toEqual([false, false]);
  cards.redo();
  expect(read()).toEqual(["0.6", "20"]);
});

it("a card of a missing assay is added, removed, and brought back", () => {
  cards.add("Painting", "Nuclei_Area");
  expect([cards.chosen, cards.missing, cards.card?.headline[0]?.feature]).toEqual([1, [], "Nuclei_Area"]);
  cards.remove();
  expect([cards.chosen, cards.missing]).toEqual([0, ["Painting"]]);
  cards.undo();
  expect(cards.now.map((card) => card.name)).toEqual(["Viability", "Painting"]);
});

it("nothing is sent without a reason or with a fault; what is sent is in force, and no edit any more", async () => {
  cards.limit("z_prime_attention", "0.9");
  cards.reason = "we try";
  await cards.send();
  expect(sent).toEqual([]);
  cards.limit("z_prime_attention", "0.3");
  cards.reason = " ";
  await cards.send();
  expect(sent).toEqual([]);
  cards.reason = " wider controls ";
  await cards.send();
  expect(sent).toMatchObject([{ reason: "wider controls", cards: [{ name: "Viability", limits: { z_prime_attention: 0.3, edge_strength: null } }] }]);
  expect([cards.edited, cards.canUndo, cards.reason]).toEqual([false, false, ""]);
});

it("what is put in force is what the wall offers to colour by", async () => {
  const tile = { plate: "a", assay: "Viability", headline: { feature: "Cells_Count" } } as PlateTile;
  desk.plates.set("a", tile);
  await wall.learn([tile]);
  expect(wall.features).toEqual(["Cells_Count"]);
  cards.change({ headline: [...(cards.card?.headline ?? []), ...blank("", "Confluence").headline] });
  cards.reason = "two of them";
  await cards.send();
  expect(wall.features).toEqual(["Cells_Count", "Confluence"]);
});

it("a refusal is said and the edit stays, also when the cards are read anew", async () => {
  refuses = "The session is read-only.";
  cards.limit("signal_ratio", "4");
  cards.reason = "because";
  await cards.send();
  expect([cards.refused, cards.edited, cards.reason]).toEqual(["The session is read-only.", true, "because"]);
  inForce = { ...inForce, missing: [] };
  await cards.load();
  expect([cards.card?.limits.signal_ratio, cards.missing.length]).toEqual(["4", 0]);
});

it("a draft waits for its own profile", async () => {
  cards.limit("signal_ratio", "4");
  const mine = inForce;
  inForce = { ...mine, profile: "another", cards: [] };
  await cards.load();
  expect([cards.now.length, cards.edited]).toEqual([0, false]);
  inForce = mine;
  await cards.load();
  expect([cards.card?.limits.signal_ratio, cards.edited]).toEqual(["4", true]);
});
