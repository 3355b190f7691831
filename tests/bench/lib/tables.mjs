// Databases with many tables on PostgreSQL 15: each table has three indexes and, but for the first, a foreign key.
import { join } from "node:path";
import { required, run } from "./process.mjs";

/** Tables made in one transaction: more need more locks than a server grants by default. */
const AT_ONCE = 500;

/** The address of a database, without TLS: what is compared is reading. */
export function address(database) {
  const to = new URL(required("ROWHOUSE_TEST_POSTGRES_15_URL"));
  to.pathname = database;
  to.searchParams.set("sslmode", "disable");
  return to.toString();
}

/** Runs a statement with `psql`. */
export const execute = (database, sql) =>
  run(join(required("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN"), "psql"), [
    "-X",
    "-q",
    "-v",
    "ON_ERROR_STOP=1",
    "-c",
    sql,
    address(database),
  ]);

/** Makes a database of so many tables for as long as `use` takes. */
export async function withTables(database, size, use) {
  await execute("postgres", `drop database if exists ${database} with (force)`);
  await execute("postgres", `create database ${database}`);
  try {
    for (let first = 1; first <= size; first += AT_ONCE) {
      await execute(
        database,
        `do $$ begin for i in ${first}..${Math.min(size, first + AT_ONCE - 1)} loop
           execute format('create table t%s (id int primary key, parent int %s, name text not null default ''x'',
             total numeric(12,2), placed timestamptz)', i, case when i > 1 then 'references t' || i - 1 else '' end);
           execute format('create index on t%s (parent)', i);
           execute format('create index on t%s (name, placed)', i);
         end loop; end $$`,
      );
    }
    await execute(database, "vacuum analyze");
    return await use(address(database));
  } finally {
    await execute("postgres", `drop database if exists ${database} with (force)`);
  }
}
