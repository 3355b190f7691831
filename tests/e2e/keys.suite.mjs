// Keys of a real Redis, browsed and changed in the real window: every kind of value.
import assert from "node:assert/strict";
import { after } from "node:test";
import { Desk } from "./lib/desk.mjs";

const URL = process.env.ROWHOUSE_TEST_REDIS_URL;
if (!URL) throw new Error("ROWHOUSE_TEST_REDIS_URL is required: scripts/servers start");
// A database of its own: suites of the drivers use others.
const SHOP = URL.replace(/\/\d+$/, "/9");
const desk = new Desk();
const redis = (...commands) => desk.rowhouse("query", SHOP, "-q", "--yes", "--format", "table", "-c", commands.join("\n"));
/** What a command answers, without its head. */
const answer = (command) => desk.sql(SHOP, command);
after(() => void desk.sql(SHOP, "FLUSHDB"));

/** Chooses a key of the tree. */
const choose = async (name) => {
  const row = await desk.until(`“${name}” in the list`, () => desk.window.named(name, "treeitem", "first"));
  await row.click();
  await desk.until(`its page`, async () => (await desk.all("section.keys-key")).some((page) => page.name === `Key ${name}`));
};

desk.test("a connection that keeps keys shows them as a tree", async () => {
  redis(
    "FLUSHDB",
    "SET greeting hello EX 3000",
    'SET "odd\\nname\\x00" "two\\nlines"',
    "HSET user:1 name Ada mail ada@example.org",
    "HSET user:2 name Grace",
    "RPUSH queue first second third",
    "SADD colours red green",
    "ZADD board 10 ada 7.5 grace",
    "PFADD visitors ann bob cem",
    "GEOADD sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
    // Where they are to be in the end, as the server itself reckons.
    "GEOADD check 15.087269 38.115556390 Palermo 14.75 37.52 Etna",
    "XADD events 1-1 kind created id 7",
    "XGROUP CREATE events workers 0",
  );
  desk.profile(SHOP, "cache", "--password-policy", "keychain");
  desk.profile(SHOP, "live cache", "--password-policy", "keychain", "--environment", "staging");
  desk.profile(SHOP, "archive", "--password-policy", "keychain", "--safety", "read-only");
  await desk.open();
  await desk.connect("cache");
  await desk.sees("greeting", 30_000);
  await desk.sees("user:");
  assert.ok((await desk.titles()).some((title) => title.startsWith("Keys")), "its tab is in front");
});

/** Puts a text in the place of the value that is open, and saves it. */
const write = async (text) => {
  await desk.until("the text of the value", () =>
    desk.page(() => {
      const shown = [...document.querySelectorAll(".keys-key .cm-content")].filter((each) => each.checkVisibility());
      shown.at(-1)?.focus();
      return shown.length > 0;
    }),
  );
  await desk.keys("Control", "a");
  await desk.paste(text);
  await desk.sees("Not saved.");
  await desk.keys("Control", "s");
};
/** Changes a part of an element in its place. */
const change = async (row, text, column = "value") => {
  const found = await desk.until(`the element “${row}”`, () =>
    desk.page((row, column) => {
      for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
      const rows = [...document.querySelectorAll(".keys-grid-row[aria-label]")].filter((each) => each.checkVisibility());
      const own = rows.find((each) => each.getAttribute("aria-label") === row);
      (own?.querySelector(`[data-column="${column}"]`) ?? own)?.setAttribute("data-e2e", "element");
      return Boolean(own);
    }, row, column),
  );
  assert.ok(found);
  await (await desk.window.find("[data-e2e=element]")).doubleClick();
  const field = await desk.until("the field of the element", () => desk.window.find(".keys-grid-row input"));
  await desk.keys("Control", "a");
  await field.addValue(text);
  await desk.keys("Enter");
};
/** Adds an element with the form beneath the others. */
const add = async (button, ...texts) => {
  await desk.press(button);
  await desk.until("the form", () => desk.window.find(".keys-add input"));
  for (const text of texts) {
    await desk.keys(...text);
    await desk.keys("Tab");
  }
  await desk.press("Add");
  await desk.until("the form to go", async () => !(await desk.window.find(".keys-add")));
};
const is = (command, wanted) => desk.until(`${command} to be ${wanted}`, () => answer(command) === wanted, 10_000);

desk.test("a string is changed and keeps its time to live", async () => {
  await choose("greeting");
  await desk.sees("hello");
  await write("good evening");
  await is("GET greeting", "good evening");
  assert.ok(Number(answer("TTL greeting")) > 2000, "its time to live stays");
});

