// What networks, servers, poolers and computers do, in the real window: each fault is noticed by itself, text and rows stay, what
// can be done without a server can be done, and the tab runs again once all is well.
import assert from "node:assert/strict";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";
import { poolerBefore } from "./lib/pooler.mjs";
import { through, wireBefore } from "./lib/wire.mjs";

const server = await cluster();
const wire = await wireBefore(new URL(server.url).port);
const pooler = await poolerBefore(server.url);
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const far = mariadb ? await wireBefore(new URL(mariadb).port) : null;
const desk = new Desk();
after(async () => {
  await desk.close().catch(() => {});
  wire.remove();
  far?.remove();
  await pooler?.remove();
  server.remove();
});

for (const [found, what] of [[pooler, "PgBouncer"], [far, "MariaDB"]]) {
  if (found) continue;
  assert.notEqual(process.env.ROWHOUSE_TEST_REQUIRE, "1", `${what} is required`);
  console.log(`SKIPPED: no ${what} (scripts/servers start)`);
}

/** Five seconds are promised; a busy machine draws late. */
const NOTICED = 15_000;
const EVENTUALLY = 90_000;

const lost = async (name) => (await desk.window.text()).includes(`Lost the connection to ${name}`);

/** A tab of its own on a connection, with a text and the row it gave. */
async function atWork(name, marker) {
  await desk.connect(name);
  await desk.run(`select '${marker}' as marker -- ${name}`);
  await desk.cell(marker, 30_000);
  return desk.editorText();
}

/** The fault is seen, and neither text nor rows are gone. */
async function isNoticed(name, marker, text) {
  await desk.until(`${name} to be called lost`, () => lost(name), NOTICED);
  assert.equal(await desk.editorText(), text, "the text stays");
  assert.ok((await desk.cells()).includes(marker), "the rows stay");
}

/** All is well again, without anybody having asked for it. */
async function comesBack(name, marker) {
  await desk.until(`${name} to come back`, async () => !(await lost(name)), EVENTUALLY);
  await desk.until(
    "the tab to run again",
    async () => {
      await desk.run(`select '${marker}' as marker`);
      return desk.cell(marker, 10_000);
    },
    EVENTUALLY,
  );
}

/** Chooses from a saved connection's menu. */
async function menu(name, entry) {
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until(`the row of ${name}`, () => desk.window.named(name, "option"));
  await row.click({ button: "right" });
  await desk.press(entry, "menuitem");
}

desk.test("a wire that goes silent is noticed; one writes on meanwhile, and the connection comes back by itself", async () => {
  desk.profile(through(wire, server.url), "silent", "--password-policy", "none");
  desk.profile(through(wire, server.url), "cut", "--password-policy", "none");
  desk.profile(server.url, "asleep", "--password-policy", "none");
  if (pooler) desk.profile(pooler.url, "pooled", "--password-policy", "none");
  if (far) {
    const url = new URL(through(far, mariadb));
    url.searchParams.set("ssl-mode", "DISABLED");
    desk.profile(url.href, "far");
  }
  await desk.open();
  const text = await atWork("silent", "before the silence");
  wire.silence();
  await isNoticed("silent", "before the silence", text);
  await desk.window.shot("faults-silent");
  await desk.write(`${text}\n-- written while nobody answered`);
  wire.mend();
  await desk.until("silent to come back", async () => !(await lost("silent")), EVENTUALLY);
  assert.match(await desk.editorText(), /written while nobody answered/);
  await comesBack("silent", "after the silence");
});

desk.test("on a silent wire a statement ends, a tab closes and a connection is closed at once", async () => {
  await desk.run("select pg_sleep(300)");
  await desk.until("the statement to run", () => psql(server.url, "select count(*) from pg_stat_activity where query = 'select pg_sleep(300)'") !== "0");
  wire.silence();
  await desk.until("silent to be called lost", () => lost("silent"), NOTICED);
  const [title] = (await desk.titles()).filter((one) => one.startsWith("Query"));
  const begun = Date.now();
  await desk.keys("Control", "w");
  await desk.until("its tab to close", async () => {
    await desk.press("Discard", "button", 300).catch(() => {});
    return !(await desk.titles()).includes(title);
  });
  await menu("silent", "Disconnect");
  await desk.until("it to be closed", async () => !(await desk.window.text()).includes("retrying") && !(await lost("silent")));
  // The server would have had to answer, were it asked: a statement of five minutes runs there.
  assert.ok(Date.now() - begun < 30_000);
  wire.mend();
});

desk.test("connections that are reset are noticed, and made anew once they can be", async () => {
  wire.mend();
  const text = await atWork("cut", "before the cut");
  wire.cut();
  await isNoticed("cut", "before the cut", text);
  wire.mend();
  await comesBack("cut", "after the cut");
});

desk.test("a computer that slept while its sessions were ended wakes up to text and rows, and connects by itself", async () => {
  const text = await atWork("asleep", "before the sleep");
  const pid = desk.window.pid();
  process.kill(pid, "SIGSTOP");
  try {
    psql(server.url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name ilike 'rowhouse%'");
    server.stop();
    server.start();
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await desk.until("the window to draw again", async () => (await desk.cells()).includes("before the sleep"), EVENTUALLY);
  assert.equal(await desk.editorText(), text);
  await comesBack("asleep", "after the sleep");
});

if (pooler)
  desk.test("a restarted pooler is noticed, and the tab runs again", async () => {
    const text = await atWork("pooled", "before the restart");
    await pooler.stop();
    await isNoticed("pooled", "before the restart", text);
    await pooler.start();
    await comesBack("pooled", "after the restart");
  });

if (far)
  desk.test("MariaDB on a silent wire is noticed, and the tab runs again", async () => {
    const text = await atWork("far", "before the silence");
    far.silence();
    await isNoticed("far", "before the silence", text);
    far.mend();
    await comesBack("far", "after the silence");
  });
