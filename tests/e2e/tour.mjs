// Looks at every screen of the real window, in both themes and at two sizes, and leaves the pictures in a folder:
//
//   node tests/e2e/tour.mjs OUT_DIR [PART…]
//
// A part is the beginning of a picture's name ("table", "query"). It needs `scripts/servers start` and a built program; it brings
// a display, a Secret Service and a home of its own. It judges nothing: it is for a person's eyes.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { insideDisplay } from "./tour.display.mjs";
import { COUNTED, FIXTURE, README, SCRIPT } from "./tour.sql.mjs";

const [folder, ...parts] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tests/e2e/tour.mjs OUT_DIR [PART…]");
  process.exit(2);
}
const OUT = resolve(folder);
mkdirSync(OUT, { recursive: true });

insideDisplay(fileURLToPath(import.meta.url), OUT, parts);

const { CLI, scratchHome, until, Window } = await import("./harness.mjs");
const SERVER = process.env.ROWHOUSE_TEST_POSTGRES_18_URL;
const CLIENT = process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN;
if (!SERVER || !CLIENT) throw new Error('no server is known: eval "$(scripts/servers env)" first');

const SIZES = [
  [1440, 900],
  [1024, 700],
];
const home = scratchHome();
let window;
const failed = [];

function psql(sql, database = "tour_shop") {
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  return execFileSync(`${CLIENT}/psql`, ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url.href, "-c", sql], { encoding: "utf8" }).trim();
}

function cli(...args) {
  execFileSync(CLI, args, { env: { ...process.env, ROWHOUSE_HOME: home.path }, stdio: ["ignore", "ignore", "inherit"] });
}

/** A way to the server that can be taken away. */
function detour() {
  const { hostname, port } = new URL(SERVER);
  const open = new Set();
  const server = createServer((near) => {
    const far = createConnection({ host: hostname, port: Number(port) });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one) && other.destroy());
      one.pipe(other);
    }
  });
  return new Promise((ready) => {
    server.listen(0, "127.0.0.1", () =>
      ready({
        port: String(server.address().port),
        close: () => {
          server.close();
          for (const socket of open) socket.destroy();
        },
      }),
    );
  });
}

async function resize(width, height) {
  await window.browser.setWindowRect(0, 0, width, height).catch(() => {});
  await until(`a window of ${width}`, () => window.page((width) => Math.abs(innerWidth - width) < 40, width), 4000).catch(() => {});
}

/** One picture per theme and size of what is shown now. */
async function look(name, { sizes = SIZES } = {}) {
  for (const [width, height] of sizes) {
    await resize(width, height);
    for (const theme of ["light", "dark"]) {
      await window.page((theme) => {
        document.documentElement.dataset.theme = theme;
      }, theme);
      await sleep(350);
      const path = join(OUT, `${name}-${width}-${theme}.png`);
      execFileSync("import", ["-window", "root", "-crop", `${width}x${height}+0+0`, "+repage", path], { timeout: 10_000 });
    }
  }
  if (sizes.length > 1) await resize(...SIZES[0]);
  console.log(`  ${name}`);
}

/** A stop of the tour; one that fails is pictured and the tour goes on. */
async function stop(name, body, options) {
  try {
    await body?.();
    await sleep(200);
    await look(name, options);
  } catch (error) {
    failed.push(name);
    console.error(`! ${name}: ${error.message.split("\n")[0]}`);
    await look(`${name}-failed`, { sizes: [SIZES[0]] }).catch(() => {});
  }
}

const wants = (part) => parts.length === 0 || parts.some((wanted) => part.startsWith(wanted));
const keys = (...names) => window.keys(names);
const see = (text, limit = 15_000) => window.sees(text, limit);
const cells = (least = 1) =>
  until(
    "rows",
    () =>
      window.page(
        (least) => [...document.querySelectorAll("[role=gridcell]")].filter((cell) => cell.checkVisibility({ checkVisibilityCSS: true })).length >= least,
        least,
      ),
    15_000,
  );

