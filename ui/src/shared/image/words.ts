/** What is said of what cannot be shown, and what a person can do about it. By the failure's code, never by its words. */

/** The glyph, and a word or two for a tile. */
export const STANDS: Record<string, readonly ["idle" | "info" | "warn" | "bad", string]> = {
  missing: ["idle", "No image"],
  reference: ["info", "Link only"],
  incomplete: ["warn", "Incomplete"],
  unreadable: ["bad", "Unreadable"],
};

const BY_CODE: Record<string, string> = { missing_plane: "missing", reference_only: "reference", incomplete: "incomplete" };
export const standOf = (code: string): string => BY_CODE[code] ?? "unreadable";

const TODO: Record<string, string> = {
  missing_plane: "It appears here as soon as its message comes. Another channel, focus position or site may be there.",
  reference_only: "Its message says where the pixels are; they are not fetched. The message is behind the well on the Plate screen.",
  incomplete: "It appears by itself once the missing pieces come. If the stream has ended, ask the sender to send the image again.",
  undecodable: "The file is kept as it came: look at its message on the Plate screen, and tell who writes the images.",
  no_such_plate: "The session on the desk has changed. Pick the plate again on the wall.",
  nothing_open: "Open a session, or connect to a broker.",
};
export const todo = (code: string): string => TODO[code] ?? "Try again; if it stays, the message behind the well on the Plate screen says what came.";

/** What is written over a picture with previews in it: of which channels, where it is not all of them. */
export const previewed = (previews: readonly string[], seen: number): string =>
  previews.length === 0 ? "" : previews.length >= seen ? "Preview" : `Preview: ${previews.join(", ")}`;
/** More about it. */
export const PREVIEW_SAYS = "This bundle was made with previews, of at most 512 pixels a side: the images are in the session that it was made of.";

/** As models name a class: `in_focus`. */
export const plain = (name: string): string => name.replaceAll("_", " ");
