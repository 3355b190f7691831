// Names and values that are easy to get wrong, and a disk that is full.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { after } from "node:test";
import { Desk, ownDatabase, psql } from "./lib/desk.mjs";

const url = ownDatabase("e2e_odd");
const ascii = ownDatabase("e2e_ascii", "encoding 'SQL_ASCII' locale 'C' template template0");
const desk = new Desk();
const NAME = 'we"ird.name 🚀';

/** The part of the grid in front that holds its cells' texts and names, by row. */
const rows = () =>
  desk.page(() => {
    const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]") && node.getClientRects().length > 0;
    return [...document.querySelectorAll("[role=row][aria-rowindex]")]
      .filter((row) => shown(row) && row.querySelector("[role=gridcell]"))
      .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"))
      .map((row) => [...row.querySelectorAll("[role=gridcell][aria-colindex]")].filter(shown).map((cell) => ({
        text: cell.textContent,
        name: cell.getAttribute("aria-label"),
        drawn: getComputedStyle(cell, "::before").content,
        look: cell.className,
      })));
  });
const firstColumn = async () => (await rows()).map((row) => row[0]?.text);

async function focusGrid() {
  await desk.until("the grid", () =>
    desk.page(() => {
      const shown = [...document.querySelectorAll("[role=grid]")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]"));
      shown.at(-1)?.focus();
      return shown.length > 0;
    }),
  );
}

desk.test("a table with quotes, a dot and a rocket in its name is browsed", async () => {
  psql(url, `create schema "odd.schema"; create table "odd.schema"."we""ird.name 🚀"("an ""id""" int primary key, "väl.ue" text default 'usual', note text);
    insert into "odd.schema"."we""ird.name 🚀" values (1, 'it''s', null), (2, '', 'NULL'), (3, default, 'default'), (4, '100% _\\', 'last')`);
  psql(url, `create table wide(${Array.from({ length: 1600 }, (_, at) => `c${at + 1} int`).join(", ")}); insert into wide(c1, c1600) values (1, 1600)`);
  desk.profile(url, "odd server");
  desk.profile(ascii, "ascii server");
  await desk.open();
  await desk.connect("odd server");
  await desk.unfold("e2e_odd");
  await desk.unfold("odd.schema");
  // Those of "public" stand above.
  await desk.unfold("Tables", "last");
  await desk.openTable(NAME);
  await desk.until("its rows", async () => (await firstColumn()).join() === "1,2,3,4");
  assert.ok((await desk.titles()).includes(NAME));
});

desk.test("NULL, the empty text and words that look like them differ in sight and in sound", async () => {
  const [first, second, third] = await rows();
  assert.deepEqual([first[2].text, first[2].name], ["", "NULL"]);
  assert.match(first[2].drawn, /NULL/);
  assert.deepEqual([second[1].text, second[1].name], ["''", "empty text"]);
  assert.deepEqual([second[2].text, second[2].name, second[2].drawn], ["NULL", null, "none"]);
  assert.notEqual(second[2].look, first[2].look);
  assert.deepEqual([third[1].text, third[2].text, third[2].name], ["usual", "default", null]);
});

desk.test("it is filtered and sorted by the server", async () => {
  await focusGrid();
  await desk.press("Condition");
  const value = await desk.until("the value", () => desk.window.named("Value", "textbox"));
  await value.addValue("3");
  await desk.keys("Enter");
  await desk.until("the one row", async () => (await firstColumn()).join() === "3");
  await desk.press("Remove the condition");
  await desk.until("all of them", async () => (await firstColumn()).length === 4);
  await focusGrid();
  await desk.keys("Control", "Home");
  await desk.keys("Alt", "ArrowDown");
  await desk.press("Sort descending", "menuitem");
  await desk.until("the other order", async () => (await firstColumn()).join() === "4,3,2,1");
});

desk.test("a value is copied as it is", async () => {
  await focusGrid();
  await desk.keys("Control", "Home");
  await desk.keys("ArrowRight");
  await desk.keys("Control", "c");
  await desk.keys("Control", "n");
  await desk.focusEditor();
  await desk.keys("Control", "v");
  await desk.until("the value", async () => (await desk.editorText()) === "100% _\\");
  await desk.press(NAME, "tab");
});

