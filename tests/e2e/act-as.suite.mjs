// Acting as somebody in the real window: a grid, an editor and a connection with the rights of somebody else, and back again.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";
import { GridInFront } from "./lib/grid.mjs";

const server = await cluster();
const folder = mkdtempSync(join(tmpdir(), "rowhouse-e2e-act."));
const desk = new Desk();
const grid = new GridInFront(desk);
after(() => {
  rmSync(folder, { recursive: true, force: true });
  return server.remove();
});
const ask = (sql) => psql(server.url, sql);

ask(`
  create role authenticated; create role auditor; create role outsider;
  create role clerk login; grant authenticated, auditor to clerk;
  create table notes (id int primary key, owner text not null, body text);
  insert into notes select n, case when n % 2 = 0 then 'ada' else 'ben' end, 'note ' || n from generate_series(1, 6) n;
  grant select, insert, update, delete on notes to authenticated, clerk;
  alter table notes enable row level security;
  create policy "own notes" on notes to authenticated
    using (owner = (select current_setting('request.jwt.claims', true)::json ->> 'sub'));
  create policy "all for clerks" on notes to clerk using (true)`);
const address = new URL(server.url);
address.username = "clerk";

const ADA = '{"sub": "ada", "role": "authenticated"}';
const stripe = async () => (await desk.all(".act-stripe"))[0];
const says = (text) => desk.until(`the stripe to say “${text}”`, async () => (await stripe())?.text.includes(text));
const silent = () => desk.until("no stripe", async () => (await stripe()) === undefined);
const ids = async () => (await grid.rows()).map(({ cells }) => cells[0]?.text);
const shows = (...wanted) =>
  desk.until(`rows ${wanted.join(", ")}`, async () => JSON.stringify(await ids()) === JSON.stringify(wanted.map(String)));

/** Opens the dialog by its key and finds a role or an actor by typing. */
async function find(text) {
  await desk.keys("Control", "Shift", "i");
  await desk.until("the dialog", () => desk.window.find('[role=dialog] [role=combobox]'));
  await desk.until("the roles", async () => (await desk.all('[role=dialog] [role=option]')).some(({ text }) => text.startsWith("authenticated")));
  for (const sign of text) await desk.keys(sign);
  await desk.keys("Enter");
}

