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
    expect(
      within(palette)
        .getByRole("option", { name: /Commit transaction/ })
        .getAttribute("aria-disabled"),
    ).toBe("true");
    expect(within(palette).getByText("needs a query tab in front")).toBeTruthy();
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
    await user.keyboard("{Control>}j{/Control}");
    await waitFor(() => expect(host.fake.world.settings.shortcuts).toEqual({ "tab.new-query": "Mod+J" }));
    await user.keyboard("{Control>}j{/Control}");
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
    expect(records).toMatchObject([{ kind: "query", title: "Query 1", position: 0 }]);
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
