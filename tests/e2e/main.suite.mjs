// The main job in the real window: the sample, a PostgreSQL server with its password in a real Secret Service, browsing,
// running, stopping, dying.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test as plain } from "node:test";
import { CLI, filesUnder, scratchHome, until, Window } from "./harness.mjs";

const SERVER = process.env.ROWHOUSE_TEST_POSTGRES_15_URL;
const CLIENT = process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN;
// Unmistakable in a byte search: neither a word nor a number of anything else.
const PASSWORD = "e2e-Q7f!zebra-81-passw0rd";
const ROLE = "e2e_person";

const home = scratchHome();
let window;
after(async () => {
  await window?.close().catch(() => {});
  home.remove();
});

/** A test that leaves a picture of the window when it fails. */
function test(name, body) {
  plain(name, async () => {
    try {
      await body();
    } catch (error) {
      await window?.shot(`failed-${name.replace(/\W+/g, "-").slice(0, 40)}`).catch(() => {});
      throw error;
    }
  });
}

/** Asks the server itself, past the program. */
function server(sql) {
  return execFileSync(`${CLIENT}/psql`, ["-XAtq", "-d", SERVER, "-c", sql], { encoding: "utf8" }).trim();
}

/** Types into the editor in front. */
async function type(text) {
  const editor = await window.until("the editor", async () => {
    const found = await window.page(() => {
      for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
      const shown = [...document.querySelectorAll("[data-editor] .cm-content")].filter((each) => each.checkVisibility());
      shown.at(-1)?.setAttribute("data-e2e", "editor");
      return shown.length > 0;
    });
    return found && window.find("[data-e2e=editor]");
  });
  await editor.click();
  await window.keys(["Control", "a"]);
  await window.keys(["Delete"]);
  // Key by key, as a person: brackets and quotes close themselves and are typed over.
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) await window.keys(["Enter"]);
    await editor.addValue(line);
    await window.keys(["Escape"]);
  }
}

test("the sample opens and its tables show their rows", async () => {
  window = await Window.open(home.path, { args: ["--sample"] });
  await window.sees("Tables", 30_000);
  await window.press("Tables", "treeitem");
  await window.keys(["ArrowRight"]);
  await window.sees("customers");
  const table = await window.until("customers", () => window.named("customers", "treeitem"));
  await table.doubleClick();
  await window.until("the rows", async () => (await window.page(() => document.querySelectorAll("[role=gridcell]").length)) > 20);
  await window.sees("first 1,000 rows");
  await window.shot("sample-table");
});

test("a window of rows arrives as bytes, not as JSON", async () => {
  const kind = await window.browser.executeAsync((done) => {
    const { invoke } = window.__TAURI_INTERNALS__;
    invoke("connection_states")
      .then(() => invoke("browse", {
        request: { profile_id: "sample", object: { database: null, schema: "main", kind: "relation", name: "customers", signature: null }, filters: [], sort: [] },
      }))
      .then((browsed) => invoke("hold_window", { holdId: browsed.head.hold_id, first: 0, rows: 10, columns: [0, 1] }))
      .then((answer) => done(Object.prototype.toString.call(answer)), (error) => done(JSON.stringify(error)));
  });
  assert.equal(kind, "[object ArrayBuffer]");
});

test("a PostgreSQL connection is made with its password kept in the Secret Service", async () => {
  server(`drop role if exists ${ROLE}`);
  server(`create role ${ROLE} login password '${PASSWORD}'; grant pg_read_all_data to ${ROLE}`);
  server(`drop table if exists e2e_orders; create table e2e_orders(id bigint primary key, note text, total numeric(12,2));
    insert into e2e_orders select n, case n % 3 when 0 then null when 1 then '' else 'order ' || n end, n * 1.10 from generate_series(1, 5000) n`);
  const { hostname, port } = new URL(SERVER);
  await window.keys(["Control", "Shift", "n"]);
  await window.press("PostgreSQL", "radio");
  await window.fill("Host", hostname);
  await window.fill("Port", port);
  await window.fill("User", ROLE);
  await window.fill("Password", PASSWORD);
  await window.fill("Database", "postgres");
  await window.fill("Name and group", "e2e server");
  await window.press("Test");
  await window.sees("PostgreSQL 15", 20_000);
  await window.shot("connection-tested");
  await window.press("Save and connect");
  await window.until("the connection", async () => (await window.text()).includes("e2e server"), 20_000);
  await window.press("postgres", "treeitem", 20_000);
  await window.keys(["ArrowRight"]);
  await window.sees("public", 20_000);
});

