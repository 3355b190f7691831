// Columns in the real window: hidden, pinned, chosen, remembered for their table, and shown again where an error is in one.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const url = ownDatabase("e2e_columns");
const desk = new Desk();
const grid = new GridInFront(desk);
const WIDE = Array.from({ length: 40 }, (_, at) => `c${at + 1}`);

/** Names of the heads that are drawn, from the left; pinned ones first. */
const heads = () =>
  desk.page(() => {
    const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]") && node.getClientRects().length > 0;
    const box = [...document.querySelectorAll("[role=grid]")].filter(shown).at(-1)?.getBoundingClientRect();
    return [...document.querySelectorAll(".rg-head")]
      .filter((head) => shown(head) && box && head.getBoundingClientRect().left >= box.left - 1 && head.getBoundingClientRect().left < box.right)
      .sort((a, b) => Number(a.getAttribute("aria-colindex")) - Number(b.getAttribute("aria-colindex")))
      .map((head) => head.querySelector(".rg-head-label").textContent);
  });
const pinned = () => desk.page(() => [...document.querySelectorAll(".rg-header.rg-pinned .rg-head-label")].map((label) => label.textContent));
const begins = (...names) =>
  desk.until(`the columns to begin with ${names.join(", ")}`, async () => {
    const now = await heads();
    return names.every((name, at) => now[at] === name);
  });
const lacks = (name) => desk.until(`no column ${name}`, async () => (await heads()).length > 0 && !(await heads()).includes(name));

async function openTable(table) {
  await desk.openFound(table);
  await desk.until("its rows", async () => (await desk.cells()).length > 0, 30_000);
}

/** What the core remembers of the table's columns. */
async function kept() {
  const profileId = (await desk.ask("profiles")).answer.find(({ name }) => name === "columns").id;
  const named = (database) => ({ profileId, object: { database, schema: "public", kind: "relation", name: "wide", signature: null } });
  for (const database of [new URL(url).pathname.slice(1), null]) {
    const { answer } = await desk.ask("relation_layout", named(database));
    if (answer) return answer;
  }
  return null;
}

/** Closes the tab in front and opens the table anew: nothing of it comes from the tab. */
async function again() {
  const before = (await desk.titles()).length;
  await desk.keys("Control", "w");
  await desk.until("the tab to be closed", async () => (await desk.titles()).length < before);
  await openTable("wide");
}

desk.test("a column is hidden by its key, counted in words, and shown again", async () => {
  psql(url, `create table wide (id int primary key, name text, note text not null, ${WIDE.map((name) => `${name} int`).join(", ")})`);
  psql(url, `insert into wide select n, 'name ' || n, 'note ' || n, ${WIDE.map((_, at) => `n * ${at + 1}`).join(", ")} from generate_series(1, 300) n`);
  desk.profile(url, "columns");
  await desk.open();
  await desk.connect("columns");
  await openTable("wide");
  await begins("id", "name", "note", "c1");
  await grid.goTo(0, 2);
  await desk.keys("Control", "Alt", "k");
  await begins("id", "name", "c1");
  await desk.sees("1 column hidden");
  await desk.act("Show all columns");
  await begins("id", "name", "note", "c1");
  await grid.goTo(0, 2);
  await desk.keys("Control", "Alt", "k");
  await lacks("note");
});

desk.test("a pinned column stays while the others scroll, and keys walk across its edge", async () => {
  await grid.goTo(3, 1);
  await desk.keys("Control", "Alt", "i");
  await begins("name", "id", "c1");
  assert.deepEqual(await pinned(), ["name"]);
  await grid.focus();
  await desk.keys("End");
  await desk.until("the last column", async () => (await heads()).at(-1) === "c40");
  assert.deepEqual(await pinned(), ["name"], "it stayed");
  assert.equal((await grid.cell(3, 0)).text, "name 4");
  await desk.window.shot("columns-pinned");
  await desk.keys("Home");
  const active = () => desk.page(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant") ?? "")?.textContent);
  await desk.until("the pinned cell", async () => (await active()) === "name 4");
  await desk.keys("ArrowRight");
  await desk.until("the first that scrolls", async () => (await active()) === "4");
  await begins("name", "id", "c1");
});

desk.test("a pinned cell is edited where it stands", async () => {
  await grid.goTo(0, 0);
  await grid.type("Zora");
  await grid.reads(0, 0, "Zora");
  assert.match((await grid.cell(0, 0)).look, /rg-changed/);
  await desk.keys("Control", "z");
  await grid.reads(0, 0, "name 1");
});

desk.test("the next tab of the table has the columns as they were left, and a new column shows", async () => {
  // What was changed last is on its way to the disk: it is there when the core says so.
  await desk.until("the layout to be kept", async () => {
    const layout = await kept();
    return layout?.columns.some(({ name, hidden }) => name === "note" && hidden) && layout.columns[0].pinned;
  });
  psql(url, "alter table wide add column extra text default 'new'");
  await again();
  await begins("name", "id", "c1");
  await lacks("note");
  assert.deepEqual(await pinned(), ["name"]);
  await desk.sees("1 column hidden");
  // What a table consists of is kept: it is read again when a person says so.
  await desk.press("Read the catalog again");
  await desk.until("the new column, at its place", async () => {
    await grid.focus();
    await desk.keys("Control", "Home");
    await desk.keys("End");
    if ((await heads()).at(-1) === "extra") return true;
    await desk.keys("F5");
    return false;
  });
  assert.deepEqual(await pinned(), ["name"], "and the layout is what it was");
});

desk.test("a refused save shows the hidden column its error is in", async () => {
  await grid.goTo(0, 0);
  await desk.keys("Control", "i");
  await desk.until("the new row", async () => (await grid.rows()).some(({ said }) => said?.startsWith("A new row")));
  const at = (await grid.rows()).findIndex(({ said }) => said?.startsWith("A new row"));
  await grid.goTo(at, 1);
  await grid.type("9001");
  await desk.keys("Control", "s");
  await desk.until("the column note", async () => (await heads()).includes("note"), 30_000);
  await desk.window.shot("columns-refused");
  assert.equal(psql(url, "select count(*) from wide where id = 9001"), "0");
  await desk.keys("Control", "Alt", "z");
  await grid.nothingStaged();
});

desk.test("the chooser finds, hides, moves and pins by keys alone", async () => {
  await grid.goTo(0, 0);
  await desk.keys("Control", "Shift", "k");
  const field = await desk.until("the chooser", () => desk.window.find(".rh-columns input"));
  await field.addValue("c7");
  await desk.until("what was found", async () => (await desk.all(".rh-columns [role=option]")).length === 1);
  await desk.page(() => document.querySelector(".rh-columns [role=listbox]").focus());
  await desk.keys(" ");
  await desk.until("c7 to be hidden", async () => !(await heads()).includes("c7"));
  await desk.window.shot("columns-chooser");
  await desk.keys("Escape");
  await desk.until("the chooser to go", async () => !(await desk.window.find(".rh-columns")));
});

desk.test("the layout is reset, and stays so in the next tab", async () => {
  await grid.focus();
  await desk.act("Reset the columns' layout");
  await begins("id", "name", "note", "c1");
  assert.deepEqual(await pinned(), []);
  await desk.until("the layout to be forgotten", async () => (await kept()) === null);
  await again();
  await begins("id", "name", "note", "c1");
});
