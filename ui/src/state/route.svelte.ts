/** Which screen is shown, and whether its inspector was asked for where it lies over the screen. */
export const SCREENS = ["live", "plate", "images", "review", "runs", "models", "sessions", "connect"] as const;
/** Present, and the workspace of limits, rules and calls, have no place of their own in the rail. */
export type Screen = (typeof SCREENS)[number] | "present" | "judging";

class Route {
  screen = $state<Screen>("live");
  /** Below 1280 the inspector lies over the screen: only when asked for, or when something was done whose answer is there. */
  inspects = $state(false);
  /** Where one came from to present. */
  #before: Screen = "live";
  /** The screen whose place the judging workspace takes. */
  under = $state<Screen>("plate");

  go(screen: Screen): void {
    if (screen === "present" && this.screen !== "present") this.#before = this.screen;
    if (screen === "judging" && this.screen !== "judging" && this.screen !== "present") this.under = this.screen;
    if (screen !== this.screen) this.inspects = false;
    this.screen = screen;
  }

  /** From presenting back to where one came from. */
  back(): void {
    this.go(this.#before);
  }

  leaveJudging(): void {
    if (this.screen === "judging") this.go(this.under);
  }

  /** By a name that may come from the command line; an unknown one changes nothing. */
  goByName(name: string): void {
    if (name === "present" || (SCREENS as readonly string[]).includes(name)) this.screen = name as Screen;
  }
}

export const route = new Route();
