// Row security in the real window: a policy made of a template, tried as two people before and after, edited and taken back.
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
const ask = (sql) => psql(server.url, sql);

ask(`
  create role authenticated; create role anon;
  create table notes (id int primary key, owner text not null, body text);
  insert into notes select n, case when n % 2 = 0 then 'ada' else 'ben' end, 'note ' || n from generate_series(1, 5) n;
  grant select, insert, update, delete on notes to authenticated, anon;
  alter table notes enable row level security;
  create table tags (id int primary key)`);
const policies = () => ask("select policyname, cmd, roles, qual is not null, with_check is not null from pg_policies order by 1");

/** Presses what stands in a part of the page that has a name. */
const within = (part, selector) =>
  desk.until(`${selector} in “${part}”`, () =>
    desk.page(
      (part, selector) => {
        const all = [...document.querySelectorAll(`[aria-label="${part}"] ${selector}`)];
        const found = all.find((node) => node.checkVisibility() && node.getAttribute("aria-disabled") !== "true");
        found?.click();
        return Boolean(found);
      },
      part,
      selector,
    ),
  );

/** Unfolds the table of the suite. */
const unfold = () =>
  desk.until("the table to be unfolded", () =>
    desk.page(() => {
      const row = document.querySelector('[role=row][aria-label^="public.notes,"]');
      if (row?.getAttribute("aria-expanded") === "false") row.click();
      return row?.getAttribute("aria-expanded") === "true";
    }),
  );

async function choose(label, option) {
  await desk.press(label);
  await desk.press(option, "option");
}

async function actor(letter, user) {
  await choose(`Role of ${letter}`, "authenticated");
  await within(`Actor ${letter}`, "summary");
  await within(`Actor ${letter}`, ".try-settings > button");
  await desk.window.fill(`Setting 1 of ${letter}`, "app.user_id");
  await desk.window.fill(`Value 1 of ${letter}`, user);
}

/** Applies the drafts, after naming every role that gets nothing any more. */
async function apply(...losing) {
  await desk.press("Review");
  await desk.sees("in one transaction: all of it or nothing");
  for (const role of losing) await desk.window.fill(`Type ${role}`, role);
  await desk.press("Apply");
  await desk.until("the review to go", async () => !(await desk.page(() => document.querySelector("[role=dialog]") !== null)));
}

desk.test("a database's tables are listed with how they stand", async () => {
  desk.profile(server.url, "guarded", "--password-policy", "none");
  await desk.open();
  await desk.connect("guarded");
  await desk.act("Policies of this database: who gets which rows");
  await desk.until("its tab", async () => (await desk.titles()).includes("Policies · guarded"));
  await desk.until("the table", async () =>
    (await desk.all("[role=row]")).some(({ name }) => name === "public.notes, row security on, no policy"),
  );
  await desk.sees("postgres");
});

desk.test("before there is a policy, two people see nothing", async () => {
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

desk.test("a template becomes a draft whose SQL is seen before anything runs", async () => {
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

desk.test("afterwards each sees their own rows, and no more", async () => {
  await desk.keys("Alt", "3");
  await choose("Table whose rows are looked at", "public.notes");
  await actor("A", "ada");
  await desk.press("Beside another actor");
  await actor("B", "ben");
  await desk.press("Try as both");
  const said = async (letter) => (await desk.all(`[aria-label='As ${letter}']`))[0]?.text ?? "";
  await desk.until("ada's two", async () => (await said("A")).includes("2 rows"));
  await desk.until("ben's three", async () => (await said("B")).includes("3 rows"));
  await desk.sees("own rows");
  await desk.sees("pass");
});

desk.test("its command and roles are edited, and that is taken back", async () => {
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

desk.test("a lock that is not to be had names who holds it, and is tried again", async () => {
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

desk.test("the advisor judges the database and opens all fixes as a script, without running it", async () => {
  await desk.dismissToasts();
  await desk.act("Advisor: what is wrong with this database");
  await desk.until("its tab", async () => (await desk.titles()).includes("Advisor · guarded"));
  await desk.sees("secured");
  await desk.sees("rules ran in");
  const before = policies();
  await desk.press("All fixes");
  await desk.until("the script", async () => (await desk.titles()).some((title) => title.startsWith("Fixes of ")));
  assert.equal(policies(), before, "nothing ran");
});
