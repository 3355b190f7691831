import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useCommandList } from "@/commands";
import { announce, Badge, Icon, type IconName, Kbd, useLayer } from "@/design";
import { iconOf } from "@/features/relation";
import { host, queryKeys, type TextRange } from "@/ipc";
import type { Actions } from "./actions";
import { type OpenTab, profileOfTab } from "./model";
import { filtered, hitItem, nearFirst, type PaletteItem, savedItem, scopeOf } from "./paletteModel";
import { useTitles } from "./TabStrip";
import { useWorkspace } from "./workspace";

const MOST_HITS = 8;
const MOST_SAVED = 100;

const SCOPE_ICONS: Readonly<Record<string, IconName>> = {
  palette: "search",
  tab: "terminal",
  window: "panel",
  connection: "plug",
  file: "file",
  place: "arrow-right",
  panel: "panel",
  sample: "database",
  theme: "moon",
  run: "stop",
  query: "terminal",
  results: "rows",
  relation: "table",
  activity: "chart",
  policies: "policy",
  advisor: "bulb",
  diagram: "explain",
  migrations: "branch",
  compare: "matrix",
  keys: "key",
  live: "bell",
  structure: "columns",
  explorer: "refresh",
};

const TAB_ICONS: Readonly<Record<Exclude<OpenTab["kind"], "query" | "relation">, IconName>> = {
  home: "panel",
  settings: "panel",
  connection: "panel",
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

const NOT_HERE: Readonly<Record<string, string>> = {
  query: "needs a query tab in front",
  results: "needs a result with the focus",
  relation: "needs a table's tab in front",
  activity: "needs an activity tab in front",
  policies: "needs a tab of policies in front",
  advisor: "needs an advisor's tab in front",
  diagram: "needs a diagram's tab in front",
  migrations: "needs a tab of migrations in front",
  compare: "needs a comparison in front",
  keys: "needs a tab of keys in front",
  live: "needs a live view in front",
  structure: "needs the structure of a table in front",
  explorer: "needs the explorer with the focus",
  connection: "needs a connection's form in front",
  home: "needs the connections page in front",
};

function Marked({ text, ranges }: { text: string; ranges: readonly TextRange[] }): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from < at || to > text.length) continue;
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  return [...parts, text.slice(at)];
}

