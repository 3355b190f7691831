// A server that is away: structure, definitions and what is in no schema come from what was kept, with their time.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { cluster } from "./lib/cluster.mjs";
import { Desk, psql } from "./lib/desk.mjs";

const server = await cluster();
const desk = new Desk();
after(() => server.remove());

const AWAY = "the server was not asked, because it cannot be reached";

/** Whether the thorough reading has put this text on disk. */
const kept = (text) => {
  const root = desk.path("catalogs");
  if (!existsSync(root)) return false;
  const files = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".texts"));
  return files.some((name) => readFileSync(join(root, name), "utf8").includes(text));
};

desk.test("what a table is goes to disk behind a person's back", async () => {
  psql(
    server.url,
    `create table tickets (id int primary key, owner text not null);
     alter table tickets enable row level security;
     create policy own_only on tickets using (owner = current_user);
     create function stamp() returns trigger language plpgsql as 'begin return new; end';
     create trigger stamps before insert on tickets for each row execute function stamp();
     grant select on tickets to public; create role clerk login;
     create publication everyone for table tickets`,
  );
  desk.profile(server.url, "Desk", "--password-policy", "none");
  await desk.open();
  await desk.connect("Desk");
  await desk.openTable("tickets");
  await desk.sees("owner", 20_000);
  await desk.until("the texts to be on disk", () => kept("own_only") && kept("CREATE PUBLICATION"), 60_000);
});

desk.test("without the server, triggers, policies and the definition are there with their time", async () => {
  server.stop();
  await desk.sees("Lost the connection", 20_000);
  await desk.press("DDL", "radio");
  await desk.sees("CREATE TABLE public.tickets", 20_000);
  await desk.sees("CREATE POLICY own_only");
  await desk.sees(AWAY);
  await desk.window.shot("offline-definition");
  const tabs = (await desk.all("[role=radio]")).map(({ text }) => text.replace(/\s+/g, " ").trim());
  for (const wanted of ["Triggers 1", "Policies 1", "Privileges"]) {
    assert.ok(tabs.some((tab) => tab.startsWith(wanted)), `${wanted} in ${tabs}`);
  }
});

desk.test("a window that opens while the server is away has roles and publications too", async () => {
  await desk.close();
  await desk.open();
  await desk.press("Connect");
  await desk.sees("refused the connection", 30_000);
  await desk.keys("Alt", "2");
  await desk.sees(AWAY);
  await desk.unfold("Publications");
  await desk.sees("everyone");
  await desk.unfold("Roles");
  await desk.sees("clerk");
  await desk.window.shot("offline-explorer");
});
