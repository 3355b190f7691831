// Held rows filtered, sorted and searched in the real window, edited over such a view, and the engines asked which row it was.
import assert from "node:assert/strict";
import { Desk, ownDatabase } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const ROWS = 60;
const MANY = 2500;
const desk = new Desk();
const grid = new GridInFront(desk);

const sql = (url, text) => desk.sql(url, text);

/** The same table everywhere; the rows are read in the order of `id`. */
function fill({ url, table, text }) {
  sql(url, `drop table if exists ${table}`);
  sql(url, `create table ${table} (id int primary key, name ${text} not null, note ${text})`);
  const values = Array.from({ length: ROWS }, (_, at) => `(${at + 1}, 'name ${at + 1}', 'note ${at + 1}')`);
  sql(url, `insert into ${table} values ${values.join(", ")}`);
}

/** More rows than one page of them. */
function fillMany(url) {
  sql(url, "create table held_in_part (id integer primary key, name text not null)");
  sql(
    url,
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY}) insert into held_in_part select i, 'part ' || i from n`,
  );
}

const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const engines = [
  { name: "PostgreSQL", table: "held_on_postgres", url: ownDatabase("e2e_local"), text: "text" },
  { name: "SQLite", table: "held_on_sqlite", url: `sqlite:${desk.path("held.db")}?mode=rwc`, text: "text" },
  ...(mariadb ? [{ name: "MariaDB", table: "held_on_mariadb", url: mariadb, text: "varchar(200)" }] : []),
];

const inFront = (selector) => desk.all(`.rh-document ${selector}`);
const counts = (text) =>
  desk.until(`“${text}” in the bar`, async () => (await inFront("[data-local-count]"))[0]?.text === text, 30_000);
const everyRow = () => desk.until("no local view", async () => (await inFront("[data-local-count]")).length === 0);

/** Types into the bar, which the keys open from the rows. */
async function inBar(keys, label, text) {
  await grid.focus();
  await desk.keys(...keys);
  await desk.until(`“${label}” to have the focus`, () =>
    desk.page((label) => document.activeElement?.getAttribute("aria-label") === label, label),
  );
  await desk.keys("Control", "a");
  for (const sign of text) await desk.keys(sign);
}
const filter = async (text) => {
  await inBar(["Control", "Alt", "f"], "Filter these rows", text);
  await desk.keys("Enter");
};
const ids = async (many) => (await grid.rows()).slice(0, many).map((row) => row.cells[0].text);

for (const engine of engines) {
  const { name, url, table } = engine;
  const own = `local on ${name}`;
  const one = (column, id) => sql(url, `select ${column} from ${table} where id = ${id}`);
  const save = async () => {
    await desk.keys("Control", "s");
    await desk.sees("Saved ", 30_000);
    await grid.nothingStaged();
  };

  desk.test(
    `${name}: rows are filtered and sorted here, and the third row shown is the one that is saved`,
    async () => {
      if (!desk.window) {
        for (const each of engines) {
          fill(each);
          desk.profile(each.url, `local on ${each.name}`);
        }
        fillMany(engines[1].url);
        await desk.open();
      }
      await desk.connect(own);
      await desk.openFound(table);
      await grid.reads(0, 1, "name 1", 30_000);
      await filter("name 2");
      await counts("11 of 60 rows");
      await grid.goTo(0, 0);
      await desk.act("Sort these rows by the column, descending");
      await desk.sees("sorted here: id ↓");
      await grid.reads(0, 0, "29");
      assert.deepEqual(await ids(4), ["29", "28", "27", "26"]);
      await grid.goTo(2, 2);
      await grid.type("the third");
      await grid.says(2, 2, "the third, changed");
      await desk.window.shot(`local-edited-${name}`);
      await save();
      assert.equal(one("note", 27), "the third");
      assert.equal(sql(url, `select count(*) from ${table} where note = 'the third'`), "1");
      const others = `select count(*) from ${table} where note <> 'the third' and substr(note, 6) = substr(name, 6)`;
      assert.equal(sql(url, others), String(ROWS - 1));
    },
  );

  desk.test(
    `${name}: what is deleted over a view is the row that is shown, and new rows stand after the last`,
    async () => {
      await grid.goTo(1, 0);
      await desk.keys("Control", "Delete");
      await desk.keys("Control", "i");
      await desk.until("a new row below the last", async () => (await grid.rows())[11]?.said?.includes("new row"));
      await desk.keys("Control", "Home");
      await grid.goTo(11, 0);
      await grid.type("900", "Tab");
      await grid.type("name 900", "Tab");
      await grid.type("added");
      await save();
      assert.equal(sql(url, `select count(*) from ${table} where id = 28`), "0");
      assert.equal(sql(url, `select count(*) from ${table}`), String(ROWS));
      assert.equal(one("note", 900), "added");
      assert.deepEqual((await ids(3)).slice(0, 3), ["29", "27", "26"]);
    },
  );

  desk.test(
    `${name}: a text is found in the view, and every row is where it was once all are shown again`,
    async () => {
      await inBar(["Control", "f"], "Find in these rows", "name 25");
      await desk.until("the count of hits", async () => (await inFront("[data-hits]"))[0]?.text === "1 of 1");
      await desk.keys("Escape");
      const active = () =>
        desk.page(
          () =>
            document.getElementById(document.activeElement?.getAttribute("aria-activedescendant") ?? "")?.textContent ??
            null,
        );
      await desk.until("the found cell to have the cursor", async () => (await active()) === "name 25");
      await desk.act("Show all held rows in their order");
      await everyRow();
      await grid.reads(0, 0, "1");
      await desk.until(
        "the saved value at its own row",
        async () => (await grid.rows()).find((row) => row.cells[0].text === "27")?.cells[2]?.text === "the third",
      );
    },
  );

  desk.test(`${name}: a cell that is open when other rows come is taken for the row it was opened on`, async () => {
    await grid.goTo(4, 2);
    for (const sign of "still open") await desk.keys(sign);
    await desk.keys("Control", "Alt", "f");
    await desk.until("the bar", () =>
      desk.page(() => document.activeElement?.getAttribute("aria-label") === "Filter these rows"),
    );
    for (const sign of "name 3") await desk.keys(sign);
    await counts("11 of 60 rows");
    await desk.sees("1 changed");
    await desk.keys("Enter");
    await grid.focus();
    await save();
    assert.equal(one("note", 5), "still open");
    assert.equal(sql(url, `select count(*) from ${table} where note = 'still open'`), "1");
  });
}

desk.test("SQLite: rows that are not all say so, and the server is asked for all of them", async () => {
  await desk.connect("local on SQLite");
  await desk.openFound("held_in_part");
  await grid.reads(0, 1, "part 1", 30_000);
  await filter("part 24");
  await counts("11 of 1,000 rows");
  await desk.sees("first 1,000 rows, not all");
  await desk.window.shot("local-partial");
  await desk.press("Run on the server");
  await everyRow();
  await grid.reads(11, 1, "part 2400", 30_000);
  assert.deepEqual(await ids(2), ["24", "240"]);
});
