// What happens at every key stroke: search and completion over the catalog of 10,000 tables, through the core's own calls; and
// how soon the explorer shows that catalog after a start, from what was kept on disk.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { load, milliseconds, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";
import { withTables } from "./lib/tables.mjs";

const TABLES = Number(process.env.ROWHOUSE_BENCH_NAMES ?? 10_000);
const RUNS = 20;
const LIMIT = 50;
const KEPT = 300;

const program = required("ROWHOUSE_BENCH_NAMES_PROGRAM");
const home = join(required("ROWHOUSE_BENCH_SCRATCH"), "names-home");

await withTables("rowhouse_bench_names", TABLES, async (url) => {
  const began = load();
  const { text } = await run(program, [url, String(RUNS)], { env: { ROWHOUSE_HOME: home }, output: true });
  const found = JSON.parse(text);
  const row = (what, all, limit = LIMIT) => {
    // The slowest text counts, and of its runs the middle one; beside it the slowest run of any.
    const slowest = all.reduce((a, b) => (b.median_ms > a.median_ms ? b : a));
    return {
      what: `${what} over ${TABLES} tables (worst run)`,
      ours: milliseconds(slowest.median_ms),
      beside: milliseconds(Math.max(...all.map((one) => one.worst_ms))),
      target: `at most ${limit} ms`,
      met: slowest.median_ms <= limit,
      load: began,
    };
  };
  for (const one of [...found.searches, ...found.completions])
    console.log(`${one.text.padEnd(36)} ${String(one.found).padStart(4)} found  ${milliseconds(one.median_ms)}, worst ${milliseconds(one.worst_ms)}`);
  console.log();
  report("Names", [
    row("search", found.searches),
    row("completion", found.completions),
    row("explorer after a start, from disk,", [found.kept], KEPT),
  ]);
});
rmSync(home, { recursive: true, force: true });
