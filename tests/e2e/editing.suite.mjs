// Rows edited in the real window on every engine, and the engines asked what became of them.
import assert from "node:assert/strict";
import { Desk, ownDatabase } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const ROWS = 60;
const desk = new Desk();
const grid = new GridInFront(desk);

const sql = (url, text) => desk.sql(url, text);

/** The same table everywhere: a key, a name that is unique, a text with a default, and digits no double can hold. */
function fill({ url, table, text, big }) {
  sql(url, `drop table if exists ${table}`);
  sql(url, `create table ${table} (id int primary key, name ${text} not null, note ${text} default 'usual', big ${big}, constraint ${table}_name_key unique (name))`);
  const values = Array.from({ length: ROWS }, (_, at) => `(${at + 1}, 'name ${at + 1}', 'note ${at + 1}', 9007199254740993)`);
  sql(url, `insert into ${table} values ${values.join(", ")}`);
}

const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const engines = [
  { name: "PostgreSQL", table: "people_on_postgres", url: ownDatabase("e2e_editing"), text: "text", big: "bigint" },
  { name: "SQLite", table: "people_on_sqlite", url: `sqlite:${desk.path("edited.db")}?mode=rwc`, text: "text", big: "integer" },
  ...(mariadb ? [{ name: "MariaDB", table: "people_on_mariadb", url: mariadb, text: "varchar(200)", big: "bigint" }] : []),
];

