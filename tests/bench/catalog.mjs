// The catalog of large schemas from PostgreSQL 15, beside `pg_dump --schema-only`: each table has three indexes and, but for
// the first, a foreign key. The time is that of the whole program, from its start to the last byte of its JSON.
import { join } from "node:path";
import { median, milliseconds, report } from "./lib/report.mjs";
import { required, run } from "./lib/process.mjs";

const SIZES = (process.env.ROWHOUSE_BENCH_TABLES ?? "1000 10000").split(/\s+/).filter(Boolean).map(Number);
const RUNS = Number(process.env.ROWHOUSE_BENCH_RUNS ?? 5);
const DATABASE = "rowhouse_bench_catalog";
/** Tables made in one transaction: more need more locks than a server grants by default. */
const AT_ONCE = 500;

const cli = required("ROWHOUSE_BENCH_CLI");
const bin = required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN");
const server = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
const env = { ROWHOUSE_HOME: join(required("ROWHOUSE_BENCH_SCRATCH"), "catalog-home") };

const url = (database) => {
  const to = new URL(server);
  to.pathname = database;
  to.searchParams.set("sslmode", "disable");
  return to.toString();
};
const execute = (database, sql) =>
  run(join(bin, "psql"), ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)]);

const result = [];
for (const size of SIZES) {
  await execute("postgres", `drop database if exists ${DATABASE}`);
  await execute("postgres", `create database ${DATABASE}`);
  try {
    for (let first = 1; first <= size; first += AT_ONCE) {
      await execute(
        DATABASE,
        `do $$ begin for i in ${first}..${Math.min(size, first + AT_ONCE - 1)} loop
           execute format('create table t%s (id int primary key, parent int %s, name text not null default ''x'',
             total numeric(12,2), placed timestamptz)', i, case when i > 1 then 'references t' || i - 1 else '' end);
           execute format('create index on t%s (parent)', i);
           execute format('create index on t%s (name, placed)', i);
         end loop; end $$`,
      );
    }
    await execute(DATABASE, "vacuum analyze");
    const schema = (...more) => run(cli, ["schema", url(DATABASE), ...more], { env });
    const programs = {
      lean: () => schema("--lean"),
      complete: () => schema(),
      dump: () => run(join(bin, "pg_dump"), ["--schema-only", url(DATABASE)]),
    };
    const taken = { lean: [], complete: [], dump: [] };
    for (let turn = 0; turn < RUNS; turn++) {
      for (const [name, program] of Object.entries(programs)) taken[name].push((await program()).milliseconds);
    }
    const [lean, complete, dump] = [median(taken.lean), median(taken.complete), median(taken.dump)];
    const beside = `pg_dump ${milliseconds(dump)}`;
    result.push({
      what: `catalog of ${size} tables, lean`,
      ours: milliseconds(lean),
      beside,
      ratio: lean / dump,
      target: "at most 0.20 x",
      met: lean / dump <= 0.2,
    });
    result.push({
      what: `catalog of ${size} tables, complete`,
      ours: milliseconds(complete),
      beside,
      ratio: complete / dump,
    });
  } finally {
    await execute("postgres", `drop database if exists ${DATABASE}`);
  }
}
report("Catalogs", result);
