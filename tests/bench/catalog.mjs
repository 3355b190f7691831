// The catalog of large schemas from PostgreSQL 15, beside `pg_dump --schema-only`. The time is that of the whole program, from
// its start to the last byte of its JSON.
import { join } from "node:path";
import { load, median, megabytes, milliseconds, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";
import { withTables } from "./lib/tables.mjs";

const SIZES = (process.env.ROWHOUSE_BENCH_TABLES ?? "1000 10000").split(/\s+/).filter(Boolean).map(Number);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
/** A small catalog takes a tenth of a second: more turns of it cost little and say more. */
const TURNS = (size) => (size > 2000 ? RUNS : RUNS * 3);

const cli = required("ROWHOUSE_BENCH_CLI");
const dump = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "pg_dump");
const env = { ROWHOUSE_HOME: join(required("ROWHOUSE_BENCH_SCRATCH"), "catalog-home") };

const result = [];
for (const size of SIZES) {
  await withTables("rowhouse_bench_catalog", size, async (url) => {
    const programs = {
      lean: () => run(cli, ["schema", url, "--lean"], { env }),
      complete: () => run(cli, ["schema", url], { env }),
      dump: () => run(dump, ["--schema-only", url]),
    };
    // Once each, so that all find the server's tables in memory.
    for (const program of Object.values(programs)) await program();
    const taken = { lean: [], complete: [], dump: [] };
    const began = load();
    // In turns, so that a busy moment of the machine hits all of them.
    for (let turn = 0; turn < TURNS(size); turn++) {
      for (const [name, program] of Object.entries(programs)) taken[name].push(await program());
    }
    const time = (runs) => median(runs.map((one) => one.milliseconds));
    const peak = (runs) => Math.max(...runs.map((one) => one.peak));
    for (const [name, limit] of [["lean", 0.2], ["complete"]]) {
      // Turn by turn: each ratio is of neighbours in time.
      const ratio = median(taken[name].map((one, turn) => one.milliseconds / taken.dump[turn].milliseconds));
      result.push({
        what: `catalog of ${size} tables, ${name}`,
        ours: milliseconds(time(taken[name])),
        beside: `pg_dump ${milliseconds(time(taken.dump))}`,
        ratio,
        load: began,
        ...(limit ? { target: `at most ${limit.toFixed(2)} x`, met: ratio <= limit } : {}),
      });
      result.push({
        what: "  its peak memory",
        ours: megabytes(peak(taken[name])),
        beside: `pg_dump ${megabytes(peak(taken.dump))}`,
        ratio: peak(taken[name]) / peak(taken.dump),
        load: began,
      });
    }
  });
}
report("Catalogs", result);
