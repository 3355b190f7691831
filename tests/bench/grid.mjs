// Scrolling held rows, edits staged among them, by 40 px per frame in WebKitGTK, without a GPU.
import { fileURLToPath } from "node:url";
import { run } from "./lib/process.mjs";
import { megabytes, report } from "./lib/report.mjs";

const program = fileURLToPath(new URL("../../ui/bench/run.mjs", import.meta.url));
const SERIES = [
  ["1M rows x 50", "1000000x40"],
  ["10M rows x 50", "10000000x40"],
  ["100k rows x 1,600, downwards and sideways", "100000x40x1600"],
];
const env = { BENCH_RUNS: process.env.ROWHOUSE_BENCH_RUNS ?? "5", BENCH_SERIES: SERIES.map(([, series]) => series).join(",") };
const { text } = await run(process.execPath, [program], { env, output: true });
const { results } = JSON.parse(text);
const [{ cells, viewport, engine }] = results;
const rows = results.flatMap((found, at) => {
  const what = SERIES[at][0];
  return [
    {
      what: `${what}, 40 px per frame: 95th percentile (50th)`,
      ours: `${found.p95} ms`,
      beside: `${found.p50} ms`,
      target: "at most 34 ms",
      met: found.p95 <= 34,
      load: found.load,
    },
    { what: "  the longest frame", ours: `${found.max} ms`, target: "at most 100 ms", met: found.max <= 100, load: found.load },
    {
      what: "  processor time per frame (of it script)",
      ours: `${found.cpu_per_frame} ms`,
      beside: `${found.script_p50} ms`,
      target: "at most 20 ms",
      met: found.cpu_per_frame <= 20,
      load: found.load,
    },
    { what: "  memory it grew by", ours: megabytes(found.grown), target: "under 100 MB", met: found.grown < 100e6, load: found.load },
    {
      what: "  the last row it reaches",
      ours: found.last_row.toLocaleString("en-US"),
      target: "the last",
      met: found.last_row === found.rows,
      load: found.load,
    },
  ];
});
report(`The grid: ${cells} cells in ${viewport}, ${engine}`, rows);
