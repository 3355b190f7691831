// The whole way without a mouse, what a screen reader is told on it, and keys and looks that a person sets.
import assert from "node:assert/strict";
import { Desk } from "./lib/desk.mjs";

const desk = new Desk();

/** The grid's active cell: what assistive technology is told of it, and what is drawn there. */
function active() {
  return desk.page(() => {
    const grid = document.activeElement;
    const id = grid?.getAttribute("aria-activedescendant");
    const cell = id ? document.getElementById(id) : null;
    if (!cell) return null;
    const box = cell.getBoundingClientRect();
    const pane = grid.getBoundingClientRect();
    return {
      role: grid.getAttribute("role"),
      row: Number(cell.closest("[role=row]").getAttribute("aria-rowindex")),
      column: Number(cell.getAttribute("aria-colindex")),
      text: cell.textContent,
      inSight: box.left >= pane.left && box.right <= pane.right + 1 && box.top >= pane.top && box.bottom <= pane.bottom + 1,
      // The number at the left that stands at the same height.
      number: [...grid.querySelectorAll(".rg-number")].find((node) => node.checkVisibility() && Math.abs(node.getBoundingClientRect().top - box.top) < 2)?.textContent,
    };
  });
}

const activeAt = (row, column) =>
  desk.until(`the cell of row ${row}, column ${column}`, async () => {
    const now = await active();
    return now && now.row === row + 1 && now.column === column && now;
  });

desk.test("the palette opens the sample, and the search one of its tables", async () => {
  await desk.open();
  await desk.act("Open the sample shop");
  await desk.until("the sample", async () => (await desk.titles()).includes("Query 1"), 30_000);
  await desk.keys("Control", "k");
  const field = await desk.until("the palette", () => desk.window.find(".rh-palette-ask input"));
  await field.addValue("@customers");
  await desk.until("the table", async () => (await desk.all(".rh-palette-list [role=option]")).find(({ selected }) => selected)?.text.startsWith("customers"));
  await desk.keys("Enter");
  await desk.until("its tab", async () => (await desk.titles()).includes("customers"));
  await desk.until("its rows", async () => (await desk.cells()).length > 20);
});

desk.test("the grid is walked by its keys, and says where one is as it is drawn", async () => {
  await desk.until("the grid to have the focus", async () => {
    const role = await desk.page(() => document.activeElement?.getAttribute("role"));
    if (role !== "grid") await desk.keys("Tab");
    return role === "grid";
  });
  await desk.keys("Control", "Home");
  const first = await activeAt(1, 1);
  assert.equal(first.number, "1");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await desk.keys(key);
  const moved = await activeAt(3, 2);
  assert.equal(moved.number, "3");
  assert.ok(moved.inSight);
  await desk.keys("PageDown");
  const paged = await desk.until("a page further", async () => {
    const now = await active();
    return now && now.row > 10 && now.text && now;
  });
  assert.equal(paged.number, String(paged.row - 1));
  assert.ok(paged.inSight);
  await desk.keys("Control", "Home");
  await activeAt(1, 1);
});

desk.test("Space shows the cell's whole value beside the rows, and Escape brings back to the grid", async () => {
  await desk.keys("ArrowRight");
  const cell = await activeAt(1, 2);
  await desk.keys(" ");
  await desk.until("the value", () => desk.window.find("section[aria-label^='Edit '] textarea"));
  assert.equal(await desk.page(() => document.querySelector("section[aria-label^='Edit '] textarea").value), cell.text);
  await desk.keys("Escape");
  await desk.until("it to go", async () => !(await desk.window.find("section[aria-label^='Edit ']")));
  await activeAt(1, 2);
});

desk.test("Enter edits the cell where it stands, and Escape leaves it as it was", async () => {
  const cell = await activeAt(1, 2);
  await desk.keys("Enter");
  await desk.until("the value in its cell", () => desk.page((text) => document.activeElement?.value === text, cell.text));
  await desk.keys("Escape");
  assert.equal((await activeAt(1, 2)).text, cell.text);
  assert.ok(!(await desk.window.text()).includes("1 changed"));
});

desk.test("a new query is typed, run, walked to and copied from", async () => {
  await desk.keys("Control", "n");
  await desk.until("the editor to have the focus", () => desk.page(() => document.activeElement?.classList.contains("cm-content")));
  for (const word of ["select ", "7 ", "as ", "one, ", "8 ", "as ", "two"]) for (const key of word) await desk.keys(key);
  // Whatever was offered to complete the last word.
  await desk.keys("Escape");
  await desk.keys("Control", "Enter");
  await desk.cell("8");
  await desk.keys("Alt", "2");
  await desk.keys("Control", "Home");
  await activeAt(1, 1);
  await desk.keys("ArrowRight");
  assert.equal((await activeAt(1, 2)).text, "8");
  await desk.keys("Control", "c");
  await desk.keys("Alt", "1");
  await desk.keys("Control", "a");
  await desk.keys("Control", "v");
  await desk.until("what was copied", async () => (await desk.editorText()).trim() === "8");
});

desk.test("a theme is applied at once", async () => {
  await desk.keys("Control", ",");
  await desk.press("Dark", "radio");
  await desk.until("the dark theme", () => desk.page(() => document.documentElement.dataset.theme === "dark"));
});

desk.test("a clash of shortcuts is refused, and a free key is taken", async () => {
  await desk.press("Change the keys of New query, now Ctrl+N");
  await desk.until("it to listen", () => desk.window.find("[data-takes-keys]"));
  await desk.keys("Control", "k");
  await desk.sees("is “Command palette” already");
  assert.equal(await desk.window.find(".rh-palette"), null, "the key was for the choice");
  await desk.keys("Control", "Alt", "q");
  await desk.until("the new keys", () => desk.window.named("Change the keys of New query, now Ctrl+Alt+Q", "button"));
});

desk.test("after a restart the theme and the keys are as they were chosen", async () => {
  await desk.close();
  await desk.open();
  await desk.until("the dark theme", () => desk.page(() => document.documentElement.dataset.theme === "dark"));
  const queries = async () => (await desk.titles()).filter((title) => title.startsWith("Query ")).length;
  const before = await queries();
  await desk.keys("Control", "n");
  await desk.keys("Control", "Alt", "q");
  await desk.until("one more query", async () => (await queries()) === before + 1);
});
