import { describe, expect, it } from "vitest";
import type { RestoredTab } from "@/ipc";
import {
  HOME,
  NO_TABS,
  nextQueryTitle,
  type OpenTab,
  records,
  restored,
  SETTINGS,
  type Tabs,
  tabsReducer,
  titleOf,
  usesSeveral,
} from "./model";

const object = { database: null, schema: "main", kind: "relation", name: "orders", signature: null };
const kept = (id: string, more: Partial<RestoredTab["tab"]> = {}): RestoredTab => ({
  tab: {
    id,
    kind: "query",
    position: 0,
    title: id,
    profile_id: "p",
    database: null,
    object: null,
    path: null,
    stamp: null,
    dirty: false,
    view: "{}",
    ...more,
  },
  text: `select '${id}'`,
  sequence: 3,
});
const query = (id: string, more: Partial<RestoredTab["tab"]> = {}): OpenTab => restored(kept(id, more)) ?? HOME;
const opened = (...tabs: OpenTab[]): Tabs =>
  tabs.reduce((now, tab) => tabsReducer(now, { type: "open", tab }), NO_TABS);
const ids = (tabs: Tabs) => tabs.open.map((tab) => tab.id);

describe("the window's tabs", () => {
  it("opens a tab beside the one in front and shows it", () => {
    let tabs = tabsReducer(opened(query("a"), query("b")), { type: "activate", id: "a" });
    tabs = tabsReducer(tabs, { type: "open", tab: query("c") });
    expect(ids(tabs)).toEqual(["a", "c", "b"]);
    expect(tabs.active).toBe("c");
  });

  it("shows what is open already instead of opening it twice", () => {
    const relation = query("r1", { kind: "relation", object });
    const again = query("r2", { kind: "relation", object });
    expect(ids(opened(relation, SETTINGS, again))).toEqual(["r1", "settings"]);
    expect(ids(opened(query("f", { path: "/a.sql" }), query("g", { path: "/a.sql" })))).toEqual(["f"]);
  });

  it("shows the neighbour of a closed tab, and home after the last", () => {
    let tabs = tabsReducer(opened(query("a"), query("b"), query("c")), { type: "activate", id: "b" });
    tabs = tabsReducer(tabs, { type: "close", id: "b" });
    expect(tabs.active).toBe("c");
    tabs = tabsReducer(tabs, { type: "close", id: "c" });
    expect(tabs.active).toBe("a");
    tabs = tabsReducer(tabs, { type: "close", id: "a" });
    expect(tabs).toMatchObject({ open: [HOME], active: "home" });
  });

  it("restores forty tabs and draws only the one in front", () => {
    const tabs = tabsReducer(NO_TABS, {
      type: "restore",
      tabs: Array.from({ length: 40 }, (_, at) => kept(`t${at}`)),
      active: "t7",
    });
    expect(tabs.open).toHaveLength(40);
    expect([...tabs.shown]).toEqual(["t7"]);
  });

  it("begins at home when nothing was kept", () => {
    expect(tabsReducer(NO_TABS, { type: "restore", tabs: [], active: null }).active).toBe("home");
  });

  it("leaves out a relation tab that has lost its relation", () => {
    expect(restored(kept("r", { kind: "relation", object: null }))).toBeNull();
  });

  it("moves, steps around, and keeps what must be kept", () => {
    let tabs = opened(HOME, query("a"), query("b"));
    tabs = tabsReducer(tabs, { type: "move", id: "b", to: 0 });
    expect(ids(tabs)).toEqual(["b", "home", "a"]);
    expect(tabsReducer(tabs, { type: "step", by: -1 }).active).toBe("a");
    tabs = tabsReducer(tabs, { type: "change", id: "a", change: { dirty: true, view: "{1}" } });
    expect(records(tabs)).toMatchObject([
      { id: "b", position: 0 },
      { id: "a", position: 1, dirty: true, view: "{1}" },
    ]);
  });

  it("numbers queries after the greatest in use and names connections when there are two", () => {
    const tabs = opened(query("a", { title: "Query 3" }), query("b", { title: "late" }));
    expect(nextQueryTitle(tabs)).toBe("Query 4");
    expect(usesSeveral(tabs, [])).toBe(false);
    expect(usesSeveral(tabs, ["other"])).toBe(true);
    expect(titleOf(query("a", { title: "orders" }), "shop-prod", true)).toBe("orders · shop-prod");
    expect(titleOf(query("a", { title: "orders" }), "shop-prod", false)).toBe("orders");
  });
});
