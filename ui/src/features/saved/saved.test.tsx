import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DesignRoot } from "@/design";
import { setHost, topicKeys } from "@/ipc";
import { type FakeHost, type FakeOptions, fakeFailure, fakeHost } from "@/ipc/fake";
import { SavedPanel } from ".";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });

let host: FakeHost;
const opened = vi.fn();

function show(options: FakeOptions = {}) {
  host = fakeHost(options);
  setHost(host);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  host.subscribe((event) => {
    if (event.event !== "changed") return;
    for (const topic of event.topics)
      for (const queryKey of topicKeys(topic, event.profile_id)) void client.invalidateQueries({ queryKey });
  });
  return render(
    <QueryClientProvider client={client}>
      <DesignRoot theme="light">
        <main>
          <SavedPanel onOpen={opened} />
        </main>
      </DesignRoot>
    </QueryClientProvider>,
  );
}

const rows = () => screen.queryAllByRole("treeitem").map((row) => row.querySelector(".rh-tree-label")?.textContent);
const row = (name: string) => screen.findByRole("treeitem", { name: new RegExp(name) });

beforeEach(() => opened.mockClear());
afterEach(cleanup);

// jsdom lays nothing out: the tree takes this for its height.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(240);
});
afterEach(() => vi.restoreAllMocks());

describe("the panel of saved queries", () => {
  it("is a tree of folders, narrowed by words and tags", async () => {
    show();
    const user = userEvent.setup();
    await row("Sales");
    expect(rows()).toEqual(["Archive", "Operations", "Sales", "Scratch"]);
    await user.type(screen.getByRole("searchbox"), "shipments");
    await waitFor(() => expect(rows()).toEqual(["Sales", "Late shipments"]));
    await user.clear(screen.getByRole("searchbox"));
    await user.click(screen.getByRole("button", { name: /^finance/ }));
    await waitFor(() =>
      expect(rows()).toEqual(["Sales", "Monthly", "Revenue by month and product category, net of refunds"]),
    );
    await user.type(screen.getByRole("searchbox"), "nothing like it");
    expect(await screen.findByText("No saved query has these words.")).toBeTruthy();
  });

  it("opens by double click and Enter, renames by F2, and deletes with a way back", async () => {
    show();
    const user = userEvent.setup();
    await user.dblClick(await row("Scratch"));
    expect(opened).toHaveBeenCalledTimes(1);
    screen.getByRole("tree").focus();
    await user.keyboard("{Enter}");
    expect(opened).toHaveBeenCalledTimes(2);
    await user.keyboard("{F2}");
    const dialog = await screen.findByRole("dialog");
    const name = within(dialog).getByLabelText("Name");
    await user.clear(name);
    await user.type(name, "Now");
    await user.type(within(dialog).getByLabelText("Folder"), "Archive/2026{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await row("Now")).toBeTruthy();
    expect(rows()).toContain("2026");
    await user.click(await row("Now"));
    screen.getByRole("tree").focus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(rows()).not.toContain("Now"));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await row("Now")).toBeTruthy();
  });

  it("says at its field why a name cannot be", async () => {
    show();
    const user = userEvent.setup();
    await user.click(await row("Scratch"));
    screen.getByRole("tree").focus();
    await user.keyboard("{F2}");
    const dialog = await screen.findByRole("dialog");
    const name = within(dialog).getByLabelText("Name");
    await user.clear(name);
    await user.type(name, "late SHIPMENTS");
    await user.type(within(dialog).getByLabelText("Folder"), "Sales{Enter}");
    expect(await within(dialog).findByText(/already a saved query called “late SHIPMENTS”/)).toBeTruthy();
    expect(name.getAttribute("aria-invalid")).toBe("true");
  });

  it("asks before an import replaces what differs", async () => {
    show();
    const user = userEvent.setup();
    await row("Sales");
    await user.click(screen.getByRole("button", { name: "More for saved queries" }));
    await user.click(await screen.findByRole("menuitem", { name: /Import a folder/ }));
    const ask = await screen.findByRole("alertdialog", { name: "Replace a saved query?" });
    expect(within(ask).getByText(/Sales\/Late shipments/)).toBeTruthy();
    expect(host.fake.callsOf("importSaved")).toEqual([["/users/ada/team/queries", null, false]]);
    await user.click(within(ask).getByRole("button", { name: "Take the files'" }));
    await waitFor(() => expect(host.fake.callsOf("importSaved").at(-1)?.[2]).toBe(true));
  });

  it("says what it is for while nothing is saved, and what went wrong when it cannot be read", async () => {
    show({ firstStart: true });
    expect(await screen.findByText("Nothing is saved yet")).toBeTruthy();
    cleanup();
    show();
    await row("Sales");
    host.fake.fail("savedQueries", fakeFailure("corrupt", "The store is damaged."));
    await act(async () => host.fake.emit({ event: "changed", topics: ["saved"], profile_id: null }));
    expect(await screen.findByText("The store is damaged.")).toBeTruthy();
  });

  it("has no fault that a screen reader would meet", async () => {
    const { container } = show();
    await row("Sales");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((violation) => violation.id)).toEqual([]);
  });
});
