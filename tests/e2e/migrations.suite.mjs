// Migrations in the real window on every engine: a folder is chosen, what is pending is read and applied, one that stops in its middle
// is shown and settled, the last is taken back; and the database is compared with another.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after } from "node:test";
import { Desk, ownDatabase } from "./lib/desk.mjs";

const desk = new Desk();
const sql = (url, text) => desk.sql(url, text);

const OWN = "e2e_migrations";
const OTHER = "e2e_migrations_other";
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const within = (url, database) => {
  const own = new URL(url);
  own.pathname = `/${database}`;
  return own.href;
};
const file = (name) => `sqlite:${desk.path(name)}?mode=rwc`;
const engines = [
  { name: "PostgreSQL", url: ownDatabase(OWN), other: ownDatabase(OTHER), triable: true },
  { name: "SQLite", url: file("migrations.db"), other: file("other.db"), triable: true },
  ...(mariadb ? [{ name: "MariaDB", url: within(mariadb, OWN), other: within(mariadb, OTHER), triable: false }] : []),
];
if (mariadb) {
  for (const name of [OWN, OTHER]) {
    sql(mariadb, `drop database if exists ${name}`);
    sql(mariadb, `create database ${name}`);
  }
  after(() => {
    for (const name of [OWN, OTHER])
      try {
        sql(mariadb, `drop database ${name}`);
      } catch {
        // The server may have been stopped under us.
      }
  });
}

/** The migrations as the list has them: state and version. */
const lines = async () =>
  (await desk.all('[role=listbox][aria-label="Migrations"] [role=option]')).map(({ text }) =>
    text.trim().split("\n").slice(0, 2).join(" "),
  );
const stand = (...wanted) =>
  desk.until(
    `the migrations to be: ${wanted.join(", ")}`,
    async () => {
      const now = await lines();
      return now.length === wanted.length && wanted.every((each, at) => now[at].startsWith(each));
    },
    30_000,
  );

/** Presses the button of the page whose name begins so, once it can be pressed. */
const pressFirst = (beginning) =>
  desk.until(
    `the button “${beginning}…”`,
    () =>
      desk.page((beginning) => {
        const name = (each) => each.getAttribute("aria-label") ?? each.textContent.trim();
        const found = [...document.querySelectorAll("button")].find(
          (each) =>
            each.checkVisibility({ checkVisibilityCSS: true }) &&
            !each.closest("[inert]") &&
            name(each).startsWith(beginning),
        );
        if (!found || found.getAttribute("aria-disabled") === "true") return false;
        found.click();
        return true;
      }, beginning),
    30_000,
  );

const gone = () =>
  desk.until("the dialog to go", () => desk.page(() => !document.querySelector("[role=dialog], [role=alertdialog]")));

/** Opens a page of a connection from its menu in the tree. */
const fromMenu = async (connection, page) => {
  const item = await desk.until("it in the tree", () => desk.window.named(connection, "treeitem", "first"));
  await item.click();
  await desk.page(() => {
    const menu = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    (document.querySelector('[role=treeitem][aria-selected="true"]') ?? document.activeElement).dispatchEvent(menu);
  });
  await desk.press(page, "menuitem");
};

