// Every screen beside its mock (../shared/design/ui): the same regions in the same places, at both sizes, in both themes.
import { afterAll, beforeAll } from "vitest";
import { FRAME, type Later, liesAsDrawn, type Region } from "./beside";
import { begin, end } from "./page";

beforeAll(begin);
afterAll(end);

// A screen is: its regions, what of the mock is for a later version, and how our page gets to what the mock shows.

const LIVE: Region[] = [
  ...FRAME,
  { name: "view bar", mock: ".bar", ours: ".main .bar" },
  { name: "title", mock: ".bar h1", ours: ".main .bar h1", tokens: ["ink", "ground", "size", "weight", "family"] },
];
const LIVE_LATER: Later[] = [];
liesAsDrawn("live", LIVE, LIVE_LATER, async ({ page }) => page.getByTestId("tile").first().waitFor());
