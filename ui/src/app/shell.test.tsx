import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, type FakeOptions, fakeHost, fakeTab, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";

const orders = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };

// The whole window is drawn each time: on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

// jsdom measures nothing: the editor asks ranges for their boxes.
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

async function open(options: FakeOptions = {}): Promise<FakeHost> {
  const host = fakeHost({ pace: 0, ...options });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tablist", { name: "Open tabs" });
  await waitFor(() => expect(tabNames().length).toBeGreaterThan(0));
  return host;
}

const strip = () => screen.getByRole("tablist", { name: "Open tabs" });
const tabNames = () =>
  within(strip())
    .queryAllByRole("tab")
    .map((tab) => tab.textContent?.replace(", not saved", "") ?? "");
const editorText = () => document.querySelector(".cm-content")?.textContent ?? "";

describe("the shell", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("opens the sample it was started for: connected, its objects beside a query", async () => {
    const host = await open({ firstStart: true, openedFor: "sample" });
    await screen.findByRole("button", { name: /^Run\s*Ctrl/ });
    expect(host.fake.callsOf("connect")).toEqual([[SAMPLE]]);
    expect(screen.getByRole("region", { name: "Explorer" })).toBeTruthy();
    expect(await screen.findByText("SQLite 3.50.4", { exact: false, selector: "footer *" })).toBeTruthy();
  });

  it("restores forty tabs without connecting, running or drawing more than the one in front", async () => {
    const tabs = Array.from({ length: 40 }, (_, at) =>
      at % 2
        ? fakeTab(`r${at}`, {
            kind: "relation",
            title: `orders ${at}`,
            profile_id: PROD,
            object: { ...orders, name: `orders ${at}` },
          })
        : fakeTab(`q${at}`, { title: `Query ${at}`, profile_id: PROD }, `select ${at}`),
    );
    const host = await open({ tabs, active: "r7" });
    await screen.findByText("Not connected to shop-prod");
    expect(tabNames()).toHaveLength(40);
    expect(document.querySelectorAll('[role="tabpanel"]')).toHaveLength(1);
    for (const name of ["connect", "run", "browse", "relation", "tree"] as const) {
      expect(host.fake.callsOf(name)).toEqual([]);
    }
  });

  it("runs a command from the palette and says why another cannot be run", async () => {
    const user = userEvent.setup();
    await open();
    await user.keyboard("{Control>}k{/Control}");
    const palette = await screen.findByRole("dialog", { name: "Command palette" });
    await user.keyboard(">commit");
    const commit = within(palette).getByRole("option", { name: /Commit transaction/ });
    expect(commit.getAttribute("aria-disabled")).toBe("true");
    expect(within(commit).getByText("needs a query tab in front")).toBeTruthy();
    await user.clear(within(palette).getByRole("combobox"));
    await user.keyboard(">settings{Enter}");
    await screen.findByRole("heading", { name: "Settings", level: 1 });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("finds tables of open connections in the palette and opens them", async () => {
    const user = userEvent.setup();
    const host = await open({ open: [PROD] });
    await user.keyboard("{Control>}k{/Control}");
    await user.keyboard("coupons");
    const hit = await screen.findByRole("option", { name: /coupons.*shop-prod/ });
    await user.click(hit);
    await waitFor(() => expect(host.fake.callsOf("browse")).toHaveLength(1));
    expect(tabNames()).toContain("coupons");
  });

  it("names the connection in the titles once two are in use, and production in the window's", async () => {
    const host = await open({
      open: [PROD],
      tabs: [fakeTab("a", { kind: "relation", title: "orders", profile_id: PROD, object: orders })],
    });
    expect(tabNames()).toEqual(["orders"]);
    await waitFor(() => expect(host.fake.title).toContain("PRODUCTION"));
    await act(() => host.connect(STAGING));
    await waitFor(() => expect(tabNames()).toEqual(["orders · shop-prod"]));
  });

  it("keeps the text when the server is lost, and reconnects by key", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [PROD],
      tabs: [fakeTab("a", { title: "Query 1", profile_id: PROD }, "select 'mine'")],
    });
    await waitFor(() => expect(editorText()).toContain("select 'mine'"));
    act(() => host.fake.lose(PROD));
    await screen.findByText("Lost the connection to shop-prod");
    expect(screen.getByText("connection lost")).toBeTruthy();
    expect(editorText()).toContain("select 'mine'");
    await user.keyboard("{Control>}r{/Control}");
    await waitFor(() => expect(screen.queryByText("Lost the connection to shop-prod")).toBeNull());
    expect(host.fake.callsOf("connect")).toEqual([[PROD]]);
    expect(host.fake.callsOf("run")).toEqual([]);
  });

  it("gives a command new keys, refuses those of another, and uses them at once", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.keyboard("{Control>},{/Control}");
    await user.click(await screen.findByRole("button", { name: /Change the keys of New query/ }));
    await user.keyboard("{Control>}k{/Control}");
    expect(
      (await screen.findByText(/is “Command palette” already/, { selector: "[role=alert]" })).textContent,
    ).toContain("Ctrl+K");
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.keyboard("{Control>}y{/Control}");
    await waitFor(() => expect(host.fake.world.settings.shortcuts).toEqual({ "tab.new-query": "Mod+Y" }));
    await user.keyboard("{Control>}y{/Control}");
    await waitFor(() => expect(tabNames()).toContain("Query 1"));
  });

  it("asks before it rolls back an open transaction, and brings a closed tab back with its text", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING],
      tabs: [fakeTab("a", { title: "Query 1", profile_id: STAGING }, "begin")],
    });
    await user.click(await screen.findByRole("button", { name: /^Run\s*Ctrl/ }));
    await screen.findByText("tx: open");
    await user.keyboard("{Control>}w{/Control}");
    await user.click(await screen.findByRole("button", { name: "Roll back and close" }));
    await waitFor(() => expect(host.fake.callsOf("closeTab")).toEqual([["a"]]));
    await user.keyboard("{Control>}{Shift>}t{/Shift}{/Control}");
    await waitFor(() => expect(editorText()).toContain("begin"));
  });

  it("keeps its tabs when they change", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.keyboard("{Control>}n{/Control}");
    await waitFor(() => expect(host.fake.callsOf("keepTabs").length).toBeGreaterThan(0));
    const [records] = host.fake.callsOf("keepTabs").at(-1) ?? [];
    expect(records).toMatchObject([
      { kind: "home", position: 0 },
      { kind: "query", title: "Query 1", position: 1 },
    ]);
    // Where the caret is comes back, too.
    await user.click(document.querySelector(".cm-content") as HTMLElement);
    await user.keyboard("abc");
    const view = () => host.fake.world.tabs.find(({ tab }) => tab.kind === "query")?.tab.view ?? "{}";
    await waitFor(() => expect(JSON.parse(view())).toMatchObject({ anchor: 3, head: 3 }));
  });

  it("saves a file with the line ends it came with, says which, and changes them when told", async () => {
    const user = userEvent.setup();
    const host = await open({ open: [STAGING] });
    host.fake.world.files.set("/w/a.sql", { text: "select 1;\r\nselect 2;\r\n", stamp: 1 });
    act(() => host.fake.drop("/w/a.sql"));
    await waitFor(() => expect(tabNames()).toContain("a.sql"));
    await user.click(await screen.findByRole("button", { name: "Save a.sql" }));
    await waitFor(() => expect(host.fake.callsOf("saveFile")).toHaveLength(1));
    expect(host.fake.world.files.get("/w/a.sql")?.text).toBe("select 1;\r\nselect 2;\r\n");
    await user.click(screen.getByRole("button", { name: "Line ends: CRLF" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /^LF/ }));
    await screen.findByRole("button", { name: "Line ends: LF" });
    await user.click(screen.getByRole("button", { name: "Save a.sql" }));
    await waitFor(() => expect(host.fake.world.files.get("/w/a.sql")?.text).toBe("select 1;\nselect 2;\n"));
    // Opened again it is the same tab, and no second text is journaled.
    const texts = host.fake.world.texts.size;
    act(() => host.fake.drop("/w/a.sql"));
    await waitFor(() => expect(host.fake.callsOf("openFile")).toHaveLength(2));
    expect(tabNames().filter((name) => name === "a.sql")).toHaveLength(1);
    expect(host.fake.world.texts.size).toBe(texts);
  });

  it("takes a dropped database as a connection: a known one is opened, another gets a form", async () => {
    const host = await open();
    act(() => host.fake.drop("/w/other.sqlite"));
    await waitFor(() => expect(tabNames()).toContain("New connection"));
    const path = host.fake.world.profiles.find((profile) => profile.id === SAMPLE)?.values["path"] ?? "";
    act(() => host.fake.drop(path));
    await waitFor(() => expect(host.fake.callsOf("connect")).toEqual([[SAMPLE]]));
  });

  it("brings back the settings and a connection's form, and marks its first frame", async () => {
    const host = await open({
      tabs: [
        fakeTab("home-old", { kind: "home" }),
        fakeTab("f", { kind: "connection", profile_id: PROD }),
        fakeTab("settings-old", { kind: "settings" }),
      ],
      active: "settings-old",
    });
    expect(tabNames()).toEqual(["Connections", "shop-prod", "Settings"]);
    await screen.findByRole("heading", { name: "Settings", level: 1 });
    await waitFor(() => expect(document.documentElement.dataset["shell"]).toBe("ready"));
    expect(performance.getEntriesByName("rowhouse:shell")).toHaveLength(1);
    expect(host.fake.callsOf("subscribe")).toHaveLength(1);
  });

  it("puts what a session says while idle among its editor's messages, and announces it only from elsewhere", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING],
      tabs: [
        fakeTab("a", { title: "Query 1", profile_id: STAGING }, "select 1"),
        fakeTab("b", { title: "Query 2", profile_id: STAGING }, "select 2"),
      ],
    });
    await user.click(await screen.findByRole("button", { name: /^Run\s*Ctrl/ }));
    const messages = await screen.findByRole("tab", { name: /^Messages/ });
    expect(messages.querySelector(".rh-tab-close")).toBeNull();
    const notify = (tab_id: string, message: string) =>
      act(() =>
        host.fake.emit({
          event: "message",
          tab_id,
          notice: {
            severity: "info",
            label: "NOTIFY",
            code: null,
            message,
            detail: "Sent by session 4711.",
            hint: null,
            context: null,
            range: null,
            at_ms: Date.now(),
          },
        }),
      );
    notify("a", "jobs: one is done");
    expect(screen.queryByText("NOTIFY: jobs: one is done")).toBeNull();
    await waitFor(() => expect(messages.textContent).toBe("Messages1"));
    await user.click(messages);
    await screen.findByText("jobs: one is done");
    screen.getByText("Sent by session 4711.");
    await user.click(within(strip()).getByRole("tab", { name: /Query 2/ }));
    notify("a", "jobs: two are done");
    await screen.findByText("NOTIFY: jobs: two are done");
    notify("of another window", "jobs: three are done");
    expect(screen.queryByText("NOTIFY: jobs: three are done")).toBeNull();
  });

  it("offers the server's databases, runs in the chosen one, and refuses another while a transaction is open", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING],
      tabs: [fakeTab("a", { title: "Query 1", profile_id: STAGING }, "begin")],
    });
    const chooser = await screen.findByRole("combobox", { name: "Database of this query" });
    await user.click(chooser);
    const [own, other] = await screen.findAllByRole("option");
    expect(own?.getAttribute("aria-selected")).toBe("true");
    const name = other?.textContent ?? "";
    await user.click(other as HTMLElement);
    await user.click(screen.getByRole("button", { name: /^Run\s*Ctrl/ }));
    await screen.findByText("tx: open");
    expect(host.fake.callsOf("run")[0]?.[0]).toMatchObject({ database: name });
    await user.click(chooser);
    expect((await screen.findAllByRole("option"))[0]?.getAttribute("aria-disabled")).toBe("true");
  });

  it("asks before the first run of an editor that was moved to production", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING, PROD],
      tabs: [fakeTab("a", { title: "Query 1", profile_id: STAGING }, "select 1")],
    });
    await user.click(await screen.findByRole("combobox", { name: "Connection of this query" }));
    await user.click(await screen.findByRole("option", { name: /shop-prod/ }));
    await user.click(await screen.findByRole("button", { name: /^Run on shop-prod/ }));
    const asked = await screen.findByRole("alertdialog", { name: "Run this on shop-prod?" });
    expect(host.fake.callsOf("run")).toEqual([]);
    await user.click(within(asked).getByRole("button", { name: "Run on shop-prod" }));
    await waitFor(() => expect(host.fake.callsOf("run")).toHaveLength(1));
    expect(host.fake.title).toBe("PRODUCTION · Query 1 · shop-prod – Rowhouse");
  });

  it("stops a run by Escape when nothing else is open, and closes the other tabs by key", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING],
      tabs: [
        fakeTab("a", { title: "Query 1", profile_id: STAGING }, "select pg_sleep(60)"),
        fakeTab("b", { title: "Query 2", profile_id: STAGING }, "select 2"),
      ],
    });
    await user.click(await screen.findByRole("button", { name: /^Run\s*Ctrl/ }));
    await screen.findByRole("button", { name: /^Stop/ });
    await user.keyboard("{Control>}k{/Control}");
    await screen.findByRole("dialog", { name: "Command palette" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.fake.callsOf("cancelRun")).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(host.fake.callsOf("cancelRun").length).toBeGreaterThan(0));
    await screen.findByRole("button", { name: /^Run\s*Ctrl/ });
    await user.keyboard("{Control>}{Alt>}w{/Alt}{/Control}");
    await waitFor(() => expect(tabNames().map((name) => name.split(" · ")[0])).toEqual(["Query 1"]));
  });

  it("goes on by key in the table that was opened from the side panel", async () => {
    const user = userEvent.setup();
    await open({ open: [STAGING], tabs: [fakeTab("a", { title: "Query 1", profile_id: STAGING }, "select 1")] });
    await user.keyboard("{Control>}p{/Control}");
    await user.type(await screen.findByPlaceholderText("Objects and columns"), "orders");
    await screen.findAllByRole("option", { name: /orders/ });
    await user.keyboard("{ArrowDown}{Enter}");
    const grid = await screen.findByRole("grid");
    await waitFor(() => expect(document.activeElement).toBe(grid));
  });

  it("says in the status bar that a session is shared by a pooler, while it lasts", async () => {
    const user = userEvent.setup();
    const host = await open({
      open: [STAGING],
      tabs: [fakeTab("a", { title: "Query 1", profile_id: STAGING }, "select 1")],
    });
    await user.click(await screen.findByRole("button", { name: /^Run\s*Ctrl/ }));
    await waitFor(() => expect(host.fake.callsOf("run")).toHaveLength(1));
    const session = await host.tabSession("a");
    if (!session) throw new Error("no session");
    expect(screen.queryByText("pooled")).toBeNull();
    act(() => host.fake.emit({ event: "session", session: { ...session, pooled: true } }));
    await screen.findByText("pooled");
    act(() => host.fake.emit({ event: "session", session: { ...session, pooled: true, link: "closed" } }));
    await waitFor(() => expect(screen.queryByText("pooled")).toBeNull());
  });

  it("has no faults that a screen reader would meet", async () => {
    await open({ open: [PROD], tabs: [fakeTab("a", { title: "Query 1", profile_id: PROD }, "select 1")] });
    const { violations } = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(
      violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map((node) => node.html)
            .join(" | ")
            .slice(0, 300)}`,
      ),
    ).toEqual([]);
  });
});
