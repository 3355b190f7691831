// Rows out of the window and into it: copied in the formats of the export, a file dropped on a table, tried and imported.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";

const folder = mkdtempSync(join(tmpdir(), "rowhouse-e2e-transfer."));
const people = join(folder, "people.csv");
const desk = new Desk();
const url = ownDatabase("e2e_transfer");
after(() => rmSync(folder, { recursive: true, force: true }));

/** Files come as from the system: dropped on the window. */
const drop = (path) =>
  desk.ask("plugin:event|emit", {
    event: "tauri://drag-drop",
    payload: { paths: [path], position: { x: 10, y: 10 } },
  });

desk.test("a result is copied in the formats of its export", async () => {
  psql(url, "create table people (id int primary key, name text, score numeric(5,2))");
  desk.profile(url, "Transfer");
  await desk.open();
  await desk.connect("Transfer");
  await desk.run("select n as id, 'it''s ' || n as name from generate_series(1, 3) n");
  await desk.cell("it's 3");
  await desk.keys("Alt", "2");
  await desk.keys("Control", "Shift", "x");
  await desk.sees("Loaded rows: 3 rows");
  await desk.sees("The whole query, run again");
  await desk.window.shot("transfer-export");
  await desk.press("Copy");
  await desk.sees("Copied 3 rows");
});

desk.test("a file that is dropped on a table is tried without a change, and imported", async () => {
  writeFileSync(people, 'ID,name,score\n1,"Ada\n""L""",1.50\n2,"",\n3,,2\n');
  await desk.unfold("e2e_transfer");
  await desk.unfold("public");
  await desk.unfold("Tables");
  await desk.openTable("people");
  await desk.sees("No rows");
  await drop(people);
  await desk.sees("3 rows; every value was looked at.");
  await desk.window.shot("transfer-import");
  await desk.press("Try it, change nothing");
  await desk.sees("3 rows would go into people");
  assert.equal(psql(url, "select count(*) from people").trim(), "0");
  await drop(people);
  await desk.sees("3 rows; every value was looked at.");
  await desk.press("Import 3 rows");
  await desk.sees("3 rows imported into people");
  const rows = psql(url, "select id, name is null, name = '', score from people order by id").trim().split("\n");
  assert.deepEqual(rows, ["1|f|f|1.50", "2|f|t|", "3|t||2.00"]);
});

desk.test("what the table refuses is said with its line, and nothing of the file is in it", async () => {
  writeFileSync(people, "id,name\n10,new\n11,too\n1,there already\n");
  await drop(people);
  await desk.sees("3 rows; every value was looked at.");
  await desk.press("Import 3 rows");
  await desk.sees("Line 4:");
  assert.equal(psql(url, "select count(*) from people where id >= 10").trim(), "0");
});
