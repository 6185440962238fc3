/**
 * For `cargo xtask bench window repaint`: 24 plates of 1,536 wells painted anew, by this window's own painter and by an
 * ECharts heatmap, in the same window. Both are asked for one pixel of each canvas at the end, so that nothing of the
 * work is put off; the data of both are made before the clock starts.
 */
import { lut } from "../src/shared/colour/colour";
import { paint } from "../src/shared/heat/paint";

interface Chart {
  setOption: (option: object) => void;
  getZr: () => { flush: () => void };
  dispose: () => void;
}
interface Charts {
  init: (element: HTMLElement, theme: null, options: object) => Chart;
}
declare global {
  var echarts: Charts;
  var repaint: (rounds: number) => Promise<{ ours_ms: number[]; echarts_ms: number[] }>;
}

const [PLATES, ROWS, COLUMNS, PITCH] = [24, 32, 48, 4];
const WELLS = ROWS * COLUMNS;
/** Repaints of ours in one measurement: the clock ticks in whole milliseconds. */
const TURNS = 20;

const touch = (canvas: HTMLCanvasElement): number => canvas.getContext("2d")?.getImageData(0, 0, 1, 1).data[0] ?? 0;
const pause = (): Promise<void> => new Promise((go) => setTimeout(go, 30));

globalThis.repaint = async (rounds) => {
  const stage = document.createElement("div");
  stage.style.position = "fixed";
  stage.style.inset = "0";
  stage.style.zIndex = "99";
  document.body.append(stage);
  const boxes = Array.from({ length: 2 * PLATES }, (_, n) => {
    const box = document.createElement("div");
    box.style.position = "absolute";
    box.style.left = `${(n % 6) * 200}px`;
    box.style.top = `${Math.floor(n / 6) * 100}px`;
    box.style.width = `${COLUMNS * PITCH}px`;
    box.style.height = `${ROWS * PITCH}px`;
    stage.append(box);
    return box;
  });
  const canvases = boxes.slice(0, PLATES).map((box) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [COLUMNS * PITCH, ROWS * PITCH];
    box.append(canvas);
    return canvas;
  });
  const cells = Array.from({ length: WELLS }, (_, well) => [well % COLUMNS, Math.floor(well / COLUMNS)] as const);
  const axis = (length: number): object => ({ type: "category", show: false, data: Array.from({ length }, (_, n) => n) });
  const charts = boxes.slice(PLATES).map((box) => {
    const chart = globalThis.echarts.init(box, null, { renderer: "canvas", devicePixelRatio: 1 });
    chart.setOption({
      animation: false,
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: axis(COLUMNS),
      yAxis: { ...axis(ROWS), inverse: true },
      visualMap: { show: false, min: 0, max: 1, inRange: { color: ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"] } },
      series: [{ type: "heatmap", silent: true, emphasis: { disabled: true }, data: [] }],
    });
    return chart;
  });
  const images: ImageData[] = [];
  const states = new Uint8Array(WELLS).fill(1);
  const table = lut("viridis", "dark");
  const result = { ours_ms: [] as number[], echarts_ms: [] as number[] };

  const ours = (): number => {
    const values = Array.from({ length: TURNS * PLATES }, () => Float32Array.from({ length: WELLS }, Math.random));
    const began = performance.now();
    for (let turn = 0; turn < TURNS; turn += 1) {
      canvases.forEach((canvas, n) => {
        const image = (images[n] = paint(
          {
            rows: ROWS, columns: COLUMNS, pitch: PITCH, values: values[turn * PLATES + n] ?? [], states, range: [0, 1],
            lut: table, ground: 0xff000000, empty: 0xff202020, mark: 0xff808080,
          },
          images[n],
        ));
        canvas.getContext("2d")?.putImageData(image, 0, 0);
      });
      for (const canvas of canvases) touch(canvas);
    }
    return (performance.now() - began) / TURNS;
  };
  const theirs = (): number => {
    const data = charts.map(() => cells.map(([x, y]) => [x, y, Math.random()]));
    const began = performance.now();
    charts.forEach((chart, n) => {
      chart.setOption({ series: [{ data: data[n] }] });
      chart.getZr().flush();
    });
    for (const box of boxes.slice(PLATES)) for (const canvas of box.querySelectorAll("canvas")) touch(canvas);
    return performance.now() - began;
  };
  // The first of each compiles and warms up.
  for (const warm of [ours, theirs]) warm();
  for (let round = 0; round < rounds; round += 1) {
    for (const [list, side] of round % 2 === 0 ? ([[result.ours_ms, ours], [result.echarts_ms, theirs]] as const) : ([[result.echarts_ms, theirs], [result.ours_ms, ours]] as const)) {
      list.push(side());
      await pause();
    }
  }
  for (const chart of charts) chart.dispose();
  stage.remove();
  return result;
};
