/** Where an alert leads: to the screen that its rule names. */
import { tick } from "svelte";
import type { AlertItem } from "../../ipc/generated";
import { wellOf } from "../../shared/layout/paste";
import { desk } from "../../state/desk.svelte";
import { images } from "../../state/images.svelte";
import { plate } from "../../state/plate.svelte";
import { route } from "../../state/route.svelte";

const WORDS: Record<string, string> = { images: "Open images", live: "Show on the wall", sessions: "Open sessions", connect: "Open connection" };

/** What the button says that leads there. */
export function leads(alert: Pick<AlertItem, "opens">): string {
  return WORDS[alert.opens] ?? "Open plate";
}

/** Goes there; the plate is the desk's, so that it is at hand wherever that is. */
export async function follow(alert: Pick<AlertItem, "opens" | "plate" | "well" | "site">): Promise<void> {
  const tile = desk.plates.get(alert.plate);
  if (alert.opens === "sessions" || alert.opens === "connect") {
    if (tile) desk.selected = alert.plate;
    route.go(alert.opens);
    return;
  }
  if (!tile) return;
  if (alert.opens === "live") {
    desk.selected = alert.plate;
    route.go("live");
    return;
  }
  desk.open(alert.plate);
  const well = alert.well === null ? null : wellOf(alert.well, tile.rows * tile.columns);
  if (well === null) return;
  // What was selected on another plate goes first.
  await tick();
  if (alert.opens !== "images") {
    plate.select(well, "one", tile.columns);
    return;
  }
  if (alert.site !== null) images.pick(alert.site);
  images.open(well);
}
