// Foreign keys in the real window: followed both ways and back, counted, looked up; on the sample and on PostgreSQL.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

/** The active cell of the rows in front: its column's name, row and text. */
const active = () =>
  desk.page(() => {
    const grid = document.activeElement;
    const id = grid?.getAttribute("aria-activedescendant");
    const cell = id ? document.getElementById(id) : null;
    if (grid?.getAttribute("role") !== "grid" || !cell) return null;
    const column = cell.getAttribute("aria-colindex");
    return {
      row: Number(cell.closest("[role=row]").getAttribute("aria-rowindex")) - 1,
      column: grid.querySelector(`.rg-head[aria-colindex="${column}"] .rg-head-label`)?.textContent,
      text: cell.textContent,
    };
  });

const activeIn = (column, row) =>
  desk.until(`the cell ${column}, row ${row}`, async () => {
    const now = await active();
    return now && now.column === column && now.row === row && now.text !== "" && now;
  });

/** Conditions of the rows in front, in words. */
const conditions = async () => (await desk.all(".rh-document [data-pane-bar] .rh-chip")).map(({ text }) => text.trim());

const filteredBy = (...words) =>
  desk.until(`the conditions ${words.join(", ") || "none"}`, async () => {
    const now = await conditions();
    return now.length === words.length && words.every((word) => now.includes(word));
  });

async function open(table) {
  await desk.keys("Control", "k");
  const field = await desk.until("the palette", () => desk.window.find(".rh-palette-ask input"));
  await field.addValue(`@${table}`);
  await desk.until(`“${table}” to be chosen`, async () =>
    (await desk.all(".rh-palette-list [role=option]")).find(({ selected }) => selected)?.text.startsWith(table),
  );
  await desk.keys("Enter");
  await inFront(table);
  await desk.until("its rows", async () => (await desk.cells()).length > 0);
}

const inFront = (title) =>
  desk.until(`the tab ${title} in front`, async () =>
    (await desk.all('[role=tablist][aria-label="Open tabs"] [role=tab]')).some(
      ({ text, selected }) => selected && text.trim().startsWith(title),
    ),
  );

/** Puts the cursor on a column's cell of a row, by the keyboard. */
async function goTo(column, row) {
  await desk.until("the rows to have the focus", () =>
    desk.page(() => {
      const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]");
      const grid = [...document.querySelectorAll("[role=grid]")].find(shown);
      grid?.focus();
      return document.activeElement === grid && grid !== undefined;
    }),
  );
  await desk.keys("Control", "Home");
  for (let at = 1; at < row; at += 1) await desk.keys("ArrowDown");
  for (let step = 0; step < 40; step += 1) {
    const now = await desk.until("a cell", active);
    if (now.column === column && now.row === row) return now;
    await desk.keys("ArrowRight");
    await desk.until("the next cell", async () => (await active())?.column !== now.column);
  }
  throw new Error(`there is no column ${column}`);
}

const back = () => desk.keys("Alt", "ArrowLeft");
const forward = () => desk.keys("Alt", "ArrowRight");

desk.test("a key that refers to its own table is followed, and the way back restores place and conditions", async () => {
  desk.profile(server.url, "keys", "--password-policy", "none");
  await desk.open();
  await desk.act("Open the sample shop");
  await desk.until("the sample", async () => (await desk.titles()).includes("Query 1"), 30_000);
  await open("employees");
  const from = await goTo("manager_id", 4);
  await desk.keys("F12");
  await filteredBy(`id is ${from.text}`);
  const there = await activeIn("id", 1);
  assert.equal(there.text, from.text);
  await desk.window.shot("references-followed");
  await back();
  await filteredBy();
  assert.deepEqual(await activeIn("manager_id", 4), from, "the very cell");
  await forward();
  await filteredBy(`id is ${from.text}`);
  await activeIn("id", 1);
  await back();
  await filteredBy();
});

desk.test("who is at the top refers to nobody, which is said", async () => {
  await goTo("manager_id", 1);
  await desk.keys("F12");
  await desk.sees("manager_id is NULL: it refers to no row.");
  await filteredBy();
});

