import { useMemo, useSyncExternalStore } from "react";
import { useKeys } from "@/commands";
import { Icon, IconButton, type IconName, type MenuItem, type TabItem, Tabs } from "@/design";
import { actorLines, actorMark } from "@/features/acting";
import { openGenerate } from "@/features/generate";
import { iconOf } from "@/features/relation";
import { isBusy } from "@/features/results";
import { actorOf, mayAct, useActingWays, useKnowsActing, useNoActing } from "./acting";
import type { Actions } from "./actions";
import { colourOf } from "./colours";
import { useNoGenerate } from "./generating";
import { type OpenTab, profileOfTab, titleOf, usesSeveral } from "./model";
import { panelIdOf, placeOf } from "./place";
import { frontOf, type Side, sideOf, tabsIn } from "./split";
import { useEdited } from "./useEdited";
import { useWorkspace } from "./workspace";

const ICONS: Readonly<Record<OpenTab["kind"], IconName>> = {
  home: "home",
  settings: "settings",
  connection: "plug",
  query: "terminal",
  relation: "table",
  activity: "chart",
  policies: "policy",
  advisor: "bulb",
  diagram: "explain",
  migrations: "branch",
  compare: "matrix",
  keys: "key",
  live: "bell",
  plan: "explain",
};

/** The tabs as they are shown, and the title of the one in front. */
export function useTitles(): (tab: OpenTab) => string {
  const { tabs, live, profile } = useWorkspace();
  const several = usesSeveral(tabs, [...live.connections.keys()]);
  return (tab) => titleOf(tab, profile(tab.kind === "connection" ? tab.profileId : profileOfTab(tab))?.name, several);
}

interface TabStripProps {
  actions: Actions;
  side: Side;
  onDragOut: (id: string, point: { x: number; y: number } | null) => void;
  onDropOut: (id: string, point: { x: number; y: number }) => void;
}

