/** Bundles of Sessions: one to be written of the chosen session, one to be opened into the library; and how far the one at work is. */
import type { BundleFile, BundlePlace, BundlesFound, Failure } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { bytes } from "../shared/format";
import { desk } from "./desk.svelte";
import { route } from "./route.svelte";
import { library } from "./sessions.svelte";

/** What of the images goes into a bundle: the engine's name, the window's, and what it means. */
export const PIXELS = [
  ["full", "All pixels", "Every image goes along, as it was stored."],
  ["previews", "Previews", "Images stay behind; of each a small picture of at most 512 pixels goes along."],
  ["none", "No pixels", "Images stay behind as references. Numbers, decisions and digests are all there."],
] as const;
export type Pixels = (typeof PIXELS)[number][0];

/** The form of a bundle to be written. */
export class Export {
  /** The session whose form is open. */
  session = $state<string | null>(null);
  /** Where it would go and what it weighs; `null` until the desk has said it. */
  place = $state.raw<BundlePlace | null>(null);
  pixels = $state<Pixels>("full");
  path = $state("");
  /** Why links of the session may be signed, in the desk's words: only then is it asked whether they go along. */
  links = $state<string | null>(null);
  keeps = $state(false);
  problem = $state<string | null>(null);
  /** The session that is being bundled. */
  running = $state<string | null>(null);
  /** Bytes of the bundle at most: rows become fewer in it, images are stored as they are. */
  most = $derived(this.place === null ? null : this.place.database_bytes + (this.pixels === "none" ? 0 : this.place.images_bytes));

  async open(session: string): Promise<void> {
    if (this.session === session) return;
    [this.session, this.place, this.path, this.links, this.keeps, this.problem] = [session, null, "", null, false, null];
    try {
      const place = await desk.host.call("bundle_place", { session });
      if (this.session !== session) return;
      this.place = place;
      // What somebody typed meanwhile stays.
      if (this.path === "") this.path = place.path;
    } catch (thrown) {
      if (this.session === session) this.problem = failureOf(thrown).message;
    }
  }

  close(): void {
    this.session = null;
  }

  async run(): Promise<void> {
    const { session, pixels, keeps } = this;
    const path = this.path.trim();
    if (session === null || path === "" || this.running !== null || work.now) return;
    [this.running, this.problem, this.path] = [session, null, path];
    try {
      const made = await desk.host.call("export_bundle", { session, path, pixels, keep_link_queries: keeps });
      if (this.session === session) this.close();
      desk.tell(`Bundle written, ${bytes(made.bytes)}:`, false, null, made.path);
    } catch (thrown) {
      this.#fail(session, failureOf(thrown));
    }
    this.running = null;
  }

  #fail(session: string, failure: Failure): void {
    const isHere = this.session === session;
    if (failure.code === "cancelled") desk.tell(failure.message);
    else if (failure.code === "link_queries" && isHere) this.links = failure.message;
    else if (isHere) this.problem = failure.message;
    // Whoever looks at something else is told there.
    if (failure.code !== "cancelled" && !(isHere && route.screen === "sessions")) desk.tell(failure.message, true);
  }
}

/** The form of a bundle to be opened. */
export class Import {
  open = $state(false);
  path = $state("");
  found = $state.raw<BundlesFound | null>(null);
  looks = $state(false);
  /** Why the usual places cannot be looked through. */
  unfound = $state<string | null>(null);
  problem = $state<string | null>(null);
  running = $state(false);
  /** The path that the problem is about: it is over once another is typed. */
  #faulty = "";

  show(): void {
    this.open = true;
    // Where the inspector lies over the screen it would lie over this.
    route.inspects = false;
    void this.look();
  }

  close(): void {
    this.open = false;
  }

  /** Looks through the usual places. */
  async look(): Promise<void> {
    if (this.looks) return;
    [this.looks, this.unfound] = [true, null];
    try {
      this.found = await desk.host.call("bundles", {});
    } catch (thrown) {
      this.unfound = failureOf(thrown).message;
    }
    this.looks = false;
  }

  pick(file: BundleFile): void {
    this.path = file.path;
    this.edited();
  }

  edited(): void {
    if (this.path !== this.#faulty) this.problem = null;
  }

  /** Opens it into the library and chooses its session; true where that is so. */
  async run(): Promise<boolean> {
    const path = this.path.trim();
    if (path === "" || this.running || work.now) return false;
    [this.running, this.problem] = [true, null];
    try {
      const opened = await desk.host.call("import_bundle", { path });
      await library.take(opened.session);
      [this.running, this.open, this.path] = [false, false, ""];
      desk.tell(opened.already ? `${opened.name} is in the library already, with all that the bundle holds.` : `${opened.name} is in the library: verified, read-only.`);
      return true;
    } catch (thrown) {
      const failure = failureOf(thrown);
      this.running = false;
      if (failure.code === "cancelled") desk.tell(failure.message);
      else {
        [this.problem, this.#faulty] = [failure.message, this.path];
        if (!this.open || route.screen !== "sessions") desk.tell(failure.message, true);
      }
      return false;
    }
  }
}

/** The one bundle at work, also one that another page of this window began. */
class Work {
  now = $derived(desk.strip?.bundling ?? null);

  async stop(): Promise<void> {
    await desk.call("stop_bundle", {});
  }
}

export const work = new Work();
export const exporting = new Export();
export const importing = new Import();
