// Documents of a real server that speaks MongoDB's protocol, browsed and changed in the real window: their types stay.
import assert from "node:assert/strict";
import { after } from "node:test";
import { Desk } from "./lib/desk.mjs";

const GIVEN = process.env.ROWHOUSE_TEST_MONGODB_URL;
if (!GIVEN) throw new Error("ROWHOUSE_TEST_MONGODB_URL is required: scripts/servers start");
const own = new URL(GIVEN);
own.pathname = "/window_documents";
const SHOP = own.href;
const desk = new Desk();
/** What the server answers to a statement, past the window: a document a line, as canonical Extended JSON. */
const mongo = (...statements) => desk.rowhouse("query", SHOP, "-q", "--yes", "-c", statements.join(";\n")).trim();
const product = (id) => mongo(`db.products.find({_id: ${id}})`);
after(() => void desk.sql(SHOP, "db.dropDatabase()"));

const MUG =
  '{"_id": {"$numberInt": "1"}, "zz": "first", "name": "Mug", "price": {"$numberDecimal": "17.50"}, ' +
  '"stock": {"$numberInt": "5"}, "sold": {"$numberLong": "9007199254740993"}, "rating": {"$numberDouble": "4.0"}, ' +
  '"tags": ["stone", {"$numberLong": "2"}], "size": {"w": {"$numberInt": "9"}, "h": {"$numberDouble": "11.5"}}, "aa": null}';

/** The line of the tree whose name and value begin so. */
const line = (name) =>
  desk.until(`the line ${name}`, () =>
    desk.page((name) => {
      for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
      const found = [...document.querySelectorAll(".doc-tree .doc-line")].find(
        (each) =>
          each.checkVisibility({ checkVisibilityCSS: true }) &&
          each.querySelector(".doc-name")?.textContent.trim().split(" ")[0] === name,
      );
      found?.setAttribute("data-e2e", "line");
      return Boolean(found);
    }, name),
  );
const lineText = async (name) => {
  await line(name);
  return desk.page(() => document.querySelector("[data-e2e=line]").innerText.replace(/\s+/g, " ").trim());
};
/** Opens the first document, or what is in it. */
const openLine = async (name) => {
  await line(name);
  await desk.page(() => {
    const found = document.querySelector("[data-e2e=line]");
    if (found.getAttribute("aria-expanded") === "false") found.querySelector("button.doc-chevron").click();
  });
};
/** Puts another text in the place of a value, with the keyboard. */
const edit = async (name, text) => {
  await line(name);
  await (await desk.window.find("[data-e2e=line] .doc-value")).doubleClick();
  const field = await desk.until("the field of the value", () => desk.window.find(".doc-editor input"));
  await desk.keys("Control", "a");
  await field.addValue(text);
  await desk.keys("Enter");
  await desk.until("the field to go", async () => !(await desk.window.find(".doc-editor")));
};
const save = async () => {
  await desk.press("Save");
  await desk.until(
    "nothing to be staged any more",
    async () => !(await desk.window.text()).includes("Staged changes") && !(await desk.window.find(".doc-staged-count")),
  );
};

desk.test("a collection opens in the grid, every type as it is", async () => {
  mongo(
    "db.dropDatabase()",
    'db.products.insertMany([{_id: NumberInt(1), zz: "first", name: "Mug", price: NumberDecimal("17.50"), stock: NumberInt(5), ' +
      'sold: NumberLong("9007199254740993"), rating: Double(4), tags: ["stone", NumberLong(2)], ' +
      "size: {w: NumberInt(9), h: Double(11.5)}, aa: null}, " +
      '{_id: NumberInt(2), name: "Tray", price: NumberDecimal("30.10"), stock: NumberLong(7)}])',
  );
  assert.equal(product(1), MUG, "it is what was meant");
  desk.profile(SHOP, "shop", "--password-policy", "keychain");
  desk.profile(SHOP, "guarded", "--password-policy", "keychain", "--safety", "read-only");
  await desk.open();
  await desk.connect("shop");
  await desk.openFound("products");
  await desk.sees("2 documents", 30_000);
  await desk.choose("How documents are shown", "Grid");
  await desk.cell("9007199254740993", 30_000);
  await desk.cell("17.50");
});

desk.test("the tree shows each value with its type", async () => {
  await desk.choose("How documents are shown", "Tree");
  await openLine("1");
  assert.match(await lineText("sold"), /9007199254740993 long/);
  assert.match(await lineText("price"), /17\.50 decimal/);
  assert.match(await lineText("stock"), /5 int/);
  assert.match(await lineText("rating"), /4(\.0)? double/);
  assert.match(await lineText("aa"), /NULL null/);
  await openLine("size");
  assert.match(await lineText("h"), /11\.5 double/);
});

