/** What a person can do with the window: open, close, connect. One place, so that menus, keys and the palette agree. */
import { useMemo, useRef } from "react";
import { formatShortcut, toast } from "@/design";
import { mayRun } from "@/features/connections";
import { diagramOf } from "@/features/erd";
import { askNewMigration } from "@/features/migrations";
import { openSuite, readView, type Section, showing, suiteIn, unfolded } from "@/features/policies";
import { failureOf, hasPage, host, nativeCode, type ObjectRef, type PolicyActor, present } from "@/ipc";
import { guardOf } from "./closing";
import { focusDocument } from "./focus";
import {
  HOME,
  keysTitle,
  nextQueryTitle,
  type OpenTab,
  profileOfTab,
  type QueryTab,
  type RelationTab,
  restored,
  SETTINGS,
  twin,
} from "./model";
import type { Panel } from "./panel";
import { sameObject } from "./useEdited";
import { useWorkspace, type Workspace } from "./workspace";

export interface NewQuery {
  readonly profileId?: string | null;
  readonly database?: string | null;
  readonly text?: string;
  readonly title?: string;
}

export interface Actions {
  home(): void;
  settings(): void;
  query(query?: NewQuery): void;
  relation(profileId: string, object: ObjectRef, view?: "ddl" | "edit"): void;
  /** Shows the structure of an object for changing it. */
  structure(profileId: string, object: ObjectRef): void;
  activity(profileId: string): void;
  /** Shows what is wrong with a database. */
  advisor(profileId: string, database: string | null): void;
  /** Shows a database's diagrams: of a table's neighbourhood or of one schema where that is asked for. */
  diagram(profileId: string, database: string | null, of?: ObjectRef): void;
  /** Shows how it stands with a database's migrations; asks for a new one of what is staged where `fromStaged`. */
  migrations(profileId: string, database: string | null, fromStaged?: boolean): void;
  /** Shows a database's keys and their values. */
  keys(profileId: string, database: string | null): void;
  /** Follows what happens on a server; `topic` is what of it, for the first kind there is. */
  live(profileId: string, database: string | null, topic?: string): void;
  /** Shows what differs between a database and something else that is to be chosen. */
  compare(profileId: string, database: string | null): void;
  /** Shows who gets which rows of a database, of one table where one is named. */
  policies(profileId: string, database: string | null, table?: ObjectRef): void;
  /** Shows a page about a database's policies; in the tester, with somebody to try as. */
  policyPage(profileId: string, database: string | null, page: Section, actor?: PolicyActor): void;
  /** Opens a suite from its file; one that is open and not saved is not put aside for it. */
  suite(profileId: string, database: string | null, path: string): Promise<void>;
  /** Shows a kept plan, beside another one where `compare`. */
  plan(id: number, profileId: string | null, title: string, compare: boolean): void;
  connectionForm(profileId: string | null, target?: string | null): void;
  /** Closes a tab; where that costs something, asks first. */
  close(id: string, sure?: boolean): void;
  reopen(): Promise<void>;
  /** Opens a saved query in a tab that edits it. */
  saved(id: string): Promise<void>;
  /** Asks for a file and opens it; opens `path` where one is given. */
  file(path?: string): Promise<void>;
  /** Opens what was dropped on the window: texts in editors, databases as connections. */
  dropped(paths: readonly string[]): Promise<void>;
  closeOthers(id: string): void;
  /** Connects. False when it failed, which has then been said. */
  connect(profileId: string): Promise<boolean>;
  /** Connects, shows the connection's objects, and gives it a query to begin with where it has no tab yet. */
  open(profileId: string, text?: string): Promise<void>;
  disconnect(profileId: string): Promise<void>;
  sample(): Promise<void>;
  /** What the window was opened for: a connection's name, `sample`, a URL or a path. */
  target(text: string): Promise<void>;
}

export function newTabId(): string {
  const random = globalThis.crypto.getRandomValues(new Uint32Array(4));
  return `t-${[...random].map((part) => part.toString(16).padStart(8, "0")).join("")}`;
}

/** What the sample begins with: something to run at once, and something to change. */
const sampleQuery = () => `-- Put the caret in a statement and press ${formatShortcut("Mod+Enter")}.
select c.name, count(*) as orders
from customers c
join orders o on o.customer_id = c.id
group by c.id
order by orders desc
limit 20;

select * from orders limit 1000;
`;

/** Files that hold a database rather than a text; everything else is read as text, which says so when it is none. */
const DATABASE_FILE = /\.(?:db3?|s?sqlite3?|s3db|sl3)$/i;

