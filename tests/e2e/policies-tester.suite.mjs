// The tester and suites in the real window: users from a table, what drafts would change, refusals told apart, cases kept, made,
// run, saved and run again in the terminal.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { guarded } from "./lib/guarded.mjs";

const { desk, ask, within, unfold, choose, open } = await guarded(
  18,
  `create table people (id text primary key, email text, note text);
   insert into people values ('ada', 'ada@acme.example', ''), ('ben', 'ben@globex.example', null);
   alter table notes add column c1 text default 'a', add column c2 text default 'b', add column c3 text default 'c',
     add column c4 text default 'd', add column c5 text default 'e', add column c6 text default 'the last one';
   create policy "own rows" on notes to authenticated
     using (owner = (select current_setting('app.user_id', true)))
     with check (owner = (select current_setting('app.user_id', true)));
   revoke delete on notes from anon`,
);

const value = (label) =>
  desk.page((label) => document.querySelector(`[aria-label="${label}"]`)?.value ?? null, label);
const said = async (name) => (await desk.all(`[aria-label="${name}"]`))[0]?.text ?? "";
const SQL = ".pol-sql .cm-content";
const statement = () =>
  desk.page((field) => [...document.querySelectorAll(field)].find((each) => each.checkVisibility())?.innerText.trim() ?? "", SQL);
/** Writes the statement that is tried. */
async function write(text) {
  await desk.until("the field of the statement", () =>
    desk.page((field) => {
      const shown = [...document.querySelectorAll(field)].find((each) => each.checkVisibility());
      shown?.focus();
      return Boolean(shown);
    }, SQL),
  );
  await desk.keys("Control", "a");
  await desk.paste(text);
  await desk.until("the statement", async () => (await statement()) === text);
}
/** Presses one of several that are called alike, in a part that has a name. */
const radio = (part, label) =>
  desk.until(`${label} of “${part}”`, () =>
    desk.page(
      (part, label) => {
        const group = [...document.querySelectorAll(`[role=radiogroup][aria-label="${part}"]`)].find((each) => each.checkVisibility());
        const found = [...(group?.querySelectorAll("[role=radio]") ?? [])].find((each) => each.textContent.startsWith(label));
        found?.click();
        return Boolean(found);
      },
      part,
      label,
    ),
  );

desk.test("an actor is a row of a table of users, by a mapping that is kept", async () => {
  await open();
  await desk.keys("Alt", "3");
  await choose("Table whose rows are looked at", "public.notes");
  await desk.press("User…");
  await desk.sees("A row of a table of users becomes the actor.");
  // What is suggested, if anything, is not what this database means.
  await desk.until("the form of the mapping", async () => {
    const form = await desk.window.named("Table of users", "any");
    if (form) return true;
    await (await desk.window.named("Change what becomes what", "button"))?.click();
    return false;
  });
  await choose("Table of users", "public.people");
  await choose("Column that users are known by", "email");
  await choose("Role of users", "authenticated");
  await desk.until("no claim to be left", async () => {
    const more = await desk.page(() => {
      const found = [...document.querySelectorAll("[role=dialog] button")].find((each) => /^Without (claim|setting)/.test(each.getAttribute("aria-label") ?? ""));
      found?.click();
      return Boolean(found);
    });
    return !more;
  });
  await desk.press("Setting");
  await desk.window.fill("Name of setting 1", "app.user_id");
  await choose("Value of setting 1", "id");
  await desk.press("Show the users");
  await desk.sees("ben@globex.example");
  await desk.window.shot("tester-users");
  await desk.window.fill("Find a user", "ada");
  await desk.until("one user", async () => (await desk.all("[role=dialog] [role=option]")).length === 1);
  await desk.page(() => document.querySelector("[role=dialog] [role=listbox]").focus());
  await desk.keys("ArrowDown");
  await desk.keys("Enter");
  await desk.until("the dialog to go", async () => !(await desk.page(() => document.querySelector("[role=dialog]") !== null)));
  await within("Actor A", "summary");
  assert.equal(await value("Value 1 of A"), "ada");
});

desk.test("all columns of what was tried are there, and why a row comes", async () => {
  await desk.press("Try");
  await desk.until("her two rows", async () => (await said("What came of it")).includes("2 rows"));
  const columns = await desk.page(() => Number(document.querySelector('[role=grid][aria-label="Rows and verdicts"]')?.getAttribute("aria-colcount")));
  assert.equal(columns, 1 + 1 + 9, "reach, the policy, and every column of the table");
  await desk.page(() => document.querySelector('[role=grid][aria-label="Rows and verdicts"]').focus());
  await desk.keys("End");
  await desk.sees("the last one");
  await desk.window.shot("tester-wide");
  await desk.until("why not", async () => /does not get it by SELECT/.test(await said("Why this row")));
  await desk.keys("ArrowDown");
  await desk.until("why", async () => /The actor gets it by SELECT/.test(await said("Why this row")));
  assert.match(await said("Why this row"), /own rows/);
});

