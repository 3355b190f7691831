// A connection over SSH in the real window: the host key asked for, the passphrase kept, each hop shown with its time, the
// tunnel rebuilt after the SSH server was killed, and a changed host key refused.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { filesUnder } from "./harness.mjs";
import { Desk, SERVER } from "./lib/desk.mjs";
import { keygen, SSH_USER, sshServer } from "./lib/sshd.mjs";

// Unmistakable in a byte search.
const PASSPHRASE = "e2e-tunnel-Zq81-passphrase";

const folder = mkdtempSync(join(tmpdir(), "rowhouse-e2e-keys."));
const key = join(folder, "id");
keygen(key, PASSPHRASE);
const ssh = await sshServer(key);
const desk = new Desk();
after(async () => {
  await ssh?.remove();
  rmSync(folder, { recursive: true, force: true });
});
const test = ssh ? (name, body) => desk.test(name, body) : () => {};
if (!ssh) {
  assert.notEqual(process.env.ROWHOUSE_TEST_REQUIRE, "1", "ROWHOUSE_TEST_SSHD is required");
  console.log("SKIPPED: no sshd; set ROWHOUSE_TEST_SSHD (scripts/servers start)");
}

const known = join(folder, "known_hosts");

/** Chooses from a saved connection's menu. */
async function menu(name, entry) {
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until(`the row of ${name}`, () => desk.window.named(name, "option"));
  await row.click({ button: "right" });
  await desk.press(entry, "menuitem");
}

test("the first connection asks whether the host is the right one, then for the key's passphrase", async () => {
  const fields = {
    ssh: "key",
    ssh_host: "127.0.0.1",
    ssh_port: String(ssh.port),
    ssh_user: SSH_USER,
    ssh_key: key,
    ssh_config: "false",
    ssh_known_hosts: known,
  };
  desk.profile(SERVER, "behind", ...Object.entries(fields).flatMap(([name, value]) => ["--field", `${name}=${value}`]));
  await desk.open();
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until("the row", () => desk.window.named("behind", "option"));
  await row.doubleClick();
  await desk.sees("This host is seen for the first time", 20_000);
  await desk.sees("SHA256:");
  await desk.window.shot("tunnel-host-key");
  await desk.press("Trust and connect");
  await desk.sees("is locked with a passphrase", 20_000);
  await desk.window.fill("Passphrase", "mistyped");
  await desk.press("Unlock");
  await desk.sees("That passphrase does not open the key", 20_000);
  await desk.window.fill("Passphrase", PASSPHRASE);
  await desk.page(() => document.querySelector("[role=dialog] input[type=checkbox]").click());
  await desk.window.shot("tunnel-passphrase");
  await desk.press("Unlock");
  await desk.run("select 'through the tunnel' as marker");
  await desk.cell("through the tunnel");
});

test("a test in the form shows every hop with its time, and asks nothing that is stored", async () => {
  await menu("behind", "Edit");
  await desk.press("Test");
  await desk.sees("Connected to PostgreSQL", 30_000);
  const text = await desk.window.text();
  for (const hop of ["TCP", "SSH key exchange", "SSH host key", "SSH auth", "SSH forward", "Sign in"]) {
    assert.ok(text.includes(hop), hop);
  }
  assert.ok(/\d+ ms/.test(text));
  const stored = await desk.page(
    () => [...document.querySelectorAll(".conn-form input")].find((input) => input.labels[0]?.textContent === "Key passphrase")?.placeholder,
  );
  assert.equal(stored, "As stored");
  await desk.window.shot("tunnel-hops");
});

test("the hop that fails is named, and its field is marked", async () => {
  await desk.window.fill("SSH host and port", "no-such-host.invalid");
  await desk.press("Test");
  await desk.sees("Stopped at Find host", 40_000);
  const wrong = await desk.page(() =>
    [...document.querySelectorAll(".conn-form [aria-invalid=true]")].map((input) => input.labels?.[0]?.textContent ?? ""),
  );
  assert.deepEqual(wrong, ["SSH host and port"]);
  await desk.window.shot("tunnel-failed-hop");
  await desk.keys("Escape");
  await desk.press("Leave");
});

test("a killed SSH server is noticed, and the tunnel is rebuilt without asking again", async () => {
  await desk.connect("behind");
  await desk.run("select 'before the kill' as marker");
  await desk.cell("before the kill");
  const text = await desk.editorText();
  await ssh.stop();
  await desk.sees("Lost the connection to behind", 20_000);
  assert.equal(await desk.editorText(), text);
  assert.ok((await desk.cells()).includes("before the kill"), "the rows stay");
  await ssh.start();
  await desk.until("the connection to come back", async () => !/Lost the connection/.test(await desk.window.text()), 60_000);
  await desk.run("select 'after the kill' as marker");
  await desk.cell("after the kill", 30_000);
});

test("another host key is refused, with what to do about it", async () => {
  await menu("behind", "Disconnect");
  await ssh.stop();
  ssh.newHostKey();
  await ssh.start();
  await desk.keys("Control", "Shift", "h");
  const row = await desk.until("the row", () => desk.window.named("behind", "option"));
  await row.doubleClick();
  await desk.until("the refusal", async () => /another key|changed/i.test(await desk.window.text()), 20_000);
  assert.ok(!(await desk.window.text()).includes("Trust and connect"), "nothing can be clicked away");
  await desk.window.shot("tunnel-host-key-changed");
});

test("the passphrase is in no file of ours", async () => {
  await desk.close();
  const found = filesUnder(desk.home.path).filter(({ bytes }) => bytes.includes(PASSPHRASE));
  assert.deepEqual(found.map(({ path }) => path), []);
});