/** For what failed where nothing on screen belongs to it. */
function tell(thrown: unknown, title?: string): void {
  const failure = failureOf(thrown);
  const detail = [failure.message, failure.hint, nativeCode(failure)].filter(Boolean).join(" ");
  toast({ tone: "danger", title: title ?? present(failure.code).title, detail });
}

/** Edits that were not saved stay with the relation: closing its tab loses nothing. */
async function tellKept(tab: RelationTab): Promise<void> {
  const pending = await host()
    .editsPending()
    .catch(() => []);
  const counts = pending.find(
    (each) => each.profile_id === tab.profileId && sameObject(each.object, tab.object),
  )?.counts;
  const count = counts ? counts.updates + counts.inserts + counts.deletes : 0;
  if (count === 0) return;
  toast({
    title: `${count === 1 ? "1 change" : `${count.toLocaleString("en-US")} changes`} of ${tab.title} ${count === 1 ? "is" : "are"} kept`,
    detail: "Not saved yet. Open it again to see, save or discard.",
  });
}

/** Whether the screen says already why a connection failed: its row at home, its branch of the tree, its own tab's banner. */
export function failureIsInSight(
  profileId: string,
  active: OpenTab | undefined,
  panel: Pick<Panel, "open" | "place">,
): boolean {
  return active?.kind === "home" || profileOfTab(active) === profileId || (panel.open && panel.place === "explorer");
}

