/** Two groups of tabs side by side, or one below the other: which tab stands where, and what of it is kept. Pure. */
import type { OpenTab, Tabs } from "./model";

/** `row`: side by side. `column`: one below the other. */
export type Direction = "row" | "column";
export type Side = "first" | "second";

export interface Split {
  readonly direction: Direction;
  /** How much of the place the first group has. */
  readonly share: number;
  /** The tabs of the second group; all others are the first's. */
  readonly second: ReadonlySet<string>;
  /** The tab in front of the group that has not the focus. */
  readonly other: string;
}

export type SplitAction =
  /** Puts a tab into a second group of its own, or into the one there is, which then lies as told. */
  | { readonly type: "split"; readonly id: string; readonly direction: Direction }
  /** Moves a tab to the other group, at `to` where one is told. */
  | { readonly type: "across"; readonly id: string; readonly to?: number }
  | { readonly type: "lay"; readonly direction: Direction }
  | { readonly type: "share"; readonly share: number }
  /** One group again. */
  | { readonly type: "join" };

const LEAST = 0.2;
const clamped = (share: number) => Math.min(1 - LEAST, Math.max(LEAST, share));
const opposite = (side: Side): Side => (side === "first" ? "second" : "first");

export const sideOf = ({ split }: Tabs, id: string | null): Side =>
  split && id !== null && split.second.has(id) ? "second" : "first";

export const tabsIn = (tabs: Tabs, side: Side): readonly OpenTab[] =>
  tabs.open.filter((tab) => sideOf(tabs, tab.id) === side);

/** The tabs of the same group. */
export const peersOf = (tabs: Tabs, id: string | null): readonly OpenTab[] => tabsIn(tabs, sideOf(tabs, id));

export const frontOf = (tabs: Tabs, side: Side): string | null =>
  sideOf(tabs, tabs.active) === side ? tabs.active : (tabs.split?.other ?? null);

/** Whether a tab is in sight: in front of its group. */
export const isFront = (tabs: Tabs, id: string): boolean => id === tabs.active || id === tabs.split?.other;

/** The tab that comes to the front of a group when this one leaves it. */
export function neighbour(tabs: Tabs, id: string): string | null {
  const peers = peersOf(tabs, id);
  const at = peers.findIndex((tab) => tab.id === id);
  return (peers[at + 1] ?? peers[at - 1])?.id ?? null;
}

/** Puts a tab at a place of its own group. */
export function placed(tabs: Tabs, id: string, to: number): Tabs {
  const tab = tabs.open.find((each) => each.id === id);
  if (!tab) return tabs;
  const peers = peersOf(tabs, id).filter((each) => each.id !== id);
  const rest = tabs.open.filter((each) => each.id !== id);
  const next = peers[Math.max(0, to)];
  const last = peers.at(-1);
  const at = next ? rest.indexOf(next) : last ? rest.indexOf(last) + 1 : rest.length;
  return { ...tabs, open: rest.toSpliced(at, 0, tab) };
}

const seen = (tabs: Tabs, ...ids: readonly string[]): Tabs =>
  ids.every((id) => tabs.shown.has(id)) ? tabs : { ...tabs, shown: new Set([...tabs.shown, ...ids]) };

/** The groups after any change of the tabs: a new tab joins the group with the focus, and no group is ever empty. */
export function settled(before: Tabs, next: Tabs): Tabs {
  const { split } = next;
  if (!split || next === before) return next;
  const known = new Set(before.open.map((tab) => tab.id));
  const joins = sideOf(before, before.active) === "second" && before.split !== null;
  const second = new Set(
    next.open.map((tab) => tab.id).filter((id) => split.second.has(id) || (joins && !known.has(id))),
  );
  const now: Tabs = { ...next, split: { ...split, second } };
  const mine = sideOf(now, now.active);
  const there = tabsIn(now, opposite(mine));
  if (there.length === 0 || tabsIn(now, mine).length === 0) return { ...next, split: null };
  const stands = (id: string | null): id is string => id !== null && there.some((tab) => tab.id === id);
  const gone = peersOf(before, split.other).findIndex((tab) => tab.id === split.other);
  const beside = there[Math.max(0, Math.min(gone, there.length - 1))]?.id ?? split.other;
  // The focus went to the other group, so the tab that had it stays in front of its own.
  const other = stands(split.other) ? split.other : stands(before.active) ? before.active : beside;
  return seen({ ...now, split: { ...split, second, other } }, other);
}

