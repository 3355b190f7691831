// Plans in the real window: asked for at the caret, measured and undone, kept, compared, stopped.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

const rows = () => psql(server.url, "select count(*) || ',' || coalesce(sum(total), 0) from orders");

desk.test("a statement is explained at the caret, as a tree with its costs", async () => {
  psql(
    server.url,
    "create table orders (id serial primary key, customer int, total int); insert into orders (customer, total) select i % 97, i from generate_series(1, 5000) i; analyze orders",
  );
  desk.profile(server.url, "plans", "--password-policy", "none");
  await desk.open();
  await desk.connect("plans");
  await desk.act("New query");
  await desk.write("select 1;\n\nselect customer, sum(total) from orders where total > 10 group by customer order by 2 desc");
  await desk.act("Explain statement");
  await desk.sees("planned, not run");
  await desk.sees("Seq Scan on orders");
  await desk.sees("HashAggregate");
  await desk.sees("kept in the history");
});

desk.test("measured it tells times and rows, as a diagram and as text too", async () => {
  await desk.act("Run and measure statement (explain analyze)");
  await desk.sees("run and measured");
  await desk.sees("Execution");
  await desk.press("Diagram", "radio");
  await desk.until("the boxes", async () => (await desk.all(".plan-box")).length > 1);
  await desk.press("Raw", "radio");
  await desk.sees('"Node Type": "Seq Scan"');
  await desk.press("Tree", "radio");
});

desk.test("a write is asked about, run and rolled back", async () => {
  const before = rows();
  await desk.write("delete from orders where customer = 3");
  await desk.act("Run and measure statement (explain analyze)");
  await desk.sees("Run this DELETE to measure it?");
  assert.equal(rows(), before, "nothing is run before the yes");
  await desk.press("Run and roll back");
  await desk.sees("which was rolled back");
  await desk.sees("Delete on orders");
  assert.equal(rows(), before);
});

desk.test("two plans of a statement stand side by side after an index", async () => {
  await desk.write("select * from orders where customer = 42");
  await desk.act("Run and measure statement (explain analyze)");
  await desk.sees("Seq Scan on orders");
  psql(server.url, "create index orders_customer on orders (customer); analyze orders");
  await desk.press("Again");
  await desk.sees("orders_customer");
  await desk.press("Compare with…");
  await desk.sees("Before");
  await desk.sees("index orders_customer");
  await desk.press("One plan");
});

desk.test("a long measurement is stopped", async () => {
  await desk.write("select pg_sleep(300)");
  await desk.act("Run and measure statement (explain analyze)");
  const runs = () => psql(server.url, "select count(*) from pg_stat_activity where query like 'EXPLAIN%pg_sleep(300)%' and state = 'active'");
  await desk.until("the server to run it", () => runs() === "1");
  await desk.keys("Control", ".");
  await desk.sees("Nothing of it stays.");
  await desk.until("the server to have stopped it", () => runs() === "0");
});

desk.test("the history shows a statement's plan in a tab of its own, which comes back", async () => {
  await desk.act("History");
  await desk.until("a statement with its plan", async () => {
    const lines = await desk.all("[role=option]");
    return lines.some(({ text }) => text.includes("· plan"));
  });
  await desk.page(() => {
    [...document.querySelectorAll("[role=option]")].find((line) => line.textContent.includes("· plan"))?.click();
  });
  await desk.press("Show its plan");
  await desk.until("its tab", async () => (await desk.titles()).some((title) => title.startsWith("Plan of select")));
  await desk.until("it to be kept", async () => JSON.stringify(await desk.ask("workspace")).includes('"kind":"plan"'));
  await desk.close();
  await desk.open();
  await desk.until("its tab again", async () => (await desk.titles()).some((title) => title.startsWith("Plan of select")));
});
