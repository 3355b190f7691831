// Whole rows in the real window: the card, a row as JSON to the letter, rows compared.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const url = ownDatabase("e2e_rows");
const desk = new Desk();
const grid = new GridInFront(desk);

const region = (name) =>
  desk.page((name) => {
    const shown = [...document.querySelectorAll("section[aria-label]")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }));
    return shown.find((each) => each.getAttribute("aria-label").startsWith(name))?.innerText ?? null;
  }, name);
const card = (row) => desk.until(`the card of row ${row}`, () => region(`Row card: row ${row}`));
const fields = async () => (await desk.all(".rh-card-list [role=option]")).map(({ text }) => text);
const field = (start, value) =>
  desk.until(`${start} with ${value}`, async () => (await fields()).some((text) => text.startsWith(start) && text.includes(value)));

async function openTable(table) {
  await desk.openFound(table);
  await desk.until("its rows", async () => (await desk.cells()).length > 0, 30_000);
}

desk.test("the card has every value of the active row in full, and follows it", async () => {
  psql(url, "create table things (id int primary key, big bigint, price numeric, note text, doc jsonb, long text, bytes bytea)");
  psql(
    url,
    `insert into things values
      (1, 9007199254740993, 1.50, null, '{"b": 1.10, "a": 2}', repeat('x', 9000) || 'end', '\\x00ff'),
      (2, 9007199254740993, 1.5, '', '{"a": 2}', repeat('x', 9000) || 'END', '\\x00ff'),
      (3, 1, 2, E'two\\nlines', null, 'short', null)`,
  );
  desk.profile(url, "rows");
  await desk.open();
  await desk.connect("rows");
  await openTable("things");
  await grid.goTo(0, 0);
  await desk.keys("Control", "j");
  await card(1);
  await field("big", "9007199254740993");
  await field("price", "1.50");
  await field("note", "NULL");
  await desk.keys("ArrowDown");
  await card(2);
  await field("note", "empty text");
  await desk.keys("Alt", "PageDown");
  await card(3);
  await field("note", "two\nlines");
  await desk.keys("Alt", "PageUp");
  await card(2);
  await desk.window.shot("rows-card");
});

desk.test("a row as JSON has the digits and the order of the server", async () => {
  await desk.keys("Alt", "PageUp");
  await card(1);
  await desk.keys("Control", "Shift", "j");
  const text = await desk.until("the JSON", async () => {
    const now = await region("Row card: row 1");
    return now?.includes('"price"') && now;
  });
  assert.match(text, /"id": 1,\s+"big": 9007199254740993,\s+"price": 1\.50,\s+"note": null/);
  await desk.window.shot("rows-json");
});

desk.test("a cell is edited from the card, which comes back with what is staged", async () => {
  await desk.keys("Control", "j");
  await field("note", "NULL");
  await desk.page(() => document.querySelector(".rh-card-list").focus());
  await desk.keys("Home");
  for (let at = 0; at < 3; at += 1) await desk.keys("ArrowDown");
  await desk.keys("Enter");
  await desk.until("the sheet", () => desk.page(() => document.activeElement?.closest("[data-cell-sheet]") !== null && document.activeElement?.tagName === "TEXTAREA"));
  for (const sign of "noted") await desk.keys(sign);
  await desk.keys("Control", "Enter");
  await field("note", "noted");
  await field("note", "changed");
  await desk.until("the grid to have the focus", () => desk.page(() => document.activeElement?.getAttribute("role") === "grid"));
  await desk.keys("Control", "z");
  await field("note", "NULL");
  await desk.keys("Escape");
  await desk.until("the card to be closed", async () => (await region("Row card")) === null);
});

desk.test("two rows are compared to the ends of their long values, with a sign where they differ", async () => {
  await grid.goTo(0, 0);
  await desk.keys("Shift", "ArrowDown");
  await desk.keys("Control", "Alt", "j");
  await desk.sees("5 of 7 columns differ");
  const lines = await desk.page(() =>
    [...document.querySelectorAll(".rh-compare [role=row]")].map((row) => [...row.children].map((cell) => cell.innerText.replaceAll(/\s+/g, " ").trim().slice(0, 40))),
  );
  const line = (name) => lines.find(([head]) => head.includes(name));
  assert.match(line("price")[0], /≠/, "1.50 is not 1.5 to the letter");
  assert.match(line("note")[0], /≠/, "NULL is not the empty text");
  assert.match(line("long")[0], /≠/, "they differ at their ends only");
  assert.doesNotMatch(line("big")[0], /≠/);
  await desk.window.shot("rows-compare");
  // The first takes the range back to its cell.
  await desk.keys("Escape");
  await desk.keys("Escape");
  await desk.until("the comparison to be closed", async () => (await region("Comparison")) === null);
});

desk.test("a row of 1,600 columns is read to its last", async () => {
  await desk.keys("Control", "n");
  await desk.focusEditor();
  await desk.keys("Control", "a");
  await desk.paste(`select ${Array.from({ length: 1600 }, (_, at) => `${at + 1} as c${at + 1}`).join(",\n")}`);
  // The editor draws what is in sight, which is where the caret is.
  await desk.until("the text's end", async () => (await desk.editorText()).includes("as c1600"));
  await desk.keys("Control", "Shift", "Enter");
  await desk.until("the row", async () => (await desk.cells()).includes("1"), 60_000);
  await grid.goTo(0, 0);
  await desk.keys("Control", "j");
  await card(1);
  await desk.until("its first columns", async () => (await fields()).length > 0);
  assert.ok((await fields()).length < 100, "only what is in sight is drawn");
  await desk.page(() => [...document.querySelectorAll(".rh-card-list")].at(-1).focus());
  await desk.keys("End");
  await field("c1600", "1600");
});