/** Writes the claims of a form at once: signs that are typed lose their Shift after a click of the right button. */
const claims = (text) =>
  desk.page((text) => {
    const field = [...document.querySelectorAll("textarea")].find((each) => each.labels?.[0]?.textContent.startsWith("Claims"));
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);

const gone = () => desk.until("the dialog to go", async () => !(await desk.window.find("[role=dialog]")));

desk.test("a grid is read as somebody, by keys alone, and everything says so", async () => {
  desk.profile(address.href, "notebook", "--password-policy", "none");
  await desk.open();
  await desk.connect("notebook");
  await desk.openFound("notes");
  await shows(1, 2, 3, 4, 5, 6);
  assert.equal(await stripe(), undefined);
  await find("authent");
  // Over the role to the claims.
  await desk.keys("Tab");
  await desk.keys("Tab");
  for (const sign of ADA) await desk.keys(sign);
  await desk.window.shot("act-as-chosen");
  await desk.keys("Control", "Enter");
  await gone();
  await says("as authenticated · sub ada");
  await shows(2, 4, 6);
  await desk.until("the status bar", async () => (await desk.all(".rh-status-item")).some(({ text }) => text.includes("as authenticated · sub ada")));
  await desk.until("the tab's mark", async () => (await desk.all("[role=tab]")).some(({ text }) => text.includes("notes") && text.includes("as authenticated")));
  await desk.until("the window's title", () => desk.windowTitles().some((title) => title.includes("notes as authenticated")));
  await desk.until("the keyboard in the rows", () => desk.page(() => Boolean(document.activeElement?.closest("[role=grid]"))));
  await desk.window.shot("act-as-grid");
});

desk.test("an exact count and an export are the actor's", async () => {
  await desk.act("Count exactly");
  await desk.until("three", async () => /\b3 (?:rows|exactly|counted)|exactly 3|of 3\b/.test(await desk.window.text()));
  await grid.focus();
  const path = join(folder, "notes.csv");
  await desk.picks(path);
  await desk.keys("Control", "Shift", "x");
  await desk.press("All rows, read again from the server", "radio");
  await desk.press("Export to a file…");
  await desk.until("the file", () => {
    try {
      return readFileSync(path, "utf8").trim().split("\n").length === 4;
    } catch {
      return false;
    }
  });
  assert.match(readFileSync(path, "utf8"), /2,ada,note 2/);
  assert.doesNotMatch(readFileSync(path, "utf8"), /ben/);
  await desk.dismissToasts();
});

desk.test("an edit that the policy lets through is saved; one that it refuses is told, and stays", async () => {
  await grid.goTo(0, 2);
  await grid.type("by Ada");
  await desk.keys("Control", "s");
  await desk.sees("Saved ", 30_000);
  await grid.nothingStaged();
  assert.equal(ask("select body from notes where id = 2"), "by Ada");
  await grid.goTo(1, 1);
  await grid.type("ben");
  await desk.keys("Control", "s");
  await desk.sees("Row security does not permit this row.", 30_000);
  await desk.window.shot("act-as-refused-edit");
  assert.equal(ask("select owner from notes where id = 4"), "ada");
  await desk.keys("Control", "z");
  await grid.nothingStaged();
});

desk.test("it comes back with the tab, and goes away again", async () => {
  await desk.close();
  await desk.open();
  await says("as authenticated · sub ada");
  await desk.connect("notebook");
  await desk.press("notes", "tab", 10_000, "first");
  await shows(2, 4, 6);
  await grid.goTo(0, 2);
  await grid.type("staged by Ada");
  await desk.act("Stop acting as somebody");
  await silent();
  await shows(1, 2, 3, 4, 5, 6);
});

desk.test("what was staged as somebody is saved as somebody else only after a yes to that", async () => {
  await desk.sees("staged as authenticated, sub ada");
  await grid.focus();
  await desk.keys("Control", "s");
  await desk.sees("Save 1 changed row of notes as the login?", 30_000);
  await desk.sees("This was staged as authenticated, sub ada. It is saved as the login");
  await desk.window.shot("act-as-staged-by-another");
  assert.equal(ask("select body from notes where id = 2"), "by Ada");
  await desk.press("Save as the login");
  await desk.sees("Saved ", 30_000);
  await grid.nothingStaged();
  assert.equal(ask("select body from notes where id = 2"), "staged by Ada");
});

desk.test("claims that are no JSON say where, and a role one is not a member of says what to do", async () => {
  await find("outsider");
  await desk.sees("You are not a member of it");
  await desk.keys("Enter");
  await desk.sees("GRANT");
  await desk.window.shot("act-as-not-a-member");
  await desk.window.fill("ClaimsJSON", '{"sub" 42}');
  await desk.sees("Column 8: a colon is missing here.");
  await desk.keys("Escape");
  await gone();
  assert.equal(await stripe(), undefined);
  await shows(1, 2, 3, 4, 5, 6);
});

desk.test("a role that is dropped meanwhile is told where its rows were", async () => {
  ask("create role passing; grant passing to clerk; grant select on notes to passing");
  await find("auditor");
  await desk.window.fill("Role", "passing");
  await desk.window.fill("ClaimsJSON", "");
  await desk.keys("Control", "Enter");
  await gone();
  await says("as passing");
  await desk.sees("No rows");
  ask("drop owned by passing; drop role passing");
  await desk.keys("F5");
  await desk.until("the refusal", async () => (await desk.window.text()).includes("There is no role “passing”."));
  await desk.window.shot("act-as-dropped");
  await desk.act("Stop acting as somebody");
  await shows(1, 2, 3, 4, 5, 6);
});

desk.test("an editor runs as somebody, and a statement that leaves the actor is told", async () => {
  await desk.keys("Control", "n");
  await desk.focusEditor();
  await find("authent");
  await desk.window.fill("ClaimsJSON", ADA);
  await desk.keys("Control", "Enter");
  await gone();
  await says("as authenticated · sub ada");
  await desk.run("select current_user || ' sees ' || count(*) as answer from notes");
  await desk.cell("authenticated sees 3");
  await desk.run("reset role;\nselect current_user || ' sees ' || count(*) as answer from notes");
  await desk.cell("authenticated sees 3");
  await says("Statement 1 went on as clerk, not as authenticated.");
  await says("taken back");
  await desk.window.shot("act-as-left");
  await desk.run("select 'alone' as answer");
  await desk.cell("alone");
  await says("as authenticated · sub ada");
});

desk.test("inside one's own transaction the rest of it is told to be somebody else's", async () => {
  await desk.run("begin;\nreset role;\nselect current_user || ' sees ' || count(*) as answer from notes");
  await desk.cell("clerk sees 6");
  await says("Statement 2 went on as clerk, not as authenticated.");
  await says("Commit or roll back to be authenticated again.");
  await desk.keys("Control", "Shift", "i");
  assert.equal(await desk.window.find("[role=dialog]"), null, "it is not changed within a transaction");
  await desk.window.shot("act-as-left-in-transaction");
  await desk.keys("Control", "Alt", "r");
  await desk.sees("tx: none");
  await desk.run("select current_user || ' again' as answer");
  await desk.cell("authenticated again");
});

desk.test("a statement that cannot run in a transaction says so", async () => {
  await desk.run("vacuum notes");
  await desk.until("the refusal", async () => /VACUUM.*transaction/s.test(await desk.window.text()));
  await desk.act("Stop acting as somebody");
  await silent();
});

desk.test("an actor is kept with the connection and chosen again", async () => {
  await find("authent");
  await desk.window.fill("ClaimsJSON", '{"sub": "ben"}');
  await desk.press("Keep with the connection…");
  await desk.window.fill("Name of this actor", "Ben himself");
  await desk.keys("Enter");
  await desk.until("it to be kept", async () => (await desk.all("[role=dialog] [role=option]")).length > 0);
  await desk.keys("Escape");
  await gone();
  await find("ben himself");
  await desk.keys("Enter");
  await gone();
  await says("as authenticated · sub ben");
  await desk.run("select current_user || ' sees ' || min(id) as answer from notes");
  await desk.cell("authenticated sees 1");
  await desk.act("Stop acting as somebody");
  await silent();
});

desk.test("a connection carries an actor: its row says so, its tabs begin as it, and may be the login again", async () => {
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until("the connection", () => desk.window.named("notebook", "option"));
  await row.click({ button: "right" });
  await desk.press("Edit", "menuitem");
  await desk.press("Act as");
  await desk.window.fill("Role", "authenticated");
  await claims('{"sub" "ben"}');
  await desk.press("Save");
  await desk.sees("The claims are no JSON object yet.");
  await claims('{"sub": "ben"}');
  await desk.window.shot("act-as-connection");
  await desk.press("Save");
  await desk.until("its row to say so", async () => (await desk.all(".home-row")).some(({ text }) => text.includes("notebook") && text.includes("as authenticated")));
  await desk.window.shot("act-as-home");
  await desk.press("notes", "tab", 10_000, "first");
  await says("by the connection");
  await shows(1, 3, 5);
  await desk.press("Stop acting");
  await says("as the login itself");
  await shows(1, 2, 3, 4, 5, 6);
  await desk.press("As the connection");
  await shows(1, 3, 5);
});
