// What leaves the pages of policies and the advisor, and what is dragged there: a policy copied by the mouse and by keys, a migration,
// the matrix and the report as files, findings accepted with a reason and as a baseline.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { guarded } from "./lib/guarded.mjs";

const { desk, ask, unfold, open, policies } = await guarded(
  18,
  `create policy "own rows" on notes to authenticated using (owner = (select current_setting('app.user_id', true)));
   create table letters (id int primary key, owner text not null);
   grant select on letters to anon;
   create table replies (id int primary key, letter int references letters, owner text);
   create table stamps (id int primary key)`,
);

const text = (name) => readFileSync(desk.path(name), "utf8");
/** Where the middle of something is, in the window. */
const middle = (selector) =>
  desk.until(`the place of ${selector}`, () =>
    desk.page((selector) => {
      const found = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
      found?.scrollIntoView({ block: "nearest" });
      const box = found?.getBoundingClientRect();
      return box ? { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + Math.min(box.height, 26) / 2) } : null;
    }, selector),
  );
/** Saves by a menu, into a file of the suite's own. */
async function save(menu, item, name) {
  await desk.dismissToasts();
  await desk.picks(desk.path(name));
  await desk.press(menu);
  await desk.press(item, "menuitem");
  await desk.until(`${name} to be written`, () => existsSync(desk.path(name)) && text(name).length > 0);
}

desk.test("a policy dragged onto another table is a draft there, and stays where it was", async () => {
  await open();
  await desk.window.shot("policies-tables");
  await unfold();
  await middle('[role=row][aria-label^="public.letters,"]');
  const from = await middle(".pol-grip");
  const to = await middle('[role=row][aria-label^="public.letters,"]');
  const dragged = desk.window.browser
    .action("pointer")
    .move({ ...from, origin: "viewport" })
    .down({ button: 0 })
    .move({ x: from.x + 12, y: from.y + 12, duration: 100, origin: "viewport" })
    .move({ ...to, duration: 300, origin: "viewport" })
    .pause(1500)
    .up({ button: 0 })
    .perform();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await desk.window.shot("policies-dragging");
  await dragged;
  await desk.sees("own rows is a draft of public.letters");
  await desk.sees("1 draft");
  assert.equal(policies(), "own rows|ALL|{authenticated}|t|f", "nothing is sent");
});

desk.test("the same is done by keys", async () => {
  await desk.dismissToasts();
  await desk.until("the menu of the card", () =>
    desk.page(() => {
      const more = [...document.querySelectorAll('button[aria-label="More for own rows"]')].find((each) => each.checkVisibility());
      more?.focus();
      return document.activeElement === more;
    }),
  );
  await desk.keys("Enter");
  await desk.press("Copy to another table…", "menuitem");
  await desk.sees("It becomes a draft of the table you choose");
  await desk.window.fill("Find a table", "replies");
  await desk.until("the table", async () => (await desk.all("[role=dialog] [role=option]")).length === 1);
  await desk.page(() => document.querySelector("[role=dialog] [role=listbox]").focus());
  await desk.keys("ArrowDown");
  await desk.keys("Enter");
  await desk.sees("2 drafts of 2 tables");
});

desk.test("a copy says what its table lacks before it is a draft", async () => {
  await desk.dismissToasts();
  await desk.until("the menu of the card", () =>
    desk.page(() => {
      const more = [...document.querySelectorAll('button[aria-label="More for own rows"]')].find((each) => each.checkVisibility());
      more?.focus();
      return document.activeElement === more;
    }),
  );
  await desk.keys("Enter");
  await desk.press("Copy to another table…", "menuitem");
  await desk.window.fill("Find a table", "stamps");
  await desk.until("the table", async () => (await desk.all("[role=dialog] [role=option]")).length === 1);
  await desk.page(() => document.querySelector("[role=dialog] [role=listbox]").focus());
  await desk.keys("ArrowDown");
  await desk.keys("Enter");
  await desk.sees("1 name is not there for public.stamps.");
  await desk.sees("There is no column owner: USING of own rows on public.stamps, line 1, column");
  await desk.window.shot("policies-copy-missing");
  await desk.press("Copy all the same");
  await desk.sees("3 drafts of 3 tables");
  await desk.press("Review");
  await desk.sees("The server would refuse this: what it names is not there.");
  await desk.window.shot("policies-review-missing");
  await desk.press("Check on server");
  await desk.sees('Column "owner" does not exist.');
  await desk.keys("Escape");
  await desk.press("3 drafts of 3 tables");
  await desk.page(() => [...document.querySelectorAll('[aria-label="Drafts"] button[aria-label^="Discard:"]')].at(-1).click());
  await desk.keys("Escape");
  await desk.sees("2 drafts of 2 tables");
});

