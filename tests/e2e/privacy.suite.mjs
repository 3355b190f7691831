// Two groups of tabs over a restart; what is forgotten with everything is in no file any more.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Desk } from "./lib/desk.mjs";

const MARKER = "quagga_marker_of_this_test";
const SECOND = '[role=tablist][aria-label="Open tabs of the second group"] [role=tab]';
const desk = new Desk();

/** Files below the home that hold the marker; what the webview keeps for itself is not Rowhouse's. */
function holding(folder = desk.home.path) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return holding(path);
    return entry.isFile() && readFileSync(path).includes(MARKER) ? [path] : [];
  });
}

const second = async () => (await desk.all(SECOND)).map(({ text }) => text.trim().split("\n")[0]);
const first = async () => (await desk.titles()).map((title) => title.split(" · ")[0]);

desk.test("a tab goes to a second group with its result, and both are in sight", async () => {
  await desk.open();
  await desk.act("Open the sample shop");
  await desk.until("the first query", async () => (await first()).includes("Query 1"));
  await desk.run(`select 'left ${MARKER}' as side`);
  await desk.cell(`left ${MARKER}`, 20_000);
  await desk.keys("Control", "n");
  await desk.until("the second query", async () => (await first()).includes("Query 2"));
  await desk.run(`select 'right ${MARKER}' as side`);
  await desk.cell(`right ${MARKER}`, 20_000);
  await desk.keys("Control", "\\");
  await desk.until("the second group", async () => (await second()).join() === "Query 2");
  await desk.until("both results", async () => {
    const cells = await desk.cells();
    return cells.includes(`left ${MARKER}`) && cells.includes(`right ${MARKER}`);
  });
  const boxes = await desk.page(() =>
    [...document.querySelectorAll(".rh-document:not([data-hidden])")].map((each) => {
      const { left, width, height } = each.getBoundingClientRect();
      return { left, width, height };
    }),
  );
  assert.equal(boxes.length, 2);
  assert.ok(Math.abs(boxes[0].width - boxes[1].width) < 3 && boxes[0].left !== boxes[1].left, JSON.stringify(boxes));
  await desk.window.shot("split");
});

desk.test("the groups come back after a restart", async () => {
  await desk.until("it to be kept", async () => (await desk.ask("workspace")).answer.layout !== null);
  await desk.close();
  await desk.open();
  await desk.until("the second group", async () => (await second()).join() === "Query 2");
  assert.ok((await first()).includes("Query 1"));
});

desk.test("closing the last tab of a group ends the split", async () => {
  await desk.press("Query 2", "tab");
  await desk.keys("Control", "w");
  await desk.until("one group", async () => (await second()).length === 0);
  assert.ok((await first()).includes("Query 1"));
});

desk.test("everything is forgotten: the window begins anew and no file holds a word of it", async () => {
  assert.ok(holding().length > 0, "it is there before");
  await desk.keys("Control", ",");
  await desk.sees("Forget everything…");
  await desk.press("Forget everything…");
  await desk.until("the question", async () => (await desk.all("[role=alertdialog]")).length === 1);
  await desk.press("Forget everything");
  await desk.until("the first start", async () => (await desk.titles()).join() === "Connections", 30_000);
  await desk.until("the store to be empty", () => holding().length === 0, 20_000);
  const kept = (await desk.ask("kept_amounts", { profileId: null })).answer;
  assert.deepEqual([kept.history, kept.audit, kept.closed_tabs], [0, 0, 0]);
});
