import { useMemo, useSyncExternalStore } from "react";
import { useKeys } from "@/commands";
import { IconButton, type IconName, type MenuItem, type TabItem, Tabs } from "@/design";
import { isBusy } from "@/features/results";
import type { Actions } from "./actions";
import { colourOf } from "./colours";
import { type OpenTab, profileOfTab, titleOf, usesSeveral } from "./model";
import { useWorkspace } from "./workspace";

const ICONS: Readonly<Record<OpenTab["kind"], IconName>> = {
  home: "home",
  settings: "settings",
  connection: "plug",
  query: "terminal",
  relation: "table",
  activity: "chart",
};

export const panelIdOf = (id: string): string => `panel-${id}`;

/** The tabs as they are shown, and the title of the one in front. */
export function useTitles(): (tab: OpenTab) => string {
  const { tabs, live, profile } = useWorkspace();
  const several = usesSeveral(tabs, [...live.connections.keys()]);
  return (tab) => titleOf(tab, profile(tab.kind === "connection" ? tab.profileId : profileOfTab(tab))?.name, several);
}

export function TabStrip({ actions }: { actions: Actions }) {
  const { tabs, dispatch, runs, live, profile } = useWorkspace();
  useSyncExternalStore(runs.subscribe, runs.snapshot);
  const title = useTitles();
  const closeKeys = useKeys("tab.close");
  const newKeys = useKeys("tab.new-query");
  const reopenKeys = useKeys("tab.reopen");

  const items = tabs.open.map((tab): TabItem => {
    const owner = profile(profileOfTab(tab));
    const store = tab.kind === "query" ? runs.peek(tab.id) : undefined;
    const phase = owner ? live.connections.get(owner.id)?.phase.phase : undefined;
    const note = phase === "lost" ? "connection lost" : owner?.environment;
    return {
      id: tab.id,
      title: title(tab),
      icon: ICONS[tab.kind],
      ...(owner
        ? {
            stripe: colourOf(owner),
            tooltip: `${tab.kind === "query" && tab.path ? tab.path : title(tab)} · ${owner.name}, ${note ?? ""}`,
          }
        : {}),
      dirty: tab.kind === "query" && tab.dirty,
      busy: store !== undefined && isBusy(store.snapshot()),
    };
  });

  const menu = (id: string): readonly MenuItem[] => {
    const others = tabs.open.filter((tab) => tab.id !== id);
    const at = tabs.open.findIndex((tab) => tab.id === id);
    const right = tabs.open.slice(at + 1);
    const close = (list: readonly OpenTab[]) => () => {
      for (const tab of list) actions.close(tab.id);
    };
    const none = (list: readonly OpenTab[]) => (list.length ? undefined : "There are none");
    return [
      { label: "Close", icon: "close", ...(closeKeys ? { keys: closeKeys } : {}), onSelect: () => actions.close(id) },
      { label: "Close others", onSelect: close(others), disabledReason: none(others) },
      { label: "Close to the right", onSelect: close(right), disabledReason: none(right) },
      { separator: true },
      {
        label: "Reopen closed tab",
        icon: "undo",
        ...(reopenKeys ? { keys: reopenKeys } : {}),
        onSelect: () => void actions.reopen(),
      },
    ];
  };
  const after = useMemo(
    () => (
      <IconButton
        icon="plus"
        label="New query"
        {...(newKeys ? { keys: newKeys } : {})}
        onClick={() => actions.query()}
      />
    ),
    [actions, newKeys],
  );
  return (
    <Tabs
      label="Open tabs"
      items={items}
      active={tabs.active ?? undefined}
      onActivate={(id) => dispatch({ type: "activate", id })}
      onClose={actions.close}
      onMove={(id, to) => dispatch({ type: "move", id, to })}
      menu={menu}
      panelId={panelIdOf}
      after={after}
    />
  );
}
