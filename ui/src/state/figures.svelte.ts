/** Figures for people: drawn by the desk into the person's pictures, or onto the clipboard. */
import type { DrawFigureArgs, SavedFigures } from "../ipc/generated";
import { failureOf } from "../ipc/host";
import { desk } from "./desk.svelte";

/** Bytes of a picture that came as base64. */
export function pictureOf(base64: string): Blob {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n += 1) bytes[n] = text.charCodeAt(n);
  return new Blob([bytes], { type: "image/png" });
}

class Figures {
  busy = $state<"save" | "copy" | "all" | null>(null);
  /** Why the picture is not on the clipboard. */
  refused = $state<string | null>(null);
  /** What came of saving all. */
  saved = $state.raw<SavedFigures | null>(null);

  clear(): void {
    [this.refused, this.saved] = [null, null];
  }

  /** True where it was saved. */
  async save(args: DrawFigureArgs): Promise<boolean> {
    if (this.busy) return false;
    this.busy = "save";
    this.clear();
    const saved = await desk.call("draw_figure", args);
    this.busy = null;
    if (saved) desk.tell("Figure saved:", false, null, saved.path);
    return saved !== null;
  }

  /** True where it is on the clipboard. */
  async copy(args: DrawFigureArgs): Promise<boolean> {
    if (this.busy) return false;
    this.busy = "copy";
    this.clear();
    try {
      if (typeof ClipboardItem === "undefined" || !navigator.clipboard) throw new Error("this window has no clipboard for pictures");
      // The promise is given at once: WebKit lets the clipboard be written only in the moment of the click.
      let size = "";
      let why: unknown = null;
      const png = desk.host.call("copy_figure", { ...args, format: "png" }).then((drawn) => {
        size = `${drawn.width} × ${drawn.height} pixels`;
        return pictureOf(drawn.base64);
      });
      png.catch((thrown: unknown) => (why = thrown));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]).catch((thrown: unknown) => {
        throw why ?? thrown;
      });
      desk.tell(`Figure copied, ${size}.`);
      return true;
    } catch (thrown) {
      this.refused = thrown instanceof Error ? thrown.message : failureOf(thrown).message;
      return false;
    } finally {
      this.busy = null;
    }
  }

  async saveAll(args: Pick<DrawFigureArgs, "plate" | "feature" | "scale" | "format" | "dpi">): Promise<void> {
    if (this.busy) return;
    this.busy = "all";
    this.clear();
    const { plate, feature, scale, format, dpi } = args;
    this.saved = await desk.call("save_figures", { plate, feature, scale, format, dpi });
    this.busy = null;
  }
}

export const figures = new Figures();