/** The tabs of one group. */
export function TabStrip({ actions, side, onDragOut, onDropOut }: TabStripProps) {
  const { tabs, dispatch, runs, live, profile } = useWorkspace();
  useSyncExternalStore(runs.subscribe, runs.snapshot);
  const title = useTitles();
  const noGenerate = useNoGenerate();
  const noActing = useNoActing();
  const knowsActing = useKnowsActing();
  const acting = useActingWays();
  const actKeys = useKeys("tab.act-as");
  const closeKeys = useKeys("tab.close");
  const newKeys = useKeys("tab.new-query");
  const reopenKeys = useKeys("tab.reopen");
  const rightKeys = useKeys("tab.split-right");
  const downKeys = useKeys("tab.split-down");
  const acrossKeys = useKeys("tab.across");
  const own = tabsIn(tabs, side);
  const edited = useEdited();
  const { split } = tabs;
  const focused = sideOf(tabs, tabs.active) === side;

  const items = own.map((tab): TabItem => {
    const owner = profile(profileOfTab(tab));
    const store = tab.kind === "query" ? runs.peek(tab.id) : undefined;
    const phase = owner ? live.connections.get(owner.id)?.phase.phase : undefined;
    const note = phase === "lost" ? "connection lost" : owner?.environment;
    const actor = actorOf(tab, owner);
    const whom = actor ? `\nActs as\n${actorLines(actor).join("\n")}` : "";
    return {
      id: tab.id,
      title: title(tab),
      icon:
        tab.kind === "query" && tab.saved ? "saved" : tab.kind === "relation" ? iconOf(tab.object) : ICONS[tab.kind],
      ...(owner
        ? {
            stripe: colourOf(owner),
            tooltip: `${tab.kind === "query" && tab.path ? tab.path : title(tab)} · ${owner.name}, ${note ?? ""}${whom}`,
          }
        : {}),
      ...(actor
        ? {
            meta: (
              <span className="act-mark">
                <Icon name="role" size={12} /> <span className="rh-truncate">as {actorMark(actor)}</span>
              </span>
            ),
          }
        : {}),
      dirty:
        (tab.kind === "query" && tab.dirty) ||
        (tab.kind === "relation" && edited(tab.profileId, tab.object) !== undefined),
      busy: store !== undefined && isBusy(store.snapshot()),
    };
  });

  const grouping = (id: string): readonly MenuItem[] => {
    if (split) {
      const other = split.direction === "row" ? "column" : "row";
      return [
        {
          label: "Move to the other group",
          ...(acrossKeys ? { keys: acrossKeys } : {}),
          onSelect: () => dispatch({ type: "across", id }),
        },
        {
          label: other === "row" ? "Put the groups side by side" : "Put one group below the other",
          onSelect: () => dispatch({ type: "lay", direction: other }),
        },
        { label: "Join the groups", onSelect: () => dispatch({ type: "join" }) },
      ];
    }
    const alone = tabs.open.length < 2 ? "There is one tab" : undefined;
    return [
      {
        label: "Split right",
        icon: "columns",
        ...(rightKeys ? { keys: rightKeys } : {}),
        onSelect: () => dispatch({ type: "split", id, direction: "row" }),
        disabledReason: alone,
      },
      {
        label: "Split down",
        icon: "rows",
        ...(downKeys ? { keys: downKeys } : {}),
        onSelect: () => dispatch({ type: "split", id, direction: "column" }),
        disabledReason: alone,
      },
    ];
  };

  const actItems = (tab: OpenTab): readonly MenuItem[] => {
    const acts = actorOf(tab, profile(profileOfTab(tab))) !== null;
    if (!acts && !(mayAct(tab) && knowsActing(tab.profileId))) return [];
    const reason = noActing(tab);
    return [
      { separator: true },
      {
        label: "Act as…",
        icon: "role",
        ...(actKeys ? { keys: actKeys } : {}),
        disabledReason: reason ? `Not now: ${reason}` : undefined,
        onSelect: () => acting.ask(tab),
      },
      ...(acts ? [{ label: "Stop acting", onSelect: () => acting.stop(tab) }] : []),
    ];
  };

  /** What can be done with what the tab shows. */
  const within = (id: string): readonly MenuItem[] => {
    const tab = own.find((each) => each.id === id);
    if (!tab) return [];
    const asWhom = actItems(tab);
    if (tab.kind !== "relation" || tab.object.kind !== "relation") return asWhom;
    const reason = noGenerate(tab.profileId, tab.object);
    return [
      ...(asWhom.length > 0 ? asWhom : [{ separator: true } as const]),
      {
        label: "Generate rows…",
        icon: "dice",
        disabledReason: reason && `Not possible: ${reason}`,
        onSelect: () => openGenerate(tab.profileId, tab.object),
      },
    ];
  };

  const menu = (id: string): readonly MenuItem[] => {
    const others = own.filter((tab) => tab.id !== id);
    const at = own.findIndex((tab) => tab.id === id);
    const right = own.slice(at + 1);
    const close = (list: readonly OpenTab[]) => () => {
      for (const tab of list) actions.close(tab.id);
    };
    const none = (list: readonly OpenTab[]) => (list.length ? undefined : "There are none");
    return [
      { label: "Close", icon: "close", ...(closeKeys ? { keys: closeKeys } : {}), onSelect: () => actions.close(id) },
      { label: "Close others", onSelect: close(others), disabledReason: none(others) },
      { label: "Close to the right", onSelect: close(right), disabledReason: none(right) },
      { separator: true },
      ...grouping(id),
      ...within(id),
      { separator: true },
      {
        label: "Reopen closed tab",
        icon: "undo",
        ...(reopenKeys ? { keys: reopenKeys } : {}),
        onSelect: () => void actions.reopen(),
      },
    ];
  };
  const front = frontOf(tabs, side);
  const after = useMemo(
    () => (
      <IconButton
        icon="plus"
        label="New query"
        {...(newKeys ? { keys: newKeys } : {})}
        onClick={() => {
          // In this group, wherever the focus is.
          if (front !== null) dispatch({ type: "activate", id: front });
          actions.query();
        }}
      />
    ),
    [actions, newKeys, dispatch, front],
  );
  return (
    <div
      className="rh-group-strip"
      data-group={side}
      data-focused={split === null ? undefined : focused}
      style={placeOf({ side, direction: split?.direction ?? null, share: split?.share ?? 1 })}
    >
      <Tabs
        label={side === "first" ? "Open tabs" : "Open tabs of the second group"}
        items={items}
        active={front ?? undefined}
        onActivate={(id) => dispatch({ type: "activate", id })}
        onClose={actions.close}
        onMove={(id, to) => dispatch({ type: "move", id, to })}
        onDragOut={onDragOut}
        onDropOut={onDropOut}
        menu={menu}
        panelId={panelIdOf}
        after={after}
      />
    </div>
  );
}
