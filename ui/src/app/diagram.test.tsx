import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeFailure, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

async function open(view: object = {}, more: Parameters<typeof fakeHost>[0] = {}, ready = true): Promise<FakeHost> {
  const kept = { title: "ERD shop", profile_id: STAGING, view: JSON.stringify(view) };
  const tab = fakeTab("d", { kind: "diagram", ...kept });
  const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "d", ...more });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("tab", { name: /^ERD shop/ });
  if (ready) await screen.findByRole("application", { name: /Diagram All tables: / });
  return host;
}

const stage = () => screen.getByRole("application", { name: /^Diagram / });
const at = () => screen.queryByRole("group", { name: /column/ })?.getAttribute("aria-label") ?? "";
const press = (key: string, more: object = {}) => fireEvent.keyDown(stage(), { key, ...more });
const place = (host: FakeHost) => host.fake.callsOf("placeTables").at(-1)?.[1] as { name: string; x: number }[];
const scopeOf = (host: FakeHost) => host.fake.callsOf("scopeDiagram").at(-1)?.[1] as { hidden: object[] };

describe("the diagram", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("says what it shows, to eyes and to a screen reader", async () => {
    await open();
    expect(stage().getAttribute("aria-label")).toBe("Diagram All tables: 14 tables, 17 relations");
    expect(screen.getByText("14 tables, 17 relations")).toBeTruthy();
    expect(await screen.findByText("Positions saved")).toBeTruthy();
    expect(screen.getByText("Layout 3.2 ms")).toBeTruthy();
  });

  it("is walked by key: from table to table, to the one beside, and says each with its relations", async () => {
    await open();
    act(() => stage().focus());
    press("Tab");
    await waitFor(() =>
      expect(at()).toMatch(/^customers; 5 columns; .*referenced by orders by customer_id, one to many/),
    );
    expect(stage().getAttribute("aria-activedescendant")).toBe(
      screen.getByRole("group", { name: /^customers; / }).getAttribute("id"),
    );
    press("ArrowRight", { ctrlKey: true });
    await waitFor(() => expect(at()).toMatch(/^orders; 7 columns; refers to customers by customer_id, many to one/));
    press("Tab", { shiftKey: true });
    await waitFor(() => expect(at()).toMatch(/^customers; /));
    // Before the first table the focus leaves the canvas.
    expect(press("Tab", { shiftKey: true })).toBe(true);
  });

  it("moves what is selected by key, keeps it, and takes it back as one change", async () => {
    const host = await open();
    act(() => stage().focus());
    press("Tab");
    await waitFor(() => expect(at()).toMatch(/^customers/));
    press("ArrowRight");
    press("ArrowRight", { shiftKey: true });
    await waitFor(() => expect(place(host)).toEqual([{ schema: "public", name: "customers", x: 24 + 48, y: 72 }]));
    press("z", { ctrlKey: true });
    await waitFor(() => expect(place(host)[0]).toMatchObject({ name: "customers", x: 24 }));
    press("Z", { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(place(host)[0]).toMatchObject({ name: "customers", x: 72 }));
    // Only lines with one moved end were asked for.
    expect(host.fake.callsOf("routeLines").length).toBeGreaterThan(0);
  });

  it("drags a table, and asks the core for its lines", async () => {
    const host = await open();
    const canvas = stage();
    // All is fitted into 800 by 480: where orders lies there is known by its mark.
    act(() => canvas.focus());
    press("Tab");
    press("Tab");
    const mark = await screen.findByRole("group", { name: /^orders; / });
    await waitFor(() => expect(Number.parseInt(mark.style.width, 10)).toBeGreaterThan(20));
    const [x, y] = [Number.parseInt(mark.style.left, 10) + 8, Number.parseInt(mark.style.top, 10) + 6];
    // jsdom has no pointer events; those of the mouse carry the same.
    const pointer = (type: string, where: object) =>
      fireEvent(canvas, new MouseEvent(type, { button: 0, buttons: 1, bubbles: true, cancelable: true, ...where }));
    pointer("pointerdown", { clientX: x, clientY: y });
    pointer("pointermove", { clientX: x + 20, clientY: y + 2 });
    pointer("pointermove", { clientX: x + 60, clientY: y + 30 });
    expect(host.fake.callsOf("placeTables")).toHaveLength(0);
    pointer("pointerup", { clientX: x + 60, clientY: y + 30 });
    await waitFor(() => expect(place(host)).toHaveLength(1));
    expect(place(host)[0]?.name).toBe("orders");
    expect(place(host)[0]?.x).toBeGreaterThan(296 + 59);
    expect(Number.isInteger(place(host)[0]?.x)).toBe(true);
  });

  it("gives a drag up with Escape", async () => {
    const host = await open();
    const canvas = stage();
    act(() => canvas.focus());
    press("Tab");
    const mark = await screen.findByRole("group", { name: /^customers; / });
    await waitFor(() => expect(Number.parseInt(mark.style.width, 10)).toBeGreaterThan(20));
    const [x, y] = [Number.parseInt(mark.style.left, 10) + 8, Number.parseInt(mark.style.top, 10) + 6];
    const pointer = (type: string, where: object) =>
      fireEvent(canvas, new MouseEvent(type, { button: 0, buttons: 1, bubbles: true, cancelable: true, ...where }));
    pointer("pointerdown", { clientX: x, clientY: y });
    pointer("pointermove", { clientX: x + 90, clientY: y });
    press("Escape");
    pointer("pointerup", { clientX: x + 90, clientY: y });
    press("ArrowRight");
    await waitFor(() => expect(place(host)[0]).toMatchObject({ name: "customers", x: 32 }));
  });

  it("hides a table, says so, and shows it again", async () => {
    const user = userEvent.setup();
    const host = await open();
    act(() => stage().focus());
    press("Tab");
    await waitFor(() => expect(at()).toMatch(/^customers/));
    press("Delete");
    await screen.findByRole("application", { name: /13 of 14 tables/ });
    expect(scopeOf(host).hidden).toEqual([{ schema: "public", name: "customers" }]);
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await screen.findByRole("application", { name: /: 14 tables/ });
    expect(scopeOf(host).hidden).toEqual([]);
  });

  it("finds a table by name and shows what it refers to", async () => {
    const user = userEvent.setup();
    await open();
    await user.click(screen.getByRole("button", { name: "Find" }));
    await user.type(await screen.findByRole("combobox", { name: "Find a table" }), "orde{ArrowDown}{Enter}");
    const panel = await screen.findByRole("complementary", { name: "Relations: order_items" });
    expect(await within(panel).findByText("Refers to")).toBeTruthy();
    const relation = within(panel).getByRole("button", { name: /order_id.*orders\.order_id|order_id.*orders\.id/ });
    expect(relation.textContent).toContain("many to one, on delete cascade");
    await user.click(relation);
    await screen.findByRole("complementary", { name: "Relations: orders" });
    expect(at()).toMatch(/^orders; /);
  });

  it("adds a table that is not shown from the search", async () => {
    const user = userEvent.setup();
    const host = await open();
    const scope = { schemas: ["billing"], only: null, hidden: [], views: false, partitions: false };
    const made = await host.createDiagram(STAGING, null, "Money", {
      ...scope,
      columns: "all",
      inferred: true,
      grouping: "none",
    });
    await user.click(screen.getByRole("button", { name: "All tables" }));
    act(() => host.fake.emit({ event: "changed", topics: ["diagrams"], profile_id: STAGING }));
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "All tables" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /^Money/ }));
    await screen.findByRole("application", { name: /^Diagram Money: 5 of 14 tables/ });
    await user.click(screen.getByRole("button", { name: "Find" }));
    await user.type(await screen.findByRole("combobox", { name: "Find a table" }), "customers");
    await user.click(await screen.findByRole("option", { name: /public\.customers.*adds it/ }));
    await screen.findByRole("application", { name: /^Diagram Money: 6 of 14 tables/ });
    await waitFor(() => expect(at()).toMatch(/customers; /));
    expect(host.fake.callsOf("scopeDiagram").at(-1)?.[0]).toBe(made.id);
  });

  it("has a menu by key where the table lies", async () => {
    await open();
    act(() => stage().focus());
    press("Tab");
    await waitFor(() => expect(at()).toMatch(/^customers/));
    press("F10", { shiftKey: true });
    expect(await screen.findByRole("menuitem", { name: /^Open rows/ })).toBeTruthy();
    expect(screen.getByRole("menuitem", { name: /^Hide Del/ })).toBeTruthy();
  });

  it("shows the way between two tables, and one Escape leaves it", async () => {
    const user = userEvent.setup();
    await open();
    await user.click(screen.getByRole("button", { name: "Path" }));
    await user.type(await screen.findByRole("combobox", { name: "From which table" }), "refunds{Enter}");
    await user.type(await screen.findByRole("combobox", { name: "To which table" }), "customers{Enter}");
    await screen.findByText("refunds to customers: 3 steps");
    act(() => stage().focus());
    press("Escape");
    await waitFor(() => expect(screen.queryByText("refunds to customers: 3 steps")).toBeNull());
  });

  it("has a list twin that does the same by key", async () => {
    const user = userEvent.setup();
    const host = await open({ list: true });
    const tree = await screen.findByRole("tree", { name: "Tables and their relations" });
    act(() => tree.focus());
    await user.keyboard("{Home}");
    await user.type(screen.getByRole("searchbox", { name: "Filter tables" }), "invoices");
    await waitFor(() => expect(within(tree).getAllByRole("treeitem")).toHaveLength(1));
    act(() => tree.focus());
    await user.keyboard("{Home}{ArrowRight}{ArrowDown}");
    const relation = within(tree).getByRole("treeitem", { name: /refers to orders by order_id, many to one/ });
    expect(relation.getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Enter}");
    await screen.findByRole("complementary", { name: "Relations: orders" });
    await user.clear(screen.getByRole("searchbox", { name: "Filter tables" }));
    expect(within(tree).getAllByRole("treeitem").length).toBeGreaterThan(5);
    const results = await axe.run(tree.closest("section") as HTMLElement, {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(results.violations.map(({ id }) => id)).toEqual([]);
    expect(host.fake.callsOf("placeTables")).toHaveLength(0);
  });

  it("keeps a note, and forgets one in which nothing was written", async () => {
    const user = userEvent.setup();
    const host = await open();
    act(() => stage().focus());
    press("n");
    const field = await screen.findByRole("textbox", { name: "Note" });
    await user.type(field, "Money{Control>}{Enter}{/Control}");
    const notes = () => host.fake.callsOf("annotateDiagram").at(-1)?.[1] as { text: string }[];
    await waitFor(() => expect(notes()).toMatchObject([{ text: "Money" }]));
    act(() => stage().focus());
    press("n");
    await user.type(await screen.findByRole("textbox", { name: "Note" }), "{Escape}");
    await waitFor(() => expect(notes()).toHaveLength(1));
    expect(notes()).toMatchObject([{ text: "Money" }]);
  });

  it("makes, copies, renames and removes diagrams", async () => {
    const user = userEvent.setup();
    const host = await open();
    const menu = async (item: string) => {
      await user.click(screen.getByRole("button", { name: /^(All tables|Core|Core 2)$/ }));
      await user.click(await screen.findByRole("menuitem", { name: new RegExp(`^${item}`) }));
    };
    await menu("Rename");
    const name = await screen.findByRole("textbox", { name: "Name" });
    await user.clear(name);
    await user.type(name, "Core{Enter}");
    await screen.findByRole("application", { name: /^Diagram Core: / });
    await menu("Copy");
    const second = await screen.findByRole("textbox", { name: "Name" });
    await user.clear(second);
    await user.type(second, "Core");
    expect(screen.getByText("There is a diagram of that name.")).toBeTruthy();
    await user.type(second, " 2{Enter}");
    await screen.findByRole("application", { name: /^Diagram Core 2: / });
    await menu("Remove");
    await user.click(await screen.findByRole("button", { name: "Remove diagram" }));
    await screen.findByRole("application", { name: /^Diagram Core: / });
    expect(await host.diagrams(STAGING, null)).toHaveLength(1);
  });

  it("opens the rows of a table", async () => {
    await open();
    act(() => stage().focus());
    press("Tab");
    await waitFor(() => expect(at()).toMatch(/^customers/));
    press("Enter");
    await screen.findByRole("tab", { name: /^customers/ });
  });

  it("keeps where it was looked at, and what was chosen, with its tab", async () => {
    const host = await open();
    act(() => stage().focus());
    press("Tab");
    press("+");
    const view = () => JSON.parse(host.fake.world.tabs[0]?.tab.view ?? "{}");
    await waitFor(() => expect(view().camera?.zoom).toBeGreaterThan(0.1));
    expect(view()).toMatchObject({ diagram: expect.any(String), selected: [{ schema: "public", name: "customers" }] });
  });

  it("says what failed, and tries again", async () => {
    const user = userEvent.setup();
    const kept = fakeTab("d", { kind: "diagram", title: "ERD shop", profile_id: STAGING });
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [kept], active: "d" });
    host.fake.fail("openDiagram", fakeFailure("internal", "The catalog could not be read."));
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    await screen.findByText("The catalog could not be read.");
    host.fake.fail("openDiagram", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("application", { name: /14 tables/ });
  });

  it("draws from what was kept where there is no server", async () => {
    await open({}, { open: [] });
    expect(screen.getByText(/^as of /)).toBeTruthy();
  });

  it("tells when what was changed could not be kept, and saves it again", async () => {
    const user = userEvent.setup();
    const host = await open();
    host.fake.fail("placeTables", fakeFailure("internal", "The disk is full."), 1);
    act(() => stage().focus());
    press("Tab");
    await waitFor(() => expect(at()).toMatch(/^customers/));
    press("ArrowDown");
    await screen.findByText("What you changed last is not saved");
    await user.click(screen.getByRole("button", { name: "Save again" }));
    await screen.findByText("Positions saved");
    expect(place(host)).toHaveLength(14);
    expect(place(host).find(({ name }) => name === "customers")).toMatchObject({ y: 80 });
  });

  it("opens from the explorer: of a database, of a schema, and of a table's neighbours", async () => {
    const user = userEvent.setup();
    const host = fakeHost({ pace: 0, open: [STAGING], tabs: [fakeTab("q", { profile_id: STAGING })], active: "q" });
    setHost(host);
    const root = document.createElement("div");
    root.id = "root";
    document.body.append(root);
    render(<App />, { container: root });
    const row = (name: RegExp) => screen.findByRole("treeitem", { name });
    const choose = async (name: RegExp, item: string) => {
      await user.pointer({ keys: "[MouseRight]", target: await row(name) });
      await user.click(await screen.findByRole("menuitem", { name: item }));
    };
    await choose(/^shop-staging/, "Diagram");
    await screen.findByRole("application", { name: /^Diagram All tables: 14 tables/ });
    await choose(/^orders/, "Diagram of its neighbours");
    await screen.findByRole("application", { name: /^Diagram Around orders: 7 of 14 tables/ });
    await screen.findByRole("complementary", { name: "Relations: orders" });
    await choose(/^billing/, "Diagram");
    await screen.findByRole("application", { name: /^Diagram billing: 5 of 14 tables/ });
    // The same again opens what there is; there is one tab for all of them.
    await choose(/^orders/, "Diagram of its neighbours");
    await screen.findByRole("application", { name: /^Diagram Around orders: / });
    expect(host.fake.callsOf("createDiagram")).toHaveLength(2);
    expect(screen.getAllByRole("tab", { name: /^ERD / })).toHaveLength(1);
  });

  it("groups, colours and lines tables up, each to be taken back", async () => {
    const user = userEvent.setup();
    const host = await open();
    act(() => stage().focus());
    press("a", { ctrlKey: true });
    const panel = await screen.findByRole("complementary", { name: "Relations: 14 tables" });
    await user.click(within(panel).getByRole("button", { name: "Line up" }));
    await user.click(await screen.findByRole("menuitem", { name: "Left edges" }));
    await waitFor(() => expect(new Set(host.fake.callsOf("placeTables").at(-1)?.[1] as object[]).size).toBe(11));
    expect(place(host).every(({ x }) => x === 24)).toBe(true);
    press("z", { ctrlKey: true });
    await waitFor(() => expect(place(host).some(({ x }) => x === 860)).toBe(true));
    await user.click(screen.getByRole("button", { name: "Layout" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /^None/ }));
    await waitFor(() => expect(scopeOf(host)).toMatchObject({ grouping: "none" }));
    await user.click(screen.getByRole("button", { name: /^Columns: / }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /^No columns/ }));
    await waitFor(() => expect(scopeOf(host)).toMatchObject({ columns: "none", grouping: "none" }));
    press("z", { ctrlKey: true });
    await waitFor(() => expect(scopeOf(host)).toMatchObject({ columns: "all", grouping: "none" }));
  });

  it("stays usable with five thousand tables and one of 1,600 columns", async () => {
    await open({ list: true }, { drawn: 5_000 });
    expect(stage().getAttribute("aria-label")).toContain("5,000 tables, 5,500 relations");
    expect(screen.getAllByRole("treeitem").length).toBeLessThan(80);
    act(() => stage().focus());
    press("End");
    await waitFor(() => expect(at()).toMatch(/^table_\d+_of_things; /));
  });
});
