/** The window's state and what can be done with it, for every part of the shell. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type Dispatch,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { EditorHandle } from "@/features/editor";
import { type ConnectionProfile, host, queryKeys, type RestoredTab } from "@/ipc";
import { type Live, WindowEvents } from "./events";
import { Journal } from "./journal";
import { keptId, NO_TABS, type OpenTab, records, type Tabs, type TabsAction, tabsReducer } from "./model";
import { Browses, Runs } from "./runs";
import { layoutOf } from "./split";

const KEEP_MS = 300;

export interface Workspace {
  readonly tabs: Tabs;
  readonly dispatch: Dispatch<TabsAction>;
  readonly active: OpenTab | undefined;
  /** Whether the kept tabs are here. */
  readonly ready: boolean;
  readonly live: Live;
  readonly events: WindowEvents;
  readonly journal: Journal;
  readonly runs: Runs;
  readonly browses: Browses;
  /** The editors on screen, by tab. */
  readonly editors: Map<string, EditorHandle>;
  /** Why closing a tab must be asked about, by tab. */
  readonly guards: Map<string, CloseGuard>;
  readonly profiles: readonly ConnectionProfile[];
  profile(id: string | null): ConnectionProfile | undefined;
}

/** What closing a tab would cost. */
export interface CloseGuard {
  readonly title: string;
  readonly description: string;
  readonly confirm: string;
  /** Keeps what would be lost; false where nothing was kept. Failures are told by itself. */
  readonly save?: () => Promise<boolean>;
}

const Context = createContext<Workspace | null>(null);

export function useWorkspace(): Workspace {
  const workspace = useContext(Context);
  if (!workspace) throw new Error("WorkspaceProvider is missing.");
  return workspace;
}

/** Keeps the tabs a moment after they changed, and at once when the page goes. */
function useKeepTabs(tabs: Tabs, ready: boolean, journal: Journal): void {
  const latest = useRef(tabs);
  latest.current = tabs;
  const kept = useRef("");
  const keep = useCallback(() => {
    const now = records(latest.current);
    const active = keptId(latest.current, latest.current.active);
    const layout = layoutOf(latest.current, (id) => keptId(latest.current, id) ?? id);
    const text = JSON.stringify([now, active, layout]);
    if (text === kept.current) return;
    kept.current = text;
    host()
      .keepTabs(now, active, layout)
      .catch(() => {
        // Tried again with the next change, or when the page goes.
        kept.current = "";
      });
  }, []);
  useEffect(() => {
    if (!ready) return;
    if (kept.current === "") {
      const layout = layoutOf(tabs, (id) => keptId(tabs, id) ?? id);
      kept.current = JSON.stringify([records(tabs), keptId(tabs, tabs.active), layout]);
    }
    const timer = setTimeout(keep, KEEP_MS);
    return () => clearTimeout(timer);
  }, [tabs, ready, keep]);
  useEffect(() => {
    if (!ready) return;
    const leave = () => {
      keep();
      void journal.flushAll();
    };
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, [ready, keep, journal]);
}

export function WorkspaceProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [tabs, dispatch] = useReducer(tabsReducer, NO_TABS);
  const [ready, setReady] = useState(false);
  const [parts] = useState(() => {
    const events = new WindowEvents(queries);
    return {
      events,
      journal: new Journal(),
      runs: new Runs(events),
      browses: new Browses(events),
      editors: new Map<string, EditorHandle>(),
      guards: new Map<string, CloseGuard>(),
    };
  });
  const { events, journal } = parts;
  const live = useSyncExternalStore(events.subscribe, events.snapshot);
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() });

  useEffect(() => {
    let here = true;
    host()
      .workspace()
      // A store that cannot be read is said elsewhere; the window opens all the same.
      .catch(() => ({ tabs: [] as RestoredTab[], active: null, layout: null }))
      .then((kept) => {
        if (!here) return;
        for (const each of kept.tabs)
          if (each.tab.kind === "query") journal.open(each.tab.id, each.text, each.sequence);
        dispatch({ type: "restore", ...kept });
        setReady(true);
      });
    return () => {
      here = false;
    };
  }, [journal]);
  useKeepTabs(tabs, ready, journal);
  useEffect(() => events.start(), [events]);

  const value = useMemo<Workspace>(() => {
    const list = profiles.data ?? [];
    return {
      tabs,
      dispatch,
      active: tabs.open.find((tab) => tab.id === tabs.active),
      ready,
      live,
      ...parts,
      profiles: list,
      profile: (id) => list.find((profile) => profile.id === id),
    };
  }, [tabs, ready, live, parts, profiles.data]);
  return <Context value={value}>{children}</Context>;
}

/** While `guard` is there, closing the tab asks first. */
export function useCloseGuard(tabId: string, guard: CloseGuard | null): void {
  const { guards } = useWorkspace();
  useEffect(() => {
    if (!guard) return;
    guards.set(tabId, guard);
    return () => {
      if (guards.get(tabId) === guard) guards.delete(tabId);
    };
  }, [guards, tabId, guard]);
}