desk.test("drafts are saved as a migration, there and back", async () => {
  await desk.dismissToasts();
  await desk.press("Review");
  await desk.sees("in one transaction: all of it or nothing");
  await desk.window.shot("policies-review");
  await save("Copy", "Save as a migration, up and down…", "policies.up.sql");
  await desk.until("the way back", () => existsSync(desk.path("policies.down.sql")));
  assert.match(text("policies.up.sql"), /CREATE POLICY "own rows" ON public\.letters/);
  assert.match(text("policies.down.sql"), /DROP POLICY "own rows" ON public\.letters/);
  ask(`begin; ${text("policies.up.sql")}; ${text("policies.down.sql")}; commit`);
  assert.equal(policies(), "own rows|ALL|{authenticated}|t|f", "up and down take each other back");
  await desk.keys("Escape");
  await desk.press("Discard");
  await desk.press("Discard 2 drafts of 2 tables");
});

desk.test("the matrix is saved as CSV, HTML and JSON", async () => {
  await desk.keys("Alt", "2");
  await desk.until("the matrix", async () => (await desk.all("[role=grid]")).length > 0);
  await desk.window.shot("policies-coverage");
  await save("Export the matrix", "Save as CSV…", "coverage.csv");
  await save("Export the matrix", "Save as HTML…", "coverage.html");
  await save("Export the matrix", "Save as JSON…", "coverage.json");
  assert.match(text("coverage.csv"), /^schema,table,role,command,access,policies,because,around/);
  assert.match(text("coverage.html"), /<!doctype html>/i);
  const { tables } = JSON.parse(text("coverage.json"));
  assert.ok(tables.some(({ table }) => table === "notes"));
});

desk.test("a finding is accepted with a reason, counted again, and both are files", async () => {
  await desk.dismissToasts();
  await desk.act("Advisor: what is wrong with this database");
  await desk.sees("rules ran in");
  const named = () => desk.all("[role=listbox][aria-label=Findings] [role=option]");
  await desk.until("findings", async () => (await named()).length > 0);
  await desk.page(() => document.querySelector("[role=listbox][aria-label=Findings] [role=option]").click());
  await desk.press("Accept…");
  await desk.window.fill("Why", "the table is public on purpose");
  await desk.window.fill("Who", "ada");
  await desk.window.shot("advisor-accept");
  await desk.press("Accept");
  await desk.press("Accepted", "radio");
  await desk.until("the accepted one", async () => (await named()).length === 1);
  await desk.page(() => document.querySelector("[role=listbox][aria-label=Findings] [role=option]").click());
  await desk.sees("Accepted by ada");
  await desk.sees("the table is public on purpose");
  await desk.window.shot("advisor-accepted");
  await save("More of the advisor", "Save what was accepted as a baseline…", "baseline.json");
  assert.match(text("baseline.json"), /the table is public on purpose/);
  await desk.dismissToasts();
  await desk.press("Count it again");
  await desk.sees("Nothing was accepted");
  await desk.picks(desk.path("baseline.json"), "pick_file");
  await desk.press("More of the advisor");
  await desk.press("Accept what a baseline accepts…", "menuitem");
  await desk.until("it to be accepted again", async () => (await named()).length === 1);

  await save("More of the advisor", "Save as JSON…", "advisor.json");
  const { rules, findings } = JSON.parse(text("advisor.json"));
  assert.ok(rules.length > 50 && findings.length > 0);
  await save("More of the advisor", "Save as SARIF…", "advisor.sarif");
  assert.equal(JSON.parse(text("advisor.sarif")).version, "2.1.0");
  await save("More of the advisor", "Save as text…", "advisor.txt");
});

desk.test("what could not be looked at, what loads and what is away are other pictures", async () => {
  await desk.press("Not evaluated", "radio");
  await desk.window.shot("advisor-unseen");
  await desk.press("Findings", "radio");
  await desk.window.fill("Filter findings", "nothing is called that");
  await desk.sees("No finding passes the filter");
  await desk.press("Clear the filter");
  await desk.act("Policies of this database: who gets which rows");
  await desk.keys("Alt", "1");
  await desk.window.fill("Filter tables", "nothing is called that");
  await desk.sees("No table passes the filter");
  await desk.window.shot("policies-none");
});
