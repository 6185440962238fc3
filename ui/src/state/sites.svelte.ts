/** The small pictures of a well's sites: how each stands, and the asking for them, those nearest to the one that is seen first. */
import { untrack } from "svelte";
import type { Tint } from "../ipc/host";
import { STANDS, standOf } from "../shared/image/words";
import { channels } from "./channels.svelte";
import { images } from "./images.svelte";
import { keyOf, standing } from "./place";
import { thumbs } from "./thumbs.svelte";
import { lookOf, WHOLE } from "./view.svelte";

/** What is small waits until contrast rests. */
const CALM_MS = 200;
/** A plane of which nobody knows the size yet. */
const USUAL = { width: 2160, height: 2160 };

/** A site in a strip. */
export interface SiteTile {
  site: number;
  /** `stored`, `off` where no channel is on, or why there is no picture. */
  stand: string;
  /** The same for a person; empty where there is one. */
  says: string;
  flags: string[];
}

class Sites {
  #last = "";

  on = $derived(channels.list.flatMap((channel, n) => (channel.on ? [n] : [])));
  tiles = $derived((images.shown?.sites ?? []).map((site): SiteTile => {
    const { flags } = site;
    if (this.on.length === 0) return { site: site.site, stand: "off", says: "all channels are off", flags };
    const found = standing(site, this.on, images.z, images.t);
    const [view, place] = [thumbs.views.get(site.site), images.placeOf(site.site)];
    const failure = view && place && view.failed === keyOf(place) ? view.failure : null;
    return { site: site.site, stand: found.state !== "stored" ? found.state : failure ? standOf(failure.code) : "stored", says: found.state !== "stored" ? found.says : (failure?.message ?? ""), flags };
  }));

  /** Asks for pictures of so many CSS pixels of the first `most` sites, seen so; read within an effect, whose end it returns. */
  ask(tints: readonly Tint[], wide: number, high: number, most = Number.POSITIVE_INFINITY): (() => void) | undefined {
    const shown = (images.shown?.sites ?? []).slice(0, most);
    const places = shown.filter((site) => standing(site, this.on, images.z, images.t).state === "stored").flatMap((site) => images.placeOf(site.site) ?? []);
    const { width, height } = images.plane ?? USUAL;
    if (tints.length === 0) return undefined;
    const level = Math.max(0, Math.floor(Math.log2(Math.min(width / wide, height / high) / devicePixelRatio)));
    const first = untrack(() => images.site);
    const near = places.sort((a, b) => Math.abs(a.site - first) - Math.abs(b.site - first));
    const look = lookOf(tints);
    const wait = setTimeout(() => void thumbs.fill(near.map((place) => ({ place, level, part: WHOLE, channels: tints }))), this.#last === "" || this.#last === look ? 0 : CALM_MS);
    this.#last = look;
    return () => clearTimeout(wait);
  }

  /** Nobody sees the strip any more. */
  end(): void {
    this.#last = "";
    thumbs.end();
  }

  pictureOf(site: number): HTMLCanvasElement | null {
    const picture = thumbs.views.get(site)?.picture;
    const place = images.placeOf(site);
    return picture && place && picture.key === keyOf(place) ? picture.canvas : null;
  }

  isPreview(site: number): boolean {
    return this.pictureOf(site) !== null && (thumbs.views.get(site)?.picture?.previews.length ?? 0) > 0;
  }

  /** A tile in words. */
  named(tile: SiteTile): string {
    const stands = tile.stand === "stored" ? (this.pictureOf(tile.site) ? (this.isPreview(tile.site) ? "preview" : "") : "loading") : `${STANDS[tile.stand]?.[1] ?? ""}: ${tile.says}`;
    return [`Site ${tile.site}`, stands, ...tile.flags.map((flag) => `flagged: ${flag}`)].filter(Boolean).join(", ");
  }
}

export const sites = new Sites();
