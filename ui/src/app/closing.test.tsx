import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost, type TabRecord } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const SUITE = JSON.stringify({
  name: "documents isolation",
  cases: [{ name: "anon sees nothing", as: { role: "anon" }, statement: "select 1", expect: { count: 1 } }],
});
const FILE = { path: "/users/ada/isolation.json", stamp: "s1", crlf: false };

/** A window with a suite in a tab, behind another one: its page is not drawn before it is shown. */
async function open(suite: object): Promise<FakeHost> {
  const view = JSON.stringify({ section: "suites", suite: { text: SUITE, file: null, saved: null, ...suite } });
  const tabs = [
    fakeTab("q", { title: "Query 1", profile_id: STAGING }),
    fakeTab("p", { kind: "policies", title: "Policies", profile_id: STAGING, position: 1, view }),
  ];
  const host = fakeHost({ pace: 0, open: [STAGING], tabs, active: "q" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await policies();
  return host;
}

const policies = () => screen.findByRole("tab", { name: /^Policies · / });
const asks = () => screen.findByRole("alertdialog", { name: "Close without saving documents isolation?" });
const goes = () => waitFor(() => expect(screen.queryByRole("tab", { name: /^Policies · / })).toBeNull());
const close = async (user: ReturnType<typeof userEvent.setup>) =>
  user.pointer({ keys: "[MouseMiddle]", target: await policies() });

describe("closing a tab with a suite", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("asks before what is in no file is gone, and keeps the tab where the answer is no", async () => {
    const user = userEvent.setup();
    const host = await open({});
    await close(user);
    expect((await asks()).textContent).toContain("It is in no file yet: what was changed in its 1 case is gone then.");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await screen.findByRole("listbox", { name: "Cases" });
    await close(user);
    await user.click(within(await asks()).getByRole("button", { name: "Close without saving" }));
    await goes();
    expect(host.fake.callsOf("saveFile")).toHaveLength(0);
  });

  it("saves to its file and closes", async () => {
    const user = userEvent.setup();
    const host = await open({ file: FILE, saved: "{}" });
    await close(user);
    await user.click(within(await asks()).getByRole("button", { name: "Save" }));
    await goes();
    expect(host.fake.callsOf("saveFile").map(([saved]) => saved)).toEqual([{ ...FILE, text: SUITE }]);
  });

  it("asks for a file where it has none, and stays open where none is picked", async () => {
    const user = userEvent.setup();
    const host = await open({});
    host.fake.fail("saveFile", fakeFailure("conflict", "Another program has changed it."), 1);
    vi.spyOn(host, "pickSavePath").mockResolvedValueOnce(null);
    await close(user);
    await user.click(within(await asks()).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    expect(await policies()).toBeTruthy();
    expect(host.fake.callsOf("saveFile")).toHaveLength(0);

    // And where the file cannot be written as it was meant.
    await close(user);
    await user.click(within(await asks()).getByRole("button", { name: "Save" }));
    await screen.findByText("documents isolation was not saved");
    expect(await policies()).toBeTruthy();
  });

  it("asks nothing where its file has all of it, and comes back with the window where none has", async () => {
    const user = userEvent.setup();
    const host = await open({ file: FILE, saved: SUITE });
    await close(user);
    await goes();
    expect(screen.queryByRole("alertdialog")).toBeNull();
    cleanup();
    document.body.replaceChildren();

    const another = await open({});
    await user.click(await policies());
    await user.click(await screen.findByRole("button", { name: "Case" }));
    await screen.findByText("new case");
    await waitFor(() => {
      const [records] = another.fake.callsOf("keepTabs").at(-1) as unknown as [readonly TabRecord[]];
      const kept = records.find(({ kind }) => kind === "policies");
      expect(JSON.parse(JSON.parse(kept?.view ?? "{}").suite.text).cases).toHaveLength(2);
    });
    expect(host.fake.callsOf("saveFile")).toHaveLength(0);
  });
});
