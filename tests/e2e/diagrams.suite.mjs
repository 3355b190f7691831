// Diagrams in the real window: drawn from the explorer, moved by mouse and keyboard, written into files, and there without a server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { after } from "node:test";
import { filesUnder } from "./harness.mjs";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";
import { DiagramInFront } from "./lib/diagram.mjs";

const server = await cluster();
const desk = new Desk();
const diagram = new DiagramInFront(desk);
after(() => server.remove());

psql(
  server.url,
  `create table customers (id int primary key, name text not null);
   create table orders (id int primary key, customer_id int not null references customers);
   create table lines (order_id int references orders, n int, primary key (order_id, n));
   create table parcels (id int primary key, order_id int not null unique references orders);
   create table notices (id int primary key, told text)`,
);

let profileId;

/** What the core draws of a diagram. */
const drawn = async (diagramId) => {
  const { answer, error } = await desk.ask("open_diagram", { profileId, database: null, diagramId });
  assert.equal(error, undefined);
  return answer;
};
const diagrams = async () => (await desk.ask("diagrams", { profileId, database: null })).answer;
const named = async (name) => (await diagrams()).find((each) => each.name === name);
const boxOf = ({ boxes }, name) => boxes.find((each) => each.name === name);
const placeOf = async (id, name) => {
  const { x, y } = boxOf(await drawn(id), name);
  return { x, y };
};

const shows = (what) => desk.until(`a diagram of ${what}`, async () => (await diagram.canvas()).includes(what), 30_000);

const chooseInMenu = async (menu, entry) => {
  await desk.press(menu);
  await desk.press(entry, "menuitem");
};

desk.test("the explorer draws a database: every table, and where its keys lead", async () => {
  desk.profile(server.url, "Desk", "--password-policy", "none");
  await desk.open();
  await desk.connect("Desk");
  profileId = (await desk.ask("profiles")).answer.find(({ name }) => name === "Desk").id;
  const item = await desk.until("the connection in the tree", () => desk.window.named("Desk", "treeitem", "first"));
  await item.click();
  // The menu key: after a click of its right button the driver keeps that button down, and nothing can be dragged.
  await desk.page(() => {
    const menu = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    (document.querySelector('[role=treeitem][aria-selected="true"]') ?? document.activeElement).dispatchEvent(menu);
  });
  await desk.press("Diagram", "menuitem");
  await shows("5 tables, 3 relations");
  await desk.until("its tab", async () => (await desk.titles()).some((title) => title.startsWith("ERD ")));
  await desk.window.shot("diagram-drawn");
  await diagram.goTo("orders");
  const { said } = await diagram.current();
  assert.match(said, /refers to customers by customer_id, many to one/);
  assert.match(said, /referenced by parcels/);
});

desk.test("a table is moved with the keyboard and with the mouse, and is there again in a new window", async () => {
  const { id } = await named("All tables");
  const before = await placeOf(id, "orders");
  await diagram.goTo("orders");
  for (let times = 0; times < 5; times += 1) await desk.keys("ArrowDown");
  await desk.until("it to be kept below", async () => (await placeOf(id, "orders")).y === before.y + 40);
  await diagram.goTo("notices");
  const lying = await placeOf(id, "notices");
  const { x, y } = await diagram.resting();
  const at = (x, y) => (made) => made.move({ x: Math.round(x), y: Math.round(y), duration: 100, origin: "viewport" });
  const down = (made) => made.down({ button: 0 });
  const rest = (made) => made.pause(400);
  const up = (made) => made.up({ button: 0 });
  await diagram.pointer(at(x, y), rest, down, at(x + 12, y + 6), at(x + 90, y + 45), rest, up);
  const dragged = await desk.until("it to be kept elsewhere", async () => {
    const now = await placeOf(id, "notices");
    return now.x !== lying.x && now;
  });
  assert.ok(dragged.x > lying.x && dragged.y > lying.y, JSON.stringify({ lying, dragged }));
  assert.deepEqual(await placeOf(id, "orders"), { x: before.x, y: before.y + 40 }, "the other stays");
  await desk.window.kill();
  await desk.open();
  await shows("5 tables, 3 relations");
  assert.deepEqual(await placeOf(id, "notices"), dragged);
  await desk.keys("Control", "z");
});

desk.test("tables are hidden and come back where they were; neighbours and a way are found among hidden ones", async () => {
  const { id } = await named("All tables");
  const orders = await placeOf(id, "orders");
  await diagram.goTo("orders");
  await desk.keys("Delete");
  await shows("4 of 5 tables, 0 relations");
  await diagram.goTo("lines");
  await desk.keys("Control", "Alt", "j");
  await shows("5 tables, 3 relations");
  assert.deepEqual(await placeOf(id, "orders"), orders);
  await desk.sees("Show all");
  await desk.window.shot("diagram-neighbours");
  await diagram.focus();
  await desk.keys("Escape");
  await diagram.goTo("orders");
  await desk.keys("Delete");
  await shows("4 of 5 tables");
  await diagram.goTo("parcels");
  await desk.keys("Control", "Alt", "p");
  const field = await desk.until("to be asked where to", () => desk.window.named("To which table", "any"));
  await field.addValue("customers");
  await desk.keys("Enter");
  await shows("5 tables, 3 relations");
  await desk.window.shot("diagram-way");
  await diagram.focus();
  await desk.keys("Escape");
});

