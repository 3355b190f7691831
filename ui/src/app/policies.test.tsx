import { cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

async function open(profile = STAGING, view: object = {}, more: { tables?: number } = {}): Promise<FakeHost> {
  const tab = fakeTab("p", { kind: "policies", title: "Policies", profile_id: profile, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [profile], tabs: [tab], active: "p", ...more });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /^Policies · / });
  return host;
}

const row = (name: string) => screen.findByRole("row", { name: new RegExp(`^app\\.${name}, row security`) });
const card = (name: string) => screen.findByRole("article", { name: `Policy ${name}` });
const documents = { schema: "app", table: "documents" };

describe("the policies of a database", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("says how each table stands in words, and what the login is", async () => {
    await open();
    expect((await row("api_keys")).getAttribute("aria-label")).toBe("app.api_keys, row security off, exposed");
    expect((await row("exports")).textContent).toContain("On, no policy");
    expect(screen.getByText(/row security applies to you only where it is forced/)).toBeTruthy();
    expect(screen.getByText("Grade D?")).toBeTruthy();
  });

  it("has no accessibility trouble, folded and unfolded", async () => {
    await open(STAGING, { open: documents });
    await card("documents_org_fence");
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("is narrowed by state, text and role, and asks for the pages that are seen", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, {}, { tables: 10_000 });
    await user.click(await screen.findByRole("button", { name: /on, no policy/ }));
    await waitFor(() => expect(screen.queryByRole("row", { name: /^app\.api_keys,/ })).toBeNull());
    expect(host.fake.callsOf("policyTables").at(-1)?.[2]).toMatchObject({ states: ["no_policy"] });
    await user.click(screen.getByRole("button", { name: "Clear" }));
    await user.type(screen.getByRole("searchbox", { name: "Filter tables" }), "invo");
    await row("invoices");
    await waitFor(() => expect(screen.getAllByRole("row", { name: /^app\./ })).toHaveLength(1));
    for (const call of host.fake.callsOf("policyTables")) expect(call[4]).toBeLessThanOrEqual(200);
  });

  it("unfolds a table by key and combines its policies for a role and command", async () => {
    const user = userEvent.setup();
    const host = await open();
    (await row("documents")).focus();
    await user.keyboard("{Enter}");
    await card("documents_owner_all");
    expect((await row("documents")).getAttribute("aria-expanded")).toBe("true");
    const combined = await screen.findByRole("region", { name: "SELECT as anon" });
    expect(combined.textContent).toMatch(/documents_public_read/);
    expect(combined.textContent).not.toMatch(/documents_owner_all/);
    expect((await card("documents_owner_all")).textContent).toContain("not asked for SELECT as anon");
    expect(host.fake.callsOf("policyEffect").at(-1)?.slice(2, 5)).toEqual([documents, "anon", "select"]);
    (await row("documents")).focus();
    await user.keyboard("{ArrowLeft}");
    await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
  });

  it("makes a draft of a template, edits its command and roles, reviews, applies and takes it back", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: { schema: "app", table: "exports" } });
    await user.click(await screen.findByRole("button", { name: "Start from a template" }));
    await user.click(await screen.findByRole("menuitem", { name: /From a template/ }));
    const dialog = await screen.findByRole("dialog", { name: "Policy from a template" });
    await user.click(await within(dialog).findByRole("radio", { name: /Own rows/ }));
    const made = await within(dialog).findByRole("region", { name: "What it makes" });
    expect(made.textContent).toContain("owner_id = (select auth.uid())");
    await user.click(within(dialog).getByRole("button", { name: "Add 1 draft" }));

    const editor = await screen.findByRole("region", { name: "Policy own rows of app.exports" });
    expect(within(editor).getByText("new, not applied")).toBeTruthy();
    await user.click(within(editor).getByRole("radio", { name: "Select" }));
    expect(await within(editor).findByText(/Not used for SELECT/)).toBeTruthy();
    await user.type(within(editor).getByRole("combobox", { name: "Roles" }), "app_wr{Enter}");
    await waitFor(() => {
      const changes = host.fake.world.security.staged;
      expect(changes[0]?.change).toMatchObject({
        change: "create",
        policy: { command: "select", with_check: null, roles: ["authenticated", "app_writer"] },
      });
    });
    const run = await within(editor).findByRole("region", { name: "Statements" });
    await waitFor(() => expect(run.textContent).toContain("FOR SELECT"));

    await user.click(await screen.findByRole("button", { name: /^Review/ }));
    const review = await screen.findByRole("dialog", { name: "Review the drafts" });
    expect(within(review).getByText("ACCESS EXCLUSIVE")).toBeTruthy();
    expect(host.fake.callsOf("policyApply")).toHaveLength(0);
    await user.click(within(review).getByRole("button", { name: "Check on server" }));
    await within(review).findByText(/The server takes all of it/);
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    await screen.findAllByText(/Applied 1 change/);
    await card("own rows");
    expect(host.fake.world.security.tables.find(({ on }) => on.table === "exports")?.policies).toHaveLength(1);

    await user.click(screen.getByRole("button", { name: "Undo…" }));
    const undo = await screen.findByRole("dialog", { name: "Review the drafts" });
    await within(undo).findByText(/drop policy own rows/);
    for (const role of ["authenticated", "app_writer"])
      await user.type(await within(undo).findByRole("textbox", { name: `Type ${role}` }), role);
    await user.click(within(undo).getByRole("button", { name: "Apply" }));
    await waitFor(() =>
      expect(host.fake.world.security.tables.find(({ on }) => on.table === "exports")?.policies).toEqual([]),
    );
  });

  it("wants a role that gets nothing any more by its name", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    const own = await card("documents_public_read");
    await user.click(within(own).getByRole("button", { name: /^More for/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await screen.findByText("anon gets nothing any more");
    await user.click(screen.getByRole("button", { name: /^Review/ }));
    const review = await screen.findByRole("dialog", { name: "Review the drafts" });
    await within(review).findByText("nothing any more");
    const apply = within(review).getByRole("button", { name: "Apply" });
    expect(apply.getAttribute("aria-disabled")).toBe("true");
    await user.type(within(review).getByRole("textbox", { name: "Type anon" }), "anon");
    await user.click(apply);
    await waitFor(() => expect(host.fake.callsOf("policyApply")[0]?.[2]).toEqual(["anon"]));
  });

  it("names who is in the way of a lock, and tries again", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    await user.click(await screen.findByRole("switch", { name: "Force for the owner" }));
    host.fake.world.security.locked = true;
    await user.click(await screen.findByRole("button", { name: /^Review/ }));
    const review = await screen.findByRole("dialog", { name: "Review the drafts" });
    await user.click(await within(review).findByRole("button", { name: "Apply" }));
    await within(review).findByText(/app \(checkout\), session 4802, its transaction is open for 3 min/);
    expect(host.fake.world.security.staged).toHaveLength(1);
    await user.click(within(review).getByRole("button", { name: "Retry" }));
    await screen.findAllByText(/Applied 1 change/);
  });

  it("says what became of changes whose answer was lost, until that was read", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    await card("documents_public_read");
    const words = "The connection broke while 2 changes were sent. They are in the database.";
    host.fake.world.security.last = { id: 7, at_ms: 1, state: "applied", words, statements: ["DROP POLICY a ON b"] };
    host.fake.emit({ event: "changed", topics: ["security"], profile_id: STAGING });
    const told = await screen.findByRole("region", { name: "Changes whose answer was lost" });
    expect(told.textContent).toContain(words);
    expect(told.textContent).toContain("DROP POLICY a ON b;");
    await user.click(within(told).getByRole("button", { name: "I have read it" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Changes whose answer was lost" })).toBeNull());
  });

  it("copies a policy to another table by keys, and its source stays", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    const own = await card("documents_public_read");
    within(own)
      .getByRole("button", { name: /^More for/ })
      .focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("menuitem", { name: /Copy to another table/ }));
    const dialog = await screen.findByRole("dialog", { name: "Copy documents_public_read" });
    await user.click(await within(dialog).findByRole("option", { name: "app.comments" }));
    await user.click(within(dialog).getByRole("button", { name: "Copy as a draft" }));
    await waitFor(() =>
      expect(host.fake.world.security.staged[0]?.change).toMatchObject({
        change: "create",
        on: { schema: "app", table: "comments" },
        policy: { name: "documents_public_read" },
      }),
    );
    await card("documents_public_read");
  });

  it("says what a copy will not find on its table before it is a draft, and does not apply it", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    within(await card("documents_public_read"))
      .getByRole("button", { name: /^More for/ })
      .focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("menuitem", { name: /Copy to another table/ }));
    const dialog = await screen.findByRole("dialog", { name: "Copy documents_public_read" });
    await user.click(await within(dialog).findByRole("option", { name: "app.plans" }));
    await within(dialog).findByText("1 name is not there for app.plans.");
    const words = "There is no column visibility: USING of documents_public_read on app.plans, line 1, column 1.";
    expect(within(dialog).getByRole("list", { name: "Names that are not there" }).textContent).toContain(words);
    expect(host.fake.world.security.staged).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Copy all the same" }));
    await screen.findByText("1 name is not there");
    await user.click(await screen.findByRole("button", { name: "1 draft" }));
    const drafts = await screen.findByRole("dialog", { name: "Drafts" });
    expect(drafts.textContent).toContain(words);
    await user.keyboard("{Escape}");

    await user.click(await screen.findByRole("button", { name: /^Review/ }));
    const review = await screen.findByRole("dialog", { name: "Review the drafts" });
    await within(review).findByText("The server would refuse this: what it names is not there.");
    expect(within(review).getByRole("list", { name: "Names that are not there" }).textContent).toContain(words);
    await within(review).findByRole("region", { name: "Step 1" });
    await user.click(within(review).getByRole("button", { name: "Apply" }));
    expect(host.fake.callsOf("policyApply")).toHaveLength(0);
    await user.click(within(review).getByRole("button", { name: "Check on server" }));
    await waitFor(() => expect(host.fake.callsOf("policyCheckOnServer")).toHaveLength(1));
  });

  it("drops a dragged policy as a draft where all of it is there, and asks first where not", async () => {
    const host = await open(STAGING, { open: documents });
    const drag = async (table: string) => {
      const to = (await row(table)).closest("[data-policy-drop]") ?? (await row(table));
      document.elementFromPoint = () => to;
      const grip = (await card("documents_public_read")).querySelector(".pol-grip");
      if (!grip) throw new Error("a card is held by its grip");
      grip.setPointerCapture = () => undefined;
      for (const [type, at] of [
        ["pointerdown", 0],
        ["pointermove", 40],
        ["pointerup", 40],
      ] as const)
        fireEvent(grip, new MouseEvent(type, { bubbles: true, button: 0, clientX: at, clientY: at }));
    };
    await drag("plans");
    const dialog = await screen.findByRole("dialog", { name: "Copy documents_public_read" });
    await within(dialog).findByText("1 name is not there for app.plans.");
    await userEvent.click(within(dialog).getByRole("button", { name: /^Cancel/ }));
    expect(host.fake.world.security.staged).toEqual([]);
    await drag("comments");
    await waitFor(() =>
      expect(host.fake.world.security.staged.map(({ change }) => change.on.table)).toEqual(["comments"]),
    );
    expect(screen.queryByRole("dialog", { name: /^Copy/ })).toBeNull();
  });

  it("tells a role that was dropped at the draft that is for it", async () => {
    const on = { schema: "app", table: "exports" };
    const host = await open(STAGING, { open: on });
    host.fake.world.security.staged = [
      {
        id: 1,
        conflict: null,
        change: {
          change: "create",
          on,
          policy: {
            name: "reads",
            command: "select",
            permissive: true,
            roles: ["reporting"],
            using: "true",
            with_check: null,
            comment: null,
          },
        },
      },
    ];
    host.fake.emit({ event: "changed", topics: ["security"], profile_id: STAGING });
    const draft = await card("reads");
    await within(draft).findByText(/There is no role reporting: reads on app\.exports\./);
  });

  it("shows form and SQL as one thing, and an error at its place", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, {
      open: documents,
      editing: { on: documents, key: "kept:documents_public_read" },
    });
    const editor = await screen.findByRole("region", { name: /^Policy documents_public_read/ });
    await user.click(within(editor).getByRole("radio", { name: "SQL" }));
    const sql = await within(editor).findByRole("textbox", { name: "The policy as SQL" });
    expect(sql.textContent).toContain("CREATE POLICY documents_public_read ON app.documents");
    await user.click(within(editor).getByRole("radio", { name: "Form" }));
    const name = within(editor).getByRole("textbox", { name: "Name" });
    await user.clear(name);
    await user.type(name, "documents_owner_all");
    expect(await within(editor).findByText("Another policy of this table has this name")).toBeTruthy();
    await user.keyboard("{Escape}");
    await row("documents");
    await waitFor(() =>
      expect(host.fake.world.security.staged[0]?.change).toMatchObject({
        change: "alter",
        after: { name: "documents_owner_all" },
      }),
    );
  });

  it("tries a statement as two actors side by side, and tells a missing grant from a policy", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "test", test: { on: documents, trying: "select" } });
    const a = await screen.findByRole("region", { name: "Actor A" });
    await user.click(within(a).getByRole("textbox", { name: "Claims" }));
    await user.paste('{"sub": "ada"}');
    await user.click(screen.getByRole("button", { name: "Beside another actor" }));
    const b = await screen.findByRole("region", { name: "Actor B" });
    await user.click(within(b).getByRole("textbox", { name: "Claims" }));
    await user.paste('{"sub": "ben"}');
    await user.click(screen.getByRole("button", { name: /^Try as both/ }));
    expect((await screen.findByRole("region", { name: "As A" })).textContent).toMatch(/of 24 rows visibleexactly/);
    expect(host.fake.callsOf("policyCompare")[0]?.[2]).toMatchObject({
      statement: "select * from app.documents",
      actor: { claims: '{"sub": "ada"}' },
      sample: { on: documents },
    });
    const all = screen.getAllByRole("row").length;
    const tried = screen.getByRole("radiogroup", { name: "What is tried" });
    await user.click(screen.getByRole("radio", { name: /^only A/ }));
    expect(screen.getAllByRole("row").length).toBeLessThan(all);
    await user.click(within(tried).getByRole("radio", { name: "DELETE" }));
    await user.click(screen.getByRole("button", { name: /^Try as both/ }));
    expect((await screen.findAllByText("Refused: a privilege is missing")).length).toBe(2);
    expect(screen.getAllByText("DELETE on app.documents").length).toBe(2);
    await user.click(within(tried).getByRole("radio", { name: "INSERT" }));
    await user.click(screen.getByRole("button", { name: /^Try as both/ }));
    expect((await screen.findAllByText("Refused by a policy")).length).toBe(2);
  });

  it("shows all columns of what was tried, walks them by keys and says why a row comes", async () => {
    const user = userEvent.setup();
    await open(STAGING, {
      section: "test",
      test: { on: documents, trying: "select", actors: [{ role: "authenticated", claims: '{"sub": "ben"}' }] },
    });
    expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Claims" }).value).toBe('{"sub": "ben"}');
    await user.click(await screen.findByRole("button", { name: /^Try/ }));
    const grid = await screen.findByRole("grid", { name: "Rows and verdicts" });
    expect(grid.getAttribute("aria-colcount")).toBe("21");
    const why = screen.getByRole("region", { name: "Why this row" });
    expect(why.textContent).toContain("8812The actor does not get it by SELECT: org_fence, restrictive");
    grid.focus();
    await user.keyboard("{ArrowDown}");
    expect(why.textContent).toContain("8811The actor gets it by SELECT: owner_all lets it through");
    await user.click(screen.getByRole("radio", { name: /^hidden/ }));
    expect(why.textContent).toContain("8812");
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("says what drafts would change for each actor and command, and shows those rows", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "test", test: { on: documents, trying: "select" } });
    await screen.findByRole("textbox", { name: "Claims" });
    const policy = {
      name: "p",
      command: "select" as const,
      permissive: true,
      roles: [],
      using: "true",
      with_check: null,
    };
    await host.policyStage(STAGING, null, [
      { edit: "create", id: null, on: documents, policy: { ...policy, comment: null } },
    ]);
    host.fake.emit({ event: "changed", topics: ["security"], profile_id: STAGING });
    await screen.findByText(/judged beside what there is/);
    await user.click(screen.getByRole("button", { name: /^Try/ }));
    const changes = await screen.findByRole("region", { name: "What the drafts change" });
    const [disappear] = within(changes).getAllByRole("button", { name: /4 rows disappear/ });
    if (!disappear) throw new Error("nothing disappears");
    await user.click(disappear);
    expect(screen.getAllByText("loses")).toHaveLength(4);
    expect(host.fake.callsOf("policyApply")).toHaveLength(0);
  });

  it("takes an actor from a row of a table of users, by keys", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "test", test: { on: documents, trying: "select" } });
    await user.click(await screen.findByRole("button", { name: "User…" }));
    const dialog = await screen.findByRole("dialog", { name: "Pick a user for A" });
    await within(dialog).findByText("role is “authenticated”, sub is id, email is email");
    await user.type(within(dialog).getByRole("searchbox", { name: "Find a user" }), "ben@");
    await waitFor(() => expect(within(dialog).getAllByRole("option")).toHaveLength(1));
    within(dialog).getByRole("listbox", { name: "Users" }).focus();
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() =>
      expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Claims" }).value).toBe(
        '{"sub":"ben","email":"ben@globex.example"}',
      ),
    );
    expect(host.fake.callsOf("keepPolicyUserMapping")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: /^Try/ }));
    await screen.findByRole("grid", { name: "Rows and verdicts" });
    await user.click(screen.getByRole("button", { name: "Tried of late" }));
    expect((await screen.findByRole("menuitem", { name: /select \* from app.documents/ })).textContent).toContain(
      "authenticated",
    );
  });

  it("says how users are told apart before there is a mapping", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "test", test: { on: documents, trying: "select" } });
    await user.click(await screen.findByRole("button", { name: "User…" }));
    const dialog = await screen.findByRole("dialog", { name: "Pick a user for A" });
    await user.click(await within(dialog).findByRole("button", { name: "Change what becomes what" }));
    await user.click(within(dialog).getByRole("button", { name: "Without claim email" }));
    await user.clear(within(dialog).getByRole("textbox", { name: "Name of claim 1" }));
    expect(within(dialog).getByRole("button", { name: "Show the users" }).getAttribute("aria-disabled")).toBe("true");
    await user.type(within(dialog).getByRole("textbox", { name: "Name of claim 1" }), "user_id");
    await user.click(within(dialog).getByRole("button", { name: "Show the users" }));
    await within(dialog).findByText("role is “authenticated”, user_id is id");
    expect(host.fake.callsOf("policyUsers").at(-1)?.[2]).toMatchObject({ claims: [["user_id", { column: "id" }]] });
  });

  it("shows in the review which rows drafts bring to kept actors, only when asked", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { open: documents });
    await host.keepPolicyActor(STAGING, "Ada", { role: "authenticated" });
    await host.keepPolicyActor(STAGING, "Ben", { role: "anon" });
    await user.click(await screen.findByRole("switch", { name: "Force for the owner" }));
    await user.click(await screen.findByRole("button", { name: /^Review/ }));
    const review = await screen.findByRole("dialog", { name: "Review the drafts" });
    await user.click(await within(review).findByRole("button", { name: "Look at rows" }));
    const rows = await within(review).findByRole("table", { name: "Rows of app.documents" });
    expect(rows.textContent).toContain("AdaSELECT+ 2 rows");
    expect(rows.textContent).toContain("BenSELECTnone− 1 row");
    expect(rows.textContent).toContain("DELETE on the table is missing");
    expect(host.fake.callsOf("policyWhatIf")).toHaveLength(1);
  });

  it("keeps what was tried as a case, makes others, runs and edits them, and saves the file", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "test", test: { on: documents, trying: "delete" } });
    await user.click(await screen.findByRole("button", { name: /^Try/ }));
    await user.click(await screen.findByRole("button", { name: "Keep this as a case" }));
    await user.click(await screen.findByRole("button", { name: "Show the suite" }));
    const cases = await screen.findByRole("listbox", { name: "Cases" });
    expect(within(cases).getByRole("option").textContent).toContain("delete from app.documents");
    expect(within(cases).getByRole("option").textContent).toContain("error 42501");

    await user.click(screen.getByRole("button", { name: "More of the suite" }));
    await user.click(await screen.findByRole("menuitem", { name: /Make cases for a table/ }));
    const dialog = await screen.findByRole("dialog", { name: "Add cases for a table" });
    await user.type(within(dialog).getByRole("textbox", { name: "One user" }), "ada");
    await user.type(within(dialog).getByRole("textbox", { name: "Another user" }), "ben");
    await user.click(within(dialog).getByRole("button", { name: "Add cases" }));
    await waitFor(() => expect(within(cases).getAllByRole("option")).toHaveLength(4));
    expect(host.fake.callsOf("policySuite")[0]?.slice(2)).toMatchObject([
      documents,
      { one: { id: "ada", actor: { claims: '{"sub": "ada"}' } }, other: { id: "ben" } },
    ]);
    expect(screen.getByText(/What title may hold is not known/)).toBeTruthy();

    await user.click(screen.getByRole("button", { name: /^Run all/ }));
    await screen.findByText("3 passed");
    expect(screen.getByText("1 failed")).toBeTruthy();
    expect(host.fake.callsOf("policyTest")).toHaveLength(4);
    await user.click(within(cases).getByRole("option", { name: /cross-user/ }));
    const form = await screen.findByRole("region", { name: /^Case cross-user/ });
    expect(within(form).getByRole("region", { name: "What came of it" }).textContent).toContain("Got1 row affected");
    await user.click(within(form).getByRole("button", { name: "Expect what came" }));
    expect(within(form).getByRole<HTMLInputElement>("textbox", { name: "Expected" }).value).toBe("1");
    // Another name is typed, through none at all: it stays the case that is looked at.
    const name = within(form).getByRole<HTMLInputElement>("textbox", { name: "Name of the case" });
    await user.clear(name);
    await user.type(name, "another name");
    expect(name.isConnected).toBe(true);
    expect(
      within(cases)
        .getByRole("option", { name: /another name/ })
        .getAttribute("aria-selected"),
    ).toBe("true");
    await screen.findByText("1 not run as it stands now");
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

    await user.keyboard("{Control>}s{/Control}");
    await screen.findByText("suite.json");
    const saved = host.fake.callsOf("saveFile").at(-1)?.[0] as { text: string };
    expect(JSON.parse(saved.text).cases).toHaveLength(4);
    await waitFor(() => expect(screen.queryByText("not saved")).toBeNull());
  });

  it("walks the matrix by keys and says why a cell is as it is", async () => {
    const user = userEvent.setup();
    await open(STAGING, { section: "coverage", filter: { text: "documents" } });
    const grid = await screen.findByRole("grid", { name: "Who can do what to which rows" });
    await screen.findByRole("gridcell", { name: "anon SELECT: filtered" });
    grid.focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}");
    const why = await screen.findByRole("region", { name: "Why" });
    expect(within(why).getByText("SELECT as anon")).toBeTruthy();
    expect(await within(why).findByText(/visibility = 'public'/)).toBeTruthy();
    expect(within(why).getByText(/1 way around these policies/)).toBeTruthy();
    const found = await axe.run(document.body, {
      rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("is denied, fails and is away in other pictures than empty", async () => {
    const host = await open(SAMPLE);
    await screen.findByText("No row security here");
    cleanup();
    document.body.replaceChildren();
    const denied = await open(PROD);
    await row("documents");
    expect((await screen.findByRole("row", { name: /^app\.documents,/ })).isConnected).toBe(true);
    denied.fake.fail("policyTables", fakeFailure("unreachable", "The server closed the connection."));
    denied.fake.emit({ event: "changed", topics: ["catalog"], profile_id: PROD });
    await screen.findByText("The server closed the connection.");
    expect(screen.getByRole("row", { name: /^app\.documents,/ })).toBeTruthy();
    expect(host).toBeTruthy();
  });
});
