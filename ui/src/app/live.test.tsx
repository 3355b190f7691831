import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type LiveState, setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, REDIS, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const height = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "offsetHeight");
const width = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "offsetWidth");

async function open(
  kind: "live" | "activity",
  view: object = {},
  keys: "free" | "read_only" = "free",
): Promise<FakeHost> {
  const tab = fakeTab("a", { kind, title: "x", profile_id: REDIS, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [REDIS], keys, tabs: [tab], active: "a" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: kind === "live" ? /^Live · / : /^Activity · / });
  return host;
}

const state = async (host: FakeHost): Promise<LiveState> => {
  const found = await host.liveState("a");
  if (!found) throw new Error("nothing is followed");
  return found;
};

async function choose(user: ReturnType<typeof userEvent.setup>, name: string) {
  await user.click(await screen.findByRole("combobox", { name: "What is followed" }));
  await user.click(await screen.findByRole("option", { name }));
}

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

describe("a live view", () => {
  it("follows what was typed, shows what was sent from it, stands still, and is cleared and stopped", async () => {
    const user = userEvent.setup();
    const host = await open("live");
    const topics = await screen.findByRole("textbox", { name: "Channels" });
    expect(topics).toHaveProperty("value", "*");
    await user.clear(topics);
    await user.type(topics, "orders.* news");
    await user.click(screen.getByRole("button", { name: "Follow" }));
    await screen.findByText("Nothing has happened yet");
    expect(host.fake.callsOf("liveStart")[0]?.[0]).toMatchObject({
      kind: "channels",
      topic: "orders.* news",
      limit_s: null,
    });

    await user.type(screen.getByRole("textbox", { name: "Channel to send to" }), "news");
    await user.type(screen.getByRole("textbox", { name: "Message" }), "hello");
    await user.click(screen.getByRole("button", { name: "Send" }));
    await screen.findByText("It was sent. One client received it.");
    expect(await screen.findByText("1 received")).toBeTruthy();
    await screen.findByRole("grid");
    expect(screen.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "");

    await user.click(screen.getByRole("button", { name: /^Pause/ }));
    await screen.findByText("Paused");
    await act(async () => host.fake.emit({ event: "live", state: { ...(await state(host)), rows: 8, received: 8 } }));
    expect(await screen.findByText("7 new")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await screen.findByText("Following");
    await user.click(screen.getByRole("button", { name: "Clear the rows" }));
    await waitFor(() =>
      expect(host.fake.callsOf("liveOrder").map(([, order]) => order)).toEqual(["pause", "resume", "clear"]),
    );
    await user.click(screen.getByRole("button", { name: "Stop" }));
    await waitFor(async () => expect((await state(host)).phase).toBe("ended"));
  });

  it("says that notifications are off, and changes the server's setting after a yes only", async () => {
    const user = userEvent.setup();
    const host = await open("live");
    await choose(user, "Keyspace notifications");
    expect(await screen.findByText(/Keyspace notifications are off/)).toBeTruthy();
    expect(screen.getByText("CONFIG SET notify-keyspace-events KA")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Send this…" }));
    const dialog = await screen.findByRole("alertdialog", { name: "Change the server's setting?" });
    expect(host.fake.callsOf("liveSwitchOn").map((call) => call[2])).toEqual([false]);
    await user.click(within(dialog).getByRole("button", { name: "Change it" }));
    await waitFor(() => expect(screen.queryByText(/Keyspace notifications are off/)).toBeNull());
    expect(host.fake.callsOf("liveSwitchOn").map((call) => call[2])).toEqual([false, true]);
  });

  it("begins to watch every command only after its cost was read, and for as long as was chosen", async () => {
    const user = userEvent.setup();
    const host = await open("live", { limit: 60 });
    await choose(user, "Every command (MONITOR)");
    await user.click(screen.getByRole("button", { name: "Follow" }));
    const dialog = await screen.findByRole("alertdialog", { name: /Follow: Every command/ });
    expect(within(dialog).getByText(/busy server may lose half/)).toBeTruthy();
    expect(host.fake.callsOf("liveStart")).toHaveLength(0);
    await user.click(within(dialog).getByRole("button", { name: "Follow" }));
    await waitFor(() => expect(host.fake.callsOf("liveStart")[0]?.[0]).toMatchObject({ kind: "monitor", limit_s: 60 }));
    expect(await screen.findByText(/^ends in /)).toBeTruthy();
  });

  it("tells a loss, a gap and an end from nothing happening", async () => {
    const user = userEvent.setup();
    const host = await open("live");
    await user.click(await screen.findByRole("button", { name: "Follow" }));
    await screen.findByText("Nothing has happened yet");
    const before = await state(host);
    const tell = (change: object) =>
      act(() => host.fake.emit({ event: "live", state: { ...before, ...change } as LiveState }));
    tell({ phase: "lost", error: fakeFailure("unreachable", "The server hung up."), turn: 50 });
    expect(
      await screen.findByText(/The connection is lost; it is being opened again. The server hung up./),
    ).toBeTruthy();
    tell({ gaps: 1, dropped: 300, turn: 51 });
    expect(
      await screen.findByText(/The oldest 300 events had to go.*while the connection was lost is missing/),
    ).toBeTruthy();
    tell({ phase: "ended", reason: "Its time of 30 s is up.", error: null, turn: 52 });
    expect(await screen.findByText(/Its time of 30 s is up./)).toBeTruthy();
    // A state of before comes late: it is over all the same.
    tell({ turn: 51 });
    expect(screen.getByText("Ended")).toBeTruthy();
  });

  it("shows a refusal in its place", async () => {
    const user = userEvent.setup();
    const host = await open("live", {}, "read_only");
    host.fake.fail("liveStart", fakeFailure("forbidden", "This user may not listen to these channels."), 1);
    await user.click(await screen.findByRole("button", { name: "Follow" }));
    expect(await screen.findByText("This user may not listen to these channels.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Send" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("can be opened from the explorer and the palette where the server tells what happens", async () => {
    const user = userEvent.setup();
    await open("activity");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /^Find an action/ }), ">live: follow");
    await user.keyboard("{Enter}");
    await screen.findByRole("tab", { name: /^Live · / });
  });

  it("has no faults that a checker finds", async () => {
    const user = userEvent.setup();
    await open("live");
    await user.click(await screen.findByRole("button", { name: "Follow" }));
    await screen.findByText("Following");
    const found = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

describe("what a server says of itself", () => {
  it("shows figures, sections and the advice in its own words, and grows lines while somebody looks", async () => {
    const user = userEvent.setup();
    const host = await open("activity", { section: "server" });
    const figures = await screen.findByRole("list", { name: "Figures" });
    expect(within(figures).getByText("Hit ratio")).toBeTruthy();
    const memory = await screen.findByRole("region", { name: "Memory" });
    expect(within(memory).queryByText("Allocator figure 3")).toBeNull();
    await user.click(within(memory).getByRole("button", { name: "9 more" }));
    expect(within(memory).getByText("Allocator figure 3")).toBeTruthy();
    expect(screen.getByRole("region", { name: "MEMORY DOCTOR" }).textContent).toContain(
      "fragmentation greater than 1.1",
    );
    await waitFor(() => expect(host.fake.callsOf("serverReport").length).toBeGreaterThan(2));
    await waitFor(() => expect(figures.querySelectorAll("polyline").length).toBeGreaterThan(3));
  });

  it("says that it may not be read, and shows no empty page", async () => {
    const tab = fakeTab("a", { kind: "activity", title: "x", profile_id: REDIS, view: '{"section":"server"}' });
    const host = fakeHost({ pace: 0, open: [REDIS], keys: "free", tabs: [tab], active: "a" });
    host.fake.fail("serverReport", fakeFailure("forbidden", "This user has no permissions to run the 'info' command"));
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    expect(await screen.findByText(/no permissions to run the 'info' command/)).toBeTruthy();
    expect(screen.queryByRole("list", { name: "Figures" })).toBeNull();
  });

  it("lists slow statements with their threshold, and forgets them after a yes", async () => {
    const user = userEvent.setup();
    const host = await open("activity", { section: "slow" });
    await screen.findByRole("row", { name: /KEYS session/ });
    expect(screen.getByText("10.0 ms")).toBeTruthy();
    const texts = () =>
      screen
        .getAllByRole("row")
        .slice(1)
        .map((row) => row.textContent ?? "");
    expect(texts().length).toBe(5);
    await user.type(screen.getByRole("searchbox", { name: "Filter slow statements" }), "shop-api keys");
    await waitFor(() => expect(texts().length).toBe(1));
    await user.click(screen.getByRole("button", { name: "Forget them" }));
    const dialog = await screen.findByRole("alertdialog", { name: "Forget the slow statements?" });
    expect(within(dialog).getByText("SLOWLOG RESET")).toBeTruthy();
    await user.click(within(dialog).getByRole("button", { name: "Forget them" }));
    expect(await screen.findByText("Nothing was slow")).toBeTruthy();
    expect(host.fake.callsOf("forgetSlow").map((call) => call[1])).toEqual([false, true]);
  });

  it("is absent where the server has none of it", async () => {
    const tab = fakeTab("a", { kind: "activity", title: "x", profile_id: STAGING, view: '{"section":"server"}' });
    setHost(fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "a" }));
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    await screen.findByRole("radio", { name: /^Sessions/ });
    expect(screen.queryByRole("radio", { name: /^Server/ })).toBeNull();
    expect(screen.queryByRole("radio", { name: /^Slow log/ })).toBeNull();
    await screen.findByRole("grid", { name: "Sessions" });
  });
});
