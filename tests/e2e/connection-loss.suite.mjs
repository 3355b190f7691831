// Connections that end under their tabs: what is said, what stays, and that nothing is done twice.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

const SOON = 5_000;

/** The server process behind the tab in front, as a run of it says. */
async function backend(marker) {
  await desk.run(`select pg_backend_pid() as pid, '${marker}' as marker`);
  await desk.cell(marker);
  return (await desk.cells()).find((text) => /^\d+$/.test(text));
}

desk.test("a tab has text and rows of a server", async () => {
  psql(server.url, "create table kept(id int primary key, note text); insert into kept select n, 'row ' || n from generate_series(1, 50) n");
  desk.profile(server.url, "shaky", "--password-policy", "none");
  await desk.open();
  await desk.connect("shaky");
  await desk.unfold("postgres");
  await desk.unfold("public");
  await desk.unfold("Tables");
  await desk.sees("kept");
  await backend("first session");
});

desk.test("a session the server ends is said within five seconds; text and rows stay, and the next run opens another", async () => {
  const old = await backend("before the end");
  const text = await desk.editorText();
  psql(server.url, `select pg_terminate_backend(${old})`);
  await desk.sees("This tab's session is lost", SOON);
  assert.equal(await desk.editorText(), text);
  assert.ok((await desk.cells()).includes("before the end"), "the rows stay");
  const next = await backend("after the end");
  assert.notEqual(next, old);
  await desk.until("the note to go", async () => !(await desk.window.text()).includes("This tab's session is lost"));
});

desk.test("an open transaction that is lost is called lost, and is not silently made again", async () => {
  await desk.run("begin; insert into kept values (1000, 'never committed'); select pg_backend_pid() as pid, 'within' as marker;");
  await desk.cell("within");
  await desk.sees("tx: open");
  const pid = (await desk.cells()).find((text) => /^\d+$/.test(text));
  psql(server.url, `select pg_terminate_backend(${pid})`);
  await desk.sees("Its transaction and temporary tables are gone", SOON);
  await desk.sees("tx: none", SOON);
  await desk.run("select count(*)::text || ' rows kept' as answer from kept");
  await desk.cell("50 rows kept");
  assert.equal(psql(server.url, "select count(*) from kept where id = 1000"), "0");
});

desk.test("a server that stops leaves the tree with its time, the text and the rows", async () => {
  await backend("before the stop");
  const text = await desk.editorText();
  server.stop();
  await desk.sees("Lost the connection to shaky", SOON);
  await desk.sees("as of ", SOON);
  await desk.sees("kept");
  assert.equal(await desk.editorText(), text);
  assert.ok((await desk.cells()).includes("before the stop"), "the rows stay");
});

desk.test("when the server is back, Reconnect connects and the tab runs again", async () => {
  server.start();
  await desk.press("Reconnect", "button", 2_000).catch(async (error) => {
    // It may have tried by itself just now.
    if ((await desk.window.text()).includes("Lost the connection")) throw error;
  });
  await desk.until("the note to go", async () => !/Lost the connection|Not connected to|as of /.test(await desk.window.text()), 20_000);
  await backend("back again");
});
