/** Paints a picture's middle so that it fills a canvas of so many CSS pixels; nothing where there is no picture. */
export function cover(canvas: HTMLCanvasElement, from: HTMLCanvasElement | null, wide: number, high: number): void {
  const context = canvas.getContext("2d");
  [canvas.width, canvas.height] = [Math.round(wide * devicePixelRatio), Math.round(high * devicePixelRatio)];
  if (!context || !from || from.width === 0 || from.height === 0) return;
  const scale = Math.max(canvas.width / from.width, canvas.height / from.height);
  const [across, down] = [canvas.width / scale, canvas.height / scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(from, (from.width - across) / 2, (from.height - down) / 2, across, down, 0, 0, canvas.width, canvas.height);
}