/** Writes into the editor in front, at once. */
async function write(text) {
  await until("the editor", () =>
    window.page(() => {
      const shown = [...document.querySelectorAll("[data-editor] .cm-content")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }));
      shown.at(-1)?.focus();
      return shown.length > 0;
    }),
  );
  await keys("Control", "a");
  await window.page((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

/** Opens a branch of the tree. */
async function unfold(name, which = "first") {
  const item = await until(`“${name}” in the tree`, () => window.named(name, "treeitem", which), 15_000);
  if ((await item.getAttribute("aria-expanded")) === "true") return;
  await item.click();
  await keys("ArrowRight");
  await sleep(300);
}

async function openTable(name) {
  const item = await until(`“${name}” in the tree`, () => window.named(name, "treeitem", "first"), 15_000);
  await item.doubleClick();
}

/** Runs an action of the palette. */
async function act(title) {
  await keys("Control", "k");
  await until("the palette", () => window.find(".rh-palette-ask input"));
  await (await window.find(".rh-palette-ask input")).addValue(title.toLowerCase());
  await sleep(250);
  await keys("Enter");
  await sleep(250);
}

async function connect(name) {
  await keys("Control", "Shift", "h");
  const row = await until(`the connection ${name}`, () =>
    window.page((name) => {
      for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
      const row = [...document.querySelectorAll("[role=option],[role=row],.conn-row,[data-profile]")].find(
        (row) => row.checkVisibility({ checkVisibilityCSS: true }) && row.textContent.includes(name),
      );
      row?.setAttribute("data-e2e", "row");
      return Boolean(row);
    }, name),
  );
  if (!row) return;
  await window.page(() => document.querySelector("[data-e2e=row]")?.scrollIntoView({ block: "center" }));
  await (await window.find("[data-e2e=row]")).doubleClick();
}

/** Goes down the list that has the focus to a row with these words in it, and opens it. */
async function pick(words) {
  const at = () =>
    window.page((words) => {
      const id = document.activeElement?.getAttribute("aria-activedescendant");
      return Boolean(id && document.getElementById(id)?.textContent.includes(words));
    }, words);
  for (let step = 0; step < 8; step += 1) {
    if (await at()) return keys("Enter");
    await keys("ArrowDown");
    await sleep(80);
  }
  throw new Error(`no row says “${words}”`);
}

async function explorer() {
  await keys("Control", "Shift", "e");
  await sleep(300);
}

/** Puts the grid's cursor on a cell, by keyboard: a far column is in view then. */
async function goTo(column, row = 0) {
  await window.page(() => {
    const shown = [...document.querySelectorAll(".rg")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }));
    shown.at(-1)?.focus();
  });
  await keys("Control", "Home");
  for (let each = 0; each < row; each += 1) await keys("ArrowDown");
  for (let each = 0; each < column; each += 1) await keys("ArrowRight");
}

/** The control of a result's column. */
async function header(name) {
  const found = await window.page((name) => {
    for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
    const heads = [...document.querySelectorAll("[role=columnheader]")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }));
    const head = heads.find((each) => each.textContent.startsWith(name));
    head?.setAttribute("data-e2e", "head");
    return Boolean(head);
  }, name);
  if (!found) throw new Error(`no column ${name}`);
  return window.find("[data-e2e=head]");
}

async function home1() {
  await stop("home-empty");
  await stop("form-postgres", async () => {
    await keys("Control", "Shift", "n");
    await window.press("PostgreSQL", "radio");
  });
  const { hostname, port, password } = new URL(SERVER);
  await stop("form-tested", async () => {
    await window.fill("Host", hostname);
    await window.fill("Port", port);
    await window.fill("User", "postgres");
    await window.fill("Password", password);
    await window.fill("Database", "tour_shop");
    await window.fill("Name and group", "scratch");
    await window.press("Test");
    await see("PostgreSQL 18", 20_000);
  });
  await stop("form-failed", async () => {
    await window.fill("Password", "not this one");
    await window.press("Test");
    await sleep(2500);
  });
  await stop("form-invalid", async () => {
    await window.fill("Port", "54x32");
    await window.press("Save and connect");
    await sleep(500);
  });
  await stop("form-sqlite", async () => {
    await window.press("SQLite", "radio");
  });
  await keys("Control", "w");
  await sleep(400);
  await stop("close-unsaved", undefined, { sizes: [SIZES[0]] });
  await window.press("Discard", "button", 1500).catch(() => keys("Escape"));
}

