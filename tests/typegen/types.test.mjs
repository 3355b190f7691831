// Types for code are what other programs read: here their own compilers and parsers read what crates/typegen writes. The texts are kept
// in crates/typegen/src/written, where a test of that crate holds them equal to what it writes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// Beside the packages that they import.
for (const folder of ["written", "built"]) rmSync(here(folder), { recursive: true, force: true });
cpSync(here("../../crates/typegen/src/written"), here("written"), { recursive: true });
const compiled = spawnSync(here("node_modules/.bin/tsc"), ["-p", here(".")], { encoding: "utf8" });

test("TypeScript takes what is right and refuses what is not", () => {
  assert.equal(compiled.error, undefined);
  assert.equal(compiled.stdout, "");
  assert.equal(compiled.status, 0);
});

test("Drizzle knows the tables by their own names", async () => {
  const { getTableConfig } = await import("drizzle-orm/pg-core");
  const { date, people2, oddSchemaX } = await import("./built/written/postgres.drizzle.js");
  const hostile = "*/ `${x}` \"'\\ \u2028//\u202e ?>";
  const { name, schema, columns, primaryKeys } = getTableConfig(oddSchemaX);
  assert.deepEqual([schema, name], ["odd schema", hostile]);
  assert.deepEqual(columns.map((column) => column.name), ["größe", hostile, "注文", "__proto__"]);
  assert.deepEqual(primaryKeys[0].columns.map((column) => column.name), ["größe", hostile]);
  const references = getTableConfig(date).foreignKeys.map((key) => {
    const { columns, foreignTable, foreignColumns } = key.reference();
    const names = (some) => some.map((column) => column.name);
    return [key.getName(), names(columns), getTableConfig(foreignTable).name, names(foreignColumns), key.onDelete];
  });
  assert.deepEqual(references, [
    ["date_other", ["other"], "people", ["id"], "cascade"],
    ["date_person", ["person"], "people", ["id"], "cascade"],
    ["date_home", ["size", "home"], hostile, ["größe", hostile], "cascade"],
  ]);
  const { sql } = await import("drizzle-orm");
  const { PgDialect } = await import("drizzle-orm/pg-core");
  const text = (part) => new PgDialect().sqlToQuery(sql`${part}`).sql;
  const byName = Object.fromEntries(getTableConfig(people2).columns.map((column) => [column.name, column]));
  assert.equal(text(byName.tags.default), "'{\"a`${b}\\\\\"}'::character varying[]");
  assert.equal(byName.last.getSQLType(), '"odd schema"."Order"');
  assert.equal(byName.moods.getSQLType(), "mood[]");
  assert.equal(text(byName.shouted.generated.as), "upper((email)::text)");
  const mysql = await import("drizzle-orm/mysql-core");
  const { orders } = await import("./built/written/mysql.drizzle.js");
  const types = Object.fromEntries(mysql.getTableConfig(orders).columns.map((column) => [column.name, column.getSQLType()]));
  assert.equal(types.id, "bigint unsigned");
  assert.deepEqual(orders.state.enumValues, ["new", "it's (paid)", ""]);
  assert.equal(types.at, "datetime(6)");
});

for (const engine of ["postgres", "mysql", "sqlite"]) {
  test(`Prisma validates the schema of ${engine}`, async () => {
    const { default: prisma } = await import("@prisma/prisma-schema-wasm");
    const schema = readFileSync(here(`written/${engine}.prisma`), "utf8");
    try {
      prisma.validate(JSON.stringify({ prismaSchema: [["schema.prisma", schema]], noColor: true }));
      // Each foreign key has both its ends.
      const { datamodel } = JSON.parse(prisma.get_dmmf(JSON.stringify({ prismaSchema: schema, noColor: true })));
      const ends = datamodel.models.flatMap((model) => model.fields.filter((field) => field.relationName));
      const keys = readFileSync(here(`written/${engine}.drizzle.ts`), "utf8").split("foreignKey({").length - 1;
      assert.equal(ends.length, 2 * keys);
    } catch (error) {
      if (!error.message.startsWith("{")) throw error;
      assert.fail(JSON.parse(error.message).message);
    }
  });
}

// What clients hand over of real rows is what the written schemas say: a column of every type, read as docs/types.md says.

/** The server's address; a missing one is told, and an error where servers are required. */
function server(name, context) {
  const url = process.env[name];
  if (!url) {
    assert.notEqual(process.env.ROWHOUSE_TEST_REQUIRE, "1", `${name} is required`);
    context.skip(`set ${name} (eval "$(scripts/servers env)")`);
  }
  return url;
}

/** Refuses a schema that says less than the row, or more. */
function parsed(schema, row) {
  return schema.strict().parse(row);
}

