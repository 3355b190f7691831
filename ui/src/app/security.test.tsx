import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, fakeTab, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const customers = { database: "shop", schema: "public", kind: "relation", name: "customers", signature: null };
const table = (id: string, profile_id: string) =>
  fakeTab(id, { kind: "relation", title: `of ${profile_id}`, profile_id, object: customers });

async function start(options: Parameters<typeof fakeHost>[0]): Promise<FakeHost> {
  const host = fakeHost({ pace: 0, ...options });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findAllByRole("tab");
  return host;
}

const staging = () => start({ open: [STAGING], tabs: [table("t", STAGING)], active: "t" });
const panel = () => screen.findByRole("region", { name: "Security" });
const show = async (user: ReturnType<typeof userEvent.setup>) => {
  await user.keyboard("{Control>}{Shift>}b{/Shift}{/Control}");
  return panel();
};
const row = async (name: RegExp) => within(await panel()).findByRole("button", { name });
const news = (profile_id: string, found: number) => ({
  profile_id,
  database: "shop",
  found,
  errors: found,
  warnings: 0,
  words: `${found} new things were found in ${profile_id}.`,
});

describe("the place Security", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("shows what is known, and looks at nothing by itself", async () => {
    const user = userEvent.setup();
    const host = await staging();
    await show(user);
    expect((await row(/^Overview/)).textContent).toMatch(/\d+ tables$/);
    expect((await row(/^Coverage matrix/)).textContent).toBe("Coverage matrix");
    expect((await row(/^Advisor/)).textContent).toBe("Advisor?");
    for (const name of ["advise", "policyOverview", "advisorFindings", "policyMatrix", "policyTables"] as const)
      expect(host.fake.callsOf(name)).toHaveLength(0);
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("goes to each page by key, marks the one in front, and knows more once one was looked at", async () => {
    const user = userEvent.setup();
    await staging();
    const pages = [
      [/^Overview/, "Tables", /^Policies · /],
      [/^Policy tester/, "Test", /^Policies · /],
      [/^Suites/, "Suites", /^Policies · /],
      [/^Coverage matrix/, "Coverage", /^Policies · /],
    ] as const;
    for (const [name, section, tab] of pages) {
      await show(user);
      await waitFor(() => expect(document.activeElement?.hasAttribute("data-row")).toBe(true));
      await user.keyboard("{Home}");
      for (let step = 0; step < pages.findIndex(([each]) => each === name); step += 1)
        await user.keyboard("{ArrowDown}");
      expect(document.activeElement).toBe(await row(name));
      await user.keyboard("{Enter}");
      await waitFor(() => expect(screen.getByRole("tab", { name: tab }).getAttribute("aria-selected")).toBe("true"));
      await waitFor(() =>
        expect(screen.getByRole<HTMLInputElement>("radio", { name: section }).getAttribute("aria-checked")).toBe(
          "true",
        ),
      );
      expect((await row(name)).getAttribute("aria-current")).toBe("page");
      expect((await panel()).querySelectorAll("[aria-current]")).toHaveLength(1);
      await waitFor(() => expect(document.activeElement?.closest("[role=tabpanel]")).toBeTruthy());
    }
    expect(screen.getAllByRole("tab", { name: /^Policies · / })).toHaveLength(1);
    await waitFor(async () => expect((await row(/^Coverage matrix/)).textContent).toMatch(/\d+ roles$/));
    await show(user);
    await user.keyboard("{ArrowUp}{End}{Home}");
    expect(document.activeElement).toBe(await row(/^Overview/));
    await user.click(await row(/^Advisor/));
    const advisor = await screen.findByRole("tab", { name: /^Advisor · / });
    expect(advisor.getAttribute("aria-selected")).toBe("true");
    await waitFor(async () =>
      expect((await row(/^Advisor/)).textContent).toMatch(/^Advisor\d+ errors?, \d+ warnings?$/),
    );
    expect((await row(/^Advisor/)).getAttribute("aria-current")).toBe("page");
  });

  it("keeps the keyboard when the page in front comes late", async () => {
    const user = userEvent.setup();
    const tab = fakeTab("p", { kind: "policies", title: "Policies", profile_id: STAGING });
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "p" });
    const overview = await host.policyOverview(STAGING, null);
    let arrive = () => {};
    const late = new Promise<typeof overview>((resolve) => {
      arrive = () => resolve(overview);
    });
    setHost(Object.assign(host, { policyOverview: () => late }));
    const root = document.createElement("div");
    document.body.append(root);
    render(<App />, { container: root });
    await screen.findByRole("tab", { name: /^Policies · / });
    await show(user);
    const here = await row(/^Overview/);
    await waitFor(() => expect(document.activeElement).toBe(here));
    arrive();
    await screen.findByRole("row", { name: /^app\.documents,/ });
    expect(document.activeElement).toBe(here);
  });

  it("knows what was looked at while it was hidden", async () => {
    const user = userEvent.setup();
    const host = await staging();
    await show(user);
    await row(/^Advisor ?\?/);
    await user.keyboard("{Control>}b{/Control}");
    await waitFor(() => expect(screen.queryByRole("region", { name: "Security" })).toBeNull());
    await host.advise(STAGING, null, false);
    await show(user);
    await row(/^Advisor ?\d+ errors?/);
  });

  it("has a badge while something new was found, until the advisor of that database is looked at", async () => {
    const user = userEvent.setup();
    const advisor = fakeTab("a", { kind: "advisor", title: "Advisor", profile_id: STAGING });
    const tabs = [advisor, table("t", STAGING), table("p", PROD)];
    const host = await start({ open: [STAGING, PROD], tabs, active: "a" });
    await waitFor(() => expect(host.fake.callsOf("advise").length).toBeGreaterThan(0));
    await user.click(screen.getByRole("tab", { name: /^of p-prod/ }));
    expect(screen.queryByRole("button", { name: /^Security: / })).toBeNull();
    host.fake.news(news(STAGING, 3));
    const badge = await screen.findByRole("button", { name: "Security: 3 new things were found in p-staging." });
    expect(badge.querySelector(".rh-rail-badge")).toBeTruthy();
    await user.click(badge);
    const elsewhere = await row(/^shop-staging.*3 new$/);
    // The advisor's tab lies in the background: nobody has looked yet.
    expect(await screen.findByRole("button", { name: /^Security: 3 new/ })).toBeTruthy();
    await user.click(elsewhere);
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Security: / })).toBeNull());
    expect(screen.getByRole("button", { name: "Security" })).toBeTruthy();
    expect(screen.getByRole("tab", { name: /^Advisor · / }).getAttribute("aria-selected")).toBe("true");
  });

  it("follows the tab in front, and stays with what was chosen while that tab is in front", async () => {
    const user = userEvent.setup();
    await start({
      open: [STAGING, PROD, SAMPLE],
      tabs: [table("t", STAGING), table("p", PROD)],
      active: "t",
    });
    const which = async () => (await within(await panel()).findByRole("combobox", { name: "Database" })).textContent;
    await show(user);
    expect(await which()).toMatch(/^shop-staging/);
    await user.click(screen.getByRole("tab", { name: /^of p-prod/ }));
    await waitFor(async () => expect(await which()).toMatch(/^shop-prod/));
    await user.click(within(await panel()).getByRole("combobox", { name: "Database" }));
    await user.click(await screen.findByRole("option", { name: /^Sample/ }));
    await waitFor(async () => expect(await which()).toMatch(/^Sample/));
    expect(within(await panel()).getByText("SQLite has no policies for rows.")).toBeTruthy();
    expect(within(await panel()).queryByRole("button", { name: /^Overview/ })).toBeNull();
    expect(await row(/^Advisor/)).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: /^of p-staging/ }));
    await waitFor(async () => expect(await which()).toMatch(/^shop-staging/));
  });

  it("tries as an actor, acts as one where that can be done, and takes one away and back", async () => {
    const user = userEvent.setup();
    const host = await staging();
    await host.keepPolicyActor(STAGING, "Ada", { role: "authenticated", claims: '{"sub": "1"}' });
    await host.keepPolicyActor(STAGING, "Ben", { role: "anon" });
    await show(user);
    const menu = async (name: RegExp) => {
      (await row(name)).focus();
      await user.keyboard("{Shift>}{F10}{/Shift}");
      return screen.findByRole("menu");
    };
    await user.click(within(await menu(/^Ada/)).getByRole("menuitem", { name: /^Act as this actor/ }));
    await screen.findByText(/Ada|authenticated · sub 1/, { selector: ".act-stripe *" });
    await user.click(await row(/^Ada/));
    await screen.findByRole("tab", { name: /^Policies · / });
    expect(await screen.findByRole("combobox", { name: "Role of A" })).toHaveProperty("textContent", "authenticated");
    const act = within(await menu(/^Ben/)).getByRole("menuitem", { name: /^Act as this actor/ });
    expect(act.getAttribute("aria-disabled")).toBe("true");
    await user.keyboard("{Escape}");
    (await row(/^Ben/)).focus();
    await user.keyboard("{Delete}");
    await waitFor(async () => expect(within(await panel()).queryByRole("button", { name: /^Ben/ })).toBeNull());
    expect(document.activeElement).toBe(await row(/^Ada/));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await row(/^Ben/);
    expect(await host.policyActors(STAGING)).toHaveLength(2);
  });

  it("remembers suites that were opened and how they ended, and never puts aside what is not saved", async () => {
    const user = userEvent.setup();
    const suite = (name: string, ...cases: string[]) =>
      `${JSON.stringify({ name, cases: cases.map((each) => ({ name: each, statement: "select 1", expect: { count: 1 } })) }, null, 2)}\n`;
    const tab = fakeTab("p", {
      kind: "policies",
      title: "Policies",
      profile_id: STAGING,
      view: JSON.stringify({ section: "suites" }),
    });
    const host = await start({ open: [STAGING], tabs: [tab], active: "p" });
    host.fake.world.files.set("/w/one.json", { text: suite("isolation", "a", "cross-user b"), stamp: 1 });
    host.fake.world.files.set("/w/two.json", { text: suite("fences", "c"), stamp: 1 });
    host.fake.world.picked = "/w/one.json";
    await user.click(await screen.findByRole("button", { name: "Open a file" }));
    await show(user);
    expect((await row(/^isolation/)).textContent).toBe("isolationnot run");
    await user.click(await screen.findByRole("button", { name: /^Run all/ }));
    expect((await row(/isolation/)).textContent).toBe("isolation" + "1 of 2");
    await row(/^failed ?isolation/);
    await user.click(screen.getByRole("button", { name: "More of the suite" }));
    host.fake.world.picked = "/w/two.json";
    await user.click(await screen.findByRole("menuitem", { name: "Open another…" }));
    await row(/^fences/);
    await user.click(await row(/isolation/));
    // Whoever opens a suite goes through its cases; what is typed does not land in a statement.
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Cases"));
    const name = await screen.findByDisplayValue("isolation");
    await user.type(name, " x");
    await row(/isolation x/);
    await user.click(await row(/^fences/));
    await screen.findByText("isolation x is not saved");
    expect(screen.getByDisplayValue("isolation x")).toBeTruthy();
    expect(JSON.parse(window.localStorage.getItem("rowhouse.suites") ?? "{}")).toMatchObject({
      [JSON.stringify([STAGING, null])]: [
        { path: "/w/two.json" },
        { path: "/w/one.json", last: { passed: 1, failed: 1 } },
      ],
    });
    (await row(/^fences/)).focus();
    await user.keyboard("{Delete}");
    await waitFor(async () => expect(within(await panel()).queryByRole("button", { name: /^fences/ })).toBeNull());
  });

  it("keeps no suite of a connection that is not recorded on the disk", async () => {
    const tab = fakeTab("p", {
      kind: "policies",
      title: "Policies",
      profile_id: STAGING,
      view: JSON.stringify({
        section: "suites",
        suite: { text: '{"name": "secret", "cases": []}', file: { path: "/w/s.json", stamp: "1" } },
      }),
    });
    const user = userEvent.setup();
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "p" });
    const { world } = host.fake;
    world.profiles = world.profiles.map((each) => (each.id === STAGING ? { ...each, recorded: false } : each));
    setHost(host);
    const root = document.createElement("div");
    document.body.append(root);
    render(<App />, { container: root });
    await screen.findByRole("tab", { name: /^Policies · / });
    await show(user);
    await row(/^secret/);
    expect(window.localStorage.getItem("rowhouse.suites") ?? "").not.toContain("/w/s.json");
  });

  it("says what is missing: a connection, or its server", async () => {
    const user = userEvent.setup();
    const host = await staging();
    await show(user);
    await row(/^Overview/);
    host.fake.lose(STAGING);
    expect(await within(await panel()).findByText("Not connected")).toBeTruthy();
    expect(await row(/^Overview/)).toBeTruthy();
    await host.disconnect(STAGING);
    await within(await panel()).findByText(/shop-staging is not connected/);
    await user.click(within(await panel()).getByRole("button", { name: "Connect" }));
    await row(/^Overview/);
  });

  it("is an empty place where nothing was ever connected", async () => {
    const user = userEvent.setup();
    await start({ open: [] });
    await show(user);
    await within(await panel()).findByText("Nothing is connected");
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Connections"));
  });
});