function useItems(text: string, actions: Actions): readonly PaletteItem[] {
  const { tabs, dispatch, live, profile } = useWorkspace();
  const commands = useCommandList();
  const title = useTitles();
  const { scope, words } = scopeOf(text);
  const wants = (kind: typeof scope) => scope === "everything" || scope === kind;
  const asks = wants("objects") && words.length > 0 && live.connections.size > 0;
  const hits = useQuery({
    queryKey: queryKeys.search(null, words),
    queryFn: () => host().searchCatalog(null, words, MOST_HITS * 4),
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const here = profileOfTab(tabs.open.find((tab) => tab.id === tabs.active));
  const asksSaved = scope === "saved" || (scope === "everything" && words.length > 0);
  const saved = useQuery({
    queryKey: queryKeys.saved(words, []),
    queryFn: () => host().savedQueries({ text: words, folder: null, tags: [] }),
    enabled: asksSaved,
    placeholderData: keepPreviousData,
  });
  const savedItems = (asksSaved ? (saved.data?.queries ?? []) : [])
    .map((head) => savedItem(head, words, () => void actions.saved(head.id)))
    // Those whose name it is come first.
    .toSorted((a, b) => Number(b.matched.length > 0) - Number(a.matched.length > 0))
    .slice(0, scope === "saved" ? MOST_SAVED : MOST_HITS);
  const tabItems = tabs.open
    .filter((tab) => tab.id !== tabs.active)
    .map((tab: OpenTab) => ({
      id: `tab:${tab.id}`,
      group: "Open tabs" as const,
      label: title(tab),
      icon: tab.kind === "query" ? "terminal" : tab.kind === "relation" ? iconOf(tab.object) : TAB_ICONS[tab.kind],
      run: () => dispatch({ type: "activate", id: tab.id }),
    }));
  // What belongs to the part in front comes first, what is not possible last.
  const nearness = ({ scope: at, offer }: (typeof commands)[number]) =>
    !offer || offer.disabledReason ? 2 : at === "global" ? 1 : 0;
  const actionItems = commands
    .filter((command) => !command.hidden && command.id !== "palette.open")
    .toSorted((a, b) => nearness(a) - nearness(b))
    .map((command) => {
      const reason = command.offer ? command.offer.disabledReason : (NOT_HERE[command.scope] ?? "not possible here");
      return {
        id: command.id,
        group: "Actions" as const,
        label: command.title,
        icon: SCOPE_ICONS[command.id.split(".")[0] ?? ""] ?? "arrow-right",
        run: () => command.offer?.run(),
        ...(command.key ? { keys: command.key } : {}),
        ...(reason ? { disabledReason: reason } : {}),
      };
    });
  return [
    ...(asks
      ? nearFirst(hits.data ?? [], here)
          .slice(0, MOST_HITS)
          .map((hit) =>
            hitItem(hit, profile(hit.profile_id)?.name ?? "", () => actions.relation(hit.profile_id, hit.object)),
          )
      : []),
    ...savedItems,
    ...(wants("actions") ? filtered(actionItems, words) : []),
    ...(wants("tabs") ? filtered(tabItems, words) : []),
  ];
}

/** Every action, table and tab by its name. */
export function Palette({ open, onClose, actions }: { open: boolean; onClose: () => void; actions: Actions }) {
  return open ? createPortal(<OpenPalette onClose={onClose} actions={actions} />, document.body) : null;
}

function OpenPalette({ onClose, actions }: { onClose: () => void; actions: Actions }) {
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(document.activeElement);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const items = useItems(text, actions);
  const firstEnabled = Math.max(
    0,
    items.findIndex((item) => item.disabledReason === undefined),
  );
  const chosen = at < items.length ? at : firstEnabled;
  const { scope } = scopeOf(text);

  useLayer({ active: true, element, onDismiss: onClose });
  useEffect(() => {
    const root = document.getElementById("root");
    const came = before.current;
    if (root) root.inert = true;
    element.current?.querySelector("input")?.focus();
    return () => {
      if (root) root.inert = false;
      if (came instanceof HTMLElement && document.activeElement === document.body) came.focus();
    };
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
  });

  const choose = (index: number) => {
    const item = items[index];
    if (!item) return;
    if (item.disabledReason !== undefined) {
      announce(`${item.label}: ${item.disabledReason}`);
      return;
    }
    onClose();
    // The page is itself again first: an action may move the focus.
    setTimeout(item.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = items.length - 1;
    if (event.key === "ArrowDown") setAt(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") setAt(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "PageDown") setAt(Math.min(last, chosen + 10));
    else if (event.key === "PageUp") setAt(Math.max(0, chosen - 10));
    else if (event.key === "Enter") choose(chosen);
    else if (event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="rh-scrim">
      <div ref={element} role="dialog" aria-modal="true" aria-label="Command palette" className="rh-palette">
        <div className="rh-palette-ask">
          <Icon name="search" />
          <input
            role="combobox"
            aria-label="Find an action, a table, a column, a saved query or a tab"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={items.length ? `${id}-${chosen}` : undefined}
            placeholder="Find an action, a table, a column or a tab"
            value={text}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setAt(Number.POSITIVE_INFINITY);
            }}
            onKeyDown={onKeyDown}
          />
          <span className="rh-meta">in</span>
          <Badge>{scope}</Badge>
        </div>
        <div ref={list} id={`${id}-list`} role="listbox" aria-label="Found" className="rh-palette-list rh-scroll">
          {items.map((item, index) => (
            <div key={item.id} role="presentation">
              {items[index - 1]?.group === item.group ? null : (
                <div className="rh-palette-group" role="presentation">
                  {item.group}
                </div>
              )}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                aria-disabled={item.disabledReason !== undefined || undefined}
                className="rh-palette-item"
                onPointerMove={() => {
                  if (index !== chosen) setAt(index);
                }}
                onClick={() => choose(index)}
              >
                <Icon name={item.icon} />
                <span className="rh-palette-name rh-truncate">
                  <Marked text={item.label} ranges={item.matched} />
                </span>
                {(item.disabledReason ?? item.meta) ? (
                  <span className="rh-meta rh-truncate">{item.disabledReason ?? item.meta}</span>
                ) : null}
                {item.keys ? (
                  <span className="rh-palette-end">
                    <Kbd keys={item.keys} />
                  </span>
                ) : null}
              </div>
            </div>
          ))}
          {items.length === 0 ? <p className="text-ink-3 px-3 py-4">Nothing is called that.</p> : null}
        </div>
        <div className="rh-palette-foot">
          <span>
            <Kbd keys="Enter" /> open
          </span>
          <span>
            <Kbd keys=">" /> actions
          </span>
          <span>
            <Kbd keys="@" /> tables and columns
          </span>
          <span>
            <Kbd keys="$" /> saved
          </span>
          <span>
            <Kbd keys="#" /> tabs
          </span>
          <span className="ml-auto">{items.length} found</span>
        </div>
      </div>
    </div>
  );
}
