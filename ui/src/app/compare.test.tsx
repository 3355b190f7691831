import { cleanup, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CompareRequest, setHost } from "@/ipc";
import { type FakeHost, fakeHost, fakeTab, PROD, STAGING } from "@/ipc/fake";
import { App } from "./App";

Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const OTHER = { from: "database", profile_id: PROD, database: null };

async function open(view: object = { to: OTHER }): Promise<FakeHost> {
  const tab = fakeTab("c", { kind: "compare", profile_id: STAGING, view: JSON.stringify(view) });
  const host = fakeHost({ pace: 0, open: [PROD, STAGING], tabs: [tab], active: "c" });
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  await screen.findByRole("toolbar", { name: "Compare" });
  return host;
}

const sent = (host: FakeHost) => host.fake.callsOf("compareDatabases").map(([request]) => request as CompareRequest);
const tree = () => screen.findByRole("tree", { name: "What differs" });
const compare = () => screen.getByRole("button", { name: /^Compare(?! again)/ });

describe("a comparison", () => {
  beforeEach(() => {
    window.localStorage.clear();
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(900);
  });
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
    vi.restoreAllMocks();
  });

  it("begins with its database, and says what is missing", async () => {
    const user = userEvent.setup();
    const host = await open({});
    expect(compare().getAttribute("aria-description")).toBe("choose the second side");
    const to = screen.getByRole("group", { name: "As it is to be" });
    fireEvent.click(within(to).getByRole("radio", { name: "Migrations" }));
    await user.type(await within(to).findByRole("textbox", { name: "As it is to be: folder" }), "/m");
    await user.click(compare());
    await tree();
    expect(sent(host)).toEqual([
      {
        from: { from: "database", profile_id: STAGING, database: null },
        to: { from: "folder", path: "/m", scratch_profile_id: null },
        schemas: [],
        no_access: false,
        renames: [],
      },
    ]);
  });

  it("shows what differs as a tree with signs in words, and both sides of the chosen one", async () => {
    const user = userEvent.setup();
    await open();
    await user.keyboard("{Control>}{Enter}{/Control}");
    const all = await tree();
    const row = (name: RegExp) => within(all).getByRole("treeitem", { name });
    expect(row(/added coupons/)).toBeTruthy();
    fireEvent.click(row(/changed total/));
    const one = await screen.findByRole("region", { name: "total of public.orders" });
    const cells = within(one)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    expect(cells).toEqual(["numeric(10,2)", "numeric(12,2)", "none", "0"]);
    fireEvent.click(row(/changed touch_updated_at/));
    const text = await screen.findByRole("region", { name: "text before and after" });
    expect(within(text).getByText("new.updated_at := now();").closest("[data-is]")?.getAttribute("data-is")).toBe(
      "gone",
    );
    expect(
      within(text).getByText("if new is distinct from old then").closest("[data-is]")?.getAttribute("data-is"),
    ).toBe("new");
    const { violations } = await axe.run(screen.getByRole("tabpanel"), {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  it("filters by words and by what becomes of it", async () => {
    const user = userEvent.setup();
    await open();
    await user.click(compare());
    await tree();
    fireEvent.click(screen.getByRole("radio", { name: /^Removed/ }));
    await waitFor(async () => expect(within(await tree()).queryByRole("treeitem", { name: /coupons/ })).toBeNull());
    expect(within(await tree()).getByRole("treeitem", { name: /removed custmer_id/ })).toBeTruthy();
    await user.type(screen.getByRole("searchbox", { name: "Filter what differs" }), "nothing");
    expect(await screen.findByText("Nothing that differs is called that")).toBeTruthy();
  });

  it("compares again once a new name is said to be the same, and takes that back", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(compare());
    await tree();
    await user.click(screen.getByRole("button", { name: "It is the same" }));
    await waitFor(() => expect(sent(host).at(-1)?.renames).toHaveLength(1));
    expect(sent(host).at(-1)?.renames[0]).toMatchObject({ object: { name: "custmer_id" }, to: "customer_id" });
    await user.click(await screen.findByRole("button", { name: /^Not the same/ }));
    await waitFor(() => expect(sent(host).at(-1)?.renames).toEqual([]));
  });

  it("shows the statements with what they lose, and hands them on", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(compare());
    await tree();
    fireEvent.click(screen.getByRole("radio", { name: /^Statements/ }));
    expect(await screen.findByText(/Goes for good: the values of the column/)).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "Only these" }));
    expect(within(screen.getByRole("list", { name: "Statements" })).getAllByRole("listitem")).toHaveLength(1);
    await user.click(screen.getAllByRole("button", { name: "Copy" })[0] as HTMLElement);
    await user.click(screen.getByRole("button", { name: "Save…" }));
    await waitFor(() => expect(host.fake.callsOf("saveFile")).toHaveLength(1));
    expect(host.fake.callsOf("saveFile")[0]?.[0]).toMatchObject({ path: "/users/ada/reports/compare.sql" });
    await user.click(screen.getByRole("button", { name: "Open in an editor" }));
    expect(await screen.findByRole("tab", { name: /shop-staging · shop → shop-prod · shop/ })).toBeTruthy();
    expect(host.fake.callsOf("run")).toHaveLength(0);
  });

  it("swaps the sides, and says when what is shown is of others", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.click(compare());
    await tree();
    await user.click(screen.getByRole("button", { name: "Swap the sides" }));
    expect(await screen.findByText(/asked with other sides or options/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Compare again/ }));
    await waitFor(() => expect(sent(host)).toHaveLength(2));
    expect(sent(host)[1]?.from).toEqual(OTHER);
    expect(sent(host)[1]?.to).toMatchObject({ profile_id: STAGING });
  });

  it("is given up while it runs, and says what failed", async () => {
    const user = userEvent.setup();
    const host = await open({ to: { from: "file", path: "/missing.json" } });
    await user.click(compare());
    expect(await screen.findByText("They could not be compared")).toBeTruthy();
    expect(screen.getByText(/There is no file \/missing.json/)).toBeTruthy();
    const ids: string[] = [];
    host.compareDatabases = (_, id) => {
      ids.push(id);
      return new Promise(() => {});
    };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull());
    expect(ids).toHaveLength(1);
    expect(host.fake.callsOf("compareStop")).toEqual([ids]);
  });

  it("leaves schemas and privileges aside where that is asked", async () => {
    const user = userEvent.setup();
    const host = await open();
    await user.type(screen.getByRole("textbox", { name: "Only these schemas" }), "public, audit");
    await user.click(screen.getByRole("checkbox", { name: "Leave owners and privileges aside" }));
    await user.click(compare());
    await tree();
    expect(sent(host)[0]).toMatchObject({ schemas: ["public", "audit"], no_access: true });
  });
});
