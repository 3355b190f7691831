// What a server says beside its rows.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";

const url = ownDatabase("e2e_notices");
const desk = new Desk();

desk.test("a notification that comes while nothing runs lands among the messages", async () => {
  desk.profile(url, "talker");
  await desk.open();
  await desk.connect("talker");
  await desk.run("listen e2e_bell; select 'listening' as state");
  await desk.cell("listening");
  psql(url, "notify e2e_bell, 'nobody asked'");
  await desk.keys("Alt", "3");
  await desk.sees("Between runs");
  await desk.sees("nobody asked");
  await desk.sees("e2e_bell");
});

desk.test("what a script raises stands under its statement with its severity", async () => {
  await desk.run(`do $$ begin
  raise notice 'only a word' using hint = 'and a hint';
  raise warning 'take care' using detail = 'in detail';
end $$;`);
  await desk.sees("only a word");
  await desk.keys("Alt", "3");
  await desk.sees("take care");
  const badges = (await desk.all('[aria-label="Messages"] .rh-badge')).map(({ text }) => text.trim());
  assert.ok(badges.includes("notice") && badges.includes("warning 01000"), JSON.stringify(badges));
  const said = await desk.window.text();
  for (const part of ["and a hint", "in detail"]) assert.ok(said.includes(part), part);
});

desk.test("a sleeping statement is stopped by its key, and the session goes on", async () => {
  await desk.run("select pg_sleep(120)");
  const sleeping = () => psql(url, "select count(*) from pg_stat_activity where datname = 'e2e_notices' and state = 'active' and query = 'select pg_sleep(120)'");
  await desk.until("the server to sleep", () => sleeping() === "1");
  await desk.keys("Control", ".");
  await desk.until("the server to stop", () => sleeping() === "0", 5_000);
  await desk.sees("stopped");
  await desk.run("select 'awake' as state");
  await desk.cell("awake");
});
