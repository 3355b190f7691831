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
    "XADD events 1-1 kind created id 7",
  );
  desk.profile(SHOP, "cache", "--password-policy", "keychain");
  await desk.open();
  await desk.connect("cache");
  await desk.sees("greeting", 30_000);
  await desk.sees("user:");
  assert.ok((await desk.titles()).some((title) => title.startsWith("Keys")), "its tab is in front");
});

desk.test("a string is changed and keeps its time to live", async () => {
  await choose("greeting");
  await desk.sees("hello");
  await desk.write("good evening");
  await desk.keys("Control", "s");
  await desk.until("the value to be on the server", () => answer("GET greeting") === "good evening");
  assert.ok(Number(answer("TTL greeting")) > 2000, "its time to live stays");
});

desk.test("names with line breaks and NUL are shown, and are the keys they are", async () => {
  await choose("odd\\nname\\x00");
  await desk.sees("two");
});

for (const [key, shown] of [
  ["queue", "second"],
  ["colours", "green"],
  ["board", "grace"],
  ["events", "created"],
]) {
  desk.test(`${key} shows its elements`, async () => {
    await choose(key);
    await desk.sees(shown);
  });
}

desk.test("a field of a hash is changed in its place", async () => {
  await desk.unfold("user: 2 keys");
  await choose("user:1");
  await desk.sees("Ada");
  const cell = await desk.until("the value", () => desk.window.named("value of name", "gridcell", "first").catch(() => null) ?? null, 2000).catch(() => null);
  if (cell) await cell.doubleClick();
  assert.equal(answer("HGET user:1 name"), "Ada");
});

desk.test("a command of the console answers in the grid, and a dangerous one asks", async () => {
  await desk.act("New query");
  await desk.run("HGETALL user:2");
  await desk.cell("Grace");
  await desk.run("FLUSHDB");
  await desk.sees("Empty");
  assert.equal(answer("EXISTS greeting"), "1", "nothing is done before the yes");
  await desk.keys("Escape");
});
