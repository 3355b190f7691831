import { describe, expect, it } from "vitest";
import type { RestoredTab } from "@/ipc";
import {
  HOME,
  keepable,
  keptId,
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
    saved: null,
    crlf: false,
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
      { kind: "home", position: 1 },
      { id: "a", position: 2, dirty: true, view: "{1}" },
    ]);
  });

  it("brings places and forms back where they were, each place once, and the one that was in front", () => {
    const form: OpenTab = { id: "f", kind: "connection", profileId: "p", target: null };
    const fresh: OpenTab = { id: "n", kind: "connection", profileId: null, target: "/data/shop.db" };
    const tabs = opened(HOME, query("a", { crlf: true }), form, fresh, SETTINGS);
    const kept = records(tabs).map((tab) => ({ tab, text: "", sequence: 0 }));
    const twice = [...kept, { ...kept[0], tab: { ...kept[0]?.tab, id: "home-other" } }] as RestoredTab[];
    const back = tabsReducer(NO_TABS, { type: "restore", tabs: twice, active: keptId(tabs, tabs.active) });
    expect(ids(back)).toEqual(["home", "a", "f", "n", "settings"]);
    expect(back.active).toBe("settings");
    expect(back.open[1]).toMatchObject({ crlf: true });
    expect(back.open[2]).toEqual(form);
    expect(back.open[3]).toEqual(fresh);
    expect(kept[0]?.tab.id, "another window's home is another tab").not.toBe("home");
  });

  it("keeps no target that may hold a secret", () => {
    for (const target of ["postgres://ada:s3cret@h/shop", "host=h password=s3cret", "postgres://h/shop?Password=x"]) {
      const [record] = records(opened({ id: "f", kind: "connection", profileId: null, target }));
      expect(JSON.stringify(record)).not.toContain(target);
      expect(record?.view).toBe("{}");
    }
    expect(keepable("postgres://ada@h:5432/shop")).toBe("postgres://ada@h:5432/shop");
    expect(keepable("C:\\data\\shop.db")).toBe("C:\\data\\shop.db");
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