for (const engine of engines) {
  // Rows of connections are found by what they have in them: no name is a part of another, or of an engine's.
  const own = `${engine.name.toLowerCase()}-as-it-is`;
  const meant = `${engine.name.toLowerCase()}-as-meant`;
  const folder = desk.path(`migrations-${engine.name}`);
  const write = (name, text) => writeFileSync(`${folder}/${name}`, text);
  const counts = (table) => sql(engine.url, `select count(*) as n from ${table}`);

  desk.test(`${engine.name}: a folder is chosen, what is pending is read and applied`, async () => {
    mkdirSync(folder, { recursive: true });
    write(
      "20260101000000_people.up.sql",
      "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));\nINSERT INTO people VALUES (1, 'Ada');\n",
    );
    write("20260101000000_people.down.sql", "DROP TABLE people;\n");
    write("20260102000000_orders.up.sql", "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person_id int);\n");
    write("20260102000000_orders.down.sql", "DROP TABLE orders;\n");
    await desk.close();
    desk.profile(engine.url, own);
    await desk.open();
    await desk.connect(own);
    await fromMenu(own, "Migrations");
    await desk.sees("Choose a folder");
    await desk.window.shot(`migrations-none-${engine.name}`);
    await desk.picks(folder, "pick_folder");
    await desk.press("Choose…");
    await stand("pending 20260101000000", "pending 20260102000000");
    await pressFirst("Apply pending (2)");
    await desk.sees("Apply 2 migrations");
    await desk.sees("20260102000000_orders.up.sql");
    if (engine.triable) {
      await desk.inDialog("Try");
      await desk.sees("It was rolled back", 30_000);
    }
    await desk.window.shot(`migrations-review-${engine.name}`);
    await desk.inDialog("Apply");
    await desk.sees("Applied 2 migrations", 30_000);
    await stand("applied 20260101000000", "applied 20260102000000");
    assert.equal(counts("people"), "1");
    assert.equal(counts("orders"), "0");
    await desk.window.shot(`migrations-applied-${engine.name}`);
  });

  desk.test(`${engine.name}: one that stops in its middle says where, what is kept, and is settled`, async () => {
    write(
      "20260103000000_half.up.sql",
      "-- no-transaction\nCREATE TABLE half (id int NOT NULL PRIMARY KEY);\nINSERT INTO nowhere_at_all VALUES (1);\n",
    );
    write("20260103000000_half.down.sql", "DROP TABLE half;\n");
    await desk.press("Read again");
    await stand("applied 20260101000000", "applied 20260102000000", "pending 20260103000000");
    await pressFirst("Apply pending (1)");
    await desk.sees("Apply 1 migration");
    await desk.inDialog("Apply");
    await desk.sees("stopped here", 30_000);
    await desk.sees("Statement 2 of 20260103000000_half.up.sql did not run.");
    await desk.sees("the first statement is kept");
    await desk.sees("nowhere_at_all");
    await desk.window.shot(`migrations-stopped-${engine.name}`);
    await desk.keys("Escape");
    await gone();
    await stand("applied 20260101000000", "applied 20260102000000", "failed 20260103000000");
    assert.equal(counts("half"), "0");
    await desk.sees("Statement 1 of 2 is kept");
    await desk.window.shot(`migrations-failed-${engine.name}`);
    sql(engine.url, "drop table half");
    await desk.press("It is taken back…");
    await desk.sees("pending again");
    await desk.inDialog("It is taken back");
    await stand("applied 20260101000000", "applied 20260102000000", "pending 20260103000000");
  });

  desk.test(`${engine.name}: the last is taken back`, async () => {
    for (const way of ["up", "down"]) rmSync(`${folder}/20260103000000_half.${way}.sql`);
    await desk.press("Read again");
    await stand("applied 20260101000000", "applied 20260102000000");
    await desk.dismissToasts();
    await pressFirst("Roll back…");
    await desk.sees("Roll back 1 migration");
    await desk.sees("DROP TABLE orders");
    await desk.inDialog("Roll back");
    await desk.sees("Rolled back 1 migration", 30_000);
    await stand("applied 20260101000000", "pending 20260102000000");
    assert.throws(() => counts("orders"));
    assert.equal(counts("people"), "1");
  });

  desk.test(`${engine.name}: a new one is written by hand, and another of what is staged`, async () => {
    const { id: profileId } = (await desk.ask("profiles")).answer.find(({ name }) => name === own);
    const written = (ending) => {
      const found = readdirSync(folder).filter((name) => name.endsWith(ending));
      assert.equal(found.length, 1, JSON.stringify(readdirSync(folder)));
      return readFileSync(`${folder}/${found[0]}`, "utf8");
    };
    await desk.dismissToasts();
    await desk.press("New migration…");
    await desk.window.fill("Name", "notes");
    await desk.until("the field of its statements", () =>
      desk.page(() => {
        const field = document.querySelector("[role=dialog] .mig-new-field .cm-content");
        field?.focus();
        return field !== null && document.activeElement === field;
      }),
    );
    await desk.paste("CREATE TABLE notes (id int NOT NULL PRIMARY KEY);");
    await desk.window.shot(`migrations-new-${engine.name}`);
    await desk.inDialog("Write the files");
    await desk.sees("Wrote a migration", 30_000);
    await stand("applied 20260101000000", "pending 20260102000000", "pending 2");
    // It has no way back: one file, called as those beside it.
    assert.match(written("_notes.up.sql"), /CREATE TABLE notes/);

    const { error } = await desk.ask("refresh_catalog", { profileId, object: null });
    assert.equal(error, undefined, JSON.stringify(error));
    await desk.until("people in the catalog", async () => {
      const { answer } = await desk.ask("search_catalog", { profileId, text: "people", limit: 10 });
      return answer?.some(({ label }) => label === "people");
    });
    await desk.dismissToasts();
    await desk.openFound("people");
    await desk.choose("What of it", "Edit");
    await desk.window.fill("Name of the new column", "note");
    await desk.keys("Enter");
    await pressFirst("Save as migration…");
    await desk.sees("New migration");
    await desk.until("what is staged", () =>
      desk.page(() => /\bnote\b/.test(document.querySelector("[role=dialog] .mig-new")?.textContent ?? "")),
    );
    await desk.window.fill("Name", "people have a note");
    await desk.window.shot(`migrations-staged-${engine.name}`);
    await desk.inDialog("Write the files");
    await desk.sees("Wrote a migration", 30_000);
    await desk.press("Discard what is staged");
    await stand("applied 20260101000000", "pending 20260102000000", "pending 2", "pending 2");
    assert.match(written("_people_have_a_note.up.sql"), /\bADD COLUMN\W+note\b/i);
    assert.match(written("_people_have_a_note.down.sql"), /\bDROP COLUMN\W+note\b/i);
    await desk.until("nothing to be staged", async () => {
      const { answer } = await desk.ask("structure_draft", { profileId, database: null });
      return answer?.groups.length === 0;
    });
    // What it is compared with has no part of these.
    for (const name of readdirSync(folder)) if (/_(notes|people_have_a_note)\./.test(name)) rmSync(`${folder}/${name}`);
    await desk.press("Read again");
    await stand("applied 20260101000000", "pending 20260102000000");
  });

  const differing = async () =>
    (await desk.all('[role=tree][aria-label="What differs"] [role=treeitem]')).map(({ text }) =>
      text.replace(/\s+/g, " ").trim(),
    );

  desk.test(`${engine.name}: it is compared with another database`, async () => {
    sql(engine.other, "create table people (id int not null primary key, name varchar(40), born int)");
    await desk.close();
    desk.profile(engine.other, meant);
    await desk.open();
    await desk.connect(meant);
    await desk.connect(own);
    await fromMenu(own, "Compare with…");
    await desk.until("the second side", () =>
      desk.page(() => {
        const sides = [...document.querySelectorAll("fieldset")].filter((each) => each.checkVisibility());
        const connection = sides.at(-1)?.querySelector('[role=combobox][aria-label="Connection"]');
        connection?.focus();
        return Boolean(connection);
      }),
    );
    await desk.keys("Enter");
    await desk.press(meant, "option");
    await pressFirst("Compare");
    await desk.until("the column to differ", async () => (await differing()).some((row) => /added born/.test(row)), 60_000);
    await desk.window.shot(`compare-${engine.name}`);
    assert.ok(
      (await differing()).some((row) => row.includes("people")),
      JSON.stringify(await differing()),
    );
    await desk.page(() =>
      [...document.querySelectorAll("[role=radio]")].find((each) => each.textContent.startsWith("Statements"))?.click(),
    );
    await desk.until("the statement", () =>
      desk.page(() => /\bborn\W+int/i.test(document.querySelector("ol[aria-label=Statements]")?.textContent ?? "")),
    );
    await desk.window.shot(`compare-script-${engine.name}`);
  });

  desk.test(`${engine.name}: it is compared with a catalog file`, async () => {
    const file = desk.path(`${engine.name}.catalog.json`);
    desk.rowhouse("schema", engine.other, "--format", "catalog", "-o", file);
    await desk.choose("As it is to be: what it is", "File");
    await desk.window.fill("As it is to be: file", file);
    await desk.sees("What is below was asked with other sides or options.");
    await pressFirst("Compare again");
    await desk.choose("What of it", "What differs");
    await desk.until(
      "the column of the file",
      async () => (await differing()).some((row) => /added born/.test(row)),
      60_000,
    );
    await desk.window.shot(`compare-file-${engine.name}`);
  });

  desk.test(`${engine.name}: it is compared with its folder of migrations`, async () => {
    await desk.choose("As it is to be: what it is", "Migrations");
    await desk.window.fill("As it is to be: folder", folder);
    await desk.sees("What is below was asked with other sides or options.");
    await pressFirst("Compare again");
    await desk.choose("What of it", "What differs");
    await desk.until(
      "the table that is pending",
      async () => (await differing()).some((row) => /added orders/.test(row)),
      90_000,
    );
    const rows = await differing();
    assert.ok(!rows.some((row) => row.includes("born")), JSON.stringify(rows));
    await desk.window.shot(`compare-folder-${engine.name}`);
  });
}