export function splitReducer(tabs: Tabs, action: SplitAction): Tabs {
  const { split, active } = tabs;
  switch (action.type) {
    case "split": {
      if (!tabs.open.some((tab) => tab.id === action.id)) return tabs;
      if (split) {
        const laid = { ...tabs, split: { ...split, direction: action.direction } };
        return sideOf(tabs, action.id) === "second" ? laid : splitReducer(laid, { type: "across", id: action.id });
      }
      const other = active !== null && active !== action.id ? active : neighbour(tabs, action.id);
      if (other === null) return tabs;
      const second = new Set([action.id]);
      return seen(
        { ...tabs, active: action.id, split: { direction: action.direction, share: 0.5, second, other } },
        action.id,
        other,
      );
    }
    case "across": {
      if (!split || !tabs.open.some((tab) => tab.id === action.id)) return tabs;
      const from = sideOf(tabs, action.id);
      const left = frontOf(tabs, from) === action.id ? neighbour(tabs, action.id) : frontOf(tabs, from);
      const second = new Set(split.second);
      if (from === "second") second.delete(action.id);
      else second.add(action.id);
      const moved: Tabs = {
        ...tabs,
        active: action.id,
        split: left === null ? null : { ...split, second, other: left },
      };
      const there = action.to === undefined || moved.split === null ? moved : placed(moved, action.id, action.to);
      return left === null ? seen(there, action.id) : seen(there, action.id, left);
    }
    case "lay":
      return split ? { ...tabs, split: { ...split, direction: action.direction } } : tabs;
    case "share":
      return split ? { ...tabs, split: { ...split, share: clamped(action.share) } } : tabs;
    case "join":
      return { ...tabs, split: null };
  }
}

/** What is kept of the groups, by the ids the tabs are kept under. */
export function layoutOf({ split }: Tabs, kept: (id: string) => string): string | null {
  if (!split) return null;
  const { direction, share, second, other } = split;
  return JSON.stringify({ direction, share, second: [...second].map(kept), other: kept(other) });
}

/** The groups as they were kept; `null` for none, and for what nobody can read. `ids` are today's by the kept ones. */
export function readLayout(layout: string | null | undefined, ids: ReadonlyMap<string, string>): Split | null {
  try {
    const kept: unknown = JSON.parse(layout ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { direction, share, second, other } = kept as Record<string, unknown>;
    if (!Array.isArray(second)) return null;
    const found = (id: unknown) => (typeof id === "string" ? ids.get(id) : undefined);
    return {
      direction: direction === "column" ? "column" : "row",
      share: typeof share === "number" && Number.isFinite(share) ? clamped(share) : 0.5,
      second: new Set(second.map(found).filter((id) => id !== undefined)),
      other: found(other) ?? "",
    };
  } catch {
    return null;
  }
}

/** What dropping a tab at a place of the window does; `x` and `y` are shares of it. `null` is nothing. */
export function dropAt(tabs: Tabs, id: string, x: number, y: number): SplitAction | null {
  const { split } = tabs;
  if (x < 0 || x > 1 || y < 0 || y > 1) return null;
  if (split) {
    const over: Side = (split.direction === "row" ? x : y) < split.share ? "first" : "second";
    return over === sideOf(tabs, id) ? null : { type: "across", id };
  }
  if (tabs.open.length < 2) return null;
  if (x > 0.66 && x >= y) return { type: "split", id, direction: "row" };
  return y > 0.66 ? { type: "split", id, direction: "column" } : null;
}

/** A group's place in the window, in shares of it. */
export function boxOf(split: Pick<Split, "direction" | "share"> | null, side: Side) {
  if (!split) return { x: 0, y: 0, width: 1, height: 1 };
  const start = side === "first" ? 0 : split.share;
  const length = side === "first" ? split.share : 1 - split.share;
  return split.direction === "row"
    ? { x: start, y: 0, width: length, height: 1 }
    : { x: 0, y: start, width: 1, height: length };
}
