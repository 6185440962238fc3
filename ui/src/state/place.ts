/** A site at a focus position and a time: what a picture is of, and whether its pixels are there. */
import type { PlaneInfo, SiteImages } from "../ipc/generated";

export interface Place {
  /** The plate's handle. */
  plate: string;
  well: number;
  site: number;
  /** `null` for the brightest of all focus positions. */
  z: number | null;
  t: number;
  /** Grows when a plane of the site comes: what was asked before is asked again. */
  stamp: number;
}

export const keyOf = ({ plate, well, site, z, t }: Place): string => [plate, well, site, z ?? "max", t].join(" ");
/** With what has come of it. */
export const stampedOf = (place: Place): string => `${keyOf(place)} ${place.stamp}`;

/** Where a site's pixels are, as far as its messages say; a preview is there to be seen. */
export interface Standing {
  state: "stored" | "missing" | "reference" | "incomplete";
  /** Why it cannot be shown, for a person; empty where it can. */
  says: string;
}

const WORDS = { reference: "only a link to its pixels has come", incomplete: "pieces of its file have not come" } as const;

/** What is there of some channels (by their places) of a site; one plane to be seen is enough to show something. */
export function standing(site: SiteImages | undefined, channels: readonly number[], z: number | null, t: number): Standing {
  const planes = (site?.planes ?? []).filter((plane) => plane.t === t && (z === null || plane.z === z) && channels.includes(plane.channel));
  const isSeen = (plane: PlaneInfo): boolean => plane.state === "stored" || plane.state === "preview";
  if (planes.some(isSeen)) return { state: "stored", says: "" };
  const plane = planes.find((one) => one.state === "incomplete") ?? planes[0];
  if (!plane || plane.state === "stored" || plane.state === "preview") return { state: "missing", says: "no image of it has come" };
  return { state: plane.state, says: plane.says ?? WORDS[plane.state] };
}

export const stampOf = (site: SiteImages | undefined): number => (site?.planes ?? []).reduce((most, plane) => Math.max(most, plane.seq), 0);
