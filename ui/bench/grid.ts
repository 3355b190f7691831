// Scrolls a million rows by a fixed number of pixels per frame and keeps every frame's time.
import "@/styles.css";
import "@/features/results/grid/grid.css";
import { sampleColumns, sampleFetch } from "@/design/gallery/gridSample";
import { merged } from "@/features/results/editing/model";
import { EditedSource } from "@/features/results/editing/source";
import { BlockSource } from "@/features/results/grid";
import { Grid } from "@/features/results/grid/engine";
import type { EditedRow, EditsView, ResultHead } from "@/ipc";

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
    measure: (pixels: number, frames: number, sideways?: boolean) => Promise<Measured>;
  }
}

const query = new URLSearchParams(window.location.search);
const rows = Number(query.get("rows") ?? 1_000_000);
const columns = Number(query.get("columns") ?? 50);
const host = document.getElementById("root") ?? document.body;
host.style.position = "relative";

const grid = new Grid(host, { label: "Bench", rowHeight: 26, headerHeight: 40, events: { onEdit: () => undefined } });
// Narrow columns, so that as many cells show as on a wide screen.
const heads = sampleColumns(columns).map((column, index) => ({ ...column, width: 50 + ((index * 7) % 30) }));

// As in the window: what is staged lies over what is held. Every tenth row of the first ten thousand is changed, deleted or new.
const staged = Array.from({ length: 1_000 }, (_, index): EditedRow => {
  const kind = (["update", "delete", "insert"] as const)[index % 3] ?? "update";
  const cells = [
    { column: index % columns, value: { kind: "text", text: "staged", whole: null }, problem: null } as const,
  ];
  return {
    id: index + 1,
    kind,
    at: kind === "insert" ? null : index * 10,
    after: kind === "insert" ? index * 10 : null,
    fresh: null,
    name: `row ${index}`,
    cells: kind === "delete" ? [] : [...cells],
    hidden: [],
    problem: null,
  };
});
const editable = { read_only: null, not_inserted: null, nullable: true, default: null, choices: [] };
const view: EditsView = {
  revision: 1,
  object: null,
  refused: null,
  columns: heads.map(() => ({ ...editable, several_choices: false, mixed: false })),
  warnings: [],
  whole: true,
  rows: staged,
  removed: [],
  counts: { updates: 334, inserts: 333, deletes: 333, problems: 0, unseen: 0 },
  undo: null,
  redo: null,
  fresh_hold: null,
  acting: null,
  staged_as: [],
};
const described = heads.map(({ name }) => ({
  name,
  native_type: "text",
  class: "text" as const,
  primary_key: false,
  references: null,
}));
const head: ResultHead = {
  hold_id: "bench",
  title: "bench",
  columns: described,
  booleans: ["t", "f"],
  context: "",
  foreign_keys: [],
};
const held = new BlockSource({ generation: "bench", columns: heads, fetch: sampleFetch(3), known: rows, more: false });
const source = new EditedSource(held, head, () => held);
if (query.get("edits") !== "off") source.set(merged(null, view), new Map());
grid.setSource(source);

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
  const all = source.rows().known;
  for (let frame = 0; frame < 120 && lastShown() < all; frame++) await nextFrame();
  return lastShown() === all ? rows : lastShown();
}

window.measure = async (pixels, frames, sideways = false) => {
  const move = () => {
    grid.scroller.scrollTop += pixels;
    if (sideways) grid.scroller.scrollLeft += pixels;
  };
  grid.scroller.scrollTop = 0;
  grid.scroller.scrollLeft = 0;
  await nextFrame();
  for (let i = 0; i < 30; i++) {
    move();
    await nextFrame();
  }
  const times: number[] = [];
  const script: number[] = [];
  let before = await nextFrame();
  for (let i = 0; i < frames; i++) {
    move();
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
