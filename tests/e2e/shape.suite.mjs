// The shape in which a data tab's rows are read, in the real window on every engine: several sort keys, conditions and their groups,
// a WHERE by hand, a cell's value, rows that stay live, and the badge of row security.
import assert from "node:assert/strict";
import { after } from "node:test";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const desk = new Desk();
const grid = new GridInFront(desk);

const sql = (url, text) => desk.sql(url, text);

const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const engines = [
  { name: "PostgreSQL", table: "shapes_on_postgres", url: ownDatabase("e2e_shape"), text: "text" },
  { name: "SQLite", table: "shapes_on_sqlite", url: `sqlite:${desk.path("shapes.db")}?mode=rwc`, text: "text" },
  ...(mariadb ? [{ name: "MariaDB", table: "shapes_on_mariadb", url: mariadb, text: "varchar(200)" }] : []),
];

/** The same rows everywhere: groups with ties and NULLs. */
function fill({ url, table, text }) {
  sql(url, `drop table if exists ${table}`);
  sql(url, `create table ${table} (id int primary key, kind ${text}, amount int)`);
  sql(url, `insert into ${table} values (1, 'b', 5), (2, 'a', 5), (3, null, 1), (4, 'a', null), (5, 'b', 9), (6, 'a, b', 7), (7, '', 2), (8, 'a', 2)`);
}

/** A table that somebody announces changes of, and one under row security, with a connection for whom it leaves rows out. */
function others() {
  const reader = new URL(engines[0].url);
  psql(reader.href, "create table announced (id int primary key); insert into announced values (1)");
  psql(reader.href, "create table guarded (id int primary key); insert into guarded values (1), (2); grant select on guarded to rowhouse_reader");
  psql(reader.href, "alter table guarded enable row level security; create policy one on guarded using (id = 2)");
  reader.username = "rowhouse_reader";
  desk.profile(reader.href, "the reader's shapes");
}

/** The keys of the rows in front, in their order. */
const shown = async () => (await grid.rows()).map(({ cells }) => cells[0]?.text).join(" ");
const shows = (ids) => desk.until(`the rows ${ids || "none"}`, async () => (await shown()) === ids, 30_000);
const chips = async () => (await desk.all(".rh-document [data-pane-bar] .rh-chip")).map(({ text }) => text.trim());

/** Opens the menu of the cell under the cursor, as the key for it does. */
const cellMenu = () =>
  desk.page(() => document.activeElement.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 0 })));

/** Presses a column's head with Shift held. */
async function shiftPress(column) {
  await desk.until(`the head ${column}`, () =>
    desk.page((column) => {
      const visible = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]");
      const head = [...document.querySelectorAll(".rg-head")].find((node) => visible(node) && node.querySelector(".rg-head-label")?.textContent === column);
      const label = head?.querySelector(".rg-head-label");
      const box = label?.getBoundingClientRect();
      const at = { bubbles: true, cancelable: true, button: 0, shiftKey: true, clientX: box?.left + 2, clientY: box?.top + 2 };
      label?.dispatchEvent(new PointerEvent("pointerdown", at));
      label?.dispatchEvent(new PointerEvent("pointerup", at));
      return Boolean(label);
    }, column),
  );
}

/** Replaces what the field for WHERE holds, and applies it. */
async function where(text) {
  await desk.keys("Control", "Shift", "f");
  await desk.until("the caret in WHERE", () => desk.page(() => document.activeElement?.closest("[data-condition-field]") !== null));
  // At once: what is typed sign by sign gets its closing bracket by itself.
  await desk.until("the text", () =>
    desk.page((text) => {
      if (document.activeElement?.textContent === text) return true;
      document.execCommand("selectAll");
      document.execCommand("insertText", false, text);
      return false;
    }, text),
  );
  // A list of names that is open would take the Enter.
  if (await desk.window.find(".cm-tooltip-autocomplete")) await desk.keys("Escape");
  await desk.until("no list", async () => !(await desk.window.find(".cm-tooltip-autocomplete")));
  await desk.keys("Enter");
}

async function dropWhere() {
  await desk.press("Remove the written WHERE");
  await desk.until("the field to be gone", async () => (await desk.all("[data-condition-field]")).length === 0);
}

after(() => mariadb && sql(mariadb, "drop table if exists shapes_on_mariadb"));

