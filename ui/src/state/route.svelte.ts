/** Which screen is shown, and whether its inspector was asked for where it lies over the screen. */
export const SCREENS = ["live", "plate", "images", "review", "runs", "models", "sessions", "connect"] as const;
export type Screen = (typeof SCREENS)[number] | "present";

class Route {
  screen = $state<Screen>("live");
  /** Below 1280 the inspector lies over the screen: only when asked for, or when something was done whose answer is there. */
  inspects = $state(false);
  /** Where one came from to present. */
  #before: Screen = "live";

  go(screen: Screen): void {
    if (screen === "present" && this.screen !== "present") this.#before = this.screen;
    if (screen !== this.screen) this.inspects = false;
    this.screen = screen;
  }

  /** From presenting back to where one came from. */
  back(): void {
    this.go(this.#before);
  }

  /** By a name that may come from the command line; an unknown one changes nothing. */
  goByName(name: string): void {
    if (name === "present" || (SCREENS as readonly string[]).includes(name)) this.screen = name as Screen;
  }
}

export const route = new Route();