function profiles(port) {
  const { hostname, port: straight, password } = new URL(SERVER);
  const url = (user, secret, port = straight, database = "tour_shop") => `postgres://${user}:${secret}@${hostname}:${port}/${database}`;
  const add = (target, name, environment, ...rest) => cli("connections", "add", target, "--name", name, "--environment", environment, ...rest);
  add(url("postgres", password), "shop-prod", "production", "--group", "Shop");
  add(url("postgres", password, port), "shop-staging", "staging", "--group", "Shop");
  add(url("tour_reader", "tour-reader"), "reports as a reader", "development", "--group", "Shop", "--safety", "free");
  add(url("postgres", password), "a connection whose name is much longer than any list would like it to be", "local", "--group", "Elsewhere");
  add(url("postgres", "wrong"), "wrong password", "development", "--group", "Elsewhere");
  add(`postgres://tour_reader@${hostname}:${straight}/tour_shop`, "asks every time", "development", "--group", "Elsewhere", "--password-policy", "ask");
  writeFileSync(join(home.path, "broken.db"), "this is no database, only a text of some length\n".repeat(40));
  add(join(home.path, "broken.db"), "no database at all", "local", "--group", "Elsewhere");
}

async function connections() {
  await stop("home-connections", () => keys("Control", "Shift", "h"));
  await stop("question-password", async () => {
    await connect("asks every time");
    await until("the question", () => window.find("[role=dialog]"));
  });
  // A branch of the tree that waited for the same connection may ask for itself.
  for (let asked = 0; asked < 4 && (await window.find("[role=dialog]")); asked += 1) {
    await keys("Escape");
    await sleep(1200);
  }
  await stop("connect-denied", async () => {
    await connect("wrong password");
    await sleep(3000);
  });
  await stop("connect-nofile", async () => {
    await connect("no database at all");
    await sleep(2500);
  });
}

/** Closes the notifications: they would lie over the next pictures. */
const hush = () => window.page(() => document.querySelectorAll(".rh-toast button[aria-label]").forEach((button) => button.click()));

async function tree() {
  await hush();
  await connect("shop-prod");
  await explorer();
  await stop("explorer", async () => {
    await unfold("tour_shop");
    await unfold("public");
    await unfold("Tables");
    await see("orders");
  });
  await stop("explorer-search", async () => {
    await keys("Control", "p");
    await sleep(400);
    await (await until("the field", () => window.page(() => document.activeElement?.tagName === "INPUT").then(() => window.find("input:focus")))).addValue("customer");
    await sleep(900);
  });
}

