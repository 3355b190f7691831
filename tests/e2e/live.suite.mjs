// A query's result in the real window: kept live on every engine, its hits marked, its chart back after a restart, and paste from the menu.
import { Desk, ownDatabase } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const desk = new Desk();
const grid = new GridInFront(desk);
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const engines = [
  { name: "PostgreSQL", url: ownDatabase("e2e_live"), table: "kept_on_postgres" },
  { name: "SQLite", url: `sqlite:${desk.path("kept.db")}?mode=rwc`, table: "kept_on_sqlite" },
  ...(mariadb ? [{ name: "MariaDB", url: mariadb, table: "kept_on_mariadb" }] : []),
];

/** The ids of the rows in front, in their order. */
const shown = async () => (await grid.rows()).map(({ cells }) => cells[0]?.text).join(" ");
const shows = (ids) => desk.until(`the rows ${ids}`, async () => (await shown()) === ids, 30_000);
const live = async () => (await desk.all("[data-live]")).length;

/** A table and its rows, made past the window. */
function make({ url, table }) {
  desk.sql(url, `drop table if exists ${table}`);
  desk.sql(url, `create table ${table} (id int primary key, name varchar(40))`);
  desk.sql(url, `insert into ${table} values (1, 'north star'), (2, 'south'), (3, 'northern'), (4, 'west')`);
}

for (const engine of engines) {
  const { name, url, table } = engine;

  desk.test(`${name}: a result stays live, in its place, until it cannot`, async () => {
    if (!desk.window) {
      for (const each of engines) {
        desk.profile(each.url, `kept on ${each.name}`);
        make(each);
      }
      await desk.open();
    }
    await desk.connect(`kept on ${name}`);
    await desk.act("New query");
    await desk.run(`select id, name from ${table} order by id`);
    await shows("1 2 3 4");
    await grid.goTo(2, 1);
    await desk.press("Live");
    await desk.press("Every 1 s", "menuitem");
    await desk.until("it to be live", async () => (await live()) === 1);
    desk.sql(url, `insert into ${table} values (0, 'first')`);
    await shows("0 1 2 3 4");
    desk.sql(url, `update ${table} set name = 'southern' where id = 2`);
    await grid.reads(2, 1, "southern", 30_000);
    await desk.window.shot(`live-${name.toLowerCase()}`);
    desk.sql(url, `drop table ${table}`);
    await desk.until("it to end with the server's word", async () => (await live()) === 0, 30_000);
    await desk.sees(table);
    await shows("0 1 2 3 4");
    await desk.window.shot(`live-ended-${name.toLowerCase()}`);
    make(engine);
  });
}

desk.test("what is looked for is marked wherever it is on the screen", async () => {
  await desk.connect("kept on PostgreSQL");
  await desk.act("New query");
  await desk.run("select id, name from kept_on_postgres order by id");
  await shows("1 2 3 4");
  await grid.focus();
  await desk.keys("Control", "f");
  await desk.until("the field", () =>
    desk.page(() => document.activeElement?.getAttribute("aria-label") === "Find in these rows"),
  );
  for (const sign of "north") await desk.keys(sign);
  const marked = async () => (await desk.all(".rg-found")).map(({ text }) => text);
  await desk.until(
    "both hits",
    async () => JSON.stringify(await marked()) === JSON.stringify(["north star", "northern"]),
  );
  await desk.window.shot("live-found");
  await desk.keys("Escape");
  await desk.until("no mark", async () => (await marked()).length === 0);
});

desk.test("a chart is as it was left after the program was closed", async () => {
  const query = "select name, id from kept_on_postgres order by id";
  const kind = async () => (await desk.all('[role=combobox][aria-label="Kind of chart"]'))[0]?.text.trim();
  const chart = async (wanted) => {
    await desk.run(query);
    await desk.cell("north star");
    await desk.press("Chart", "radio");
    await desk.until(`the chart as ${wanted}`, async () => (await kind()) === wanted, 30_000);
  };
  await desk.act("New query");
  await chart("Bar");
  await desk.page(() => {
    const choices = [...document.querySelectorAll('[role=combobox][aria-label="Kind of chart"]')];
    choices
      .filter((each) => each.checkVisibility({ checkVisibilityCSS: true }))
      .at(-1)
      ?.click();
  });
  await desk.press("Area", "option");
  await desk.until("the area", async () => (await kind()) === "Area");
  // What a tab has is on the disk within a second.
  await new Promise((done) => setTimeout(done, 2000));
  await desk.close();
  await desk.open();
  await desk.until("the text of the tab", async () => (await desk.editorText()).startsWith("select name, id"), 30_000);
  await chart("Area");
});

desk.test("a value is pasted from the menu of a cell, or the menu says by which key it is", async () => {
  await desk.openFound("kept_on_postgres", "kept on PostgreSQL");
  await shows("1 2 3 4");
  await grid.goTo(0, 1);
  await desk.keys("Control", "c");
  await grid.goTo(1, 1);
  const id = await desk.page(() => document.activeElement.getAttribute("aria-activedescendant"));
  await (await desk.window.find(`[id="${id}"]`)).click({ button: "right" });
  await desk.press("Paste", "menuitem");
  await desk.until("the value, or a word", async () => {
    const pasted = (await grid.cell(1, 1))?.text === "north star";
    return pasted || (await desk.window.text()).includes("Press Ctrl+V to paste");
  });
  await desk.window.shot("live-pasted");
  if ((await grid.cell(1, 1))?.text === "north star") await desk.keys("Control", "z");
  await grid.nothingStaged();
});