desk.test("its structure and its definition name it right", async () => {
  await desk.keys("Alt", "2");
  for (const column of ['an "id"', "väl.ue", "note"]) await desk.sees(column);
  await desk.keys("Alt", "5");
  await desk.sees('"odd.schema"."we""ird.name 🚀"');
  await desk.keys("Alt", "1");
});

desk.test("bytes that are no text of the server's encoding are shown as such, and the rest with them", async () => {
  psql(ascii, "create table bytes(id int primary key, t text); insert into bytes values (1, 'plain'), (2, E'caf\\xe9 \\xff'), (3, 'after')");
  await desk.connect("ascii server");
  await desk.run("select id, t from bytes order by id");
  await desk.cell("after");
  const broken = (await rows())[1][1];
  assert.match(broken.look, /rg-invalid|rg-bytes/, JSON.stringify(broken));
  assert.ok(broken.text.startsWith("caf"), broken.text);
});

desk.test("a cell of five megabytes is cut in the grid and whole in the viewer", async () => {
  await desk.connect("odd server");
  await desk.keys("Control", "n");
  await desk.run("select repeat('0123456789', 500000) || 'the end' as large");
  await desk.until("the cell", async () => (await rows())[0]?.[0]?.look.includes("rg-cut"));
  await desk.keys("Alt", "2");
  await desk.keys("Control", "Home");
  await desk.keys("Enter");
  const viewed = (words) => desk.until(words, () => desk.page((words) => [...document.querySelectorAll("section[aria-label^='Cell '] footer")].at(-1)?.textContent.includes(words), words));
  await viewed("first 262 kB");
  await desk.press("Copy the value");
  await desk.until("all of it to be copied", async () => {
    const length = await desk.window.browser.executeAsync((done) => navigator.clipboard.readText().then((text) => done(text.length), (error) => done(String(error))));
    return length === 5_000_007 || Promise.reject(new Error(`the clipboard answers ${length}`));
  });
  await desk.press("Read more");
  await viewed("first 2.1 MB");
  await desk.press("Read more");
  await viewed("5.0 MB");
  await desk.until("its end", () => desk.page(() => [...document.querySelectorAll("section[aria-label^='Cell '] pre")].at(-1)?.textContent.endsWith("the end")));
  await desk.keys("Escape");
  await desk.until("the viewer to go", async () => !(await desk.window.find("section[aria-label^='Cell ']")));
});

desk.test("the last of 1,600 columns comes into sight", async () => {
  await desk.unfold("public");
  await desk.openTable("wide");
  await desk.until("its rows", async () => (await desk.titles()).includes("wide · odd server") && (await rows()).length === 1);
  await focusGrid();
  await desk.keys("Control", "Home");
  await desk.keys("End");
  await desk.until("the last column", () =>
    desk.page(() => {
      const grid = document.activeElement;
      const cell = document.getElementById(grid.getAttribute("aria-activedescendant"));
      if (cell?.getAttribute("aria-colindex") !== "1600" || cell.textContent !== "1600") return false;
      const [box, pane] = [cell.getBoundingClientRect(), grid.getBoundingClientRect()];
      return box.left >= pane.left && box.right <= pane.right + 1 && grid.getAttribute("aria-colcount") === "1600";
    }),
  );
});

desk.test("a full disk under a result is said with the rows there are, and the program goes on", async (context) => {
  await desk.close();
  const folder = desk.path("results");
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return context.skip("only root may mount a small disk here");
  }
  after(() => execFileSync("umount", ["-l", folder], { stdio: "ignore" }));
  await desk.open();
  await desk.connect("odd server");
  await desk.keys("Control", "n");
  await desk.run("select n, repeat(md5(n::text), 40) as text from generate_series(1, 50000) n");
  await desk.sees("The disk is full", 20_000);
  await desk.sees("only the first ");
  await desk.run("select 'goes on' as state");
  await desk.cell("goes on");
});
