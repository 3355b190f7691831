/** Saved queries in the whole window: saved, opened, in conflict; run elsewhere; parameters that come back. */
import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, type FakeOptions, fakeHost, fakeTab, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

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
  await waitFor(() => expect(tabs().length).toBeGreaterThan(0));
  return host;
}

const tabs = () => within(screen.getByRole("tablist", { name: "Open tabs" })).queryAllByRole("tab");
const text = () => document.querySelector(".rh-document:not([data-hidden]) .cm-content")?.textContent ?? "";
const typed = "select count(*) from orders";
const withTab = (more = {}, body = typed): FakeOptions => ({
  open: [STAGING],
  tabs: [fakeTab("t", { title: "Query 1", profile_id: STAGING, ...more }, body)],
});

describe("saved queries in the window", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("Ctrl+S in an unsaved query names it, and from then on saves it", async () => {
    const host = await open(withTab());
    const user = userEvent.setup();
    await waitFor(() => expect(text()).toBe(typed));
    await user.keyboard("{Control>}s{/Control}");
    const dialog = await screen.findByRole("dialog", { name: "Save query" });
    expect(within(dialog).getByRole("button", { name: "Save as a file…" })).toBeTruthy();
    await user.type(within(dialog).getByLabelText("Name"), "All orders{Enter}");
    await waitFor(() => expect(tabs()[0]?.textContent).toContain("All orders"));
    const [details, body] = host.fake.callsOf("createSaved")[0] ?? [];
    expect([details, body]).toEqual([
      { name: "All orders", folder: "", tags: [], profile_id: null, driver: "postgres" },
      typed,
    ]);
    act(() => document.querySelector<HTMLElement>(".cm-content")?.focus());
    await user.keyboard("-- x");
    await waitFor(() => expect(tabs()[0]?.textContent).toContain("not saved"));
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(host.fake.callsOf("saveSaved").length).toBe(1));
    await waitFor(() => expect(tabs()[0]?.textContent).not.toContain("not saved"));
    // Kept with the tab, so that it is still that query after a restart.
    await waitFor(() => expect(host.fake.world.tabs[0]?.tab.saved?.version).toBe(2));
  });

  it("keeps a file a file", async () => {
    const host = await open(
      withTab({ path: "/users/ada/reports/late.sql", stamp: "1", title: "late.sql", dirty: true }),
    );
    await waitFor(() => expect(text()).toBe(typed));
    await userEvent.setup().keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(host.fake.callsOf("saveFile").length).toBe(1));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("says when another window saved another text, and loses neither", async () => {
    const host = await open(withTab());
    const made = await host.createSaved({ name: "Mine", folder: "", tags: [], profile_id: null, driver: null }, typed);
    cleanup();
    document.body.replaceChildren();
    const user = userEvent.setup();
    host.fake.world.tabs = [
      fakeTab("t", { title: "Mine", profile_id: STAGING, saved: { id: made.head.id, version: 1 } }, typed),
    ];
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    await waitFor(() => expect(text()).toBe(typed));
    await act(() => host.saveSaved(made.head.id, 1, "select 'theirs'").then(() => undefined));
    expect(await screen.findByText(/was saved with another text in another window/)).toBeTruthy();
    act(() => document.querySelector<HTMLElement>(".cm-content")?.focus());
    await user.keyboard("-- x");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(host.fake.callsOf("saveSaved").length).toBe(2));
    expect((await host.savedQuery(made.head.id)).text).toBe("select 'theirs'");
    await user.click(screen.getByRole("button", { name: "Take the saved one" }));
    await waitFor(() => expect(text()).toBe("select 'theirs'"));
    await waitFor(() => expect(screen.queryByText(/was saved with another text/)).toBeNull());
  });

  it("runs on another connection without moving there, and asks on production", async () => {
    const host = await open(withTab());
    const user = userEvent.setup();
    await waitFor(() => expect(text()).toBe(typed));
    await user.click(await screen.findByRole("button", { name: "Run on another connection" }));
    await user.click(await screen.findByRole("menuitem", { name: /shop-prod/ }));
    const ask = await screen.findByRole("alertdialog", { name: "Run this on shop-prod?" });
    expect(host.fake.callsOf("run").length).toBe(0);
    await user.click(within(ask).getByRole("button", { name: "Run on shop-prod" }));
    await waitFor(() => expect(host.fake.callsOf("run").length).toBe(1));
    expect(host.fake.callsOf("run")[0]?.[0]).toMatchObject({ tab_id: `t@${PROD}`, profile_id: PROD, text: typed });
    expect(await screen.findByRole("tab", { name: /· shop-prod/ })).toBeTruthy();
    expect(host.fake.world.tabs[0]?.tab.profile_id ?? STAGING).toBe(STAGING);
    await user.click(await screen.findByRole("button", { name: "Run on another connection" }));
    expect(await screen.findByText("Not PostgreSQL")).toBeTruthy();
    expect(host.fake.world.profiles.some((profile) => profile.id === SAMPLE)).toBe(true);
  });

  it("fills in what parameters were last, but no secrets", async () => {
    const host = await open(withTab({}, "select :day, :api_token"));
    const user = userEvent.setup();
    await waitFor(() => expect(text()).toContain(":day"));
    await user.keyboard("{Control>}{Enter}{/Control}");
    const dialog = await screen.findByRole("dialog", { name: "Parameters" });
    await user.type(within(dialog).getByLabelText(":day"), "2026-11-01");
    await user.type(within(dialog).getByLabelText(":api_token"), "s3cret{Enter}");
    await waitFor(() => expect(host.fake.callsOf("rememberParameters").length).toBe(1));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(screen.getByRole("button", { name: /^Run\s*Ctrl/ })).toBeTruthy());
    await user.keyboard("{Control>}{Enter}{/Control}");
    const again = await screen.findByRole("dialog", { name: "Parameters" });
    expect(within(again).getByLabelText<HTMLInputElement>(":day").value).toBe("2026-11-01");
    expect(within(again).getByLabelText<HTMLInputElement>(":api_token").value).toBe("");
  });

  it("finds a saved query in the palette and opens it once", async () => {
    await open({ open: [PROD] });
    const user = userEvent.setup();
    for (const _ of [1, 2]) {
      await user.keyboard("{Control>}k{/Control}");
      await user.type(await screen.findByRole("combobox", { name: /Find an action/ }), "$late ship");
      const palette = await screen.findByRole("dialog", { name: "Command palette" });
      await waitFor(() => expect(within(palette).getAllByRole("option")[0]?.textContent).toContain("Late shipments"));
      await user.keyboard("{Enter}");
      await waitFor(() => expect(text()).toContain("late_shipments"));
    }
    expect(tabs().filter((tab) => tab.textContent?.includes("Late shipments")).length).toBe(1);
  });
});
