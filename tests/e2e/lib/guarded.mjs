// A server of a suite's own with a table that policies are made for, and the ways of a person through the page of policies.
import { after } from "node:test";
import { cluster } from "./cluster.mjs";
import { Desk, psql } from "./desk.mjs";

/** Versions whose policies are changed and tried in the window: the oldest and the newest. */
export const VERSIONS = [15, 18];

/** A window, and a server of one version in it under the name `guarded`. */
export async function guarded(version, sql = "") {
  const server = await cluster(version);
  const desk = new Desk();
  after(() => server.remove());
  const ask = (text) => psql(server.url, text);
  ask(`
    create role authenticated; create role anon;
    create table notes (id int primary key, owner text not null, body text);
    insert into notes select n, case when n % 2 = 0 then 'ada' else 'ben' end, 'note ' || n from generate_series(1, 5) n;
    grant select, insert, update, delete on notes to authenticated, anon;
    alter table notes enable row level security;
    create table tags (id int primary key);
    ${sql}`);

  /** Presses what stands in a part of the page that has a name. */
  const within = (part, selector) =>
    desk.until(`${selector} in “${part}”`, () =>
      desk.page(
        (part, selector) => {
          const all = [...document.querySelectorAll(`[aria-label="${part}"] ${selector}`)];
          const found = all.find((node) => node.checkVisibility() && node.getAttribute("aria-disabled") !== "true");
          found?.click();
          return Boolean(found);
        },
        part,
        selector,
      ),
    );

  /** Unfolds a table of the list. */
  const unfold = (table = "public.notes") =>
    desk.until(`${table} to be unfolded`, () =>
      desk.page((table) => {
        const row = document.querySelector(`[role=row][aria-label^="${table},"]`);
        if (row?.getAttribute("aria-expanded") === "false") row.click();
        return row?.getAttribute("aria-expanded") === "true";
      }, table),
    );

  async function choose(label, option) {
    await desk.press(label);
    await desk.press(option, "option");
  }

  /** Says whom the tester tries as: a role that is told of its user by a setting. */
  async function actor(letter, user) {
    await choose(`Role of ${letter}`, "authenticated");
    await within(`Actor ${letter}`, "summary");
    await within(`Actor ${letter}`, ".try-settings > button");
    await desk.window.fill(`Setting 1 of ${letter}`, "app.user_id");
    await desk.window.fill(`Value 1 of ${letter}`, user);
  }

  /** Applies the drafts, after naming every role that gets nothing any more. */
  async function apply(...losing) {
    await desk.press("Review");
    await desk.sees("in one transaction: all of it or nothing");
    for (const role of losing) await desk.window.fill(`Type ${role}`, role);
    await desk.press("Apply");
    await desk.until("the review to go", async () => !(await desk.page(() => document.querySelector("[role=dialog]") !== null)));
  }

  /** Opens the window on the page of policies. */
  async function open() {
    desk.profile(server.url, "guarded", "--password-policy", "none");
    await desk.open();
    await desk.connect("guarded");
    await desk.act("Policies of this database: who gets which rows");
    await desk.until("its tab", async () => (await desk.titles()).includes("Policies · guarded"));
    await desk.until("the table", async () => (await desk.all("[role=row]")).some(({ name }) => name?.startsWith("public.notes, ")));
  }

  const policies = () => ask("select policyname, cmd, roles, qual is not null, with_check is not null from pg_policies order by 1");
  return { server, desk, ask, within, unfold, choose, actor, apply, open, policies };
}
