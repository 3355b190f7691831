// Connections of another tool, found on this computer and taken over in the real window: seen first, chosen, saved, opened.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { filesUnder } from "./harness.mjs";
import { Desk, SERVER } from "./lib/desk.mjs";

const server = new URL(SERVER);
const PASSWORD = decodeURIComponent(server.password);
const folder = mkdtempSync(join(tmpdir(), "rowhouse-e2e-import."));
const services = join(folder, "pg_service.conf");
const desk = new Desk();
after(() => rmSync(folder, { recursive: true, force: true }));

const place = `host=${server.hostname}\nport=${server.port}\ndbname=postgres\nuser=postgres\nsslmode=disable\n`;
/** One step back by the keyboard, which goes along with the steps. */
async function back() {
  const inside = () => desk.page(() => document.activeElement?.closest("[data-scope=home]") !== null);
  await desk.until("the keyboard in the import", inside);
  await desk.keys("Escape");
}
const opened = () => desk.open({ env: { PGSERVICEFILE: services } });

desk.test("the file of another tool is found, and shown before anything is saved", async () => {
  writeFileSync(
    services,
    `[shop]\n${place}password=${PASSWORD}\n\n[shop-again]\n${place}\n[far]\nhost=db.example.org\n`,
  );
  await opened();
  await desk.keys("Control", "Shift", "h");
  await desk.press("Import");
  await desk.sees("On this computer");
  await desk.press(`Read ${services}`);
  await desk.sees("2 of 3 chosen");
  await desk.sees("same place as shop");
  await desk.sees("None is read. You are asked when connecting");
  await desk.window.shot("import-found");
  assert.equal(JSON.parse(desk.rowhouse("connections", "list", "--format", "json")).length, 1, "only the sample");
});

desk.test("what is chosen is saved, its password in the keychain, and opens without a question", async () => {
  await desk.press("Into the keychain", "radio");
  await desk.sees("into the keychain");
  await desk.press("Import 2 connections");
  await desk.sees("2 connections are new.");
  await desk.window.shot("import-outcome");
  await desk.press("Show connections");
  await desk.connect("shop");
  await desk.run("select 'taken over' as marker");
  await desk.cell("taken over");
});

desk.test("a second look finds them already here", async () => {
  await desk.keys("Control", "Shift", "h");
  await desk.press("Import");
  await desk.press(`Read ${services}`);
  await desk.sees("0 of 3 chosen");
  await back();
  await desk.sees("On this computer");
  await back();
  await desk.sees("Open the sample shop");
});

desk.test("the password is in no file of ours", async () => {
  await desk.close();
  const found = filesUnder(desk.home.path).filter(({ bytes }) => bytes.includes(PASSWORD));
  assert.deepEqual(
    found.map(({ path }) => path),
    [],
  );
});
