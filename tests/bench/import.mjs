// A million rows of CSV into a table: `rowhouse import` beside `psql \copy`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beside, rows } from "./lib/beside.mjs";
import { mixedInPostgres } from "./lib/mixed.mjs";
import { required, run } from "./lib/process.mjs";
import { report } from "./lib/report.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const DATABASE = "rowhouse_bench_import";

const cli = required("ROWHOUSE_BENCH_CLI");
const psql = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql");
const server = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const scratch = required("ROWHOUSE_BENCH_SCRATCH");
const env = { ROWHOUSE_HOME: join(scratch, "import-home") };
const file = join(scratch, "import.csv");

// Without TLS on both sides: what is compared is reading and writing rows.
const url = (database) => {
  const to = new URL(server);
  to.pathname = database;
  to.searchParams.set("sslmode", "disable");
  return to.toString();
};
const execute = (database, sql) => run(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)]);
const count = ROWS >= 1e6 && ROWS % 1e6 === 0 ? `${ROWS / 1e6}M` : `${ROWS}`;

await execute("postgres", `drop database if exists ${DATABASE}`);
await execute("postgres", `create database ${DATABASE}`);
try {
  await execute(DATABASE, mixedInPostgres(ROWS));
  await execute(DATABASE, `\\copy mixed to '${file}' csv header`);
  // Neither meets the server's own work on tables that grow: that comes once a minute, to one of the two.
  for (const name of ["ours", "theirs"])
    await execute(DATABASE, `create unlogged table ${name} (like mixed) with (autovacuum_enabled = off)`);
  const measured = await beside(
    RUNS,
    () => run(cli, ["import", url(DATABASE), file, "--into", "ours", "-q"], { env }),
    () => run(psql, ["-X", "-q", "-c", `\\copy theirs from '${file}' csv header`, url(DATABASE)]),
  );
  report("Rows from a file", rows(`${count} rows x 10 columns, CSV to PostgreSQL`, "psql \\copy", measured, 100));
} finally {
  await execute("postgres", `drop database if exists ${DATABASE}`);
  rmSync(file, { force: true });
}