for (const engine of engines) {
  const { name, url, table } = engine;
  // NULL stands last on PostgreSQL, first on the others.
  const last = name === "PostgreSQL";

  desk.test(`${name}: rows are sorted by several columns, key by key`, async () => {
    if (!desk.window) {
      for (const each of engines) {
        fill(each);
        desk.profile(each.url, `shapes on ${each.name}`);
      }
      others();
      await desk.open();
    }
    await desk.connect(`shapes on ${name}`);
    await desk.openFound(table);
    await shows("1 2 3 4 5 6 7 8");
    await shiftPress("kind");
    await shows(last ? "7 2 4 8 6 1 5 3" : "3 7 2 4 8 6 1 5");
    await shiftPress("amount");
    await shows(last ? "7 8 2 4 6 1 5 3" : "3 7 4 8 2 6 1 5");
    await shiftPress("amount");
    await shows(last ? "7 4 2 8 6 5 1 3" : "3 7 2 8 4 6 5 1");
    await desk.window.shot(`shape-sorted-${name}`);
    await desk.press("Do not sort by kind");
    await desk.press("Do not sort by amount");
    await shows("1 2 3 4 5 6 7 8");
  });

  desk.test(`${name}: conditions stand in force or aside, and a cell's value is kept or left out`, async () => {
    await grid.goTo(1, 1);
    await cellMenu();
    await desk.press("Exclude this value", "menuitem");
    // NULL is not an 'a' either.
    await shows("1 3 5 6 7");
    await desk.press("kind is not a");
    await desk.until("the form", () => desk.window.find('[role=dialog][aria-label="Condition"]'));
    await desk.page(() => document.querySelector('[role=dialog][aria-label="Condition"] [role=switch]').click());
    await desk.press("Apply");
    await shows("1 2 3 4 5 6 7 8");
    await desk.until("the chip to stay", async () => (await chips()).some((chip) => chip.startsWith("kind is not a")));
    await desk.press("Remove the condition kind is not a");
    await grid.goTo(2, 1);
    await cellMenu();
    await desk.press("Filter by this value", "menuitem");
    await shows("3");
    assert.deepEqual(await chips(), ["kind is NULL"]);
    await desk.press("Remove the condition kind is NULL");
    await shows("1 2 3 4 5 6 7 8");
  });

  desk.test(`${name}: a WHERE by hand is completed, checked, and ends with its comment`, async () => {
    await desk.keys("Control", "Shift", "f");
    await desk.until("the caret in WHERE", () => desk.page(() => document.activeElement?.closest("[data-condition-field]") !== null));
    for (const sign of "amo") await desk.keys(sign);
    await desk.until("the column among the names", async () => (await desk.all(".cm-tooltip-autocomplete li")).some(({ text }) => text.includes("amount")), 30_000);
    await desk.keys("Escape");
    await where("amount = 5 or id = 8 -- x");
    await shows("1 2 8");
    await desk.window.shot(`shape-where-${name}`);
    await where("id = 1) or (1 = 1");
    await desk.sees("A parenthesis or bracket has no partner.");
    await shows("1 2 8");
    await where("nothing_like_it = 1");
    await desk.until("the server's word", async () => (await desk.all("[data-shape-line] [role=alert]"))[0]?.text.includes("nothing_like_it"), 30_000);
    await desk.window.shot(`shape-wrong-${name}`);
    await dropWhere();
    await shows("1 2 3 4 5 6 7 8");
  });

  desk.test(`${name}: rows stay live, in their place`, async () => {
    await grid.goTo(4, 2);
    await desk.press("Live");
    await desk.press("Every 1 s", "menuitem");
    await desk.until("it to be live", async () => (await desk.all("[data-live=on]")).length === 1);
    sql(url, `update ${table} set amount = 10 where id = 5`);
    await grid.reads(4, 2, "10", 30_000);
    sql(url, `insert into ${table} values (0, 'new', 0)`);
    await shows("0 1 2 3 4 5 6 7 8");
    // The cursor went with its row.
    await desk.until("the cursor on row 5", () =>
      desk.page(() => {
        const visible = [...document.querySelectorAll("[role=grid]")].find((node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]"));
        const cell = document.getElementById(visible?.getAttribute("aria-activedescendant") ?? "");
        return cell?.closest("[role=row]")?.querySelector("[role=gridcell]")?.textContent === "5";
      }),
    );
    await desk.press("Every 1 s");
    await desk.press("Off", "menuitem");
    await desk.until("it to be off", async () => (await desk.all("[data-live]")).length === 0);
  });
}

const filteredForYou = async () => (await desk.all("[data-pane-bar] .rh-badge")).some(({ text }) => text.includes("filtered for you"));

desk.test("PostgreSQL: rows are read again when a channel says so", async () => {
  const [{ url }] = engines;
  await desk.connect("shapes on PostgreSQL");
  await desk.openFound("announced");
  await shows("1");
  assert.equal(await filteredForYou(), false);
  await desk.press("Live");
  await desk.press("On NOTIFY…", "menuitem");
  await desk.window.fill("Channel", "Rows, changed");
  await desk.press("Apply");
  await desk.until("it to listen", () => psql(url, "select count(*) from pg_stat_activity where query = 'LISTEN \"Rows, changed\"'") === "1");
  psql(url, "insert into announced values (2); select pg_notify('Rows, changed', 'two')");
  await shows("1 2");
  await desk.sees("1 heard");
  await desk.window.shot("shape-heard");
});

desk.test("PostgreSQL: the badge says for whom rows are left out, at any width", async () => {
  await desk.connect("the reader's shapes");
  await desk.openFound("guarded", "the reader's shapes");
  await shows("2");
  await desk.until("the badge", filteredForYou, 30_000);
  const cut = await desk.page(() => {
    const text = [...document.querySelectorAll("[data-pane-bar] .rh-badge .rh-truncate")].find((node) => node.textContent === "filtered for you" && node.checkVisibility());
    return text.scrollWidth > text.clientWidth + 1;
  });
  assert.equal(cut, false);
  await desk.window.shot("shape-filtered-for-you");
});
