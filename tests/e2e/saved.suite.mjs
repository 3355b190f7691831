// Saved queries, and running one on another connection, against real servers.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const near = await cluster();
const far = await cluster();
const desk = new Desk();
after(() => {
  near.remove();
  far.remove();
});

const QUERY = "select place || ' has ' || count(*) as said from kept group by place";
const saved = () => JSON.parse(desk.rowhouse("saved", "list", "--format", "json"));

desk.test("a query is saved by its key, under a name", async () => {
  for (const [server, place] of [[near, "near"], [far, "far"]]) {
    psql(server.url, `create table kept (id int primary key, place text); insert into kept select n, '${place}' from generate_series(1, 3) n`);
    desk.profile(server.url, place, "--password-policy", "none");
  }
  await desk.open();
  await desk.connect("near");
  await desk.run(QUERY);
  await desk.cell("near has 3", 20_000);
  await desk.focusEditor();
  await desk.keys("Control", "s");
  await desk.sees("Save query");
  for (const key of "Who has what") await desk.keys(key);
  await desk.keys("Enter");
  await desk.until("the query to be saved", () => saved().some(({ name }) => name === "Who has what"));
});

desk.test("it runs on another connection, whose name its rows carry, and the tab stays where it was", async () => {
  await desk.focusEditor();
  await desk.keys("Control", "Alt", "Enter");
  await desk.press("far", "menuitem");
  await desk.cell("far has 3", 20_000);
  await desk.sees("kept · far");
  await desk.window.shot("run-on");
  await desk.run(QUERY);
  await desk.cell("near has 3", 20_000);
  assert.equal((await desk.titles()).filter((title) => title.includes("Who has what")).length, 1, "no other tab was made");
});

desk.test("saved queries are there after a restart, and opened from their panel", async () => {
  await desk.close();
  await desk.open();
  await desk.keys("Control", "Shift", "d");
  await desk.sees("Who has what");
  await desk.window.shot("saved");
  assert.equal(desk.rowhouse("saved", "show", "Who has what").trim(), QUERY);
});
