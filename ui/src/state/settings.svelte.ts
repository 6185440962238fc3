/** Settings of the window; kept by the desk in plateside.toml. */
import type { WindowSettings } from "../ipc/generated";
import type { Host } from "../ipc/host";

class Settings {
  theme = $state<"dark" | "light">("dark");
  letterKeys = $state(true);
  map = $state("viridis");
  lastConnection = $state<string | null>(null);
  host: Host | null = null;

  take(kept: WindowSettings): void {
    const prefersLight = kept.theme === "system" && matchMedia("(prefers-color-scheme: light)").matches;
    this.theme = kept.theme === "light" || prefersLight ? "light" : "dark";
    this.#show();
    this.letterKeys = kept.letter_keys;
    this.map = kept.map;
    this.lastConnection = kept.last_connection;
  }

  async save(): Promise<void> {
    const settings: WindowSettings = {
      theme: this.theme,
      letter_keys: this.letterKeys,
      map: this.map,
      last_connection: this.lastConnection,
    };
    // A setting that cannot be kept still holds for this window.
    await this.host?.call("save_settings", { settings }).catch(() => undefined);
  }

  toggleTheme(): void {
    this.theme = this.theme === "dark" ? "light" : "dark";
    this.#show();
    void this.save();
  }

  /** At once, and not by an effect: whoever paints because the theme changed reads the tokens of the new one. */
  #show(): void {
    document.documentElement.dataset["theme"] = this.theme;
  }
}

export const settings = new Settings();