for (const engine of engines) {
  const { name, url, table } = engine;
  const own = `edits on ${name}`;
  const one = (column, id) => sql(url, `select ${column} from ${table} where id = ${id}`);
  const save = async () => {
    await desk.keys("Control", "s");
    await desk.sees("Saved ", 30_000);
    await grid.nothingStaged();
  };

  desk.test(`${name}: a cell is replaced by typing, undone and done again, and nothing is sent before it is saved`, async () => {
    if (!desk.window) {
      for (const each of engines) {
        fill(each);
        desk.profile(each.url, `edits on ${each.name}`);
      }
      await desk.open();
    }
    await desk.connect(own);
    await desk.openFound(table);
    await grid.reads(0, 1, "name 1", 30_000);
    await grid.goTo(0, 1);
    await grid.type("Zora");
    await grid.reads(0, 1, "Zora");
    await grid.says(0, 1, "Zora, changed");
    assert.match((await grid.cell(0, 1)).look, /rg-changed/);
    await desk.keys("Control", "z");
    await grid.reads(0, 1, "name 1");
    await desk.keys("Control", "Shift", "z");
    await grid.reads(0, 1, "Zora");
    assert.equal(one("name", 1), "name 1");
  });

  desk.test(`${name}: NULL, the default and the empty text are three things; opening and closing is no change`, async () => {
    await grid.goTo(1, 2);
    await desk.keys("Control", "Alt", "0");
    await grid.says(1, 2, "NULL, changed");
    await grid.goTo(2, 2);
    await desk.keys("Control", "Alt", "e");
    await grid.says(2, 2, "empty text, changed");
    await grid.goTo(3, 2);
    await desk.keys("Control", "Alt", "d");
    await desk.until("the default", async () => (await grid.cell(3, 2))?.name?.startsWith("default"));
    await grid.goTo(4, 3);
    await desk.keys("F2");
    await desk.until("the editor", () => desk.page(() => document.activeElement?.classList.contains("rh-cell-input")));
    assert.equal(await desk.page(() => document.activeElement.value), "9007199254740993");
    await desk.keys("Enter");
    await desk.sees("4 changed");
    await save();
    assert.deepEqual([1, 2, 3, 4, 5].map((id) => sql(url, `select coalesce(note, '<null>') from ${table} where id = ${id}`)), ["note 1", "<null>", '""', "usual", "note 5"]);
    assert.equal(one("name", 1), "Zora");
    assert.equal(one("big", 5), "9007199254740993");
  });

  desk.test(`${name}: what is sent is shown first, and the cell that is still open is saved with the rest`, async () => {
    await grid.goTo(5, 2);
    await grid.type("reviewed");
    await desk.keys("Control", "Shift", "r");
    await desk.sees("Review changes");
    await desk.sees("reviewed'");
    await desk.window.shot(`editing-review-${name}`);
    await desk.keys("Escape");
    await grid.goTo(6, 2);
    for (const sign of "open") await desk.keys(sign);
    await save();
    assert.deepEqual([one("note", 6), one("note", 7)], ["reviewed", "open"]);
  });

  desk.test(`${name}: a pasted block changes cells and adds rows below the last; rows are deleted and kept`, async () => {
    await grid.focus();
    await desk.keys("Control", "End");
    await desk.keys("Home");
    await grid.paste("60\tname 60\tlast\t1\n61\tO'Neil\tnew\t2\n62\tJoë 🌿\t\t9223372036854775807\n");
    await desk.sees("2 new");
    await save();
    assert.equal(sql(url, `select count(*) from ${table}`), String(ROWS + 2));
    assert.equal(one("name", 61), "O'Neil");
    assert.equal(one("big", 62), "9223372036854775807");
    await grid.goTo(9, 0);
    await desk.keys("Control", "Delete");
    await desk.sees("1 deleted");
    await desk.keys("Control", "Delete");
    await desk.until("it to be kept", async () => !(await desk.window.text()).includes("1 deleted"));
    await desk.keys("Control", "Delete");
    await desk.sees("1 deleted");
    await save();
    assert.equal(sql(url, `select count(*) from ${table} where id = 10`), "0");
    assert.ok(!(await grid.rows()).some((row) => row.cells[0]?.text === "10"), "a deleted row is gone from sight");
  });

  desk.test(`${name}: a row somebody else changed is shown with both values, and either is kept`, async () => {
    await grid.goTo(11, 2);
    const id = (await grid.cell(11, 0)).text;
    const other = (await grid.cell(12, 0)).text;
    await grid.type("mine");
    await grid.type("mine too");
    await grid.reads(12, 2, "mine too");
    sql(url, `update ${table} set note = 'theirs' where id in (${id}, ${other})`);
    await desk.keys("Control", "s");
    await desk.sees("2 conflicts", 30_000);
    assert.equal(one("note", id), "theirs", "nothing was written over it");
    await desk.press("2 conflicts");
    await desk.sees("As it was read");
    await desk.window.shot(`editing-conflict-${name}`);
    await desk.press("Keep yours", "button", 10_000, "first");
    await desk.until("one to be left", async () => (await desk.all("[role=dialog] section")).length === 1);
    await desk.press("Keep theirs");
    await desk.until("the dialog to go", async () => !(await desk.window.find(".rh-dialog")));
    await grid.focus();
    await save();
    assert.deepEqual([one("note", id), one("note", other)], ["mine", "theirs"]);
  });

  desk.test(`${name}: what the server refuses stands on its cell, with the constraint's name`, async () => {
    await grid.goTo(14, 1);
    await grid.type("Zora");
    await desk.keys("Control", "s");
    await desk.sees("Nothing was saved", 30_000);
    await desk.until("the mark on the cell", async () => (await grid.cell(14, 1))?.look.includes("rg-problem"));
    assert.match((await grid.cell(14, 1)).tip, name === "SQLite" ? /name/ : new RegExp(`${table}_name_key`));
    await desk.window.shot(`editing-refused-${name}`);
    await desk.keys("Control", "z");
    await grid.nothingStaged();
  });

  desk.test(`${name}: a query that shows some columns is edited too, and says what it lacks where it is not`, async () => {
    const read = (id) => ["name", "note", "big"].map((column) => one(column, id)).join("|");
    sql(url, `update ${table} set note = 'as it was' where id between 20 and 25`);
    await desk.act("New query");
    await desk.run(`select note as remark, id, name, note as again from ${table} where id between 20 and 25 order by id`);
    await grid.reads(0, 1, "20", 30_000);
    await grid.goTo(0, 0);
    await grid.type("by a query");
    await grid.says(0, 0, "by a query, changed");
    // The same column, shown a second time.
    await grid.reads(0, 3, "by a query");
    await grid.goTo(1, 2);
    await grid.type("renamed");
    await desk.sees("2 changed");
    await desk.window.shot(`editing-query-${name}`);
    await grid.focus();
    await save();
    assert.deepEqual([20, 21].map(read), ["name 20|by a query|9007199254740993", "renamed|as it was|9007199254740993"]);
    // What was saved is read again by the query's columns, and edited further.
    await grid.reads(0, 0, "by a query");
    await grid.reads(0, 2, "name 20");
    await grid.reads(1, 2, "renamed");
    await grid.goTo(0, 2);
    await grid.type("again");
    await grid.goTo(2, 0);
    await desk.keys("Control", "Delete");
    await desk.sees("1 deleted");
    await grid.focus();
    await save();
    assert.equal(read(20), "again|by a query|9007199254740993");
    assert.equal(sql(url, `select count(*) from ${table} where id = 22`), "0");
    await grid.reads(2, 1, "23");
    await grid.goTo(3, 0);
    await desk.keys("Control", "d");
    await desk.sees("A row cannot be duplicated in part: the query does not show big.");
    await desk.window.shot(`editing-query-saved-${name}`);
    await desk.run(`select note, big from ${table} order by id`);
    // There a primary key may be NULL, unless it is the row's number: the unique key tells the rows apart.
    const key = name === "SQLite" ? "name" : "id";
    const lacks = `“${key}” is not among the result's columns and tells the rows of ${table} apart. Add ${key} to what is selected`;
    await desk.until("what is missing", async () => (await desk.page(() => document.querySelector(".rh-edit-lock")?.getAttribute("aria-label")))?.includes(lacks), 30_000);
  });
}

desk.test("fifty staged edits are back after the program was killed", async () => {
  const last = engines.at(-1);
  fill(last);
  await desk.openFound(last.table);
  await grid.focus();
  await desk.keys("F5");
  await grid.reads(0, 1, "name 1", 30_000);
  await grid.goTo(0, 2);
  for (let row = 0; row < 50; row++) await grid.type("k");
  await desk.sees("50 changed", 30_000);
  await desk.window.kill();
  desk.window = undefined;
  await desk.open();
  await desk.connect(`edits on ${last.name}`);
  await desk.openFound(last.table);
  await desk.sees("50 changed", 30_000);
  await grid.says(0, 2, "k, changed");
  assert.notEqual(sql(last.url, `select note from ${last.table} where id = 1`), "k");
  await grid.focus();
  await desk.keys("Control", "s");
  await desk.sees("Saved 50 changed", 30_000);
  assert.equal(sql(last.url, `select count(*) from ${last.table} where note = 'k'`), "50");
  if (last.name === "MariaDB") sql(last.url, `drop table ${last.table}`);
});
