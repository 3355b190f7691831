// The place Security in the real window: its pages by key, figures that nobody is asked for, an actor, a suite, and news of the advisor.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { guarded } from "./lib/guarded.mjs";

const { desk, ask, server, choose } = await guarded(
  18,
  `create policy "own rows" on notes to authenticated using (owner = (select current_setting('app.user_id', true)))`,
);

/** What stands in the panel, row by row. */
const rows = () =>
  desk.page(() =>
    [...document.querySelectorAll("[aria-label=Security] [data-row]")]
      .filter((row) => row.checkVisibility())
      .map((row) => ({
        label: row.querySelector(".secp-label").textContent,
        end: row.querySelector(".secp-end")?.textContent ?? "",
        icon: row.querySelector("svg").getAttribute("aria-label"),
        on: row.getAttribute("aria-current") === "page",
        focused: row === document.activeElement,
      })),
  );
const row = async (label) => (await rows()).find((each) => each.label === label);
const badge = () =>
  desk.page(() => [...document.querySelectorAll(".rh-rail-place")].find((place) => place.querySelector(".rh-rail-badge"))?.getAttribute("aria-label") ?? null);
const section = () => desk.page(() => document.querySelector("[data-focused] [role=radiogroup][aria-label='What of it'] [aria-checked=true]")?.textContent ?? null);

/** Goes into the panel, to a row of it, all by key. */
async function to(label) {
  // From within it the same keys hide it.
  if (!(await rows()).some(({ focused }) => focused)) await desk.keys("Control", "Shift", "b");
  await desk.until("the panel to have the keyboard", async () => (await rows()).some(({ focused }) => focused));
  await desk.keys("Home");
  for (const _ of await rows()) {
    if ((await row(label)).focused) return;
    await desk.keys("ArrowDown");
  }
  assert.ok((await row(label)).focused, `${label} is reached by key`);
}

/** Opens a page by key and waits until it is in front. */
async function page(label, title, part) {
  await to(label);
  await desk.keys("Enter");
  await desk.until(`${label} in front`, async () => (await row(label)).on && (await desk.titles()).includes(title));
  await desk.until("the page to have the keyboard", () => desk.page(() => document.activeElement.closest("[role=tabpanel]") !== null));
  if (part) assert.equal(await section(), part);
}

desk.test("it shows what is known of the database in front, and asks for no more", async () => {
  desk.profile(server.url, "guarded", "--password-policy", "none");
  await desk.open();
  await desk.connect("guarded");
  await desk.until("a query", async () => (await desk.titles()).includes("Query 1"));
  await to("Overview");
  await desk.until("the tables", async () => (await row("Overview")).end === "2 tables");
  assert.deepEqual(
    (await rows()).map(({ label, end }) => [label, end]),
    [
      ["Overview", "2 tables"],
      ["Policy tester", ""],
      ["Suites", ""],
      ["Coverage matrix", ""],
      ["Advisor", "?"],
    ],
  );
  assert.equal(await badge(), null);
  await desk.window.shot("security-first");
});

desk.test("each page is reached by key and marked, and then more is known", async () => {
  await page("Overview", "Policies · guarded", "Tables");
  await page("Policy tester", "Policies · guarded", "Test");
  await page("Suites", "Policies · guarded", "Suites");
  await page("Coverage matrix", "Policies · guarded", "Coverage");
  await desk.until("the roles", async () => /^\d+ roles$/.test((await row("Coverage matrix")).end));
  await page("Advisor", "Advisor · guarded");
  await desk.sees("rules ran in");
  await desk.until("what was found", async () => /warning|error/.test((await row("Advisor")).end));
  await desk.window.shot("security-advisor");
});

desk.test("a kept actor stands there and is tried as by key; a suite stands there with how it ended", async () => {
  await page("Policy tester", "Policies · guarded", "Test");
  await choose("Role of A", "authenticated");
  await desk.press("Kept actors, for A");
  await desk.press("Keep this actor…", "menuitem");
  await desk.sees("With the connection, for every database of it.");
  await desk.window.fill("Name", "Ada of Acme");
  await desk.press("Keep");
  await desk.until("the actor", async () => (await row("Ada of Acme"))?.end === "authenticated");
  await choose("Role of A", "anon");
  await page("Advisor", "Advisor · guarded");
  await to("Ada of Acme");
  await desk.keys("Enter");
  await desk.until("the tester as that actor", async () =>
    (await section()) === "Test" && (await desk.page(() => document.querySelector("[aria-label='Role of A']")?.textContent.trim())) === "authenticated",
  );

  const file = desk.path("fences.json");
  const one = (name, count) => ({ name, as: { role: "authenticated" }, statement: "select id from notes", expect: { count } });
  writeFileSync(file, JSON.stringify({ name: "fences", cases: [one("nobody's notes", 0), one("all of them", 5)] }));
  await page("Suites", "Policies · guarded", "Suites");
  await desk.picks(file, "pick_file");
  await desk.press("Open a file");
  await desk.until("the suite", async () => (await row("fences"))?.end === "not run");
  await desk.keys("Control", "Enter");
  await desk.until("how it ended", async () => (await row("fences")).end === "1 of 2");
  assert.equal((await row("fences")).icon, "failed");
  await page("Overview", "Policies · guarded", "Tables");
  await to("fences");
  await desk.keys("Enter");
  await desk.until("the suite again", async () => (await section()) === "Suites");
  await desk.until("its cases to have the keyboard", () => desk.page(() => document.activeElement.getAttribute("aria-label") === "Cases"));
  await desk.window.shot("security-suite");
});

desk.test("what a scan finds is a dot on the shield, until the advisor is looked at", async () => {
  await page("Overview", "Policies · guarded", "Tables");
  assert.equal(await badge(), null);
  ask("create table letters (body text)");
  await desk.keys("Control", "Shift", "e");
  await desk.keys("F5");
  await desk.until("the news", async () => /^Security: .*new .*found in guarded/.test((await badge()) ?? ""), 120_000);
  await desk.dismissToasts();
  await to("Advisor");
  await desk.until("the news in the panel", async () => /^\d+ new$/.test((await row("Advisor")).end));
  await desk.window.shot("security-news");
  await desk.keys("Enter");
  await desk.until("the dot to go", async () => (await badge()) === null);
  await desk.until("the figures again", async () => /warning|error/.test((await row("Advisor")).end));
  await desk.until("the new table", async () => (await row("Overview")).end === "3 tables");
});
