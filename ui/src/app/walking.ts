/** The walk of a window: where a person went by following keys, and the steps back and forward. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useOffers } from "@/commands";
import {
  type CellAt,
  type Condition,
  NO_WALK,
  type Place,
  stepped,
  type Walk,
  went,
  without,
} from "@/features/references";
import type { BrowseStore, CellPlace, GridHandle } from "@/features/results";
import type { Followed, ResultHead } from "@/ipc";
import { actorOf, mayAct } from "./acting";
import { newTabId } from "./actions";
import { focusDocument } from "./focus";
import { type RelationTab, twin } from "./model";
import { useWorkspace, type Workspace } from "./workspace";

/** What steps need of the window, as it is now. */
type Window = Pick<Workspace, "tabs" | "dispatch" | "runs" | "browses" | "profile">;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A relation's view of its rows, whatever was shown of it. */
function onData(view: string): string {
  try {
    const kept: unknown = JSON.parse(view);
    return JSON.stringify({ ...(typeof kept === "object" ? kept : {}), view: "data" });
  } catch {
    return JSON.stringify({ view: "data" });
  }
}

class Walking {
  private walk: Walk = NO_WALK;
  private readonly listeners = new Set<() => void>();
  /** The cell with the cursor, by hold. */
  private readonly cells = new Map<string, CellAt>();
  private readonly grids = new Map<string, GridHandle>();
  private readonly waiting = new Map<string, () => void>();
  private steps = 0;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): Walk => this.walk;

  private set(walk: Walk): void {
    this.walk = walk;
    for (const listener of this.listeners) listener();
  }

  /** The cell with the cursor moved. */
  active(holdId: string, place: CellPlace | undefined): void {
    if (place) this.cells.set(holdId, { row: place.row, column: place.column });
    else this.cells.delete(holdId);
  }

  /** A grid shows a hold's rows. */
  shown(head: ResultHead, grid: GridHandle): () => void {
    const id = head.hold_id;
    this.grids.set(id, grid);
    this.waiting.get(id)?.();
    this.waiting.delete(id);
    return () => {
      if (this.grids.get(id) === grid) this.grids.delete(id);
    };
  }

  /** Where a person is: the rows in the tab in front. */
  here({ tabs, runs, browses }: Window): Place | null {
    const tab = tabs.open.find((each) => each.id === tabs.active);
    if (tab?.kind === "query") {
      const holdId = runs.peek(tab.id)?.snapshot().active;
      const set = runs
        .peek(tab.id)
        ?.snapshot()
        .sets.some((each) => each.head.hold_id === holdId);
      return holdId && set ? { kind: "result", tabId: tab.id, holdId, cell: this.cells.get(holdId) ?? null } : null;
    }
    if (tab?.kind !== "relation") return null;
    const { filters, any, where, sort, browsed } = browses.of(tab.id, tab.profileId, tab.object).snapshot();
    const cell = (browsed && this.cells.get(browsed.head.hold_id)) ?? null;
    return { kind: "rows", profileId: tab.profileId, object: tab.object, filters, any, where, sort, cell };
  }

  /** Goes where a key leads. */
  follow(window: Window, { profile_id: profileId, object, filters }: Followed): void {
    const to: Place = { kind: "rows", profileId, object, filters, sort: [], cell: null };
    this.set(went(this.walk, this.here(window), to));
    void this.show(window, to);
  }

  step(window: Window, by: 1 | -1): void {
    const open = without(
      this.walk,
      (place) => place.kind === "result" && !window.tabs.open.some((tab) => tab.id === place.tabId),
    );
    const next = stepped(open, by, this.here(window));
    this.set(next?.walk ?? open);
    if (next) void this.show(window, next.to);
  }

  /** Brings a place to the front as it was: its tab, its conditions, its cell. The latest step wins. */
  private async show(window: Window, place: Place): Promise<void> {
    this.steps += 1;
    const mine = this.steps;
    const { tabs, dispatch, runs, browses, profile } = window;
    if (place.kind === "result") {
      const store = runs.of(place.tabId);
      dispatch({ type: "activate", id: place.tabId });
      requestAnimationFrame(focusDocument);
      // A result that another run has replaced: its tab is as near as one gets.
      if (!store.snapshot().sets.some((set) => set.head.hold_id === place.holdId)) return;
      store.show(place.holdId);
      await this.settle(place.holdId, place.cell, mine);
      return;
    }
    const { profileId, object } = place;
    const begun: RelationTab = { id: newTabId(), kind: "relation", title: object.name, profileId, object, view: "{}" };
    // Who follows a key as somebody stays that somebody.
    const front = tabs.open.find((each) => each.id === tabs.active);
    const acting = mayAct(front) && front.profileId === profileId ? front.acting : undefined;
    const fresh: RelationTab = acting === undefined ? begun : { ...begun, acting };
    const tab = twin(tabs, fresh) ?? fresh;
    const store = browses.of(tab.id, profileId, object);
    store.actAs(actorOf(tab, profile(profileId)));
    const { filters, any, where, sort, browsed, loading } = store.snapshot();
    const wanted = {
      filters: place.filters,
      any: place.any ?? false,
      where: place.where ?? "",
      sort: place.sort,
    };
    const there = same({ filters, any, where, sort }, wanted) && (browsed !== null || loading);
    // Before the tab is drawn, or it would read its rows without conditions first.
    const reading = there ? undefined : store.read(wanted);
    dispatch({ type: "open", tab: fresh.id === tab.id ? fresh : tab });
    if (tab.kind === "relation") dispatch({ type: "change", id: tab.id, change: { view: onData(tab.view) } });
    requestAnimationFrame(focusDocument);
    await reading;
    const holdId = await this.reach(store, place.cell?.row ?? 0);
    if (!holdId) return;
    // Rows that never went away are as they were left.
    if (there && this.cells.has(holdId)) await this.settle(holdId, null, mine);
    else await this.settle(holdId, place.cell ?? firstCell(store, place.filters), mine);
  }

  /** Reads on until a row is there; the hold's id, if it has rows. */
  private async reach(store: BrowseStore, row: number): Promise<string | null> {
    for (;;) {
      const { browsed, progress } = store.snapshot();
      if (!browsed || !progress) return null;
      if (progress.rows > row || progress.state !== "more_pages") return progress.rows ? browsed.head.hold_id : null;
      await store.more();
      const { progress: after, failure } = store.snapshot();
      if (failure || after?.rows === progress.rows) return browsed.head.hold_id;
    }
  }

  /** Puts the cursor on a cell and the keyboard into the rows, once they are drawn. */
  private async settle(holdId: string, cell: CellAt | null, mine: number): Promise<void> {
    if (!this.grids.has(holdId)) await new Promise<void>((shown) => this.waiting.set(holdId, shown));
    // The tab is in front after the next frame: only then has its grid a size.
    await new Promise((drawn) => requestAnimationFrame(drawn));
    if (mine !== this.steps) return;
    const grid = this.grids.get(holdId);
    if (cell) grid?.activate({ row: cell.row, column: cell.column });
    grid?.focus();
  }
}

