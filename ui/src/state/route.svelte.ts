/** Which screen is shown. */
export const SCREENS = ["live", "plate", "images", "review", "runs", "models", "sessions", "connect"] as const;
export type Screen = (typeof SCREENS)[number] | "present";

class Route {
  screen = $state<Screen>("live");

  go(screen: Screen): void {
    this.screen = screen;
  }

  /** By a name that may come from the command line; an unknown one changes nothing. */
  goByName(name: string): void {
    if (name === "present" || (SCREENS as readonly string[]).includes(name)) this.screen = name as Screen;
  }
}

export const route = new Route();
