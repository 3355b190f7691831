// What a server is doing, watched and ended in the real window.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
const clients = [];
after(async () => {
  for (const client of clients) client.kill();
  await server.remove();
});

/** Somebody else at the server, who stays there. */
function elsewhere(sql) {
  const program = join(process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN, "psql");
  const client = spawn(program, ["-XAtq", "-d", server.url, "-c", sql], { stdio: "ignore" });
  clients.push(client);
}

const count = (where) => psql(server.url, `select count(*) from pg_stat_activity where pid <> pg_backend_pid() and ${where}`);

desk.test("the sessions of a server are listed with what they do", async () => {
  psql(server.url, "create table kept (id int primary key)");
  elsewhere("begin; lock table kept; select /* the holder */ pg_sleep(600)");
  await desk.until("the lock to be held", () => count("query like '%the holder%' and wait_event = 'PgSleep'") === "1");
  elsewhere("insert /* the waiter */ into kept values (1)");
  await desk.until("the wait", () => count("query like '%the waiter%' and wait_event_type = 'Lock'") === "1");
  desk.profile(server.url, "watched", "--password-policy", "none");
  await desk.open();
  await desk.connect("watched");
  await desk.act("Activity of this connection");
  await desk.until("its tab", async () => (await desk.titles()).includes("Activity · watched"));
  await desk.sees("the holder");
  await desk.sees("the waiter");
});

desk.test("who is in the way stands above who waits, and is ended by the keyboard after a yes", async () => {
  await desk.keys("Alt", "2");
  await desk.sees("1 waiting");
  await desk.sees("public.kept");
  await desk.keys("Home");
  await desk.sees("In the way of");
  await desk.keys("Control", "Shift", "Delete");
  await desk.sees("Its connection is closed and its open transaction rolled back.");
  assert.equal(count("query like '%the holder%'"), "1", "nothing is done before the yes");
  await desk.press("End session");
  await desk.sees("was ended.");
  await desk.sees("Nobody waits for anybody");
  assert.equal(psql(server.url, "select count(*) from kept"), "1", "who waited is through");
  assert.equal(count("query like '%the holder%'"), "0");
});

desk.test("sizes are measured, and the tab comes back without connecting", async () => {
  await desk.keys("Alt", "3");
  await desk.sees("public.kept");
  await desk.close();
  await desk.open();
  await desk.until("its tab", async () => (await desk.titles()).includes("Activity · watched"));
  await desk.sees("Not connected to watched");
});
