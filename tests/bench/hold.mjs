// A million rows from PostgreSQL 15 into a hold, beside `psql --csv >/dev/null`; and how soon the first window is there.
import { join } from "node:path";
import { mixedInPostgres } from "./lib/mixed.mjs";
import { load, median, megabytes, milliseconds, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const DATABASE = "rowhouse_bench_hold";

const server = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const psql = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql");
const program = required("ROWHOUSE_BENCH_HOLD");

// Without TLS on both sides: what is compared is reading rows.
const url = (database) => {
  const to = new URL(server);
  to.pathname = database;
  to.searchParams.set("sslmode", "disable");
  return to.toString();
};
const execute = (database, sql) => run(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)]);

await execute("postgres", `drop database if exists ${DATABASE}`);
await execute("postgres", `create database ${DATABASE}`);
try {
  await execute(DATABASE, mixedInPostgres(ROWS));
  await execute(DATABASE, "vacuum (freeze, analyze) mixed");
  const sql = "select * from mixed";
  const asCsv = () => run(psql, ["-X", "--csv", "-c", sql, url(DATABASE)]);
  const intoHold = () => run(program, ["read", url(DATABASE), sql], { output: true });
  // Once each, so that both find the table in memory.
  await asCsv();
  const held = JSON.parse((await intoHold()).text);
  if (held.rows !== ROWS) throw new Error(`the hold has ${held.rows} rows of ${ROWS}`);
  const [theirs, ours] = [[], []];
  const began = load();
  for (let turn = 0; turn < RUNS; turn++) {
    // In turns, so that a busy moment of the machine hits both.
    theirs.push(await asCsv());
    ours.push(await intoHold());
  }
  const time = (runs) => median(runs.map((one) => one.milliseconds));
  const peak = (runs) => median(runs.map((one) => one.peak));
  // Pair by pair: each ratio is of two neighbours in time.
  const ratio = median(ours.map((one, turn) => one.milliseconds / theirs[turn].milliseconds));
  const rows = [
    {
      what: `${ROWS / 1e6}M rows x 10 into a hold (psql --csv)`,
      ours: milliseconds(time(ours)),
      beside: milliseconds(time(theirs)),
      ratio,
      target: "at most 1.2 x",
      met: ratio <= 1.2,
      load: began,
    },
    {
      what: "  its peak memory",
      ours: megabytes(peak(ours)),
      beside: megabytes(peak(theirs)),
      ratio: peak(ours) / peak(theirs),
    },
    { what: "  on disk", ours: megabytes(held.disk_bytes) },
  ];

  const cases = [
    ["a fast query", "select * from mixed limit 200000", 20],
    ["a slow start", "select m.* from (select pg_sleep(0.3)) wait, mixed m limit 200000", 10],
    ["rows that trickle", "select g, pg_sleep(0.02)::text from generate_series(1, 20) g", 5],
  ];
  for (const [what, statement, runs] of cases) {
    const begun = load();
    const { text } = await run(program, ["first", url(DATABASE), statement, String(runs)], { output: true });
    const found = JSON.parse(text);
    rows.push({
      what: `first row to first window, ${what} (worst)`,
      ours: milliseconds(found.median_ms),
      beside: milliseconds(found.worst_ms),
      target: "at most 10 ms",
      met: found.median_ms <= 10,
      load: begun,
    });
  }
  report("Into a hold", rows);
} finally {
  await execute("postgres", `drop database if exists ${DATABASE} with (force)`);
}
