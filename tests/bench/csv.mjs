// A million rows to /dev/null as CSV: PostgreSQL beside `psql --csv`, SQLite beside `sqlite3 -csv`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beside, rows } from "./lib/beside.mjs";
import { report } from "./lib/report.mjs";
import { mixedInPostgres } from "./lib/mixed.mjs";
import { required, run } from "./lib/process.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const DATABASE = "rowhouse_bench_csv";

const cli = required("ROWHOUSE_BENCH_CLI");
const psql = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql");
const server = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const scratch = required("ROWHOUSE_BENCH_SCRATCH");
const env = { ROWHOUSE_HOME: join(scratch, "csv-home") };

// Without TLS on both sides: what is compared is reading and writing rows.
const url = (database) => {
  const to = new URL(server);
  to.pathname = database;
  to.searchParams.set("sslmode", "disable");
  return to.toString();
};
const execute = (database, sql) => run(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)]);
const count = ROWS >= 1e6 && ROWS % 1e6 === 0 ? `${ROWS / 1e6}M` : `${ROWS}`;

const result = [];
await execute("postgres", `drop database if exists ${DATABASE}`);
await execute("postgres", `create database ${DATABASE}`);
try {
  await execute(DATABASE, mixedInPostgres(ROWS));
  await execute(DATABASE, "vacuum (freeze, analyze) mixed");
  const sql = "select * from mixed";
  const measured = await beside(
    RUNS,
    () => run(cli, ["query", url(DATABASE), "-c", sql, "--format", "csv"], { env }),
    () => run(psql, ["-X", "--csv", "-c", sql, url(DATABASE)]),
  );
  result.push(...rows(`${count} rows x 10 columns, PostgreSQL to CSV`, "psql --csv", measured, 80));
} finally {
  await execute("postgres", `drop database if exists ${DATABASE}`);
}

const file = join(scratch, "csv.db");
try {
  await run("sqlite3", [
    file,
    `create table mixed as with recursive n(g) as (select 1 union all select g + 1 from n where g < ${ROWS})
     select g as id, g % 50000 as customer, g % 7 as state, g % 3 = 0 as gift, (g * 1337) % 1000000 / 100.0 as total,
       datetime(1767225600 + g * 31, 'unixepoch') as placed, 'customer ' || g || '@example.com' as email,
       case when g % 7 <> 0 then substr('note note note note note note note note ', 1, (g % 9) * 5) || g end as note,
       '{"n":' || g || ',"tags":["a","b"]}' as detail, g * 0.37 as weight from n`,
  ]);
  const sql = "select * from mixed";
  const measured = await beside(
    RUNS,
    () => run(cli, ["query", file, "-c", sql, "--format", "csv"], { env }),
    () => run("sqlite3", ["-readonly", "-csv", "-header", file, sql]),
  );
  result.push(...rows(`${count} rows x 10 columns, SQLite to CSV`, "sqlite3 -csv", measured));
} finally {
  rmSync(file, { force: true });
}
report("Rows to a pipe", result);
