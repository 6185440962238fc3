/** What Tab reaches on a page, and under which names assistive technology hears it; the page in the other theme. */
import type { Page } from "playwright-core";

export interface Reach {
  /** Role and accessible name, in the order of Tab. */
  controls: string[];
  /** Controls that Tab stops at and that have no name. */
  nameless: string[];
  /** Controls that are seen and that Tab never stops at. */
  missed: string[];
}

/** Walks the page with Tab from its beginning until it comes round. */
export async function reach(page: Page, most = 200): Promise<Reach> {
  const speak = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    // Where the focus last was, Tab would go on from there.
    const start = document.createElement("i");
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
    (window as unknown as { reached: Set<Element> }).reached = new Set();
  });
  const [controls, nameless]: [string[], string[]] = [[], []];
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press("Tab");
    const isNew = await page.evaluate(() => {
      const { reached } = window as unknown as { reached: Set<Element> };
      const at = document.activeElement;
      if (!at || at === document.body || reached.has(at)) return false;
      reached.add(at);
      return true;
    });
    if (!isNew) break;
    const { result } = await speak.send("Runtime.evaluate", { expression: "document.activeElement" });
    const { nodes } = await speak.send("Accessibility.getPartialAXTree", { objectId: result.objectId ?? "", fetchRelatives: false });
    const [role, name] = [String(nodes[0]?.role?.value ?? ""), String(nodes[0]?.name?.value ?? "").trim()];
    controls.push(`${role} ${name}`);
    if (name === "") nameless.push(`${role} ${result.description ?? ""}`);
  }
  const missed = await page.evaluate(() => {
    const { reached } = window as unknown as { reached: Set<Element> };
    // Rows, tabs and options of a list that arrows walk are reached through it.
    const walked = "[role=listbox] [role=option], [role=grid] [role=row][tabindex], [role=tablist] [role=tab]";
    return [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [tabindex]")]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isControl = element.matches("a[href], button, input, select, textarea, summary") || element.tabIndex >= 0;
        return isControl && width > 0 && height > 0 && getComputedStyle(element).visibility === "visible" && !element.matches(":disabled") && !reached.has(element) && !element.matches(walked);
      })
      .map((element) => element.outerHTML.slice(0, 160));
  });
  await speak.detach();
  return { controls, nameless, missed };
}

/** Changes the theme's colours and waits until they have faded in: axe would measure them half-way. */
export async function wear(page: Page, theme: string): Promise<void> {
  await page.evaluate(async (next) => {
    document.documentElement.dataset["theme"] = next;
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  }, theme);
}
