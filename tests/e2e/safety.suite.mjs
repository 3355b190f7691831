// Read-only connections and production: what is refused, what is said, and that nothing is left behind.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";

const url = ownDatabase("e2e_safety");
const desk = new Desk();

const state = () => psql(url, "select (select count(*) from ledger) || ' rows, ' || (select count(*) from pg_class where relname = 'smuggled') || ' tables'");

desk.test("a read-only connection says so, and reads", async () => {
  psql(url, "create table ledger(id int); insert into ledger values (1), (2)");
  psql(url, "create function sneak() returns int language sql as 'insert into ledger values (99) returning id'");
  desk.profile(url, "books", "--safety", "read-only");
  await desk.open();
  await desk.connect("books");
  await desk.until("the status bar", async () => (await desk.all(".rh-status-item")).some(({ text }) => text.includes("read-only")));
  await desk.run("select count(*) || ' in the ledger' as answer from ledger");
  await desk.cell("2 in the ledger");
});

desk.test("a write from the editor is refused, with what refused it", async () => {
  await desk.run("insert into ledger values (3)");
  await desk.sees("INSERT was not sent: this connection is read-only");
  await desk.sees("Change the connection's safety level");
  assert.equal(state(), "2 rows, 0 tables");
});

desk.test("a pasted script with a write in it leaves nothing of itself behind", async () => {
  await desk.run("select 'harmless' as first;\ncreate table smuggled(a int);\ninsert into smuggled values (1);\ndelete from ledger;");
  await desk.sees("CREATE TABLE was not sent: this connection is read-only");
  assert.equal(state(), "2 rows, 0 tables");
});

desk.test("what only the server can know to write is refused by the server, with its code", async () => {
  await desk.run("select sneak()");
  await desk.until("the refusal", async () => /25006|was not sent/.test(await desk.window.text()));
  await desk.run("with gone as (delete from ledger returning id) select * from gone");
  await desk.until("the refusal of the other", async () => /was not sent: this connection is read-only and the statement writes/.test(await desk.window.text()));
  await desk.run("begin read write; delete from ledger; commit;");
  await desk.until("the refusal of a loosened transaction", async () => /BEGIN was not sent|DELETE was not sent/.test(await desk.window.text()));
  assert.equal(state(), "2 rows, 0 tables");
});

desk.test("production confirms every change by itself; the window's title and the Run button name it", async () => {
  desk.profile(url, "vault", "--environment", "production");
  await desk.close();
  await desk.open();
  await desk.connect("vault");
  await desk.until("the status bar", async () => {
    const items = (await desk.all(".rh-status-item")).map(({ text }) => text);
    return items.some((text) => text.includes("confirms writes"));
  });
  await desk.until("the button", async () => (await desk.all("button")).some(({ text }) => text.startsWith("Run on vault")));
  await desk.until("the title", () => desk.windowTitles().some((title) => title.includes("PRODUCTION") && title.includes("vault")));
  await desk.run("insert into ledger values (9)");
  await desk.sees("Run INSERT on ledger?");
  await desk.window.shot("confirm-writes");
  await desk.keys("Escape");
  assert.equal(state(), "2 rows, 0 tables");
  await desk.run("drop table ledger");
  await desk.sees("Drop table ledger?");
  await desk.sees("Type ledger to go on");
  await desk.keys("Escape");
  assert.equal(state(), "2 rows, 0 tables");
});
