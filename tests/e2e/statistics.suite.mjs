// Statistics of columns in the real window: of the rows that are here, of the server's when it is asked, and of all columns.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";

const desk = new Desk();
const url = ownDatabase("e2e_statistics");

const ROWS = 2_500;

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

const focusRows = () =>
  desk.until("the rows to have the focus", () =>
    desk.page(() => {
      const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]");
      const grid = [...document.querySelectorAll("[role=grid]")].find(shown);
      grid?.focus();
      return document.activeElement === grid && grid !== undefined;
    }),
  );

/** Puts the cursor on a column's cell of the first row, by the keyboard. */
async function goTo(column) {
  await focusRows();
  await desk.keys("Control", "Home");
  for (let step = 0; step < 20; step += 1) {
    const now = await desk.until("a cell", active);
    if (now.column === column) return now;
    await desk.keys("ArrowRight");
    await desk.until("the next cell", async () => (await active())?.column !== now.column);
  }
  throw new Error(`there is no column ${column}`);
}

/** What the panel says, by the names of its facts; of the column that is asked for. */
const facts = (column) =>
  desk.until(`the statistics of ${column}`, () =>
    desk.page((column) => {
      const panel = document.querySelector(`[data-statistics][aria-label="Statistics of ${column}"]`);
      const told = [...(panel?.querySelectorAll(".stat-facts > div") ?? [])];
      if (told.length === 0 || panel.querySelector("[aria-busy=true]")) return null;
      return Object.fromEntries(
        told.map((one) => [one.querySelector("dt").innerText, one.querySelector("dd").innerText.replace(/\s+/g, " ").trim()]),
      );
    }, column),
  );

/** Presses a button within a part of the window. */
const press = (within, name) =>
  desk.until(`the button “${name}”`, () =>
    desk.page(
      (within, name) => {
        const all = [...document.querySelectorAll(`${within} button`)];
        const button = all.find((each) => each.innerText.replace(/\s+/g, " ").trim().startsWith(name));
        button?.click();
        return Boolean(button);
      },
      within,
      name,
    ),
  );

const conditions = async () => (await desk.all(".rh-document [data-pane-bar] .rh-chip")).map(({ text }) => text.trim());

async function openTable(table) {
  await desk.openFound(table);
  await desk.until("its rows", async () => (await desk.cells()).length > 0, 30_000);
}

desk.test("a column's statistics say of which rows they speak, and the server is asked for all of them", async () => {
  psql(
    url,
    `create table measured (id int primary key, grade text not null, amount numeric(10,2), nothing text, at timestamptz);
     insert into measured select i, 'grade ' || i % 3, case i when 7 then 9000.5 else i % 100 end, null,
       timestamptz '2024-03-30 12:00+00' + i * interval '1 hour' from generate_series(1, ${ROWS}) i;`,
  );
  desk.profile(url, "measures");
  await desk.open();
  await desk.connect("measures");
  await openTable("measured");
  await goTo("amount");
  await desk.keys("Control", "Shift", "a");
  const held = await facts("amount");
  assert.equal(held.Rows, "1,000");
  assert.equal(held.Greatest, "9000.50");
  assert.equal(held.Median, "50.00");
  await desk.sees("Of the first 1,000 rows, not all");
  await desk.until("a histogram", () => desk.window.find('[data-statistics] svg[role=img]'));
  await desk.window.shot("statistics-held");
  await press("[data-statistics]", "Ask the server");
  const asked = await desk.until("the server's answer", async () => {
    const now = await facts("amount");
    return now.Rows === "2,500" && now;
  });
  assert.deepEqual([asked.Greatest, asked.Distinct], ["9000.50", "101"]);
  await desk.window.shot("statistics-server");
});

desk.test("statistics follow the cursor, and their values and outliers lead to rows", async () => {
  await goTo("nothing");
  const nothing = await facts("nothing");
  assert.equal(nothing.NULLs, "1,000 100%");
  await desk.sees("Every value is NULL.");
  await goTo("amount");
  await facts("amount");
  // What the server said of it stays until other rows come; outliers are those of the rows that are here.
  await press("[data-statistics]", "These rows");
  await press("[data-statistics] .stat-outliers", "9000.50");
  const there = await desk.until("the outlier's row", async () => {
    const now = await active();
    return now?.row === 7 && now.text !== "" && now;
  });
  assert.deepEqual([there.column, there.text], ["amount", "9000.50"]);
  await goTo("grade");
  await facts("grade");
  await press("[data-statistics] .stat-top", "grade 1");
  await desk.until("the rows with that value", async () => (await conditions()).includes("grade is grade 1"));
  await desk.until("them alone", async () => {
    const grades = (await desk.cells()).filter((text) => text.startsWith("grade "));
    return grades.length > 0 && grades.every((text) => text === "grade 1");
  });
  await focusRows();
  await desk.keys("Escape");
  await desk.until("the panel to go", async () => !(await desk.window.find("[data-statistics]")));
});

desk.test("a profile of a result has a line for each column, names what may be a key, and leads to columns and rows", async () => {
  await desk.keys("Control", "n");
  await desk.focusEditor();
  await desk.run("select * from (select i / 20 as shelf, i % 20 as place, case i when 399 then 5000 else i % 10 end as amount, null as none from generate_series(0, 399) i) as t");
  await desk.until("its rows", async () => (await desk.cells()).length > 0);
  await goTo("shelf");
  await desk.keys("Control", "Alt", "a");
  await desk.sees("No column alone tells rows apart; together do shelf + place.", 30_000);
  const lines = await desk.all("[data-profile] .stat-row-line");
  assert.equal(lines.length, 4);
  assert.match(lines.find(({ text }) => text.trim().startsWith("none")).text, /100%/);
  await desk.window.shot("statistics-profile");
  await press('[data-profile] [role=row]:has(.stat-link):nth-child(3)', "1");
  const there = await desk.until("the outlier's row", async () => {
    const now = await active();
    return now?.row === 400 && now.text !== "" && now;
  });
  assert.deepEqual([there.column, there.text], ["amount", "5000"]);
});

desk.test("a file's table is asked about as a server's is", async () => {
  await desk.act("Open the sample shop");
  await desk.until("the sample", async () => (await desk.titles()).some((title) => title.startsWith("Query")), 30_000);
  await openTable("orders");
  const first = await goTo("id");
  assert.ok(first);
  await desk.keys("Control", "Shift", "a");
  const held = await facts("id");
  assert.match(held.Distinct, /unique/);
  await press("[data-statistics]", "Ask the server");
  await desk.sees("The server's answer");
  await desk.window.shot("statistics-file");
});
