// A million held rows sorted, filtered and looked over here, without the server.
import { mixedInPostgres } from "./lib/mixed.mjs";
import { load, milliseconds, report } from "./lib/report.mjs";
import { join } from "node:path";
import { required, run } from "./lib/process.mjs";

const ROWS = Number(process.env.ROWHOUSE_BENCH_ROWS ?? 1_000_000);
const RUNS = process.env.ROWHOUSE_BENCH_RUNS ?? "5";
const DATABASE = "rowhouse_bench_local";
const LIMIT = 1_000;

const server = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const psql = join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql");
const program = required("ROWHOUSE_BENCH_HOLD");
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
  const began = load();
  const { text } = await run(program, ["local", url(DATABASE), "select * from mixed", RUNS], { output: true });
  const found = JSON.parse(text);
  const count = found.rows >= 1e6 ? `${found.rows / 1e6}M` : `${found.rows}`;
  report(
    "Held rows",
    found.work.map(({ what, median_ms: took }) => ({
      what: `${count} held rows: ${what}`,
      ours: milliseconds(took),
      target: "at most 1 s",
      met: took <= LIMIT,
      load: began,
    })),
  );
} finally {
  await execute("postgres", `drop database if exists ${DATABASE} with (force)`);
}