desk.test("what refers to a row is counted when asked, opened, and left again", async () => {
  await open("customers");
  const { text: id } = await goTo("id", 2);
  await desk.keys("Shift", "F12");
  await desk.sees("orders.customer_id");
  await desk.sees("addresses.customer_id");
  const counted = await desk.until("the counts", async () => {
    const rows = await desk.all(".ref-referring-key");
    return rows.length > 1 && rows.every(({ text }) => /\d\s*$/.test(text)) && rows;
  });
  await desk.window.shot("references-referenced-by");
  const orders = counted.findIndex(({ text }) => text.startsWith("orders.customer_id"));
  for (let at = 0; at < orders; at += 1) await desk.keys("ArrowDown");
  await desk.keys("Enter");
  await inFront("orders");
  await filteredBy(`customer_id is ${id}`);
  await activeIn("customer_id", 1);
  await back();
  await inFront("customers");
  assert.equal((await activeIn("id", 2)).text, id);
});

desk.test("a row is looked up by its name with keys alone, and opened", async () => {
  await open("orders");
  await goTo("customer_id", 1);
  await desk.keys("Alt", "F12");
  const field = await desk.until("the search", () => desk.window.find(".ref-picker input"));
  const rows = await desk.until("rows to choose", async () => {
    const all = await desk.all(".ref-row");
    return all.length > 3 && all;
  });
  const [key, name] = rows[2].text.split("\n");
  await field.addValue(name);
  await desk.until("only those of that name", async () => {
    const all = await desk.all(".ref-row");
    return all.length > 0 && all.length < rows.length && all.every(({ text }) => text.includes(name));
  });
  await desk.window.shot("references-look-up");
  const chosen = (await desk.all(".ref-row"))[0].text.split("\n")[0];
  assert.equal(chosen, key);
  await desk.keys("Enter");
  await inFront("customers");
  await filteredBy(`id is ${chosen}`);
  await back();
  await inFront("orders");
});

desk.test("on PostgreSQL, keys of several columns and of other schemas lead both ways, and counts stop at a thousand", async () => {
  psql(
    server.url,
    `create schema billing;
     create table public.lines (order_id int, line int, what text, primary key (order_id, line));
     insert into public.lines select 1, i, 'brick ' || i from generate_series(1, 3) i;
     create table billing.items (id int primary key, order_id int, line int,
       constraint of_line foreign key (order_id, line) references public.lines on delete cascade on update cascade);
     insert into billing.items select i, 1, 2 from generate_series(1, 1005) i;
     insert into billing.items values (1006, 1, 3), (1007, 1, null);`,
  );
  await desk.connect("keys");
  await open("items");
  await desk.until("the key in the head", () =>
    desk.page(() =>
      [...document.querySelectorAll(".rg-head")].some((head) =>
        head.dataset.tip?.endsWith("(order_id, line) → public.lines (order_id, line) (ON DELETE CASCADE, ON UPDATE CASCADE)"),
      ),
    ),
  );
  await goTo("line", 1);
  await desk.keys("F12");
  await inFront("lines");
  await filteredBy("order_id is 1", "line is 2");
  await desk.cell("brick 2");
  await desk.keys("Shift", "F12");
  await desk.sees("billing.items (order_id, line)");
  await desk.sees("1,000+");
  await desk.window.shot("references-capped");
  await desk.keys("Enter");
  await inFront("items");
  await filteredBy("order_id is 1", "line is 2");
  await back();
  await inFront("lines");
  await back();
  await inFront("items");
  await filteredBy();
  await activeIn("line", 1);
});

desk.test("a query's rows lead where their tables do, and back to the query", async () => {
  await desk.act("New query");
  await desk.run("select i.id, i.order_id, i.line from billing.items i order by i.id desc limit 3");
  await desk.cell("1007");
  await goTo("line", 1);
  await desk.keys("F12");
  await desk.sees("line is NULL: it refers to no row.");
  await goTo("order_id", 2);
  await desk.keys("F12");
  await inFront("lines");
  await filteredBy("order_id is 1", "line is 3");
  await desk.cell("brick 3");
  await back();
  await inFront("Query");
  await activeIn("order_id", 2);
});
