/**
 * Whether all that is written can be read: no text is cut off by a box that neither scrolls nor says the whole in its
 * title, none lies outside its region, and the ring of what has the focus is seen.
 */
import type { Page } from "playwright-core";

/** Text that a person cannot get to see, in words. Empty is good. */
export async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.textContent?.trim() ?? "";
      const parent = node.parentElement;
      if (!parent || text === "" || parent.closest(".sr, script, style, title, option, datalist, [aria-hidden=true]")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = range.getBoundingClientRect();
      if (rect.width === 0 || rect.height === 0 || getComputedStyle(parent).visibility !== "visible") continue;
      const says = `"${text.slice(0, 40)}" (${parent.tagName.toLowerCase()}.${parent.className.toString().slice(0, 30)})`;
      // How far it can be seen: what scrolls brings the rest of it into sight.
      const [across, down] = [{ free: false }, { free: false }];
      for (let box: Element | null = parent; box && !(across.free && down.free); box = box.parentElement) {
        const style = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        // An ellipsis says the whole in a title, where some letters are left of it.
        const whole = style.textOverflow === "ellipsis" && box.closest("[title]") !== null && (rect.width < 1 || edge.width > Math.min(rect.width, 3 * parseFloat(style.fontSize)) - 1);
        if (!across.free && style.overflowX !== "visible") {
          if (/auto|scroll/.test(style.overflowX) || whole) across.free = true;
          else if (rect.left < edge.left - 1 || rect.right > edge.right + 1) {
            found.push(`${says} is cut at the side by ${box.tagName.toLowerCase()}.${box.className.toString().slice(0, 40)}`);
            across.free = true;
          }
        }
        if (!down.free && style.overflowY !== "visible") {
          if (/auto|scroll/.test(style.overflowY)) down.free = true;
          else if (rect.top < edge.top - 2 || rect.bottom > edge.bottom + 2) {
            found.push(`${says} is cut above or below by ${box.tagName.toLowerCase()}.${box.className.toString().slice(0, 40)}`);
            down.free = true;
          }
        }
        if (box.matches(".rail, .top, .main, .insp, .tl, .toast, [role=dialog]")) {
          if (!across.free && (rect.left < edge.left - 1 || rect.right > edge.right + 1)) found.push(`${says} runs out of ${box.className.toString().slice(0, 20)}`);
          if (!down.free && (rect.top < edge.top - 2 || rect.bottom > edge.bottom + 2)) found.push(`${says} runs below ${box.className.toString().slice(0, 20)}`);
          break;
        }
      }
    }
    return [...new Set(found)];
  });
}

/** Texts of two neighbours that lie on each other, inside one region. */
export async function overlaps(page: Page, region: string): Promise<string[]> {
  return page.evaluate((region) => {
    const boxes: { node: Node; text: string; rect: DOMRect }[] = [];
    for (const root of document.querySelectorAll(region)) {
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const parent = node.parentElement;
        if (!parent || !node.textContent?.trim() || parent.closest(".sr, option, datalist, [aria-hidden=true]") || getComputedStyle(parent).visibility !== "visible") continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) {
          // What an ancestor cuts off lies on nothing.
          let [left, right, top, bottom] = [rect.left, rect.right, rect.top, rect.bottom];
          for (let box: Element | null = parent; box && box !== root.parentElement; box = box.parentElement) {
            if (getComputedStyle(box).overflowX === "visible") continue;
            const edge = box.getBoundingClientRect();
            [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
          }
          if (right - left > 1 && bottom - top > 1) boxes.push({ node, text: node.textContent.trim().slice(0, 30), rect: new DOMRect(left, top, right - left, bottom - top) });
        }
      }
    }
    const found = new Set<string>();
    for (const [n, a] of boxes.entries()) {
      for (const b of boxes.slice(n + 1)) {
        if (a.node === b.node) continue;
        const wide = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
        // Lines of text stand closer than their boxes are tall.
        const high = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
        if (wide > 2 && high > Math.min(a.rect.height, b.rect.height) * 0.4) found.add(`"${a.text}" lies on "${b.text}"`);
      }
    }
    return [...found];
  }, region);
}

/** Text twice as large and nothing else, as a web view zooms text: sizes and line heights, not boxes. */
export async function twice(page: Page): Promise<void> {
  await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("body, body *")].filter((element) => !(element instanceof SVGElement) && element.style !== undefined);
    const was = all.map((element) => {
      const style = getComputedStyle(element);
      return [parseFloat(style.fontSize), parseFloat(style.lineHeight)] as const;
    });
    all.forEach((element, n) => {
      const [size, line] = was[n] ?? [0, 0];
      element.style.fontSize = `${size * 2}px`;
      if (Number.isFinite(line)) element.style.lineHeight = `${line * 2}px`;
    });
  });
  await page.waitForTimeout(200);
}

/** What of the ring around the focused element cannot be seen; empty where it is whole. */
export async function ring(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) return "";
    const says = `${at.tagName.toLowerCase()}.${at.className} "${(at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 30)}"`;
    const style = getComputedStyle(at);
    const wide = parseFloat(style.outlineWidth);
    if (style.outlineStyle === "none" || wide < 2) return `${says} has no ring`;
    const out = Math.max(0, parseFloat(style.outlineOffset) + wide);
    const edge = at.getBoundingClientRect();
    for (let box = at.parentElement; box; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      const clip = box.getBoundingClientRect();
      // A pixel of the two may be cut off at one side.
      if (overflowX !== "visible" && (edge.left - out < clip.left - 1.5 || edge.right + out > clip.right + 1.5)) return `${says}: ring cut at the side by .${box.className}`;
      if (overflowY !== "visible" && (edge.top - out < clip.top - 1.5 || edge.bottom + out > clip.bottom + 1.5)) return `${says}: ring cut above or below by .${box.className}`;
    }
    return "";
  });
}
