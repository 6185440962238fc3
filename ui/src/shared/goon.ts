/** Where what had the focus is gone by the next frame, the keys go on from what is found then; focus that went elsewhere stays. */
export function goOn(find: () => HTMLElement | null | undefined, options?: FocusOptions): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) find()?.focus(options);
  });
}
