import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

async function open(view: object = {}): Promise<FakeHost> {
  const tab = fakeTab("a", { kind: "advisor", title: "Advisor", profile_id: STAGING, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "a" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /^Advisor · / });
  return host;
}

const finding = (name: RegExp) => screen.findByRole("option", { name });

describe("the advisor", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("says what was found, and never counts what was not evaluated as passed", async () => {
    const user = userEvent.setup();
    await open();
    await screen.findByText(/tables? secured, \d+ warnings?, \d+ errors?$/);
    expect(screen.getByText(/2 could not be evaluated, or not in full/)).toBeTruthy();
    expect(screen.getByText("Grade D?")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: /Not evaluated/ }));
    const list = await screen.findByRole("list", { name: "Rules that were not evaluated" });
    expect(within(list).getByText(/pg_stat_statements is not installed/)).toBeTruthy();
  });

  it("opens a fix of row security as drafts of policies, and runs nothing", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await finding(/app\.api_keys · S-01/));
    const details = await screen.findByRole("region", { name: /^Finding: Row security is off/ });
    expect(within(details).getByText("ACCESS EXCLUSIVE")).toBeTruthy();
    await user.click(within(details).getByRole("button", { name: /^Open as drafts/ }));
    const tab = await screen.findByRole("tab", { name: /^Policies · / });
    await waitFor(() => expect(tab.getAttribute("aria-selected")).toBe("true"));
    await screen.findByRole("button", { name: "1 draft" });
    expect(host.fake.world.security.staged[0]?.change).toMatchObject({
      change: "row_security",
      on: { table: "api_keys" },
      after: { enabled: true },
    });
    expect(host.fake.callsOf("run")).toHaveLength(0);
    expect(host.fake.callsOf("policyApply")).toHaveLength(0);
  });

  it("lists tables by what was found about them, and narrows to one and back", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await screen.findByRole("radio", { name: "By table" }));
    const tables = await screen.findByRole("listbox", { name: "Tables and other objects with findings" });
    const rows = await within(tables).findAllByRole("option");
    // An index counts for its table, which stands first for it; what belongs to no table stands for itself.
    expect(rows[0]?.textContent).toContain("app.api_keys");
    expect(rows[0]?.textContent).toMatch(/row security off.*1 error.*1 note/);
    expect(rows.at(-1)?.textContent).toMatch(/pg_trgm extension.*1 note/);
    expect(screen.queryByRole("button", { name: "All fixes" })).toBeNull();

    await user.click(rows[0] as HTMLElement);
    const beside = await screen.findByRole("region", { name: "Findings of app.api_keys" });
    await waitFor(() => expect(within(beside).getAllByRole("option")).toHaveLength(2));
    expect(within(beside).getByText("index api_keys_created_at_idx")).toBeTruthy();

    tables.focus();
    await user.keyboard("{Enter}");
    const list = await screen.findByRole("listbox", { name: "Findings" });
    await waitFor(() => expect(within(list).getAllByRole("option")).toHaveLength(2));
    expect(host.fake.callsOf("advisorFindings").at(-1)?.[2]).toMatchObject({ about: { name: "api_keys" } });
    // The keyboard goes along, there and back.
    expect(document.activeElement).toBe(list);
    await user.keyboard("{ArrowDown}{Escape}");
    const again = await screen.findByRole("listbox", { name: "Tables and other objects with findings" });
    expect(document.activeElement).toBe(again);
    expect(within(again).getByRole("option", { selected: true }).textContent).toContain("app.api_keys");

    // The other way back: everything again.
    await user.dblClick(within(again).getAllByRole("option")[0] as HTMLElement);
    await user.click(await screen.findByRole("button", { name: /^List the findings of everything again/ }));
    await waitFor(() =>
      expect(within(screen.getByRole("listbox", { name: "Findings" })).getAllByRole("option").length).toBeGreaterThan(
        2,
      ),
    );
  });

  it("counts what was accepted of a table apart, and filters tables as it filters findings", async () => {
    const user = userEvent.setup();
    const host = await open({ within: "tables" });
    const [profileId, key] = [STAGING, "I-03:app:api_keys:api_keys_created_at_idx"];
    await screen.findByRole("option", { name: /app\.api_keys/ });
    await host.advisorSuppress(profileId, null, [key], "needed for a report", "ann");
    host.fake.emit({ event: "changed", topics: ["security"], profile_id: profileId });
    await screen.findByRole("option", { name: /app\.api_keys.*1 error.*1 accepted/ });
    await user.click(screen.getByRole("combobox", { name: "Kind of object" }));
    await user.click(await screen.findByRole("option", { name: "index" }));
    const only = await screen.findByRole("option", { name: /api_keys.*Nothing but what was accepted/ });
    await waitFor(() => expect(screen.queryByRole("option", { name: /app\.invoices/ })).toBeNull());
    // Its list is that of what was accepted: the other one would be empty.
    await user.dblClick(only);
    await user.click(await finding(/I-03/));
    expect(await screen.findByText(/Accepted by ann .*needed for a report/)).toBeTruthy();
  });

  it("opens a table's pages from its menu", async () => {
    const user = userEvent.setup();
    await open({ within: "tables" });
    await user.pointer({ keys: "[MouseRight]", target: await screen.findByRole("option", { name: /app\.api_keys/ }) });
    await user.click(await screen.findByRole("menuitem", { name: "Open its policies" }));
    await screen.findByRole("tab", { name: /^Policies · / });
  });

  it("opens another fix as a script and runs nothing", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await finding(/app\.comments/));
    const details = await screen.findByRole("region", { name: /^Finding: A call for every row/ });
    await user.click(within(details).getByRole("button", { name: /^Review fix/ }));
    const tab = await screen.findByRole("tab", { name: /^Fix S-11 comments/ });
    expect(tab.getAttribute("aria-selected")).toBe("true");
    const panel = await screen.findByRole("tabpanel", { name: /^Fix S-11 comments/ });
    await waitFor(() => expect(panel.textContent).toContain("CREATE INDEX ON app.comments (author_id);"));
    expect(host.fake.callsOf("run")).toHaveLength(0);
  });

  it("reviews all fixes at once, by keys: drafts and a script, without those that are left out", async () => {
    const user = userEvent.setup();
    const host = await open();
    await finding(/app\.api_keys · S-01/);
    await user.click(screen.getByRole("button", { name: "All fixes" }));
    const dialog = await screen.findByRole("dialog", { name: /^Review \d+ fixes/ });
    const list = within(dialog).getByRole("listbox", { name: "Fixes" });
    const all = within(list).getAllByRole("option").length;
    list.focus();
    await user.keyboard(" ");
    expect(within(list).getAllByText(/left out/)).toHaveLength(1);
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: /^Open .* a script of/ }));
    await waitFor(() => expect(host.fake.callsOf("advisorDrafts")).toHaveLength(1));
    expect(host.fake.callsOf("advisorDrafts")[0]?.[2]).toHaveLength(all - 1);
    await screen.findByRole("tab", { name: /^Policies · / });
    expect(await screen.findByRole("tab", { name: /^Fixes of/ })).toBeTruthy();
    expect(host.fake.callsOf("policyApply")).toHaveLength(0);
  });

  it("shows what takes time and room, and opens it", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await screen.findByRole("radio", { name: "Slow statements" }));
    const slow = await screen.findByRole("region", { name: "Statements by time" });
    expect(slow.textContent).toContain("33 min");
    const [first] = within(slow).getAllByRole("button", { name: "Open" });
    await user.click(screen.getByRole("radio", { name: "Bloat" }));
    const room = await screen.findByRole("region", { name: "Tables by room" });
    expect(room.textContent).toContain("310 MB");
    expect(room.textContent).toContain("index audit_log_pkey");
    expect(room.textContent).toContain("not known");
    expect(first).toBeTruthy();
    await user.click(within(room).getByRole("button", { name: "app.documents" }));
    expect(await screen.findByRole("tab", { name: /^documents/ })).toBeTruthy();
    expect(host.fake.callsOf("run")).toHaveLength(0);
  });

  it("is said to have news where nobody looks at it", async () => {
    const user = userEvent.setup();
    const tab = fakeTab("p", { kind: "policies", title: "Policies", profile_id: STAGING });
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "p" });
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    await screen.findByRole("tab", { name: /^Policies · / });
    const news = {
      profile_id: STAGING,
      database: "shop",
      found: 2,
      errors: 1,
      warnings: 1,
      words: "2 new findings in shop",
    };
    host.fake.emit({ event: "advice", news });
    await user.click(await screen.findByRole("button", { name: "Open the advisor" }));
    const advisor = await screen.findByRole("tab", { name: /^Advisor · / });
    expect(advisor.getAttribute("aria-selected")).toBe("true");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Open the advisor" })).toBeNull());
    host.fake.emit({ event: "advice", news });
    expect(screen.queryByRole("button", { name: "Open the advisor" })).toBeNull();
  });

  it("shows how the grade was before, point by point", async () => {
    const user = userEvent.setup();
    await open();
    await user.click(await screen.findByRole("button", { name: /^Grade since .*: F\? to D\?/ }));
    const points = await screen.findByRole("dialog", { name: "The grade over time" });
    expect(within(points).getAllByRole("row")).toHaveLength(7);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "The grade over time" })).toBeNull());
  });

  it("accepts a finding with a reason, lists it apart, and counts it again", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(await finding(/app\.api_keys · S-01/));
    await user.click(await screen.findByRole("button", { name: "Accept…" }));
    const dialog = await screen.findByRole("dialog", { name: "Accept 1 finding?" });
    const accept = within(dialog).getByRole("button", { name: "Accept" });
    expect(accept.getAttribute("aria-disabled")).toBe("true");
    await user.type(within(dialog).getByRole("textbox", { name: "Why" }), "read by the gateway only");
    const who = within(dialog).getByRole("textbox", { name: "Who" });
    await user.clear(who);
    await user.type(who, "ann");
    await user.click(accept);
    await waitFor(() => expect(screen.queryByRole("option", { name: /S-01.*api_keys|api_keys.*S-01/ })).toBeNull());
    expect(host.fake.callsOf("advisorSuppress")[0]?.slice(2)).toEqual([
      ["S-01:app:api_keys"],
      "read by the gateway only",
      "ann",
    ]);
    await user.click(screen.getByRole("radio", { name: /Accepted/ }));
    await user.click(await finding(/app\.api_keys · S-01/));
    expect(await screen.findByText(/Accepted by ann on 2026-11-22: read by the gateway only/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Count it again" }));
    await screen.findByText("Nothing was accepted");
  });

  it("asks once what untrusted clients reach, and says that a guess is one", async () => {
    const user = userEvent.setup();
    const host = await open();
    expect(await screen.findByText(/That is a guess, from the roles anon and authenticated/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Say what they reach" }));
    const dialog = await screen.findByRole("dialog", { name: "What do untrusted clients reach?" });
    const schemas = await within(dialog).findByRole("group", { name: "Schemas" });
    await user.click(within(schemas).getByRole("checkbox", { name: "public" }));
    await user.click(within(dialog).getByRole("button", { name: "Keep" }));
    await screen.findByText("Untrusted clients reach app, public as anon, authenticated.");
    expect(host.fake.callsOf("keepAdvisorOptions")[0]?.[2]).toMatchObject({ exposure: { guessed_from: null } });
  });

  it.each([
    ["a finding", { chosen: "S-01:app:api_keys" }, /^Finding: /],
    [
      "a table",
      { within: "tables", object: { schema: "app", name: "api_keys", kind: "table", label: "app.api_keys" } },
      /^Findings of app\.api_keys/,
    ],
  ])("has no accessibility trouble, with %s chosen", async (_, view, name) => {
    await open(view);
    await screen.findByRole("region", { name });
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
