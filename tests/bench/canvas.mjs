// A diagram of 5,000 tables in the window itself: how soon it is drawn once it is laid out, and how long the frames take while it is
// moved and zoomed, far, in between and near.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { underDisplay } from "./lib/display.mjs";
import { required } from "./lib/process.mjs";
import { load, median, milliseconds, report } from "./lib/report.mjs";

const TABLES = Number(process.env.ROWHOUSE_BENCH_DIAGRAM ?? 5000);
const FRAMES = 200;
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const FRAME = 25;
const FIRST = 1000;

/** Tables with 3 to 14 columns and 1.1 foreign keys each, a third of them to a few hubs. */
function fill(file) {
  let seed = 1;
  const random = (below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const tables = Array.from({ length: TABLES }, (_, index) => {
    const keys = index === 0 ? 0 : [0, 0, 0, 1, 1, 1, 1, 2, 2, 3][random(10)];
    const columns = ["id INTEGER PRIMARY KEY"];
    for (let key = 0; key < keys; key++) {
      const to = random(3) === 0 ? random(12) % index : Math.max(0, index - 1 - random(40));
      columns.push(`key_${key} INTEGER REFERENCES table_${to} (id)`);
    }
    for (let other = 2 + random(12); other > 0; other--) columns.push(`column_${other} ${other % 3 ? "TEXT" : "NUMERIC(12,2)"}`);
    return `CREATE TABLE table_${index} (${columns.join(", ")});`;
  });
  execFileSync("sqlite3", [file], { input: `PRAGMA journal_mode = off; PRAGMA synchronous = off; BEGIN;${tables.join("\n")}COMMIT;` });
}

/** Moves and zooms the diagram in front by its wheel; the time of each frame, sorted. */
const TURN = (how, frames, done) => {
  const stage = [...document.querySelectorAll(".erd-stage")].find((node) => node.checkVisibility());
  const { left, top, width, height } = stage.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
  const moves = {
    pan: (turn) => ({ deltaX: turn % 40 < 20 ? 40 : -40, deltaY: turn % 60 < 30 ? 25 : -25 }),
    zoom: (turn) => ({ deltaX: 0, deltaY: turn % 60 < 30 ? -20 : 20, ctrlKey: true }),
    nearer: () => ({ deltaX: 0, deltaY: -60, ctrlKey: true }),
  };
  const times = [];
  let [turn, before] = [0, 0];
  const step = (now) => {
    if (before) times.push(now - before);
    before = now;
    if (turn === frames) return done(times.sort((a, b) => a - b));
    stage.dispatchEvent(new WheelEvent("wheel", { ...at, ...moves[how](turn) }));
    turn += 1;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
};

/** Notes when the diagram is drawn. */
const WATCH = () => {
  window.rowhouseBench = { begun: performance.now() };
  const look = () => {
    if (Number(document.querySelector(".erd-stage")?.dataset.tables) > 0)
      requestAnimationFrame(() => {
        window.rowhouseBench.drawn = performance.now();
      });
    else requestAnimationFrame(look);
  };
  look();
};

async function main() {
  const scratch = mkdtempSync(join(process.env.ROWHOUSE_BENCH_SCRATCH ?? "/tmp", "canvas."));
  const shots = join(scratch, "shots");
  mkdirSync(shots);
  process.env.ROWHOUSE_E2E_APP = required("ROWHOUSE_BENCH_APP");
  process.env.ROWHOUSE_E2E_CLI = required("ROWHOUSE_BENCH_CLI");
  process.env.ROWHOUSE_E2E_SHOTS = shots;
  process.env.WEBKIT_DISABLE_DMABUF_RENDERER = "1";
  const { Desk } = await import("../e2e/lib/desk.mjs");
  const endings = [];
  try {
    const file = join(scratch, "many.db");
    fill(file);
    const desk = new Desk((ending) => endings.push(ending));
    desk.profile(`sqlite:${file}`, "many");
    await desk.open();
    const page = desk.window.browser;
    await page.setTimeout({ script: 120_000 });
    await desk.connect("many");
    await desk.until("the tables", async () => (await desk.window.text()).includes("table_"), 60_000);
    await desk.page(WATCH);
    const began = load();
    await desk.keys("Control", "Shift", "l");
    const { begun, drawn } = await desk.until("the diagram", () => desk.page(() => (window.rowhouseBench.drawn ? window.rowhouseBench : null)), 60_000);
    const told = /Layout ([\d.,]+) (ms|s)\b/.exec(await desk.window.text());
    const layout = told ? Number(told[1].replaceAll(",", "")) * (told[2] === "s" ? 1000 : 1) : 0;
    const first = drawn - begun - layout;
    const rows = [
      {
        what: `a diagram of ${TABLES} tables: from the key to its picture, less its layout (layout)`,
        ours: milliseconds(first),
        beside: milliseconds(layout),
        target: `at most ${milliseconds(FIRST)}`,
        met: first <= FIRST,
        load: began,
      },
    ];
    for (const [where, nearer] of [
      ["all of it", 0],
      ["in between", 28],
      ["near", 12],
    ]) {
      if (nearer > 0) await page.executeAsync(TURN, "nearer", nearer);
      await page.executeAsync(TURN, "pan", 30);
      for (const how of ["pan", "zoom"]) {
        const runs = [];
        for (let turn = 0; turn < RUNS; turn++) runs.push({ began: load(), times: await page.executeAsync(TURN, how, FRAMES) });
        const at = (share) => median(runs.map(({ times }) => times[Math.min(times.length - 1, Math.floor(times.length * share))]));
        rows.push({
          what: `  ${how}, ${where}: 95th percentile (50th)`,
          ours: milliseconds(at(0.95)),
          beside: milliseconds(at(0.5)),
          target: `at most ${FRAME} ms`,
          met: at(0.95) <= FRAME,
          load: median(runs.map((one) => one.began)),
        });
      }
    }
    report("Diagrams in the window", rows);
  } finally {
    for (const ending of endings) await ending().catch(() => {});
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (!underDisplay(import.meta.url))
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