test("rows of PostgreSQL, by node-postgres", async (context) => {
  const url = server("ROWHOUSE_TEST_POSTGRES_18_URL", context);
  if (!url) return;
  const { default: pg } = await import("pg");
  const { people2Row, people2Insert } = await import("./built/written/postgres.zod.js");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`begin; create schema rh_typegen; set local search_path to rh_typegen;
      create type mood as enum ('sad', 'so-so', 'it''s "fine"', '注文', '');
      create type "Order" as (type integer, b text[]);
      create domain email as character varying(80); create domain work_email as email;
      create table people (id bigint generated always as identity, email work_email not null, mood mood, moods mood[] not null,
        balance numeric(12,2) not null, rates numeric[], born date, seen timestamptz(3) not null default now(), logged timestamp,
        nap interval, at timetz, data jsonb, picture bytea, tags varchar(20)[] not null default '{}', place point, span int4range,
        last "Order", emails email[], flags bit(3), key uuid not null default gen_random_uuid(), initial "char", boss bigint,
        shouted text generated always as (upper(email)) stored, class smallint not null, number oid, ratio float8);`);
    const insert = people2Insert.strict().parse({
      email: "a@b", mood: "", moods: ["sad", null], balance: "1234567890.12", rates: [1.5, null], born: "2001-02-03",
      seen: new Date(), logged: "2001-02-03 04:05:06", nap: "1 day", at: "01:02:03+04", data: '[{"a": null}]',
      picture: new Uint8Array([1, 2]), tags: ["x", null, 'y"'], place: "(1,2)", span: "[1,3)", last: '(1,"{a,b}")',
      emails: "{a@b}", flags: "101", initial: "x", boss: 9007199254740993n, class: -5, number: 4000000000, ratio: Number.NaN,
    });
    const names = Object.keys(insert);
    const places = names.map((_, place) => `$${place + 1}`);
    const text = `insert into people (${names.join(", ")}) values (${places.join(", ")}) returning *`;
    const { rows: [full] } = await client.query(text, Object.values(insert));
    const row = parsed(people2Row, full);
    assert.equal(row.id, "1");
    assert.equal(row.boss, "9007199254740993");
    assert.equal(row.balance, "1234567890.12");
    assert.equal(row.moods, "{sad,NULL}");
    assert.deepEqual([row.tags, row.rates, row.data], [["x", null, 'y"'], [1.5, null], [{ a: null }]]);
    const least = await client.query("insert into people (email, moods, balance, class) values ('c', '{}', 'NaN', 1) returning *");
    parsed(people2Row, least.rows[0]);
    // A schema that fits anything would find nothing wrong with these either.
    for (const [name, wrong] of [["id", 1], ["balance", 1.5], ["mood", "glad"], ["class", 40000], ["tags", "{}"], ["key", "x"]]) {
      assert.equal(people2Row.safeParse({ ...full, [name]: wrong }).success, false, name);
    }
    assert.equal(people2Insert.safeParse({ ...insert, tags: ["😀".repeat(20)] }).success, true);
    assert.equal(people2Insert.safeParse({ ...insert, tags: ["😀".repeat(21)] }).success, false);
  } finally {
    await client.query("rollback");
    await client.end();
  }
});

test("rows of MariaDB, by mysql2", async (context) => {
  const url = server("ROWHOUSE_TEST_MARIADB_URL", context);
  if (!url) return;
  const { createConnection } = await import("mysql2/promise");
  const { ordersRow } = await import("./built/written/mysql.zod.js");
  const connection = await createConnection({
    uri: url.replace(/^mariadb:/, "mysql:"),
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  try {
    // MariaDB's json is a text; what MySQL calls so is not there.
    await connection.query(`create temporary table rh_typegen (id bigint(20) unsigned not null auto_increment primary key,
      state enum('new','it''s (paid)','') not null, marks set('a','b'), total decimal(10,2) unsigned not null, small tinyint(1) not null,
      middle mediumint(8) unsigned, whole int(10) unsigned, year year(4), at datetime(6), changed timestamp not null default
      current_timestamp(), lasted time, note longtext, name varchar(80) not null, bits bit(4), raw varbinary(16), place point,
      upper_name varchar(80) as (upper(name)) virtual, born date, parent bigint(20) unsigned)`);
    await connection.query(`insert into rh_typegen (id, state, marks, total, small, middle, whole, year, at, lasted, note, name, bits, raw,
      place, born, parent) values (18446744073709551615, 'it''s (paid)', 'a,b', 12345678.90, -128, 16777215, 4294967295, 2026,
      '2026-01-02 03:04:05.678901', '-838:59:59', 'x', 'é', b'1010', x'00ff', point(1, 2), '2026-01-02', 1)`);
    const [[row]] = await connection.query("select * from rh_typegen");
    const found = parsed(ordersRow.omit({ facts: true }), row);
    assert.equal(found.id, "18446744073709551615");
    assert.equal(found.total, "12345678.90");
    assert.equal(ordersRow.omit({ facts: true }).safeParse({ ...row, id: 1 }).success, false);
  } finally {
    await connection.end();
  }
});

test("rows of SQLite, by node:sqlite", async (context) => {
  const { DatabaseSync } = await import("node:sqlite").catch(() => ({}));
  if (!DatabaseSync) return context.skip("this Node has no node:sqlite: 22.5 and newer have");
  const { ordersRow } = await import("./built/written/sqlite.zod.js");
  const database = new DatabaseSync(":memory:");
  database.exec(`create table orders (id integer primary key, customer int not null, total decimal(10,2), note text, "any", weight real not null,
    picture blob, paid boolean not null default 0, at datetime not null);
    insert into orders values (9223372036854775807, 1, 1.5, 'x', x'00', 2, x'01', true, '2026-01-02'), (1, 2, 3, null, 'y', 0.5, null, 0, 1)`);
  const query = database.prepare("select * from orders");
  query.setReadBigInts(true);
  const rows = query.all().map((row) => parsed(ordersRow, { ...row }));
  assert.deepEqual(rows.map((row) => row.id), [1n, 9223372036854775807n]);
});
