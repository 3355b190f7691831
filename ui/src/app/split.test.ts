import { describe, expect, it } from "vitest";
import { HOME, keptId, NO_TABS, type OpenTab, type Tabs, type TabsAction, tabsReducer } from "./model";
import { boxOf, dropAt, frontOf, layoutOf, readLayout, sideOf, tabsIn } from "./split";

const query = (id: string): OpenTab => ({
  id,
  kind: "connection",
  profileId: id,
  target: null,
});
const made = (tabs: Tabs, ...actions: TabsAction[]): Tabs => actions.reduce(tabsReducer, tabs);
const opened = (...ids: string[]): Tabs =>
  made(NO_TABS, ...ids.map((id): TabsAction => ({ type: "open", tab: query(id) })));
const ids = (tabs: Tabs, side: "first" | "second") => tabsIn(tabs, side).map((tab) => tab.id);
const shape = (tabs: Tabs) => [
  ids(tabs, "first"),
  frontOf(tabs, "first"),
  ids(tabs, "second"),
  frontOf(tabs, "second"),
];
const two = () => made(opened("a", "b", "c", "d"), { type: "split", id: "d", direction: "row" });

describe("a split window", () => {
  it("puts a tab into a second group and the focus with it, its neighbour stays in sight", () => {
    const tabs = two();
    expect(shape(tabs)).toEqual([["a", "b", "c"], "c", ["d"], "d"]);
    expect(tabs.active).toBe("d");
    expect([...tabs.shown].sort()).toContain("c");
    const other = made(opened("a", "b"), { type: "split", id: "a", direction: "column" });
    expect(shape(other)).toEqual([["b"], "b", ["a"], "a"]);
  });

  it("is not possible with one tab", () => {
    expect(made(opened("a"), { type: "split", id: "a", direction: "row" }).split).toBeNull();
    expect(made(opened("a"), { type: "split", id: "nobody", direction: "row" }).split).toBeNull();
  });

  it("opens a new tab in the group with the focus, and shows one that is open where it is", () => {
    let tabs = made(two(), { type: "open", tab: query("e") });
    expect(shape(tabs)).toEqual([["a", "b", "c"], "c", ["d", "e"], "e"]);
    tabs = made(tabs, { type: "open", tab: query("a") });
    expect(shape(tabs)).toEqual([["a", "b", "c"], "a", ["d", "e"], "e"]);
    tabs = made(tabs, { type: "open", tab: query("f") });
    expect(shape(tabs)).toEqual([["a", "f", "b", "c"], "f", ["d", "e"], "e"]);
  });

  it("steps, moves and closes within a group", () => {
    let tabs = made(two(), { type: "activate", id: "c" }, { type: "step", by: 1 });
    expect(tabs.active).toBe("a");
    tabs = made(tabs, { type: "move", id: "a", to: 2 });
    expect(shape(tabs)).toEqual([["b", "c", "a"], "a", ["d"], "d"]);
    tabs = made(tabs, { type: "close", id: "a" });
    expect(shape(tabs)).toEqual([["b", "c"], "c", ["d"], "d"]);
  });

  it("shows the neighbour where the tab in front of the other group is closed", () => {
    const tabs = made(two(), { type: "close", id: "c" });
    expect(shape(tabs)).toEqual([["a", "b"], "b", ["d"], "d"]);
    expect(tabs.active).toBe("d");
    expect(tabs.shown.has("b")).toBe(true);
  });

  it("is over when a group has lost its last tab, by closing or moving it", () => {
    const closed = made(two(), { type: "close", id: "d" });
    expect([closed.split, closed.active]).toEqual([null, "c"]);
    const away = made(two(), { type: "activate", id: "a" }, { type: "close", id: "d" });
    expect([away.split, away.active]).toEqual([null, "a"]);
    const moved = made(two(), { type: "across", id: "d" });
    expect([moved.split, moved.active, moved.open.length]).toEqual([null, "d", 4]);
    const joined = made(two(), { type: "join" });
    expect([joined.split, joined.active]).toEqual([null, "d"]);
  });

  it("moves a tab to a place of the other group, where it has the focus", () => {
    let tabs = made(two(), { type: "across", id: "a", to: 0 });
    expect(shape(tabs)).toEqual([["b", "c"], "c", ["a", "d"], "a"]);
    tabs = made(tabs, { type: "across", id: "d", to: 1 });
    expect(shape(tabs)).toEqual([["b", "d", "c"], "d", ["a"], "a"]);
    tabs = made(tabs, { type: "split", id: "c", direction: "column" });
    expect(tabs.split?.direction).toBe("column");
    expect(sideOf(tabs, "c")).toBe("second");
  });

  it("never leaves a group empty nor a front that is not there, whatever happens", () => {
    let seed = 7;
    const dice = (end: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return Math.floor((seed / 0x7fffffff) * end) % Math.max(1, end);
    };
    let tabs = opened("a", "b", "c");
    for (let turn = 0; turn < 4_000; turn += 1) {
      const some = tabs.open[dice(tabs.open.length)]?.id ?? "a";
      const actions: readonly TabsAction[] = [
        { type: "open", tab: query(`n${turn}`) },
        { type: "open", tab: HOME },
        { type: "close", id: some },
        { type: "close", id: some },
        { type: "activate", id: some },
        { type: "step", by: dice(2) ? 1 : -1 },
        { type: "move", id: some, to: dice(5) },
        { type: "split", id: some, direction: dice(2) ? "row" : "column" },
        { type: "across", id: some, to: dice(4) },
        { type: "share", share: dice(3) - 1 },
      ];
      tabs = tabsReducer(tabs, actions[dice(actions.length)] as TabsAction);
      expect(tabs.open.length).toBeGreaterThan(0);
      expect(tabs.open.some((tab) => tab.id === tabs.active)).toBe(true);
      if (!tabs.split) continue;
      expect(ids(tabs, "first").length * ids(tabs, "second").length).toBeGreaterThan(0);
      for (const side of ["first", "second"] as const) expect(ids(tabs, side)).toContain(frontOf(tabs, side));
      for (const side of ["first", "second"] as const) expect(tabs.shown.has(frontOf(tabs, side) ?? "")).toBe(true);
      expect([...tabs.split.second].every((id) => tabs.open.some((tab) => tab.id === id))).toBe(true);
      expect(tabs.split.share).toBeGreaterThanOrEqual(0.2);
    }
  });

  it("comes back as it was kept, and not at all from what cannot be read", () => {
    const tabs = made(two(), { type: "share", share: 0.3 }, { type: "activate", id: "b" });
    const layout = layoutOf(tabs, (id) => keptId(tabs, id) ?? id);
    const names = new Map(["a", "b", "c", "d"].map((id) => [id, id]));
    expect(readLayout(layout, names)).toEqual(tabs.split);
    for (const broken of [null, undefined, "", "{", "7", '{"second":"x"}'])
      expect(readLayout(broken, names)).toBeNull();
    const kept = tabs.open.map((tab) => ({
      tab: {
        id: tab.id,
        kind: "connection" as const,
        position: 0,
        title: "",
        profile_id: tab.id,
        database: null,
        object: null,
        path: null,
        stamp: null,
        dirty: false,
        view: "{}",
      },
      text: "",
      sequence: 0,
    }));
    const back = made(NO_TABS, { type: "restore", tabs: kept, active: "b", layout });
    expect(shape(back)).toEqual(shape(tabs));
    // Tabs that are gone, or all in one group: one group.
    const some = made(NO_TABS, { type: "restore", tabs: kept.slice(0, 2), active: "b", layout });
    expect([some.split, some.active]).toEqual([null, "b"]);
  });

  it("takes a dropped tab at the edges, and in the other group anywhere", () => {
    const one = opened("a", "b");
    expect(dropAt(one, "a", 0.9, 0.5)).toEqual({ type: "split", id: "a", direction: "row" });
    expect(dropAt(one, "a", 0.4, 0.9)).toEqual({ type: "split", id: "a", direction: "column" });
    expect(dropAt(one, "a", 0.3, 0.3)).toBeNull();
    expect(dropAt(opened("a"), "a", 0.9, 0.5)).toBeNull();
    expect(dropAt(two(), "a", 0.6, 0.5)).toEqual({ type: "across", id: "a" });
    expect(dropAt(two(), "d", 0.6, 0.5)).toBeNull();
    expect(dropAt(two(), "a", 1.2, 0.5)).toBeNull();
  });

  it("shares the place", () => {
    expect(boxOf(null, "first")).toEqual({ x: 0, y: 0, width: 1, height: 1 });
    expect(boxOf({ direction: "column", share: 0.25 }, "second")).toEqual({ x: 0, y: 0.25, width: 1, height: 0.75 });
  });
});