async function tables() {
  await explorer();
  await stop("table-data", async () => {
    await openTable("orders");
    await cells(20);
    await sleep(600);
  });
  await stop("table-range", async () => {
    await goTo(3, 4);
    for (const step of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"]) await keys("Shift", step);
    await sleep(300);
  });
  await stop("table-filter-form", async () => {
    await act("Filter rows");
    await sleep(300);
  });
  await stop("table-filtered", async () => {
    await (await until("the value", () => window.named("Value", "textbox"))).addValue("1198440");
    await keys("Enter");
    await sleep(900);
    await (await header("total")).click();
    await sleep(900);
  });
  await stop("table-header-menu", async () => {
    await (await header("total")).click({ button: "right" });
    await sleep(300);
  }, { sizes: [SIZES[0]] });
  await keys("Escape");
  await stop("table-no-match", async () => {
    await window.press("Condition");
    await (await until("the value", () => window.named("Value", "textbox"))).addValue("-5");
    await keys("Enter");
    await sleep(900);
  });
  await window.press("Clear", "button", 3000).catch(() => window.press("Clear the filters"));
  await sleep(900);
  const view = async (column, row = 0) => {
    await goTo(column, row);
    await keys("Enter");
    await sleep(600);
  };
  await stop("cell-text", () => view(10, 2));
  await stop("cell-json", () => view(11, 1));
  await stop("cell-binary", () => view(12, 1));
  await stop("cell-null", () => view(7, 2), { sizes: [SIZES[0]] });
  await keys("Escape");
  await stop("table-columns", () => keys("Alt", "2"));
  await stop("table-indexes", () => keys("Alt", "3"));
  await stop("table-constraints", () => keys("Alt", "4"));
  await stop("table-privileges", () => act("Show privileges"));
  await stop("table-ddl", () => keys("Alt", "5"));
  await keys("Alt", "1");
  await stop("table-long-names", async () => {
    await openTable("a_table_with_a_very_long_name_that_nobody_would_type_by_hand");
    await cells(4);
  });
  await stop("table-long-columns", () => keys("Alt", "2"));
  await stop("table-empty", async () => {
    await openTable("wish_lists");
    await see("No rows");
  });
  for (const [folder, name] of [["Functions", "order_total"], ["Types", "order_status"], ["Sequences", "addresses_id_seq"]]) {
    await unfold(folder);
    await stop(`table-not-${name}`, () => openTable(name));
  }
}

async function denied() {
  await connect("reports as a reader");
  await explorer();
  await stop("table-denied", async () => {
    await keys("Control", "p");
    await sleep(400);
    await (await window.find("input:focus")).addValue("payroll");
    await sleep(900);
    await keys("ArrowDown");
    await pick("no access");
    await see("You may not read");
  });
}

async function queries() {
  await connect("shop-staging");
  await sleep(1500);
  await keys("Control", "n");
  await stop("query-new");
  await stop("query-script", async () => {
    await write(SCRIPT);
    await keys("Control", "Shift", "Enter");
    await sleep(3000);
  });
  await stop("query-second-result", async () => {
    await keys("Alt", "ArrowRight");
    await sleep(400);
  });
  await stop("query-messages", () => window.press("Messages", "tab"));
  await stop("query-error", async () => {
    await write("select o.id, o.placed_at\nfrom orders o\norder by o.id;\n\nselect o.id, o.custmer_id, o.total\nfrom orders o where o.coupon = 'SPRING10';");
    await keys("Control", "Shift", "Enter");
    await see("42703");
    await sleep(400);
  });
  await stop("query-completion", async () => {
    await write("select o. from orders o");
    await keys("Home");
    for (let each = 0; each < 9; each += 1) await keys("ArrowRight");
    await keys("Control", " ");
    await sleep(900);
  }, { sizes: [SIZES[0]] });
  await keys("Escape");
  await stop("query-find", async () => {
    await keys("Control", "f");
    await sleep(400);
  }, { sizes: [SIZES[0]] });
  await keys("Escape");
  await stop("query-running", async () => {
    await write("select n, pg_sleep(0.004) as pause, md5(n::text) as digest from generate_series(1, 100000) n;");
    await keys("Control", "Enter");
    await sleep(2500);
  });
  await stop("query-stopped", async () => {
    await keys("Control", ".");
    await see("only the first");
  });
  await stop("query-silent", async () => {
    await write("select pg_sleep(60);");
    await keys("Control", "Enter");
    await sleep(1500);
  });
  await keys("Control", ".");
  await see("stopped");
  await stop("query-capped", async () => {
    await write(COUNTED);
    await keys("Control", "Enter");
    await see("first 100,000 rows", 30_000);
    await sleep(600);
  });
  await keys("Control", ".");
  await see("only the first");
  await stop("query-parameters", async () => {
    await write("select * from orders where id = $1 and status = $2;");
    await keys("Control", "Enter");
    await sleep(700);
  }, { sizes: [SIZES[0]] });
  await keys("Escape");
  await stop("query-transaction", async () => {
    await write("begin; select 1 as one;");
    await keys("Control", "Shift", "Enter");
    await sleep(1200);
  });
  await stop("query-lost", async () => {
    psql("select pg_terminate_backend(pid) from pg_stat_activity where application_name ilike 'rowhouse%'", "postgres");
    await sleep(1500);
    await write("select 2 as two;");
    await keys("Control", "Enter");
    await sleep(1500);
  });
}

async function places() {
  await stop("history", () => keys("Control", "Shift", "y"));
  await stop("palette", () => keys("Control", "k"));
  await stop("palette-words", async () => {
    await (await window.find(".rh-palette-ask input")).addValue("ord");
    await sleep(700);
  });
  await keys("Escape");
  await keys("Escape");
  await stop("settings", async () => {
    await keys("Control", ",");
    await sleep(600);
  });
  for (const [part, at] of [["history", 0.2], ["shortcuts", 0.6], ["about", 1]])
    await stop(`settings-${part}`, () =>
      window.page((at) => {
        const scroller = [...document.querySelectorAll(".rh-document")].filter((each) => each.dataset.hidden !== "true").flatMap((each) => [each, ...each.querySelectorAll("*")]).find((each) => each.scrollHeight > each.clientHeight + 40 && getComputedStyle(each).overflowY !== "visible");
        scroller?.scrollTo(0, (scroller.scrollHeight - scroller.clientHeight) * at);
      }, at),
    );
}

async function offline(road) {
  await connect("shop-staging");
  await explorer();
  await stop("offline-table", async () => {
    await sleep(1500);
    await keys("Control", "p");
    await sleep(400);
    await (await window.find("input:focus")).addValue("addresses");
    await sleep(1200);
    road.close();
    await keys("ArrowDown");
    await pick("shop-staging").catch(() => keys("Enter"));
    await sleep(4000);
  });
  await stop("offline-query", async () => {
    await keys("Control", "n");
    await write("select now();");
    await keys("Control", "Enter");
    await sleep(3000);
  });
  await stop("offline-explorer", () => explorer());
  await stop("offline-home", () => keys("Control", "Shift", "h"));
}

/** The picture of the README: the sample, a query, its results. */
async function sample() {
  await window.close();
  const fresh = scratchHome();
  try {
    window = await Window.open(fresh.path, { args: ["--sample"] });
    await resize(...SIZES[0]);
    await stop(
      "readme",
      async () => {
        await see("Tables", 30_000);
        await unfold("Tables");
        await write(README);
        await keys("Control", "Enter");
        await cells(20);
        await sleep(1500);
      },
      { sizes: [SIZES[0]] },
    );
  } finally {
    await window.close();
    fresh.remove();
  }
}

const road = await detour();
try {
  psql("drop database if exists tour_shop with (force)", "postgres");
  psql("create database tour_shop", "postgres");
  psql(FIXTURE);
  if (wants("home") || wants("form")) {
    window = await Window.open(home.path);
    await home1();
    await window.close();
  }
  profiles(road.port);
  window = await Window.open(home.path);
  await resize(...SIZES[0]);
  const way = [
    [["home", "connect", "question"], connections],
    [["explorer", "table", "cell", "query", "place", "settings", "palette", "history"], tree],
    [["table", "cell"], tables],
    [["query"], queries],
    [["settings", "palette", "history"], places],
    [["denied"], denied],
    [["offline"], () => offline(road)],
    [["readme"], sample],
  ];
  for (const [names, walk] of way) {
    if (!names.some(wants)) continue;
    try {
      await walk();
    } catch (error) {
      failed.push(names.join(" "));
      console.error(`! ${names[0]}: ${error.message.split("\n")[0]}`);
      await look(`${names[0]}-failed`, { sizes: [SIZES[0]] }).catch(() => {});
    }
  }
} finally {
  await window?.close().catch(() => {});
  road.close();
  home.remove();
  try {
    psql("drop database if exists tour_shop with (force)", "postgres");
    psql("drop role if exists tour_reader", "postgres");
  } catch {
    // The server may have been stopped under us.
  }
}
if (failed.length > 0) console.error(`not reached: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
