/** An attachment: what floats over the main part begins below its view bar, whose buttons stay in reach. */
export function underBar(node: HTMLElement): () => void {
  const main = node.parentElement?.querySelector<HTMLElement>(".main");
  if (!main) return () => undefined;
  const place = (): void => {
    const bar = main.querySelector<HTMLElement>(":scope > .bar");
    node.style.top = bar ? `${bar.offsetTop + bar.offsetHeight - main.offsetTop}px` : "0";
  };
  // A banner above the bar moves it; what lies below then changes its size.
  const sizes = new ResizeObserver(place);
  const observe = (): void => {
    sizes.disconnect();
    for (const child of main.children) sizes.observe(child);
    place();
  };
  const parts = new MutationObserver(observe);
  parts.observe(main, { childList: true });
  observe();
  return () => {
    sizes.disconnect();
    parts.disconnect();
  };
}
