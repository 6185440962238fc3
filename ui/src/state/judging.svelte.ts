/** The workspace in which limits, rules and calls are set: which tab is open, and how one comes and goes. */
import { route } from "./route.svelte";

export const TABS = ["limits", "rules", "calls"] as const;
export type Tab = (typeof TABS)[number];

class Judging {
  tab = $state<Tab>("limits");

  show(tab: Tab = this.tab): void {
    this.tab = tab;
    route.go("judging");
  }

  leave(): void {
    route.leaveJudging();
  }
}

export const judging = new Judging();
