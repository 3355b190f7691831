import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { type BrowseRequest, setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { BrowseStore } from "../browsing";
import { DataPane } from "../DataPane";

const NO_KEYS = {};
const orders = { database: "shop", schema: "public", kind: "relation", name: "orders", signature: null };

describe("the shape of a data tab", { timeout: 120_000 }, () => {
  beforeAll(() => {
    configure({ asyncUtilTimeout: 30_000 });
  });
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
  });
  const user = userEvent.setup();
  const asked = () => host.fake.callsOf("browse").at(-1)?.[0] as BrowseRequest;

  async function shown(away: string | null = null, name = "orders") {
    const store = new BrowseStore(STAGING, { ...orders, name }, "tab");
    const pane = (why: string | null) => (
      <QueryClientProvider client={new QueryClient()}>
        <DesignRoot theme="light">
          <CommandsProvider own={NO_KEYS}>
            <DataPane
              store={store}
              active
              away={why}
              estimatedRows={12_000}
              whereField={({ value, onApply, onChange, describedBy }) => (
                <input
                  aria-label="WHERE"
                  aria-describedby={describedBy}
                  value={value}
                  onChange={(event) => onChange(event.target.value)}
                  onKeyDown={(event) => event.key === "Enter" && onApply(event.currentTarget.value)}
                />
              )}
            />
          </CommandsProvider>
        </DesignRoot>
      </QueryClientProvider>
    );
    const view = render(pane(away));
    await waitFor(() => expect(view.container.querySelector("[role=gridcell]")?.textContent).toBeTruthy());
    return { ...view, store, again: (why: string | null) => view.rerender(pane(why)) };
  }
  const head = (name: string): HTMLElement => {
    const found = [...document.querySelectorAll<HTMLElement>("[role=columnheader]")].find((each) =>
      each.textContent?.startsWith(name),
    );
    if (!found) throw new Error(`no head ${name}`);
    return found;
  };

  /** With Shift held. */
  const press = (name: string) =>
    void fireEvent(
      head(name),
      new MouseEvent("pointerdown", { bubbles: true, cancelable: true, shiftKey: true, button: 0 }),
    );

  it("takes one more sort key by Shift and a press on a head, and turns, moves and drops keys in their line", async () => {
    await shown();
    press("status");
    await waitFor(() => expect(asked().sort).toEqual([{ column: "status", descending: false }]));
    await waitFor(() => expect(head("status").getAttribute("aria-sort")).toBe("ascending"));
    press("id");
    await waitFor(() => expect(asked().sort.map((key) => key.column)).toEqual(["status", "id"]));
    await waitFor(() => expect(head("id").textContent).toMatch(/2/));
    press("id");
    await waitFor(() => expect(asked().sort[1]).toEqual({ column: "id", descending: true }));
    const line = screen.getByRole("group", { name: "Sort" });
    await user.click(within(line).getByRole("button", { name: /^2 id/ }));
    await user.click(await screen.findByRole("menuitem", { name: /Earlier/ }));
    await waitFor(() => expect(asked().sort.map((key) => key.column)).toEqual(["id", "status"]));
    await user.click(within(line).getByRole("button", { name: "Do not sort by id" }));
    await waitFor(() => expect(asked().sort).toEqual([{ column: "status", descending: false }]));
    expect(screen.queryByRole("menu")).toBeNull();
  });

  it("turns a condition off without forgetting it, and joins conditions in groups", async () => {
    const { store } = await shown();
    await act(() =>
      store.read({
        filters: [
          { column: "status", operator: "equal", values: ["paid"] },
          { any: true, items: [{ column: "id", operator: "less", values: ["9"] }] },
        ],
      }),
    );
    const bar = screen.getByRole("group", { name: "Filters" });
    const group = within(bar).getByRole("group", { name: "Any of" });
    await user.click(within(group).getByRole("button", { name: "Condition in this group" }));
    const form = await screen.findByRole("dialog", { name: "Condition" });
    await user.type(within(form).getByLabelText("Value"), "100");
    await user.click(within(form).getByRole("button", { name: /Apply/ }));
    await waitFor(() => expect(asked().filters).toHaveLength(2));
    expect(asked().filters[1]).toMatchObject({ kind: "any", conditions: [{ kind: "one" }, { kind: "one" }] });
    await user.click(within(bar).getByRole("button", { name: "status is paid" }));
    const again = await screen.findByRole("dialog", { name: "Condition" });
    await user.click(within(again).getByRole("switch"));
    await user.click(within(again).getByRole("button", { name: /Apply/ }));
    await waitFor(() => expect(asked().filters).toHaveLength(1));
    expect(within(bar).getByRole("button", { name: /status is paid.*turned off/ })).toBeTruthy();
    expect(store.snapshot().filters[0]).toMatchObject({ off: true });
    const { violations } = await axe.run(bar, { rules: { "color-contrast": { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("asks by a WHERE that is written, says where it is wrong, and turns chips into one", async () => {
    const { store } = await shown();
    await act(() => store.read({ filters: [{ column: "status", operator: "equal", values: ["paid"] }] }));
    await user.click(screen.getByRole("button", { name: "More conditions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Show as WHERE" }));
    await waitFor(() => expect(asked().filters).toEqual([{ kind: "where", text: "status = 'paid'" }]));
    expect(store.snapshot().filters).toEqual([]);
    const field = screen.getByLabelText("WHERE", { selector: "input" });
    await user.clear(field);
    await user.type(field, "nothing{Enter}");
    const said = await screen.findByRole("alert");
    expect(said.textContent).toContain('column "nothing" does not exist');
    expect(said.textContent).toContain("at character 1");
    expect(document.querySelector("[role=gridcell]")?.textContent, "the rows stay").toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Remove the written WHERE" }));
    await waitFor(() => expect(asked().filters).toEqual([]));
    expect(screen.queryByLabelText("WHERE", { selector: "input" })).toBeNull();
  });

  it("keeps and leaves out a cell's value, NULL too", async () => {
    const { container, store } = await shown();
    const cell = container.querySelector<HTMLElement>("[role=gridcell][aria-colindex='1']");
    if (!cell) throw new Error("no cell");
    const grid = screen.getByRole("grid");
    act(() => grid.focus());
    await user.keyboard("{Control>}{Home}{/Control}");
    fireEvent.contextMenu(grid, { button: 0 });
    await user.click(await screen.findByRole("menuitem", { name: "Filter by this value" }));
    await waitFor(() => expect(store.snapshot().filters).toHaveLength(1));
    expect(store.snapshot().filters[0]).toMatchObject({ operator: "equal" });
  });

  it("reads again only while nothing stands in the way, and keeps the grid in place", async () => {
    const { again, store } = await shown("the connection is not open");
    await user.click(screen.getByRole("button", { name: "Live" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Every 1 s" }));
    await screen.findByRole("button", { name: /Paused: the connection is not open/ });
    expect(host.fake.callsOf("browseAgain")).toHaveLength(0);
    const before = store.snapshot().browsed?.head.hold_id;
    const shownRow = document.querySelector("[role=gridcell]");
    again(null);
    await waitFor(() => expect(host.fake.callsOf("browseAgain").length).toBeGreaterThan(0));
    await waitFor(() => expect(store.snapshot().refresh?.lineage).toBe(before));
    expect(document.querySelector("[role=gridcell]")).toBe(shownRow);
    await user.click(screen.getByRole("button", { name: "Every 1 s" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Off" }));
    await screen.findByRole("button", { name: "Live" });
  });

  it("reads again when the server announces something, and says what", async () => {
    const { store } = await shown();
    await user.click(screen.getByRole("button", { name: "Live" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /On NOTIFY/ }));
    await user.type(await screen.findByLabelText("Channel", { selector: "input" }), "orders_changed");
    await user.click(screen.getByRole("button", { name: "Apply" }));
    await waitFor(() => expect(host.fake.callsOf("browseListen").at(-1)?.[3]).toBe("orders_changed"));
    const notice = { severity: "info", label: "NOTIFY", code: null, message: "orders_changed: 7", detail: null };
    act(() => store.said({ ...notice, hint: null, context: null, range: null, at_ms: 1 }));
    await screen.findByRole("button", { name: /On orders_changed · 1 heard/ });
    await waitFor(() => expect(host.fake.callsOf("browseAgain")).toHaveLength(1));
    act(() =>
      store.said({
        ...notice,
        label: "LISTEN",
        message: "It ended.",
        hint: null,
        context: null,
        range: null,
        at_ms: 2,
      }),
    );
    await screen.findByText("It ended.");
    await screen.findByRole("button", { name: "Live" });
  });

  it("says for whom rows are left out, and what an estimate and a count rest on", async () => {
    const { store } = await shown(null, "payments");
    await screen.findByText("filtered for you");
    screen.getByText("of ~12,000");
    await act(() => store.read({ filters: [{ column: "id", operator: "greater", values: ["9000"] }] }));
    await screen.findByText("of ~12,000 in all");
    await user.click(screen.getByRole("button", { name: "Count exactly" }));
    const counted = await screen.findByText(/^of [\d,]+ that match$/);
    expect(counted.getAttribute("data-tip")).toContain("under these conditions");
  });
});