desk.test("values are changed in the tree, and everything keeps its type and its place", async () => {
  await edit("sold", "9007199254740995");
  await edit("h", "12");
  await edit("price", "18.00");
  assert.equal(product(1), MUG, "nothing is sent before it is saved");
  await desk.press("Review");
  await desk.sees("As it would be");
  await desk.window.shot("documents-review");
  await desk.inDialog("Save");
  const wanted = MUG.replace("9007199254740993", "9007199254740995")
    .replace('"$numberDouble": "11.5"', '"$numberDouble": "12.0"')
    .replace("17.50", "18.00");
  await desk.until("the document to be on the server as it was meant", () => product(1) === wanted);
});

desk.test("what somebody else changed meanwhile is not written over", async () => {
  await edit("name", "Cup");
  mongo('db.products.updateOne({_id: 1}, {$set: {name: "Bowl"}})');
  await desk.press("Save");
  await desk.press("Read it again", "button", 20_000);
  await desk.sees("Bowl");
  assert.match(product(1), /"name": "Bowl"/);
  await desk.window.shot("documents-conflict");
  await desk.press("Discard its changes");
});

desk.test("a document is inserted as the shell writes it, and one that is wrong says where", async () => {
  await desk.press("Insert document");
  await desk.sees("Insert document");
  await desk.keys("Control", "a");
  await desk.paste('{_id: 3, when: ISODate("2026-01-02T03:04:05.678Z"), n: NumberDecimal("1e3"), broken: }');
  await desk.keys("Control", "Enter");
  await desk.until("what is wrong to be said", () => desk.window.find("[role=dialog] .doc-text-problem:not(:empty)"));
  await desk.keys("Control", "a");
  await desk.paste('{_id: 3, when: ISODate("2026-01-02T03:04:05.678Z"), n: NumberDecimal("1E+3")}');
  await desk.keys("Control", "Enter");
  await desk.until(
    "it to be there",
    () =>
      product(3) ===
      '{"_id": {"$numberInt": "3"}, "when": {"$date": {"$numberLong": "1767323045678"}}, "n": {"$numberDecimal": "1E+3"}}',
  );
});

desk.test("the same documents as text", async () => {
  await desk.choose("How documents are shown", "JSON");
  await desk.sees("NumberDecimal");
  await desk.window.shot("documents-json");
});

desk.test("a rule is tried on the documents there are, and in force once it is saved", async () => {
  await desk.press("Rules", "radio");
  await desk.until("the rule's text", () =>
    desk.page(() => {
      const shown = [...document.querySelectorAll(".doc-rules-text .cm-content")].filter((each) => each.checkVisibility());
      shown.at(-1)?.focus();
      return shown.length > 0;
    }),
  );
  await desk.paste("{ name: { $exists: true } }");
  await desk.press("Try on the documents");
  await desk.sees("1 document does not fit", 20_000);
  await desk.sees("_id: 3");
  await desk.window.shot("documents-rules");
  await desk.press("Save");
  await desk.sees("are in force", 20_000);
  assert.throws(() => mongo("db.products.insertOne({_id: 10})"), /validat/, "what does not fit is refused");
  await desk.press("Documents", "radio");
});

desk.test("a statement of the shell answers in the grid; one that writes over everything asks", async () => {
  await desk.act("New query");
  await desk.run('db.products.find({price: {$gte: NumberDecimal("20")}}, {name: 1, price: 1})');
  await desk.sees("all 1 document", 30_000);
  await desk.sees("30.10");
  await desk.run("db.products.deleteMany({})");
  await desk.until("the question", () => desk.window.find("[role=alertdialog], [role=dialog]"));
  await desk.sees("Delete every document of products?");
  assert.match(mongo("db.products.countDocuments()"), /3/, "nothing is done before the yes");
  await desk.window.shot("documents-asked");
  await desk.keys("Escape");
});

desk.test("what is no statement of the shell is said with its place", async () => {
  await desk.run("db.products.find({name: function() { return 1 }})");
  await desk.sees("JavaScript", 20_000);
});

desk.test("a connection that only reads is not written through", async () => {
  await desk.connect("guarded");
  await desk.openFound("products", "guarded");
  await desk.until("the tree", async () => (await desk.all(".doc-tree .doc-line")).length > 0, 30_000);
  const insert = await desk.until("the way to insert", () => desk.window.named("Insert document", "button"));
  assert.equal(await insert.getAttribute("aria-disabled"), "true", "nothing can be inserted");
  await desk.act("New query");
  await desk.run('db.products.insertOne({_id: 9, name: "no"})');
  await desk.sees("was not sent", 20_000);
  await desk.window.shot("documents-read-only");
  assert.equal(product(9), "");
});
