// An UPDATE without WHERE is asked about in the window, and the server is asked what became of its table.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

const zeros = () => Number(psql(server.url, "select count(*) from ledger where amount = 0").trim());
const inEditor = () => desk.page(() => document.activeElement?.closest(".cm-editor") !== null);
const focused = () => desk.page(() => document.activeElement?.textContent ?? "");

desk.test("the question names the table, about how many rows, and the way back", async () => {
  psql(server.url, "create table ledger (id int primary key, amount int); insert into ledger select n, n from generate_series(1, 2500) n; analyze ledger");
  desk.profile(server.url, "books", "--password-policy", "none");
  await desk.open();
  await desk.connect("books");
  await desk.run("select 'before' as marker");
  await desk.cell("before", 20_000);
  await desk.run("insert into ledger values (0, 7);\nupdate ledger set amount = 0");
  await desk.sees("Update every row of ledger?");
  await desk.sees("about 2,500 rows, an estimate");
  await desk.sees("there is no way back");
  assert.match(await focused(), /^Cancel/);
  await desk.window.shot("sweep");
});

desk.test("Escape leaves the table, the results and the caret as they were", async () => {
  await desk.keys("Escape");
  await desk.until("the editor to have the focus", inEditor);
  await desk.cell("before");
  assert.equal(zeros(), 0);
  assert.equal(psql(server.url, "select count(*) from ledger").trim(), "2500", "nor was the statement before it sent");
});

desk.test("Enter on the question cancels it", async () => {
  await desk.keys("Control", "Shift", "Enter");
  await desk.sees("Update every row of ledger?");
  await desk.keys("Enter");
  await desk.until("the editor to have the focus", inEditor);
  assert.equal(zeros(), 0);
});

desk.test("a yes runs the same script", async () => {
  await desk.keys("Control", "Shift", "Enter");
  await desk.sees("Update every row of ledger?");
  await desk.press("Update every row", "button");
  await desk.until("every row to be changed", () => zeros() === 2501);
});
