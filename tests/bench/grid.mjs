// Scrolling a million rows of fifty columns by 40 px per frame in WebKitGTK, without a GPU.
import { fileURLToPath } from "node:url";
import { run } from "./lib/process.mjs";
import { report } from "./lib/report.mjs";

const program = fileURLToPath(new URL("../../ui/bench/run.mjs", import.meta.url));
const env = { BENCH_RUNS: process.env.ROWHOUSE_BENCH_RUNS ?? "5", BENCH_SERIES: "1000000x40" };
const { text } = await run(process.execPath, [program], { env, output: true });
const [found] = JSON.parse(text).results;
report(`The grid: ${found.cells} cells in ${found.viewport}, ${found.engine}`, [
  {
    what: "1M rows x 50, 40 px per frame: 95th percentile (50th)",
    ours: `${found.p95} ms`,
    beside: `${found.p50} ms`,
    target: "at most 34 ms",
    met: found.p95 <= 34,
    load: found.load,
  },
  {
    what: "  processor time per frame (of it script)",
    ours: `${found.cpu_per_frame} ms`,
    beside: `${found.script_p50} ms`,
    load: found.load,
  },
]);
