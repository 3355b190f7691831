// A tab whose transactions a person ends, in the window; other sessions of the server say what they see of it.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

const stored = () => psql(server.url, "select coalesce(string_agg(id::text, ',' order by id), 'none') from entries").trim();
const open = () =>
  Number(psql(server.url, "select count(*) from pg_stat_activity where state like 'idle in transaction%'").trim());

desk.test("a tab is switched to manual in the status bar, and says so", async () => {
  psql(server.url, "create table entries (id int primary key)");
  desk.profile(server.url, "books", "--password-policy", "none");
  await desk.open();
  await desk.connect("books");
  await desk.press("Transactions: auto-commit, none open", "button");
  await desk.press("Manual", "menuitem");
  await desk.sees("tx: manual");
});

desk.test("what a statement does is seen by nobody else before it is committed", async () => {
  await desk.run("insert into entries values (1); select 'one is in' as marker");
  await desk.cell("one is in", 20_000);
  await desk.sees("tx: open");
  assert.equal(stored(), "none");
  await desk.window.shot("transaction-open");
  await desk.press("Commit", "button");
  await desk.sees("tx: manual");
  assert.equal(stored(), "1");
  await desk.cell("one is in");
});

desk.test("a statement that fails undoes itself alone", async () => {
  await desk.run("insert into entries values (2)");
  await desk.sees("tx: open");
  await desk.run("insert into entries values (1)");
  await desk.sees("Duplicate key value violates unique constraint");
  await desk.sees("tx: open");
  await desk.run("insert into entries values (3); select 'three is in' as marker");
  await desk.cell("three is in");
  await desk.press("Commit", "button");
  await desk.sees("tx: manual");
  assert.equal(stored(), "1,2,3");
});

desk.test("rolled back is undone", async () => {
  await desk.run("delete from entries where id > 1");
  await desk.sees("tx: open");
  await desk.press("Roll back", "button");
  await desk.sees("tx: manual");
  assert.equal(stored(), "1,2,3");
});

desk.test("a tab that is closed asks, and leaves no transaction and no lock", async () => {
  await desk.run("delete from entries where id = 3; select 'gone for now' as marker");
  await desk.cell("gone for now");
  assert.equal(open(), 1);
  await desk.keys("Control", "w");
  await desk.press("Roll back and close", "button");
  await desk.until("the transaction to be gone", () => open() === 0);
  assert.equal(stored(), "1,2,3");
});
