// Passwords that a command prints: agreed to once, run at each connect and reconnect, and told when it fails. And favourites,
// which a restart keeps.
import assert from "node:assert/strict";
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { filesUnder } from "./harness.mjs";
import { Desk, ownDatabase, psql, SERVER } from "./lib/desk.mjs";

const url = new URL(ownDatabase("e2e_tokens"));
const ROLE = "e2e_token_bearer";
// Unmistakable in a byte search.
const FIRST = "e2e-token-Xk17-first";
const SECOND = "e2e-token-Xk17-second";

const folder = mkdtempSync(join(tmpdir(), "rowhouse-e2e-tokens."));
const token = join(folder, "token");
const script = join(folder, "mint");
const desk = new Desk();
after(() => {
  rmSync(folder, { recursive: true, force: true });
  try {
    psql(SERVER, `drop database if exists e2e_tokens with (force); drop role if exists ${ROLE}`);
  } catch {
    // The server may have been stopped under us.
  }
});

/** What the script prints from now on, and the role's password with it. */
function mint(secret) {
  writeFileSync(token, secret);
  psql(SERVER, `alter role ${ROLE} password '${secret}'`);
}

const runs = () => (existsSync(join(folder, "runs")) ? readFileSync(join(folder, "runs"), "utf8").trim().split("\n").length : 0);

/** Opens a saved connection without waiting for what comes of it. */
async function open(name) {
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until(`the row of ${name}`, () => desk.window.named(name, "option"));
  await row.doubleClick();
}

/** Chooses from a saved connection's menu. */
async function menu(name, entry) {
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until(`the row of ${name}`, () => desk.window.named(name, "option"));
  await row.click({ button: "right" });
  await desk.press(entry, "menuitem");
}

desk.test("a command of a file is shown to the letter and runs only after a yes", async () => {
  psql(SERVER, `drop role if exists ${ROLE}; create role ${ROLE} login`);
  psql(url.href, "create schema shop; create table shop.orders (id int); create schema audit; create schema noise");
  psql(url.href, `grant usage on schema shop, audit, noise to ${ROLE}`);
  mint(FIRST);
  writeFileSync(script, `#!/bin/sh\necho "$ROWHOUSE_USER" >> '${folder}/runs'\nif [ -e '${folder}/broken' ]; then echo 'no role for you' >&2; exit 3; fi\ncat '${token}'\n`);
  chmodSync(script, 0o755);
  const document = {
    format: "rowhouse-connections",
    version: 1,
    connections: [
      {
        name: "tokens",
        group: "Team",
        driver: "postgres",
        fields: { host: url.hostname, port: url.port, user: ROLE, database: "e2e_tokens", sslmode: "disable" },
        environment: "development",
        safety: "free",
        password: "command",
        password_command: { argv: [script, "a b"], shell: false, timeout_s: 20 },
      },
    ],
  };
  writeFileSync(desk.path("team.json"), JSON.stringify(document));
  desk.rowhouse("connections", "import", desk.path("team.json"));
  await desk.open();
  await open("tokens");
  await desk.sees("Run this command for tokens?");
  await desk.sees(`${script} 'a b'`);
  await desk.window.shot("passwords-consent");
  await desk.press("Do not run it");
  assert.equal(runs(), 0);
  await open("tokens");
  await desk.press("Trust and connect");
  await desk.run("select current_user || ' is in' as marker");
  await desk.cell(`${ROLE} is in`);
  assert.ok(runs() >= 1);
  assert.equal(readFileSync(join(folder, "runs"), "utf8").split("\n")[0], ROLE);
});

desk.test("a token that ran out is made anew at the reconnect, without a question", async () => {
  const before = runs();
  mint(SECOND);
  psql(SERVER, `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${ROLE}'`);
  // The old token is refused; the command is asked for another.
  await desk.until("the run with the new token", async () => {
    if ((await desk.cells()).includes("with the second token")) return true;
    await desk.run("select 'with the second token' as marker");
    return desk.cell("with the second token", 5_000).catch(() => false);
  }, 60_000);
  assert.ok(runs() > before);
});

desk.test("a command that fails says what it said, and not the token", async () => {
  await menu("tokens", "Disconnect");
  appendFileSync(join(folder, "broken"), "");
  await open("tokens");
  await desk.sees("The command for the password failed: exit code 3", 20_000);
  await desk.sees("no role for you");
  await desk.window.shot("passwords-command-failed");
  rmSync(join(folder, "broken"));
});

desk.test("the form shows the command, and a favourite stands first after a restart too", async () => {
  await menu("tokens", "Mark as a favourite");
  await desk.sees("Favourites");
  await menu("tokens", "Edit");
  const shown = await desk.until("the command", () =>
    desk.page((script) => [...document.querySelectorAll(".conn-form input")].map((input) => input.value).find((value) => value.startsWith(script)), script),
  );
  assert.equal(shown, `${script} 'a b'`);
  await desk.window.shot("passwords-form");
  await desk.close();
  await desk.open();
  await desk.keys("Control", "Shift", "h");
  await desk.sees("Favourites");
});

desk.test("schemas are hidden in the tree, and stay hidden after a restart", async () => {
  await desk.connect("tokens");
  await desk.unfold("tokens");
  await desk.unfold("e2e_tokens").catch(() => {});
  const schema = await desk.until("the schema noise", () => desk.window.named("noise", "treeitem"), 30_000);
  await schema.click({ button: "right" });
  await desk.press("Show only this schema", "menuitem");
  await desk.sees("schemas are hidden");
  await desk.window.shot("passwords-schemas");
  await desk.close();
  await desk.open();
  await desk.connect("tokens");
  await desk.sees("schemas are hidden", 30_000);
});

desk.test("no token is in any file of ours", async () => {
  await desk.close();
  const found = filesUnder(desk.home.path).filter(({ bytes }) => bytes.includes(FIRST) || bytes.includes(SECOND));
  assert.deepEqual(found.map(({ path }) => path), []);
});