desk.test("a second diagram has its own places; notes are written on it", async () => {
  const { id } = await named("All tables");
  const orders = await placeOf(id, "orders");
  await chooseInMenu("All tables", "New diagram…");
  await desk.window.fill("Name", "Sales");
  await desk.keys("Enter");
  await desk.until("it in front", async () => (await diagram.canvas()).startsWith("Diagram Sales"));
  const sales = (await named("Sales")).id;
  await diagram.goTo("customers");
  await desk.keys("ArrowUp");
  await diagram.focus();
  await desk.keys("n");
  const note = await desk.until("a note to be written", () => desk.window.named("Note", "textbox"));
  await note.addValue("Ask Ada before changing this");
  await desk.keys("Escape");
  await desk.until("it to be kept", async () => (await drawn(sales)).notes.some(({ text }) => text.includes("Ask Ada")));
  assert.equal((await drawn(id)).notes.length, 0);
  assert.deepEqual(await placeOf(id, "orders"), orders);
  await desk.window.shot("diagram-note");
});

desk.test("the picture that is written is what is seen", async () => {
  const path = desk.path("sales.svg");
  await diagram.focus();
  await desk.picks(path);
  await desk.keys("Control", "e");
  const text = await desk.until("the picture", () => {
    const text = readFileSync(path, "utf8");
    return text.trimEnd().endsWith("</svg>") && text;
  });
  for (const name of ["customers", "orders", "lines", "parcels", "notices", "customer_id"]) {
    assert.ok(text.includes(`>${name}<`) || text.includes(name), name);
  }
  assert.ok(text.includes("Ask Ada"), "with its note");
  assert.ok(text.includes("@font-face"), "with its fonts");
});

desk.test("Enter and a double click open a table; the list says the same as the picture", async () => {
  await diagram.goTo("orders");
  await desk.keys("Enter");
  await desk.until("its tab", async () => (await desk.titles()).some((title) => title.startsWith("orders")));
  await desk.keys("Control", "Shift", "l");
  await desk.until("the diagram in front", async () => (await diagram.canvas()) !== "");
  await diagram.goTo("parcels");
  const { x, y } = await diagram.resting();
  const click = (made) => made.down({ button: 0 }).up({ button: 0 });
  await diagram.pointer((made) => made.move({ x: Math.round(x), y: Math.round(y), origin: "viewport" }), click, click);
  await desk.until("its tab", async () => (await desk.titles()).some((title) => title.startsWith("parcels")));
  await desk.keys("Control", "Shift", "l");
  await desk.until("the diagram in front", async () => (await diagram.canvas()) !== "");
  await diagram.focus();
  await desk.keys("Control", "l");
  const listed = '[role=tree][aria-label="Tables and their relations"] [role=treeitem]';
  await desk.until("orders in the list", () =>
    desk.page((listed) => {
      for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
      const shown = [...document.querySelectorAll(listed)].find((each) => each.textContent.includes("orders"));
      shown?.setAttribute("data-e2e", "listed");
      return Boolean(shown);
    }, listed),
  );
  await (await desk.window.find("[data-e2e=listed]")).click();
  await desk.keys("ArrowRight");
  await desk.until("its relations", async () =>
    (await desk.all(listed)).some(({ text }) => text.includes("refers to customers by customer_id")),
  );
  await desk.window.shot("diagram-list");
});

desk.test("a schema that changes leaves everything where it is, and a new name is told", async () => {
  const { id } = await named("Sales");
  const before = await placeOf(id, "orders");
  psql(server.url, "alter table orders rename to purchases; create table stamps (id int primary key, parcel_id int references parcels)");
  await desk.ask("refresh_catalog", { profileId, object: null });
  await shows("6 tables, 4 relations");
  await desk.sees("The schema has changed since you last looked");
  await desk.sees("purchases");
  assert.deepEqual(await placeOf(id, "purchases"), before);
  await desk.window.shot("diagram-changed");
});

desk.test("without its server the diagram is drawn from what was kept, and says so", async () => {
  const { id } = await named("Sales");
  const before = await placeOf(id, "purchases");
  await desk.until("what the database has to be on disk", () =>
    filesUnder(desk.path("catalogs")).some(({ path, bytes }) => extname(path) === "" && bytes.includes("stamps")),
  );
  server.stop();
  await desk.close();
  await desk.open();
  await shows("6 tables, 4 relations");
  await desk.sees("as of ", 30_000);
  assert.deepEqual(await placeOf(id, "purchases"), before);
  await diagram.goTo("purchases");
  await desk.keys("ArrowRight");
  await desk.until("it to be kept", async () => (await placeOf(id, "purchases")).x === before.x + 8);
  await desk.window.shot("diagram-offline");
});