desk.test("a string that somebody else changed meanwhile is not written over", async () => {
  redis("SET greeting theirs KEEPTTL");
  await write("mine");
  await desk.sees("theirs", 10_000);
  assert.equal(answer("GET greeting"), "theirs");
  await desk.window.shot("keys-conflict");
});

desk.test("names with line breaks and NUL are shown, and are the keys they are", async () => {
  await choose("odd\\nname\\x00");
  await desk.sees("two");
});

desk.test("a field of a hash is changed in its place, and one is added", async () => {
  await desk.unfold("user: 2 keys");
  await choose("user:1");
  await desk.sees("Ada");
  await change("name", "Ada Lovelace");
  await is("HGET user:1 name", "Ada Lovelace");
  await add("Field", "born", "1815");
  await is("HGET user:1 born", "1815");
  assert.equal(answer("HGET user:1 mail"), "ada@example.org", "the others stay");
});

desk.test("an item of a list is changed in its place, and one goes behind the last", async () => {
  await choose("queue");
  await desk.sees("second");
  await change("Item 1", "2nd");
  await is("LINDEX queue 1", "2nd");
  await add("Item", "fourth");
  await is("LLEN queue", "4");
});

desk.test("a set gets another member", async () => {
  await choose("colours");
  await desk.sees("green");
  await add("Member", "blue");
  await is("SISMEMBER colours blue", "1");
});

desk.test("the score of a sorted set is changed in its place", async () => {
  await choose("board");
  await desk.sees("grace");
  await change("grace", "11.25");
  await is("ZSCORE board grace", "11.25");
  await change("ada", "countess", "name");
  await is("ZSCORE board countess", "10");
  assert.equal(answer("ZCARD board"), "2", "the member has another name, and is no other one");
});

desk.test("a sorted set of places is shown as such, and a place is moved", async () => {
  await choose("sicily");
  await desk.sees("Palermo");
  await desk.choose("Scores as", "Places");
  await desk.sees("13.361389");
  await desk.window.shot("keys-places");
  await change("Palermo", "15.087269", "longitude");
  await is("ZSCORE sicily Palermo", answer("ZSCORE check Palermo"));
  await add("Member", "Etna", "14.75, 37.52");
  await is("ZSCORE sicily Etna", answer("ZSCORE check Etna"));
});

desk.test("a HyperLogLog shows its count without a write, and counts one more", async () => {
  await choose("visitors");
  await desk.sees("different elements");
  await desk.sees("PFCOUNT counts anew");
  await desk.window.shot("keys-count");
  await add("Element", "dan");
  await is("PFCOUNT visitors", "4");
});

desk.test("a stream gets another entry, and shows its groups", async () => {
  await choose("events");
  await desk.sees("created");
  await add("Entry", "kind", "deleted");
  await is("XLEN events", "2");
  await desk.choose("What of the stream", "Groups");
  await desk.sees("workers", 10_000);
});

desk.test("a key gets another name, but never that of another key", async () => {
  await choose("colours");
  await desk.keys("F2");
  const field = await desk.until("the field", () => desk.window.find("[role=dialog] input"));
  await desk.keys("Control", "a");
  await field.addValue("queue");
  await desk.keys("Enter");
  await desk.sees("already", 10_000);
  await desk.keys("Control", "a");
  await field.addValue("paints");
  await desk.keys("Enter");
  await is("EXISTS paints", "1");
  assert.equal(answer("TYPE queue"), "list", "the other key is what it was");
});

desk.test("a key is deleted after a yes", async () => {
  await choose("paints");
  await desk.press("Delete");
  await desk.until("the question", () => desk.window.find("[role=dialog], [role=alertdialog]"));
  assert.equal(answer("EXISTS paints"), "1", "nothing is done before the yes");
  await desk.window.shot("keys-delete");
  await desk.inDialog("Delete 1");
  await is("EXISTS paints", "0");
});

desk.test("a command of the console answers in the grid", async () => {
  await desk.act("New query");
  await desk.run("HGETALL user:2");
  await desk.cell("Grace");
  await desk.window.shot("keys-console");
});

desk.test("where things matter an emptying command asks", async () => {
  await desk.connect("live cache");
  await desk.act("New query");
  await desk.run("FLUSHDB");
  await desk.until("the question", () => desk.window.find("[role=dialog], [role=alertdialog]"));
  await desk.sees("Empty db9?");
  await desk.window.shot("keys-asked");
  assert.equal(answer("EXISTS greeting"), "1", "nothing is done before the yes");
  await desk.keys("Escape");
});

desk.test("a connection that only reads changes nothing", async () => {
  await desk.connect("archive");
  await choose("greeting");
  await desk.act("New query");
  await desk.run("DEL greeting");
  await desk.sees("read-only", 10_000);
  assert.equal(answer("EXISTS greeting"), "1");
});
