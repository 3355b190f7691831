// SQL files: opened from the terminal, changed by others meanwhile, saved as they were made.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { Desk } from "./lib/desk.mjs";

const desk = new Desk();
const file = desk.path("report.sql");
const onDisk = () => readFileSync(file, "utf8");

/** The window looks at its file again when it comes to the front. */
const comeBack = () => desk.page(() => window.dispatchEvent(new Event("focus")));

async function append(text) {
  await desk.focusEditor();
  await desk.keys("Control", "End");
  await desk.paste(text);
  await desk.until("it to stand there", async () => (await desk.editorText()).endsWith(text));
}

desk.test("a file named at the start is opened as a tab with its name", async () => {
  writeFileSync(file, "select 1;\r\nselect 2;\r\n");
  await desk.open({ args: [file] });
  await desk.until("its tab", async () => (await desk.titles()).includes("report.sql"));
  assert.equal(await desk.editorText(), "select 1;\nselect 2;\n");
  await desk.sees("CRLF");
});

desk.test("saving keeps the line ends the file has", async () => {
  await append("-- ours");
  await desk.keys("Control", "s");
  await desk.until("it to be written", () => onDisk().includes("-- ours"));
  assert.equal(onDisk(), "select 1;\r\nselect 2;\r\n-- ours");
});

desk.test("what another program wrote is said, and is not overwritten by saving", async () => {
  await append(" again");
  const theirs = "select 'theirs';\r\n";
  writeFileSync(file, theirs);
  await desk.keys("Control", "s");
  await desk.sees("Another program changed report.sql");
  assert.equal(onDisk(), theirs);
  assert.ok((await desk.editorText()).endsWith("-- ours again"), "the text is as it was left");
  await desk.press("Take the file's");
  await desk.until("theirs", async () => (await desk.editorText()) === "select 'theirs';\n");
  await desk.keys("Control", "z");
  await desk.until("ours again", async () => (await desk.editorText()).endsWith("-- ours again"));
});

desk.test("a change is noticed when the window comes to the front, and replaced only when asked to", async () => {
  const theirs = "select 'theirs once more';\r\n";
  writeFileSync(file, theirs);
  await comeBack();
  await desk.sees("Another program changed report.sql");
  assert.equal(onDisk(), theirs);
  await desk.press("Save mine over it");
  await desk.until("it to be written", () => onDisk() !== theirs);
  assert.equal(onDisk(), "select 1;\r\nselect 2;\r\n-- ours again");
});

desk.test("a file that is gone is called gone, and comes back when asked to", async () => {
  rmSync(file);
  await comeBack();
  await desk.sees("report.sql is gone from the disk");
  await desk.press("Save mine over it");
  await desk.until("it to be written", () => {
    try {
      return onDisk().endsWith("-- ours again");
    } catch {
      return false;
    }
  });
});

desk.test("the terminal opens a file in a window of the same process", async () => {
  const other = desk.path("other.sql");
  writeFileSync(other, "select 'other'\n");
  desk.rowhouse("open", other);
  await desk.until("its window", () => desk.windowTitles().some((title) => title.includes("other.sql")), 20_000);
});
