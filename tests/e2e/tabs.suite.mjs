// Many tabs over a restart, several connections, several windows.
import assert from "node:assert/strict";
import { Desk, ownDatabase, psql, sessions } from "./lib/desk.mjs";

const MANY = 40;
const url = ownDatabase("e2e_tabs");
const desk = new Desk();

/** What the core has kept of the window's tabs. */
async function kept() {
  const { answer, error } = await desk.ask("workspace");
  assert.equal(error, undefined, JSON.stringify(error));
  return answer.tabs;
}

desk.test("forty query tabs, the settings and a form are opened", async () => {
  desk.profile(url, "tabs server");
  psql(url, "create table ran(at timestamptz default now())");
  await desk.open();
  await desk.connect("tabs server");
  await desk.until("the first query", async () => (await desk.titles()).includes("Query 1"));
  await desk.run("insert into ran default values; select 'ran once' as state");
  await desk.cell("ran once");
  for (let each = 2; each <= MANY; each += 1) await desk.keys("Control", "n");
  await desk.until("forty queries", async () => (await desk.titles()).filter((title) => title.startsWith("Query ")).length === MANY);
  await desk.write("insert into ran default values; select 'of the last tab' as state");
  await desk.keys("Control", ",");
  await desk.keys("Control", "Shift", "n");
  await desk.until("the form", async () => (await desk.titles()).includes("New connection"));
  await desk.until("them to be kept", async () => {
    const tabs = await kept();
    return tabs.length >= MANY + 3 && tabs.some(({ text }) => text?.includes("of the last tab"));
  });
});

desk.test("after a restart they are all back, with no session on the server and nothing run again", async () => {
  const before = await desk.titles();
  await desk.close();
  await desk.until("the old sessions to end", () => sessions(url) === 0);
  await desk.open();
  await desk.until("the tabs", async () => (await desk.titles()).length === before.length);
  assert.deepEqual(await desk.titles(), before);
  for (const place of ["Connections", "Settings", "New connection"]) assert.ok(before.includes(place), place);
  assert.equal(sessions(url), 0);
  assert.equal(psql(url, "select count(*) from ran"), "1");
});

desk.test("the first run connects, and opens one session for its tab", async () => {
  await desk.press(`Query ${MANY}`, "tab");
  await desk.until("its text", async () => (await desk.editorText()).includes("of the last tab"));
  assert.equal(sessions(url), 0, "looking at a tab connects nothing");
  await desk.keys("Control", "Shift", "Enter");
  await desk.cell("of the last tab", 20_000);
  assert.equal(psql(url, "select count(*) from ran"), "2");
  const own = Number(psql(url, "select count(*) from pg_stat_activity where datname = 'e2e_tabs' and query like '%of the last tab%' and pid <> pg_backend_pid()"));
  assert.equal(own, 1);
  // One for the explorer, one for the tab.
  assert.ok(sessions(url) <= 2, `${sessions(url)} sessions`);
});

desk.test("with two connections in use, titles name theirs", async () => {
  assert.ok((await desk.titles()).includes("Query 2"));
  await desk.act("Open the sample shop");
  await desk.until("the names", async () => {
    const titles = await desk.titles();
    return titles.includes("Query 2 · tabs server") && titles.some((title) => title.endsWith("· Sample shop"));
  }, 30_000);
});

desk.test("another launch is another window of the same process, with tabs of its own", async () => {
  const pid = desk.window.pid();
  const before = await desk.titles();
  assert.equal(desk.windowTitles().length, 1);
  desk.rowhouse("open");
  await desk.until("a second window", () => desk.windowTitles().length === 2, 20_000);
  await desk.until("its own page of connections", () => desk.windowTitles().some((title) => title.includes("Connections")), 20_000);
  assert.equal(desk.window.pid(), pid);
  assert.deepEqual(await desk.titles(), before, "the first window's are as they were");
});
