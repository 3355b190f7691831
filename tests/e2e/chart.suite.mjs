// Results as charts in the real window, on three databases: suggested, changed, walked with the keys, saved as pictures.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Desk, ownDatabase } from "./lib/desk.mjs";

const desk = new Desk();
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const engines = [
  { name: "PostgreSQL", url: ownDatabase("e2e_chart") },
  { name: "SQLite", url: `sqlite:${desk.path("charted.db")}?mode=rwc` },
  ...(mariadb ? [{ name: "MariaDB", url: mariadb }] : []),
];

/** The same rows everywhere: three places, one without a name, sums no double can hold. */
const places = () => {
  const rows = [
    ["'north'", "9007199254740993"],
    ["'north'", "9007199254740993"],
    ["'south'", "5"],
    ["'west'", "-3"],
    ["null", "2"],
  ];
  return rows.map(([place, amount], at) => `select ${place}${at ? "" : " as place"}, ${amount}${at ? "" : " as amount"}`).join(" union all ");
};

const numbers = Array.from({ length: 10 }, (_, at) => `select ${at * at}${at ? "" : " as squares"}`).join(" union all ");

const marks = async () => (await desk.all("[data-mark]")).map(({ name }) => name);
const chosen = async (label) => (await desk.all(`[role=combobox][aria-label="${label}"]`))[0]?.text.trim();

async function choose(label, option) {
  await desk.until(`the choice “${label}”`, () =>
    desk.page((label) => {
      const shown = [...document.querySelectorAll(`[role=combobox][aria-label="${label}"]`)].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }));
      shown.at(-1)?.click();
      return shown.length > 0;
    }, label),
  );
  await desk.press(option, "option");
}

for (const engine of engines) {
  const { name, url } = engine;
  const own = `charts on ${name}`;

  desk.test(`${name}: a result is drawn as bars with exact values`, async () => {
    if (!desk.window) {
      for (const each of engines) desk.profile(each.url, `charts on ${each.name}`);
      await desk.open();
    }
    await desk.connect(own);
    await desk.act("New query");
    await desk.run(places());
    await desk.cell("9007199254740993");
    await desk.press("Chart", "radio");
    const wanted = ["north, 18014398509481986, 2 rows", "south, 5", "west, -3", "NULL, 2"];
    await desk.until("the bars", async () => JSON.stringify(await marks()) === JSON.stringify(wanted), 30_000);
    assert.equal(await chosen("Kind of chart"), "Bar");
    await desk.sees("Sum of amount by place");
    await desk.window.shot(`chart-${name.toLowerCase()}-bar`);
  });

  desk.test(`${name}: it is a pie, and a table`, async () => {
    await choose("Kind of chart", "Pie");
    await desk.sees("1 group is below zero and no part of a whole.");
    await desk.until("the slices", async () => (await marks()).length === 3);
    await desk.press("Show as a table");
    await desk.until("the table", async () => (await desk.all(".rh-chart-table td")).some(({ text }) => text === "18014398509481986"));
    await desk.press("Show the chart");
    await choose("Kind of chart", "Bar");
    await desk.until("the bars again", async () => (await marks()).length === 4);
  });

  desk.test(`${name}: the picture is saved, as SVG and as PNG`, async () => {
    const stem = `chart-${name.toLowerCase()}`;
    const svg = desk.path(`${stem}.svg`);
    await desk.picks(svg);
    await desk.act("Save the chart as SVG");
    await desk.until("the SVG", () => existsSync(svg), 30_000);
    const text = readFileSync(svg, "utf8");
    assert.match(text, /Sum of amount by place/);
    assert.match(text, /18014398509481986/);
    assert.doesNotMatch(text, /var\(|href|class=/);
    const png = desk.path(`${stem}.png`);
    await desk.picks(png);
    await desk.act("Save the chart as PNG");
    await desk.until("the PNG", () => existsSync(png), 30_000);
    const bytes = readFileSync(png);
    assert.equal(bytes.subarray(1, 4).toString("latin1"), "PNG");
    const [, width] = /<svg[^>]* width="(\d+)"/.exec(text) ?? [];
    assert.equal(bytes.readUInt32BE(16), 2 * Number(width), "twice the size");
    await desk.act("Copy the chart as PNG");
    await desk.sees("Copied the chart as PNG");
    await desk.dismissToasts();
  });

  desk.test(`${name}: one column of numbers is a histogram, and the rows come back`, async () => {
    await desk.run(numbers);
    await desk.cell("81");
    await desk.press("Chart", "radio");
    await desk.until("the buckets", async () => (await marks()).length > 3 && (await chosen("Kind of chart")) === "Histogram", 30_000);
    const counted = (await marks()).map((mark) => Number(/, (\d+)/.exec(mark)?.[1]));
    assert.equal(counted.reduce((sum, count) => sum + count, 0), 10);
    await desk.press("Rows", "radio");
    await desk.cell("81");
  });
}

desk.test("marks are walked with the arrows, and say what they are", async () => {
  await desk.press("Chart", "radio");
  await desk.until("the buckets", async () => (await marks()).length > 3, 30_000);
  await desk.page(() => document.querySelector("[data-mark][tabindex='0']").focus());
  await desk.keys("End");
  const last = (await marks()).at(-1);
  await desk.until("the last one", () => desk.page((last) => document.activeElement.getAttribute("aria-label") === last, last));
  await desk.window.shot("chart-focus");
});