desk.test("whom it was tried as is there again, and what was tried of late", async () => {
  await desk.keys("Alt", "1");
  await desk.keys("Alt", "3");
  await within("Actor A", "summary");
  assert.equal(await value("Value 1 of A"), "ada");
  await desk.press("Tried of late");
  await desk.press("select * from public.notes", "menuitem");
  await desk.until("the statement", async () => (await statement()) === "select * from public.notes");
});

desk.test("what drafts would change is told for each command before anything is applied", async () => {
  await desk.keys("Alt", "1");
  await unfold();
  await desk.press("More for own rows");
  await desk.press("Delete", "menuitem");
  await desk.sees("1 draft");
  await desk.keys("Alt", "3");
  await radio("What is tried", "SELECT");
  await desk.press("Try");
  await desk.until("what changes", async () => /2 rows disappear/.test(await said("What the drafts change")));
  await desk.window.shot("tester-what-if");
  await desk.press("− 2 rows disappear", "button", 10_000, "first");
  await desk.until("those rows", async () => (await desk.all("[role=grid] [role=row]")).filter(({ text }) => text.includes("loses")).length === 2);
  assert.equal(ask("select count(*) from pg_policies"), "1", "nothing was applied");
  await desk.press("Discard");
  await desk.press("Discard 1 draft");
  await desk.until("no draft", async () => !(await desk.window.text()).includes("1 draft"));
});

desk.test("a missing privilege and a policy that refuses are two things", async () => {
  await radio("What is tried", "SQL");
  await write("insert into notes (id, owner) values (99, 'ben')");
  await desk.press("Try");
  await desk.sees("Refused by a policy");
  await desk.sees("The privilege is there.");
  await choose("Role of A", "anon");
  await write("delete from notes");
  await desk.press("Try");
  await desk.sees("Refused: a privilege is missing");
  await desk.sees("A GRANT is missing, not a policy.");
  await desk.window.shot("tester-refused");
  await desk.press("Keep this as a case");
  await desk.press("Show the suite");
  await desk.sees("error 42501");
});

desk.test("cases are made for a table, run, edited and run again", async () => {
  await desk.dismissToasts();
  await desk.press("More of the suite");
  await desk.press("Make cases for a table…", "menuitem");
  await choose("Column that names who owns a row", "owner");
  await desk.press("From its rows");
  await desk.until("its users", async () => (await value("One user")) === "ada" && (await value("Another user")) === "ben");
  await choose("Role of who has signed in", "authenticated");
  await desk.window.fill("Their claims", "");
  await desk.window.fill("A setting", "app.user_id");
  await choose("Role of who has not signed in", "anon");
  await desk.window.shot("suites-make");
  await desk.press("Add cases");
  await desk.until("the cases", async () => (await desk.all("[role=listbox][aria-label=Cases] [role=option]")).length > 8);
  await desk.keys("Control", "Enter");
  await desk.until("all to be run", async () => /0 not run/.test(await desk.window.text()), 60_000);
  await desk.window.shot("suites-run");
  assert.match(await desk.window.text(), /0 failed/, "what was made for this table holds here");
  assert.equal(ask("select count(*) from notes"), "5", "nothing of it stayed");

  await desk.window.fill("Name of the case", "one that fails");
  const kinds = await desk.until("what is expected", () => desk.window.named("Expected: what kind", "any"));
  await kinds.click();
  await desk.press("so many rows added, changed or removed", "option");
  await desk.window.fill("Expected", "7");
  await desk.press("Run this case");
  await desk.sees("1 failed");
  await desk.press("Expect what came");
  await desk.press("Run this case");
  await desk.sees("0 failed");
});

desk.test("a suite is a file, which the terminal runs too, and is exported as pgTAP", async () => {
  const path = desk.path("notes.json");
  await desk.picks(path);
  await desk.keys("Control", "s");
  await desk.sees("notes.json");
  await desk.until("it to be saved", async () => !(await desk.window.text()).includes("not saved"));
  const suite = JSON.parse(readFileSync(path, "utf8"));
  const told = JSON.parse(desk.rowhouse("policy", "test", "guarded", "--suite", path, "--format", "json"));
  assert.deepEqual([told.passed, told.failed], [suite.cases.length, 0]);
  await desk.picks(desk.path("notes.sql"));
  await desk.press("More of the suite");
  await desk.press("Export as pgTAP…", "menuitem");
  await desk.sees("Exported as pgTAP");
  assert.match(readFileSync(desk.path("notes.sql"), "utf8"), /plan\(/);

  await desk.press("More of the suite");
  await desk.press("Close the suite", "menuitem");
  await desk.sees("No suite is open");
  await desk.window.shot("suites-empty");
  await desk.picks(path, "pick_file");
  await desk.press("Open a file");
  await desk.until("its cases", async () => (await desk.all("[role=listbox][aria-label=Cases] [role=option]")).length > 8);
});
