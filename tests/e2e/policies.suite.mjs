// Row security in the real window, on the oldest and the newest server: a policy made of a template, tried as two people before
// and after, edited and taken back.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after } from "node:test";
import { guarded, VERSIONS } from "./lib/guarded.mjs";

const clients = [];
after(() => {
  for (const client of clients) client.kill();
});

for (const version of VERSIONS) {
  const on = `PostgreSQL ${version}: `;
  const { server, desk, ask, within, unfold, choose, actor, apply, open, policies } = await guarded(version);

  desk.test(`${on}the server is of that version`, () => {
    assert.equal(ask("show server_version_num").slice(0, 2), String(version));
  });

  desk.test(`${on}a database's tables are listed with how they stand`, async () => {
    await open();
    await desk.until("the table", async () =>
      (await desk.all("[role=row]")).some(({ name }) => name === "public.notes, row security on, no policy"),
    );
    await desk.sees("postgres");
  });

  desk.test(`${on}before there is a policy, two people see nothing`, async () => {
    await desk.keys("Alt", "3");
    await desk.sees("Nothing was tried yet");
    await choose("Table whose rows are looked at", "public.notes");
    await actor("A", "ada");
    await desk.press("Beside another actor");
    await actor("B", "ben");
    await desk.press("Try as both");
    await desk.until("both to see none", async () =>
      (await desk.all("[aria-label='As A'], [aria-label='As B']")).filter(({ text }) => text.includes("0 rows")).length === 2,
    );
    assert.equal(ask("select count(*) from notes"), "5", "nothing of it stayed");
  });

  desk.test(`${on}a template becomes a draft whose SQL is seen before anything runs`, async () => {
    await desk.keys("Alt", "1");
    await unfold();
    await desk.press("Start from a template");
    await desk.press("From a template…", "menuitem");
    await desk.sees("It becomes a draft; nothing is sent.");
    await desk.press("Own rows", "any");
    await desk.sees("CREATE POLICY");
    await desk.press("Add 1 draft");
    await desk.sees("What will run");
    await desk.sees("new, not applied");
    await desk.sees("ACCESS EXCLUSIVE");
    assert.equal(policies(), "", "it is a draft");
    await apply();
    await desk.sees("Applied 1 change");
    assert.equal(policies(), "own rows|ALL|{authenticated}|t|t");
  });

  desk.test(`${on}afterwards each sees their own rows, and no more`, async () => {
    await desk.keys("Alt", "3");
    // The table and both actors are as they were left.
    await desk.press("Try as both");
    const said = async (letter) => (await desk.all(`[aria-label='As ${letter}']`))[0]?.text ?? "";
    await desk.until("ada's two", async () => (await said("A")).includes("2 rows"));
    await desk.until("ben's three", async () => (await said("B")).includes("3 rows"));
    await desk.sees("own rows");
    await desk.sees("pass");
  });

  desk.test(`${on}its command and roles are edited, and that is taken back`, async () => {
    await desk.dismissToasts();
    await desk.keys("Alt", "1");
    await unfold();
    await desk.press("Edit own rows");
    await desk.press("Select", "radio");
    await desk.sees("Not used for SELECT");
    const field = await desk.until("the roles", () => desk.window.named("Roles", "textbox"));
    await field.click();
    await field.addValue("anon");
    await desk.keys("Enter");
    await desk.until("the statement", async () => (await desk.window.text()).includes("FOR SELECT"));
    await apply("authenticated");
    assert.equal(policies(), "own rows|SELECT|{anon,authenticated}|t|f");
    await desk.press("Undo…");
    await desk.sees("in one transaction: all of it or nothing");
    await desk.dismissToasts();
    await desk.window.fill("Type anon", "anon");
    await desk.press("Apply");
    await desk.sees("Applied 1 change");
    await desk.until("it to be as it was", () => policies() === "own rows|ALL|{authenticated}|t|t");
  });

  desk.test(`${on}a lock that is not to be had names who holds it, and is tried again`, async () => {
    await desk.dismissToasts();
    const holder = spawn(
      join(process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN, "psql"),
      ["-XAtq", "-d", server.url, "-c", "begin; lock table notes in share mode; select /* the holder */ pg_sleep(600)"],
      { stdio: "ignore" },
    );
    clients.push(holder);
    await desk.until(
      "the lock to be held",
      () => ask("select count(*) from pg_stat_activity where query like '%the holder%' and wait_event = 'PgSleep'") === "1",
    );
    await unfold();
    await within("Tables", "input[role=switch]:not(:checked)");
    await desk.press("Review");
    await desk.sees("FORCE ROW LEVEL SECURITY");
    await desk.press("Apply");
    await desk.sees("Nothing was changed.");
    await desk.sees("the holder");
    assert.equal(ask("select relforcerowsecurity from pg_class where relname = 'notes'"), "f");
    ask("select pg_terminate_backend(pid) from pg_stat_activity where query like '%the holder%' and pid <> pg_backend_pid()");
    await desk.press("Retry");
    await desk.sees("Applied 1 change");
    await desk.until("it to be forced", () => ask("select relforcerowsecurity from pg_class where relname = 'notes'") === "t");
  });

  desk.test(`${on}the window closes`, () => desk.close());
}
