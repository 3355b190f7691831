/** The window's tabs, pure: what is open, in which order, which one is in front, and what of it is kept. */
import { type Acting, readActor } from "@/features/acting";
import type { ObjectRef, RestoredTab, SavedBinding, TabRecord } from "@/ipc";
import { neighbour, peersOf, placed, readLayout, type Split, type SplitAction, settled, splitReducer } from "./split";

interface Tab {
  readonly id: string;
}

export interface QueryTab extends Tab {
  readonly kind: "query";
  readonly title: string;
  readonly profileId: string | null;
  readonly database: string | null;
  readonly path: string | null;
  readonly stamp: string | null;
  /** The saved query it edits. */
  readonly saved: SavedBinding | null;
  readonly dirty: boolean;
  /** Whether its file has CRLF line ends, or will have. */
  readonly crlf: boolean;
  /** The text it begins with; what is typed since is the editor's. */
  readonly text: string;
  readonly sequence: number;
  /** The parts' own view state as JSON. */
  readonly view: string;
  readonly acting?: Acting;
}

export interface RelationTab extends Tab {
  readonly kind: "relation";
  readonly title: string;
  readonly profileId: string;
  readonly object: ObjectRef;
  readonly view: string;
  readonly acting?: Acting;
}

/** What a connection's server is doing. */
export interface ActivityTab extends Tab {
  readonly kind: "activity";
  readonly profileId: string;
  readonly view: string;
}

