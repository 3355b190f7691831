// Scrolls a million rows by a fixed number of pixels per frame and keeps every frame's time.
import "@/styles.css";
import "@/features/results/grid/grid.css";
import { sampleColumns, sampleFetch } from "@/design/gallery/gridSample";
import { BlockSource } from "@/features/results/grid";
import { Grid } from "@/features/results/grid/engine";

export interface Measured {
  rows: number;
  columns: number;
  cells: number;
  width: number;
  height: number;
  pixels: number;
  /** Milliseconds between frames, sorted. */
  frames: number[];
  /** Milliseconds of script per frame, sorted. */
  script: number[];
  /** The last row the grid reaches by itself, from 1. */
  lastRow: number;
}

declare global {
  interface Window {
    measure: (pixels: number, frames: number) => Promise<Measured>;
  }
}

const query = new URLSearchParams(window.location.search);
const rows = Number(query.get("rows") ?? 1_000_000);
const columns = Number(query.get("columns") ?? 50);
const host = document.getElementById("root") ?? document.body;
host.style.position = "relative";

const grid = new Grid(host, { label: "Bench", rowHeight: 26, headerHeight: 40, events: {} });
// Narrow columns, so that as many cells show as on a wide screen.
const heads = sampleColumns(columns).map((column, index) => ({ ...column, width: 50 + ((index * 7) % 30) }));
grid.setSource(
  new BlockSource({ generation: "bench", columns: heads, fetch: sampleFetch(3), known: rows, more: false }),
);

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

const lastShown = () =>
  Math.max(
    ...[...host.querySelectorAll(".rg-body [role=row]:not([hidden])")].map(
      (row) => Number(row.getAttribute("aria-rowindex")) - 1,
    ),
  );

/** The last row shown at the scroller's end. The scroll event comes some frames later on a busy machine. */
async function reachesRow(): Promise<number> {
  grid.scroller.scrollTop = grid.scroller.scrollHeight;
  for (let frame = 0; frame < 120 && lastShown() < rows; frame++) await nextFrame();
  return lastShown();
}

window.measure = async (pixels, frames) => {
  grid.scroller.scrollTop = 0;
  await nextFrame();
  for (let i = 0; i < 30; i++) {
    grid.scroller.scrollTop += pixels;
    await nextFrame();
  }
  const times: number[] = [];
  const script: number[] = [];
  let before = await nextFrame();
  for (let i = 0; i < frames; i++) {
    grid.scroller.scrollTop += pixels;
    const now = await nextFrame();
    times.push(now - before);
    script.push(grid.lastFrame);
    before = now;
  }
  const cells = host.querySelectorAll('[role="gridcell"]').length;
  const { width, height } = grid.scroller.getBoundingClientRect();
  const last = await reachesRow();
  return { rows, columns, cells, width, height, pixels, frames: sorted(times), script: sorted(script), lastRow: last };
};
document.title = "ready";