/** The first row's cell that was asked for. */
function firstCell(store: BrowseStore, filters: readonly Condition[]): CellAt {
  const columns = store.snapshot().browsed?.head.columns ?? [];
  const [first] = filters;
  const asked = columns.findIndex((column) => first && "column" in first && column.name === first.column);
  return { row: 0, column: Math.max(0, asked) };
}

/** One walk for each window, found by what lives as long as it. */
const walks = new WeakMap<object, Walking>();

export interface WindowWalk {
  readonly walking: Walking;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
  readonly begun: boolean;
  follow(to: Followed): void;
  back(): void;
  forward(): void;
}

/** The walk of this window. */
export function useWalk(): WindowWalk {
  const workspace = useWorkspace();
  const { browses } = workspace;
  let walking = walks.get(browses);
  if (!walking) {
    walking = new Walking();
    walks.set(browses, walking);
  }
  const latest = useRef(workspace);
  latest.current = workspace;
  const walk = useSyncExternalStore(walking.subscribe, walking.snapshot);
  const own = walking;
  const moves = useMemo(
    () => ({
      walking: own,
      follow: (to: Followed) => own.follow(latest.current, to),
      back: () => own.step(latest.current, -1),
      forward: () => own.step(latest.current, 1),
    }),
    [own],
  );
  const here = own.here(workspace);
  return {
    ...moves,
    begun: walk.places.length > 0,
    canGoBack: stepped(walk, -1, here) !== null,
    canGoForward: stepped(walk, 1, here) !== null,
  };
}

const BACK = 3;
const FORWARD = 4;

/** The commands of the walk, and the mouse's own buttons for them. */
export function useWalkCommands(): void {
  const { back, forward, canGoBack, canGoForward } = useWalk();
  const nothing = "no key was followed that way";
  useOffers({
    "walk.back": { run: back, ...(canGoBack ? {} : { disabledReason: nothing }) },
    "walk.forward": { run: forward, ...(canGoForward ? {} : { disabledReason: nothing }) },
  });
  useEffect(() => {
    const onUp = (event: MouseEvent) => {
      if (event.button !== BACK && event.button !== FORWARD) return;
      event.preventDefault();
      if (event.button === BACK) back();
      else forward();
    };
    window.addEventListener("mouseup", onUp);
    return () => window.removeEventListener("mouseup", onUp);
  }, [back, forward]);
}
