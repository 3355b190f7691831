import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, PROD, SAMPLE, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

// jsdom measures nothing: what is long is drawn as far as a window of this height shows it.
const height = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "offsetHeight");
const width = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "offsetWidth");

async function open(profile: string, view: object = {}): Promise<FakeHost> {
  const tab = fakeTab("a", { kind: "activity", title: "Activity", profile_id: profile, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [profile], tabs: [tab], active: "a" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /^Activity · / });
  return host;
}

const row = (id: string) => screen.findByRole("row", { name: new RegExp(`^${id} `) });

describe("the activity of a connection", () => {
  beforeEach(() => {
    window.localStorage.clear();
    Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, value: 800 });
    Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, value: 1200 });
  });
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
    if (height) Object.defineProperty(HTMLElement.prototype, "offsetHeight", height);
    if (width) Object.defineProperty(HTMLElement.prototype, "offsetWidth", width);
  });

  it("lists sessions, keeps the chosen one while it is read again, and ends one after a yes", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING);
    await user.click(await row("4802"));
    const details = await screen.findByRole("region", { name: "Session 4802" });
    expect(within(details).getByText(/SET status = 'paid'/)).toBeTruthy();
    const before = host.fake.callsOf("activity").length;
    await waitFor(() => expect(host.fake.callsOf("activity").length).toBeGreaterThan(before));
    expect((await row("4802")).getAttribute("aria-selected")).toBe("true");

    await user.click(within(details).getByRole("button", { name: "End session" }));
    const dialog = await screen.findByRole("alertdialog", { name: /End session 4802 of app on shop/ });
    expect(within(dialog).getByText(/SET status = 'paid'/)).toBeTruthy();
    expect(host.fake.callsOf("signalSession")).toHaveLength(1);
    await user.click(within(dialog).getByRole("button", { name: "End session" }));
    await screen.findByText("Session 4802 was ended.");
    expect(host.fake.callsOf("signalSession")[1]?.[0]).toMatchObject({
      session: "4802",
      signal: "kill",
      confirmed: true,
    });
    await waitFor(() => expect(screen.queryByRole("row", { name: /^4802 / })).toBeNull());
  });

  it("is walked and worked by keys alone", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING);
    const grid = await screen.findByRole("grid", { name: "Sessions" });
    await row("4802");
    act(() => grid.focus());
    await user.keyboard("{ArrowDown}");
    const first = within(grid).getAllByRole("row", { selected: true })[0]?.textContent ?? "";
    await user.keyboard("{ArrowDown}{ArrowUp}");
    expect(within(grid).getAllByRole("row", { selected: true })[0]?.textContent?.slice(0, 4)).toBe(first.slice(0, 4));
    await user.click(await row("4830"));
    act(() => grid.focus());
    await user.keyboard("{Control>}{Delete}{/Control}");
    await screen.findByText("The statement of session 4830 was cancelled.");
    await user.keyboard("{Alt>}2{/Alt}");
    const tree = await screen.findByRole("treegrid", { name: "Who waits for whom" });
    const levels = within(tree)
      .getAllByRole("row")
      .slice(1)
      .map((each) => each.getAttribute("aria-level"));
    expect(levels).toEqual(["1", "2", "3", "3", "2"]);
    expect(host.fake.callsOf("signalSession")).toHaveLength(1);
  });

  it("offers nothing on a read-only connection and says why", async () => {
    const user = userEvent.setup();
    const host = await open(PROD);
    await user.click(await row("4802"));
    const details = await screen.findByRole("region", { name: "Session 4802" });
    const button = within(details).getByRole("button", { name: "End session" });
    expect(button.getAttribute("aria-description")).toBe("This connection is read-only");
    await user.click(button);
    expect(host.fake.callsOf("signalSession")).toEqual([]);
  });

  it("measures sizes once, sorts them, and opens a table", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING, { section: "sizes", sizes: "indexes" });
    const grid = await screen.findByRole("grid", { name: "Indexes" });
    await user.click(within(grid).getByRole("button", { name: "Scans" }));
    await waitFor(() => expect(within(grid).getAllByRole("row")[1]?.textContent).toContain("unused"));
    expect(host.fake.callsOf("activitySizes")).toHaveLength(1);
    expect(host.fake.callsOf("activity")).toEqual([]);
    await user.dblClick(within(grid).getAllByRole("row")[1] as HTMLElement);
    await waitFor(() => expect(screen.getAllByRole("tab").length).toBe(2));
  });

  it("stops reading while it is paused, and when the server is lost shows what there was", async () => {
    const user = userEvent.setup();
    const host = await open(STAGING);
    await row("4802");
    await user.click(screen.getByRole("button", { name: "Pause" }));
    const before = host.fake.callsOf("activity").length;
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(host.fake.callsOf("activity")).toHaveLength(before);
    await user.keyboard("{F5}");
    await waitFor(() => expect(host.fake.callsOf("activity")).toHaveLength(before + 1));
    act(() => host.fake.lose(STAGING));
    await screen.findByText("Lost the connection to shop-staging");
    expect(await row("4802")).toBeTruthy();
  });

  it("says what could not be read, and what this login does not see", async () => {
    const host = await open(STAGING, { paused: true });
    await row("4802");
    host.fake.fail("activity", fakeFailure("forbidden", "You may not look."));
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Read again" }));
    await screen.findByText(/You may not look/);
    expect(await row("4802")).toBeTruthy();
  });

  it("is not offered where a database has no sessions", async () => {
    await open(SAMPLE);
    await screen.findByText("No sessions to watch");
  });

  it("has nothing a checker of accessibility objects to", async () => {
    await open(STAGING);
    await row("4802");
    const found = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
