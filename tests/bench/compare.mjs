// How soon two catalogs of 10,000 tables are compared, and the statements between them written.
import { required, run } from "./lib/process.mjs";
import { load, median, milliseconds, report } from "./lib/report.mjs";

const LIMIT = 1000;
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);

const began = load();
const { text } = await run(required("ROWHOUSE_BENCH_COMPARE"), [String(RUNS)], { output: true });
const found = JSON.parse(text);
const row = (what, taken) => ({
  what,
  ours: milliseconds(median(taken)),
  target: `at most ${milliseconds(LIMIT)}`,
  met: median(taken) <= LIMIT,
  load: began,
});
const count = (number) => number.toLocaleString("en-US");
report("Comparisons", [
  row(`two catalogs of 10,000 tables, ${count(found.objects)} objects each: ${count(found.differences)} differences`, found.compared_ms),
  row(`  with the ${count(found.statements)} statements between them`, found.planned_ms),
]);