/** Who gets which rows of a database. */
export interface PoliciesTab extends Tab {
  readonly kind: "policies";
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** What is wrong with a database. */
export interface AdvisorTab extends Tab {
  readonly kind: "advisor";
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** A database's diagrams. */
export interface DiagramTab extends Tab {
  readonly kind: "diagram";
  readonly title: string;
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** How it stands with a database's migrations. */
export interface MigrationsTab extends Tab {
  readonly kind: "migrations";
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** A comparison; a database is its first side to begin with. */
export interface CompareTab extends Tab {
  readonly kind: "compare";
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** A database's keys and their values. */
export interface KeysTab extends Tab {
  readonly kind: "keys";
  readonly title: string;
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** What happens on a connection's server. */
export interface LiveTab extends Tab {
  readonly kind: "live";
  readonly profileId: string;
  /** `null` is the connection's own. */
  readonly database: string | null;
  readonly view: string;
}

/** A kept plan. */
export interface PlanTab extends Tab {
  readonly kind: "plan";
  readonly title: string;
  readonly profileId: string | null;
  /** The line of the history it is kept with. */
  readonly planId: number;
  readonly view: string;
}

/** A connection's form; `target` is a URL or path to begin with. */
export interface ConnectionTab extends Tab {
  readonly kind: "connection";
  readonly profileId: string | null;
  readonly target: string | null;
}

interface HomeTab extends Tab {
  readonly kind: "home";
}

interface SettingsTab extends Tab {
  readonly kind: "settings";
}

export type OpenTab =
  | QueryTab
  | RelationTab
  | ActivityTab
  | PoliciesTab
  | AdvisorTab
  | DiagramTab
  | MigrationsTab
  | CompareTab
  | KeysTab
  | LiveTab
  | PlanTab
  | ConnectionTab
  | HomeTab
  | SettingsTab;

export interface Tabs {
  readonly open: readonly OpenTab[];
  readonly active: string | null;
  /** Tabs that were in front once: only they are drawn. */
  readonly shown: ReadonlySet<string>;
  /** `null` where all tabs stand in one group. */
  readonly split: Split | null;
}

export const NO_TABS: Tabs = { open: [], active: null, shown: new Set(), split: null };

export const HOME: HomeTab = { id: "home", kind: "home" };
export const SETTINGS: SettingsTab = { id: "settings", kind: "settings" };

/** Places have the same id in every window; kept tabs must not. */
const OWN = Math.random().toString(36).slice(2);
const isPlace = (tab: { readonly kind: string }): boolean => tab.kind === "home" || tab.kind === "settings";

/** The id a tab is kept under. */
export const keptId = ({ open }: Tabs, id: string | null): string | null => {
  const tab = open.find((each) => each.id === id);
  return tab && isPlace(tab) ? `${tab.id}-${OWN}` : id;
};

/** What of a target may be kept: never one that may hold a secret. */
export const keepable = (target: string | null): string | null =>
  target === null || /\/\/[^@]*:[^@]*@|pass(?:word|phrase)?|pwd|secret|token/i.test(target) ? null : target;

function targetOf(view: string): string | null {
  try {
    const kept: unknown = JSON.parse(view);
    return typeof kept === "object" && kept !== null && "target" in kept && typeof kept.target === "string"
      ? kept.target
      : null;
  } catch {
    return null;
  }
}

/** Whom a kept tab acts as. */
function actingOf(view: string): { readonly acting?: Acting } {
  const { acting } = keptView(view);
  if (acting === null) return { acting };
  const actor = readActor(acting);
  return actor ? { acting: actor } : {};
}

/** A tab's view with whom it acts as: both are kept as one. */
function withActing({ view, acting }: QueryTab | RelationTab): string {
  const { acting: _, ...rest } = keptView(view);
  if (acting === undefined) return "acting" in keptView(view) ? JSON.stringify(rest) : view;
  return JSON.stringify({ ...rest, acting });
}

/** How a plan's tab shows it. */
export function planViewOf(view: string): { readonly shape: "tree" | "diagram" | "raw"; readonly comparing: boolean } {
  const kept = keptView(view);
  const shape = kept["shape"];
  return { shape: shape === "diagram" || shape === "raw" ? shape : "tree", comparing: kept["comparing"] === true };
}

/** What a kept plan's tab is called: the beginning of the statement, without what asked for the plan. */
export function planTitle(text: string): string {
  const statement = text.replace(
    /^\s*(?:explain|analyze)\b(?:\s*\([^)]*\)|\s+(?:analyze|query\s+plan|format=json)\b)*\s*/i,
    "",
  );
  const words = statement.replace(/\s+/g, " ").trim();
  return `Plan of ${words.length > 24 ? `${words.slice(0, 24)}…` : words}`;
}

function keptView(view: string): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(view);
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

export type TabsAction =
  | {
      readonly type: "restore";
      readonly tabs: readonly RestoredTab[];
      readonly active: string | null;
      readonly layout?: string | null;
    }
  | SplitAction
  | { readonly type: "open"; readonly tab: OpenTab }
  | { readonly type: "close"; readonly id: string }
  | { readonly type: "activate"; readonly id: string }
  | { readonly type: "step"; readonly by: 1 | -1 }
  | { readonly type: "move"; readonly id: string; readonly to: number }
  /** Whom a tab acts as from now on. */
  | { readonly type: "act"; readonly id: string; readonly acting: Acting }
  | { readonly type: "change"; readonly id: string; readonly change: Partial<Omit<QueryTab, "id" | "kind">> };

const front = (tabs: Tabs, active: string | null): Tabs =>
  active === null || tabs.shown.has(active)
    ? { ...tabs, active }
    : { ...tabs, active, shown: new Set(tabs.shown).add(active) };

/** A kept tab as an open one; a relation without its object cannot be shown and is left out. */
export function restored({ tab, text, sequence }: RestoredTab): OpenTab | null {
  switch (tab.kind) {
    case "home":
      return HOME;
    case "settings":
      return SETTINGS;
    case "connection":
      return { id: tab.id, kind: "connection", profileId: tab.profile_id, target: targetOf(tab.view) };
    case "query": {
      const { id, title, profile_id: profileId, database, path, stamp, dirty, crlf = false, view } = tab;
      const saved = tab.saved ?? null;
      const rest = { path, stamp, saved, dirty, crlf, view, text, sequence };
      return { id, kind: "query", title, profileId, database, ...rest, ...actingOf(view) };
    }
    case "activity":
      return tab.profile_id === null
        ? null
        : { id: tab.id, kind: "activity", profileId: tab.profile_id, view: tab.view };
    case "diagram":
    case "keys": {
      const { id, kind, title, profile_id: profileId, database, view } = tab;
      return profileId === null ? null : { id, kind, title, profileId, database, view };
    }
    case "policies":
    case "advisor":
    case "migrations":
    case "compare":
    case "live":
      return tab.profile_id === null
        ? null
        : { id: tab.id, kind: tab.kind, profileId: tab.profile_id, database: tab.database, view: tab.view };
    case "plan": {
      const planId = keptView(tab.view)["plan"];
      const { id, title, profile_id: profileId, view } = tab;
      return typeof planId === "number" ? { id, kind: "plan", title, profileId, planId, view } : null;
    }
    case "relation":
      break;
  }
  const { id, title, profile_id: profileId, object, view } = tab;
  if (profileId === null || object === null) return null;
  return { id, kind: "relation", title, profileId, object, view, ...actingOf(view) };
}

/** What is kept of the tabs. Of a form only whose it is: what was entered may be secret. */
export function records(tabs: Tabs): TabRecord[] {
  return tabs.open.map((tab, position): TabRecord => {
    const bare: TabRecord = {
      id: keptId(tabs, tab.id) ?? tab.id,
      kind: tab.kind,
      position,
      title: "",
      profile_id: null,
      database: null,
      object: null,
      path: null,
      stamp: null,
      saved: null,
      dirty: false,
      crlf: false,
      view: "{}",
    };
    switch (tab.kind) {
      case "query": {
        const { title, profileId, database, path, stamp, saved, dirty, crlf } = tab;
        const view = withActing(tab);
        return { ...bare, title, profile_id: profileId, database, path, stamp, saved, dirty, crlf, view };
      }
      case "relation": {
        const { title, profileId, object } = tab;
        return { ...bare, title, profile_id: profileId, database: object.database, object, view: withActing(tab) };
      }
      case "activity":
        return { ...bare, title: "Activity", profile_id: tab.profileId, view: tab.view };
      case "diagram":
      case "keys": {
        const { title, profileId, database, view } = tab;
        return { ...bare, title, profile_id: profileId, database, view };
      }
      case "policies":
      case "advisor":
      case "migrations":
      case "compare":
      case "live": {
        const { profileId, database, view } = tab;
        return { ...bare, title: PAGES[tab.kind], profile_id: profileId, database, view };
      }
      case "plan": {
        const { title, profileId, planId, view } = tab;
        const kept = JSON.stringify({ ...planViewOf(view), plan: planId });
        return { ...bare, title, profile_id: profileId, view: kept };
      }
      case "connection": {
        const target = keepable(tab.target);
        return { ...bare, profile_id: tab.profileId, view: target === null ? "{}" : JSON.stringify({ target }) };
      }
      default:
        return bare;
    }
  });
}

/** Pages about a whole database. */
const PAGES = {
  policies: "Policies",
  advisor: "Advisor",
  migrations: "Migrations",
  compare: "Compare",
  live: "Live",
} as const;

type Page = PoliciesTab | AdvisorTab | MigrationsTab | CompareTab | LiveTab | DiagramTab | KeysTab;

/** A page about a whole database: one of a kind each. */
export const isPage = (tab: OpenTab): tab is Page => tab.kind in PAGES || tab.kind === "diagram" || tab.kind === "keys";

const sameObject = (a: ObjectRef, b: ObjectRef): boolean =>
  a.name === b.name &&
  a.schema === b.schema &&
  a.database === b.database &&
  a.kind === b.kind &&
  // Functions of one name are told apart by their arguments.
  (a.signature ?? null) === (b.signature ?? null);

/** The open tab that shows the same thing. */
export function twin({ open }: Tabs, tab: OpenTab): OpenTab | undefined {
  return open.find((other) => {
    if (other.id === tab.id) return true;
    if (tab.kind === "relation") {
      return other.kind === "relation" && other.profileId === tab.profileId && sameObject(other.object, tab.object);
    }
    if (tab.kind === "activity") return other.kind === "activity" && other.profileId === tab.profileId;
    // Several things may be followed at once.
    if (tab.kind === "live") return false;
    if (isPage(tab))
      return (
        isPage(other) && other.kind === tab.kind && other.profileId === tab.profileId && other.database === tab.database
      );
    if (tab.kind === "plan") return other.kind === "plan" && other.planId === tab.planId;
    if (tab.kind === "query") {
      if (other.kind !== "query") return false;
      return tab.saved === null ? tab.path !== null && other.path === tab.path : other.saved?.id === tab.saved.id;
    }
    if (tab.kind !== "connection" || other.kind !== "connection") return false;
    return other.profileId === tab.profileId && (tab.target === null || other.target === tab.target);
  });
}

export const tabsReducer = (tabs: Tabs, action: TabsAction): Tabs => settled(tabs, changed(tabs, action));

function changed(tabs: Tabs, action: TabsAction): Tabs {
  const { open, active } = tabs;
  switch (action.type) {
    case "restore": {
      const found = action.tabs.map((kept) => ({ keptAs: kept.tab.id, tab: restored(kept) }));
      // Tabs of several windows may have been taken over: each place once.
      const all: OpenTab[] = [];
      for (const { tab } of found) if (tab && !all.some((other) => other.id === tab.id)) all.push(tab);
      if (all.length === 0) all.push(HOME);
      const chosen = found.find(({ keptAs }) => keptAs === action.active)?.tab ?? all[0];
      const ids = new Map(found.flatMap(({ keptAs, tab }) => (tab ? [[keptAs, tab.id] as const] : [])));
      const split = readLayout(action.layout, ids);
      return front({ open: all, active: null, shown: new Set(), split }, chosen?.id ?? null);
    }
    case "open": {
      const known = twin(tabs, action.tab);
      if (known) return front(tabs, known.id);
      const at = open.findIndex((tab) => tab.id === active);
      const next = open.toSpliced(at < 0 ? open.length : at + 1, 0, action.tab);
      return front({ ...tabs, open: next }, action.tab.id);
    }
    case "close": {
      const at = open.findIndex((tab) => tab.id === action.id);
      if (at < 0) return tabs;
      const rest = open.toSpliced(at, 1);
      const shown = new Set(tabs.shown);
      shown.delete(action.id);
      const left = { ...tabs, open: rest, shown };
      if (active !== action.id) return left;
      if (rest.length === 0) return front({ ...left, open: [HOME] }, HOME.id);
      return front(left, neighbour(tabs, action.id) ?? tabs.split?.other ?? null);
    }
    case "activate":
      return open.some((tab) => tab.id === action.id) && active !== action.id ? front(tabs, action.id) : tabs;
    case "step": {
      const peers = peersOf(tabs, active);
      const at = peers.findIndex((tab) => tab.id === active);
      const next = peers[(at + action.by + peers.length) % Math.max(1, peers.length)];
      return next ? front(tabs, next.id) : tabs;
    }
    case "move":
      return placed(tabs, action.id, action.to);
    case "split":
    case "across":
    case "lay":
    case "share":
    case "join":
      return splitReducer(tabs, action);
    case "act": {
      const { id, acting } = action;
      const can = (tab: OpenTab) => tab.id === id && (tab.kind === "query" || tab.kind === "relation");
      return { ...tabs, open: open.map((tab) => (can(tab) ? { ...tab, acting } : tab)) };
    }
    case "change":
      return {
        ...tabs,
        open: open.map((tab): OpenTab => {
          if (tab.id !== action.id) return tab;
          if (tab.kind === "query") return { ...tab, ...action.change };
          return "view" in tab && action.change.view !== undefined ? { ...tab, view: action.change.view } : tab;
        }),
      };
  }
}

/** The connection a tab works on. */
export const profileOfTab = (tab: OpenTab | undefined): string | null =>
  tab && tab.kind !== "home" && tab.kind !== "settings" && tab.kind !== "connection" ? tab.profileId : null;

/** `Query 4`: one more than the greatest number in use. */
export function nextQueryTitle({ open }: Tabs): string {
  const used = open.map((tab) => (tab.kind === "query" ? Number(/^Query (\d+)$/.exec(tab.title)?.[1] ?? 0) : 0));
  return `Query ${Math.max(0, ...used) + 1}`;
}

/** A tab's title; with more than one connection in use it names its own. */
export function titleOf(tab: OpenTab, connection: string | undefined, several: boolean): string {
  switch (tab.kind) {
    case "home":
      return "Connections";
    case "settings":
      return "Settings";
    case "connection":
      return tab.profileId === null ? "New connection" : (connection ?? "Connection");
    case "activity":
      return `Activity · ${connection ?? "connection"}`;
    case "policies":
    case "advisor":
    case "migrations":
    case "compare":
    case "live":
      return `${PAGES[tab.kind]} · ${tab.database ?? connection ?? "connection"}`;
    case "query":
    case "relation":
    case "diagram":
    case "keys":
    case "plan":
      return several && connection !== undefined ? `${tab.title} · ${connection}` : tab.title;
  }
}

/** `Keys db0`: databases that are numbers are called as their server's own tools call them. */
export const keysTitle = (database: string | null | undefined): string =>
  database ? `Keys ${/^\d+$/.test(database) ? `db${database}` : database}` : "Keys";

/** Whether titles must name their connection. */
export function usesSeveral({ open }: Tabs, connected: readonly string[]): boolean {
  const used = new Set(connected);
  for (const tab of open) {
    const profile = profileOfTab(tab);
    if (profile !== null) used.add(profile);
  }
  return used.size > 1;
}