test("a table of the server is browsed with its exact values", async () => {
  await window.press("public", "treeitem");
  await window.keys(["ArrowRight"]);
  // The sample's own stands below it.
  await window.press("Tables", "treeitem", 10_000, "first");
  await window.keys(["ArrowRight"]);
  const table = await window.until("e2e_orders", () => window.named("e2e_orders", "treeitem"));
  await table.doubleClick();
  const cells = await window.until("its cells", () =>
    window.page(() => {
      const texts = [...document.querySelectorAll("[role=gridcell]")].filter((cell) => cell.getClientRects().length).map((cell) => cell.textContent);
      return texts.includes("1.10") && texts;
    }),
  );
  assert.ok(cells.includes("11.00"), "trailing zeros stay");
  await window.shot("postgres-table");
});

test("a script with two result sets shows both", async () => {
  await window.keys(["Control", "n"]);
  await type("select n, n * 2 as twice from generate_series(1, 300) n;\nselect 'second' as which, 9223372036854775807 as big;");
  await window.keys(["Control", "Shift", "Enter"]);
  await window.sees("all 300 rows", 20_000);
  await window.press("Result 1", "tab").catch(async () => {
    const tabs = await window.page(() => [...document.querySelectorAll("[role=tab]")].map((tab) => tab.innerText));
    throw new Error(`no second result among ${JSON.stringify(tabs)}`);
  });
  await window.until("the second result", () =>
    window.page(() => [...document.querySelectorAll("[role=gridcell]")].some((cell) => cell.textContent === "9223372036854775807")),
  );
  await window.shot("two-results");
});

test("a sleeping statement is stopped, and the server agrees", async () => {
  await type("select pg_sleep(60)");
  await window.keys(["Control", "Enter"]);
  const active = () => server(`select count(*) from pg_stat_activity where usename = '${ROLE}' and state = 'active' and query like '%pg_sleep(60)%'`);
  await until("the server to sleep", async () => active() === "1", 15_000);
  await window.keys(["Control", "."]);
  await until("the server to stop", async () => active() === "0", 5_000);
  await window.sees("stopped");
  await window.shot("stopped");
});

test("an error stands under its statement with what the server said", async () => {
  await type("select id, totla from e2e_orders");
  await window.keys(["Control", "Enter"]);
  await window.sees("42703", 10_000);
  await window.shot("error");
});

test("kill -9 loses no text, and nothing runs by itself afterwards", async () => {
  const text = "select 'typed just before the end' as proof";
  await type(text);
  await new Promise((resolve) => setTimeout(resolve, 900));
  await window.kill();
  window = await Window.open(home.path);
  await window.until("the text", async () => (await window.page(() => document.querySelector("[data-editor] .cm-content")?.innerText ?? "")).includes("typed just before the end"), 20_000);
  assert.equal(server(`select count(*) from pg_stat_activity where usename = '${ROLE}' and application_name like 'rowhouse%' and query like '%proof%'`), "0");
  await window.shot("restored");
});

test("the password is in no file, and the terminal finds it in the keychain", async () => {
  const answer = execFileSync(CLI, ["query", "e2e server", "-c", "select current_user", "--format", "csv"], {
    encoding: "utf8",
    env: { ...process.env, ROWHOUSE_HOME: home.path },
  });
  assert.equal(answer, `current_user\n${ROLE}\n`);
  const needles = [Buffer.from(PASSWORD), Buffer.from(PASSWORD, "utf16le"), Buffer.from(Buffer.from(PASSWORD).toString("base64"))];
  const files = [...filesUnder(home.path), ...filesUnder(process.env.HOME).filter(({ path }) => !path.includes("/.local/share/keyrings/"))];
  assert.ok(files.length > 3);
  for (const { path, bytes } of files) for (const needle of needles) assert.ok(!bytes.includes(needle), `the password is in ${path}`);
});

test("closing the window ends every session on the server", async () => {
  await window.close();
  window = undefined;
  await until("the sessions to end", async () => server(`select count(*) from pg_stat_activity where usename = '${ROLE}'`) === "0", 10_000);
});