function build(now: () => Workspace, panel: () => Panel, ask: (id: string) => void): Actions {
  const openQuery = (more: Partial<QueryTab>) => {
    const { dispatch, journal, tabs } = now();
    const same = tabs.open.find(
      (tab) =>
        tab.kind === "query" &&
        ((more.path && tab.path === more.path) || (more.saved && tab.saved?.id === more.saved.id)),
    );
    if (same) {
      // Its text is journaled already; another one would come back as a text nobody knows.
      dispatch({ type: "activate", id: same.id });
      return;
    }
    // The editor counts a line end as one: so must everything that counts in its text.
    const made: QueryTab = {
      id: newTabId(),
      kind: "query",
      title: nextQueryTitle(now().tabs),
      profileId: null,
      database: null,
      path: null,
      stamp: null,
      saved: null,
      dirty: false,
      crlf: false,
      text: "",
      sequence: 0,
      view: "{}",
      ...more,
    };
    const tab: QueryTab = { ...made, text: made.text.replace(/\r\n?/g, "\n") };
    journal.open(tab.id, tab.text, 0);
    dispatch({ type: "open", tab });
  };
  /** The connection's own database has one tab, by whichever name it is asked for. */
  const ownIsNull = (profileId: string, database: string | null): string | null =>
    database === now().live.connections.get(profileId)?.database ? null : database;
  /** The tab of a database's policies, looked at as `viewed` has it. */
  const openPolicies = (profileId: string, asked: string | null, viewed: (before: string) => string) => {
    const { tabs, dispatch } = now();
    const database = ownIsNull(profileId, asked);
    const tab = { id: newTabId(), kind: "policies", profileId, database, view: "{}" } as const;
    const known = twin(tabs, tab);
    dispatch({ type: "open", tab });
    const before = known?.kind === "policies" ? known.view : tab.view;
    const view = viewed(before);
    if (view !== before) dispatch({ type: "change", id: known?.id ?? tab.id, change: { view } });
    if (panel().narrow) panel().hide();
    requestAnimationFrame(focusDocument);
  };
  const openDatabase = async (path: string): Promise<void> => {
    const known = now().profiles.find((profile) => Object.values(profile.values).includes(path));
    if (known) await actions.open(known.id);
    else actions.connectionForm(null, path);
  };
  const actions: Actions = {
    home: () => now().dispatch({ type: "open", tab: HOME }),
    settings: () => now().dispatch({ type: "open", tab: SETTINGS }),
    query: ({ profileId, database, text = "", title } = {}) => {
      const { active, live } = now();
      const only = live.connections.size === 1 ? [...live.connections.keys()][0] : null;
      const chosen = profileId === undefined ? (profileOfTab(active) ?? only ?? null) : profileId;
      openQuery({ profileId: chosen, database: database ?? null, text, ...(title ? { title } : {}) });
    },
    relation: (profileId, object, view) => {
      const { tabs, dispatch } = now();
      const tab: RelationTab = { id: newTabId(), kind: "relation", title: object.name, profileId, object, view: "{}" };
      const id = twin(tabs, tab)?.id ?? tab.id;
      dispatch({ type: "open", tab });
      // Whoever opened it goes on in it, also by key; a panel over the content would hide what was asked for.
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
      if (view) dispatch({ type: "change", id, change: { view: JSON.stringify({ view }) } });
    },
    structure: (profileId, object) => {
      // A part is changed with its table.
      const isPart = object.signature !== null && object.kind !== "routine";
      const of = isPart ? { ...object, kind: "relation", name: object.signature ?? "", signature: null } : object;
      if (of.kind === "relation" || hasPage(of)) actions.relation(profileId, of, "edit");
    },
    activity: (profileId) => {
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "activity", profileId, view: "{}" } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    advisor: (profileId, asked) => {
      const database = ownIsNull(profileId, asked);
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "advisor", profileId, database, view: "{}" } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    migrations: (profileId, asked, fromStaged = false) => {
      const database = ownIsNull(profileId, asked);
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "migrations", profileId, database, view: "{}" } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
      if (fromStaged) askNewMigration({ profileId, database }, true);
    },
    compare: (profileId, asked) => {
      const database = ownIsNull(profileId, asked);
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "compare", profileId, database, view: "{}" } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    keys: (profileId, asked) => {
      const database = ownIsNull(profileId, asked);
      const title = keysTitle(asked ?? now().live.connections.get(profileId)?.database);
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "keys", title, profileId, database, view: "{}" } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    live: (profileId, asked, topic) => {
      const database = ownIsNull(profileId, asked);
      const view = topic === undefined ? "{}" : JSON.stringify({ topic });
      now().dispatch({ type: "open", tab: { id: newTabId(), kind: "live", profileId, database, view } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    diagram: (profileId, asked, of) => {
      const { tabs, dispatch } = now();
      const database = ownIsNull(profileId, asked);
      const own = now().live.connections.get(profileId)?.database;
      // A file's database is called main in every file.
      const named = asked ?? (own === "main" ? null : own) ?? now().profile(profileId)?.name ?? "diagram";
      const tab = { id: newTabId(), kind: "diagram", title: `ERD ${named}`, profileId, database, view: "{}" } as const;
      const known = twin(tabs, tab);
      dispatch({ type: "open", tab });
      if (of) {
        const before = known?.kind === "diagram" ? known.view : tab.view;
        dispatch({ type: "change", id: known?.id ?? tab.id, change: { view: diagramOf(before, of) } });
      }
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    policies: (profileId, asked, table) =>
      openPolicies(profileId, asked, (before) => (table ? unfolded(before, table) : before)),
    policyPage: (profileId, asked, page, actor) =>
      openPolicies(profileId, asked, (before) => showing(before, page, actor ? { actor } : {})),
    suite: async (profileId, asked, path) => {
      try {
        const suite = await openSuite(path);
        const tab = { id: "", kind: "policies", profileId, database: ownIsNull(profileId, asked), view: "{}" } as const;
        const known = twin(now().tabs, tab);
        const open = known?.kind === "policies" ? suiteIn(readView(known.view).suite) : null;
        if (open?.unsaved) {
          openPolicies(profileId, asked, (before) => showing(before, "suites"));
          toast({
            tone: "warn",
            title: `${open.name} is not saved`,
            detail: "Save or close it first, then open another.",
          });
        } else openPolicies(profileId, asked, (before) => showing(before, "suites", { suite }));
      } catch (thrown) {
        tell(thrown, "The suite could not be opened");
      }
    },
    plan: (planId, profileId, title, comparing) => {
      const view = JSON.stringify({ plan: planId, shape: "tree", comparing });
      const tab = { id: newTabId(), kind: "plan", title, profileId, planId, view } as const;
      const { tabs, dispatch } = now();
      const known = twin(tabs, tab);
      dispatch({ type: "open", tab });
      if (known && comparing) dispatch({ type: "change", id: known.id, change: { view } });
      if (panel().narrow) panel().hide();
      requestAnimationFrame(focusDocument);
    },
    connectionForm: (profileId, target = null) =>
      now().dispatch({
        type: "open",
        tab: { id: newTabId(), kind: "connection", profileId, target },
      }),
    close: (id, sure = false) => {
      const { tabs, dispatch, journal, runs, browses, guards } = now();
      const tab = tabs.open.find((each) => each.id === id);
      if (!tab || (tab.kind === "home" && tabs.open.length === 1)) return;
      if (!sure && guardOf(tab, guards, dispatch)) {
        dispatch({ type: "activate", id });
        ask(id);
        return;
      }
      dispatch({ type: "close", id });
      if (tab.kind === "relation") void tellKept(tab);
      if (tab.kind !== "query" && tab.kind !== "relation") return;
      runs.close(id);
      browses.close(id);
      // The text must be on disk before the tab is closed there, so that it can be brought back.
      journal
        .close(id)
        .then(() => host().closeTab(id))
        .catch((thrown: unknown) => tell(thrown, `${tab.title} could not be closed for good`));
    },
    reopen: async () => {
      try {
        const back = await host().reopenTab();
        const tab = back ? restored(back) : null;
        if (!back || !tab) return;
        if (tab.kind === "query") now().journal.open(tab.id, back.text, back.sequence);
        now().dispatch({ type: "open", tab });
      } catch (thrown) {
        tell(thrown);
      }
    },
    saved: async (id) => {
      try {
        const { head, text } = await host().savedQuery(id);
        const { active, profile, live } = now();
        const here = profile(profileOfTab(active));
        const open = [...live.connections.keys()].map(profile).filter((each) => each?.driver === head.driver);
        // Where it is for; else where one is, if that speaks its language.
        const own = profile(head.profile_id) ?? (head.driver === null || here?.driver === head.driver ? here : open[0]);
        const saved = { id: head.id, version: head.version };
        openQuery({ title: head.name, profileId: own?.id ?? null, text, saved });
        if (panel().narrow) panel().hide();
        requestAnimationFrame(focusDocument);
      } catch (thrown) {
        tell(thrown, "The saved query could not be opened");
      }
    },
    file: async (path) => {
      try {
        const chosen = path ?? (await host().pickFile("Open an SQL file or a database file"));
        if (chosen === null) return;
        if (DATABASE_FILE.test(chosen)) return await openDatabase(chosen);
        const opened = await host().openFile(chosen);
        const profileId = profileOfTab(now().active);
        const { name: title, path: at, stamp, crlf, text } = opened;
        openQuery({ title, profileId, path: at, stamp, crlf, text });
      } catch (thrown) {
        tell(thrown, "The file could not be opened");
      }
    },
    dropped: async (paths) => {
      for (const path of paths) await actions.file(path);
    },
    closeOthers: (id) => {
      for (const tab of now().tabs.open) if (tab.id !== id) actions.close(tab.id);
    },
    connect: async (profileId) => {
      if (!(await mayRun(now().profile(profileId)))) return false;
      try {
        await host().connect(profileId);
        return true;
      } catch (thrown) {
        const name = now().profile(profileId)?.name;
        const told = name !== undefined && failureIsInSight(profileId, now().active, panel());
        if (failureOf(thrown).code !== "cancelled" && !told) tell(thrown, `Not connected to ${name ?? "it"}`);
        return false;
      }
    },
    open: async (profileId, text = "") => {
      if (!(await actions.connect(profileId))) return;
      // Where the panel would lie over the content, it waits to be called.
      if (!panel().narrow) panel().show("explorer");
      const own = now().tabs.open.find((tab) => profileOfTab(tab) === profileId);
      if (own) now().dispatch({ type: "activate", id: own.id });
      else if (text === "" && now().live.connections.get(profileId)?.can_browse_keys) actions.keys(profileId, null);
      else actions.query({ profileId, text });
    },
    disconnect: async (profileId) => {
      try {
        await host().disconnect(profileId);
      } catch (thrown) {
        tell(thrown);
      }
    },
    sample: async () => {
      try {
        const { id } = await host().openSample();
        await actions.open(id, sampleQuery());
      } catch (thrown) {
        tell(thrown, "The sample shop could not be opened");
      }
    },
    target: async (text) => {
      if (text === "sample") return actions.sample();
      if (/\.sql$/i.test(text)) return actions.file(text);
      const profiles = await host()
        .profiles()
        .catch(() => []);
      const named = profiles.find((profile) => profile.name.toLowerCase() === text.toLowerCase());
      if (!named) return actions.connectionForm(null, text);
      await actions.open(named.id);
    },
  };
  return actions;
}

/** The actions; the same object for as long as the window lives. */
export function useActions(panel: Panel, ask: (id: string) => void): Actions {
  const workspace = useWorkspace();
  const latest = useRef({ workspace, panel, ask });
  latest.current = { workspace, panel, ask };
  return useMemo(
    () =>
      build(
        () => latest.current.workspace,
        () => latest.current.panel,
        (id) => latest.current.ask(id),
      ),
    [],
  );
}
