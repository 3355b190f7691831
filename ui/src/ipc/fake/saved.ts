/** Saved queries of the fake host, and what parameters were last. */
import type { SavedDetails, SavedHead, SavedList, SavedQuery } from "../bindings";
import type { Host } from "../host";
import { emit, PROD, refuse, type World } from "./world";

type Names =
  | "savedQueries"
  | "savedQuery"
  | "createSaved"
  | "saveSaved"
  | "changeSaved"
  | "moveSaved"
  | "removeSaved"
  | "restoreSaved"
  | "createSavedFolder"
  | "moveSavedFolder"
  | "removeSavedFolder"
  | "exportSaved"
  | "importSaved"
  | "rememberedParameters"
  | "rememberParameters"
  | "pickFolder";

const BEGINNING: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    "Orders by day",
    "Sales",
    ["sales", "daily"],
    "select day, count(*)\nfrom orders\nwhere day >= :since\ngroup by day\norder by day;\n",
  ],
  ["Late shipments", "Sales", ["sales", "support"], "select * from late_shipments;\n"],
  ["Revenue by month and product category, net of refunds", "Sales/Monthly", ["sales", "finance"], "select 1;\n"],
  ["Who is waiting for whom", "Operations", ["dba"], "select * from pg_locks where not granted;\n"],
  ["Scratch", "", [], "select now();\n"],
];

const within = (folder: string, parent: string): boolean =>
  folder.toLowerCase() === parent.toLowerCase() || folder.toLowerCase().startsWith(`${parent.toLowerCase()}/`);
const secret = /password|passwd|pwd|secret|token|api_?key/i;

export function savedCommands(world: World): Pick<Host, Names> {
  let next = 1;
  let queries: SavedQuery[] = [];
  let folders: string[] = [];
  const removed = new Map<string, SavedQuery>();
  const values = new Map<string, Map<string, string | null>>();
  const tell = () => emit(world, { event: "changed", topics: ["saved"], profile_id: null });
  const ensure = (folder: string) => {
    const parts = folder.split("/").filter(Boolean);
    parts.forEach((_, at) => {
      const path = parts.slice(0, at + 1).join("/");
      if (!folders.some((known) => known.toLowerCase() === path.toLowerCase())) folders = [...folders, path];
    });
  };
  const free = (name: string, folder: string, id: string | null) => {
    const same = (head: SavedHead) =>
      head.id !== id &&
      head.name.toLowerCase() === name.toLowerCase() &&
      head.folder.toLowerCase() === folder.toLowerCase();
    if (queries.some(({ head }) => same(head)))
      refuse("already_exists", `There is already a saved query called “${name}”${folder ? ` in “${folder}”` : ""}.`, {
        hint: "Choose another name or another folder.",
      });
  };
  const excerpt = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, 160);
  const made = (details: SavedDetails, text: string): SavedQuery => {
    ensure(details.folder);
    const at = Date.now();
    const head = {
      ...details,
      id: `saved-${next++}`,
      version: 1,
      created_ms: at,
      changed_ms: at,
      excerpt: excerpt(text),
    };
    const query = { head, text };
    queries = [...queries, query];
    return query;
  };
  const one = (id: string): SavedQuery =>
    queries.find(({ head }) => head.id === id) ?? refuse("not_found", "This saved query was deleted.");
  const put = (id: string, change: (query: SavedQuery) => SavedQuery): SavedQuery => {
    const changed = change(one(id));
    queries = queries.map((query) => (query.head.id === id ? changed : query));
    tell();
    return changed;
  };
  if (world.history.length > 0) {
    for (const [name, folder, tags, text] of BEGINNING)
      made({ name, folder, tags: [...tags], profile_id: folder === "Sales" ? PROD : null, driver: "postgres" }, text);
    ensure("Archive");
  }
  const scopes = ({ saved_id, tab_id, text }: Parameters<Host["rememberedParameters"]>[0]) =>
    [saved_id && `saved:${saved_id}`, tab_id && `tab:${tab_id}`, `text:${text.replace(/\s+/g, " ").trim()}`].filter(
      (scope): scope is string => Boolean(scope),
    );
  const remove = (ids: readonly string[]) => {
    for (const query of queries) if (ids.includes(query.head.id)) removed.set(query.head.id, query);
    queries = queries.filter(({ head }) => !ids.includes(head.id));
  };
  return {
    savedQueries: async ({ text, folder, tags }): Promise<SavedList> => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const found = queries.filter(({ head, text: body }) => {
        const all = [head.name, head.folder, head.tags.join(" "), body].join("\n").toLowerCase();
        return (
          words.every((word) => all.includes(word)) &&
          tags.every((tag) => head.tags.some((own) => own.toLowerCase() === tag.toLowerCase())) &&
          (!folder || within(head.folder, folder))
        );
      });
      const counts = new Map<string, number>();
      for (const { head } of queries) for (const tag of head.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      const key = (head: SavedHead) => `${head.folder.toLowerCase()}\n${head.name.toLowerCase()}`;
      return {
        queries: found.map(({ head }) => head).sort((a, b) => (key(a) < key(b) ? -1 : 1)),
        folders: folders.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
        tags: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1)),
        total: queries.length,
      };
    },
    savedQuery: async (id) => one(id),
    createSaved: async (details, text) => {
      free(details.name, details.folder, null);
      const query = made(details, text);
      tell();
      return query;
    },
    saveSaved: async (id, version, text) => {
      const known = one(id);
      if (known.text === text) return known;
      if (version !== null && version !== known.head.version)
        refuse("conflict", `“${known.head.name}” was saved with another text since it was opened.`);
      return put(id, ({ head }) => ({
        head: { ...head, version: head.version + 1, changed_ms: Date.now(), excerpt: excerpt(text) },
        text,
      }));
    },
    changeSaved: async (id, details) => {
      free(details.name, details.folder, id);
      ensure(details.folder);
      return put(id, ({ head, text }) => ({ head: { ...head, ...details }, text })).head;
    },
    moveSaved: async (ids, folder) => {
      ensure(folder);
      for (const id of ids) put(id, ({ head, text }) => ({ head: { ...head, folder }, text }));
      return null;
    },
    removeSaved: async (ids) => {
      remove(ids);
      tell();
      return { ids, folders: [] };
    },
    restoreSaved: async ({ ids, folders: gone }) => {
      for (const folder of gone) ensure(folder);
      for (const id of ids) {
        const query = removed.get(id);
        if (!query) continue;
        removed.delete(id);
        ensure(query.head.folder);
        queries = [...queries, query];
      }
      tell();
      return null;
    },
    createSavedFolder: async (path) => {
      if (folders.some((known) => known.toLowerCase() === path.toLowerCase()))
        refuse("already_exists", `There is already a folder “${path}”.`);
      ensure(path);
      tell();
      return path;
    },
    moveSavedFolder: async (from, to) => {
      const moved = (path: string) => (within(path, from) ? `${to}${path.slice(from.length)}` : path);
      const renamed = folders.map(moved);
      folders = [];
      for (const folder of renamed) ensure(folder);
      queries = queries.map(({ head, text }) => ({ head: { ...head, folder: moved(head.folder) }, text }));
      tell();
      return to;
    },
    removeSavedFolder: async (path) => {
      const ids = queries.filter(({ head }) => within(head.folder, path)).map(({ head }) => head.id);
      const gone = folders.filter((folder) => within(folder, path));
      remove(ids);
      folders = folders.filter((folder) => !within(folder, path));
      tell();
      return { ids, folders: gone };
    },
    exportSaved: async () => ({ written: queries.length, unchanged: 0 }),
    importSaved: async (_path, folder, replace) => {
      const base = folder ?? "";
      const known = queries.find(({ head }) => head.name === "Late shipments");
      if (known && replace) {
        put(known.head.id, ({ head, text }) => ({
          head: { ...head, version: head.version + 1 },
          text: `-- theirs\n${text}`,
        }));
        return { added: [], updated: ["Sales/Late shipments"], differing: [], unchanged: 1, skipped: [] };
      }
      const details = { name: "From a file", folder: base, tags: [], profile_id: null, driver: null };
      if (!queries.some(({ head }) => head.name === details.name)) made(details, "select 'file';\n");
      tell();
      const differing = known ? ["Sales/Late shipments"] : [];
      return { added: ["From a file"], updated: [], differing, unchanged: 0, skipped: [] };
    },
    rememberedParameters: async (scope) => {
      const found = new Map<string, string | null>();
      for (const key of scopes(scope))
        for (const [name, value] of values.get(key) ?? []) if (!found.has(name)) found.set(name, value);
      return [...found].map(([name, value]) => ({ name, value }));
    },
    rememberParameters: async (scope, given) => {
      for (const key of scopes(scope)) {
        const own = values.get(key) ?? new Map<string, string | null>();
        for (const { name, value } of given) if (!secret.test(name)) own.set(name, value);
        values.set(key, own);
      }
      return null;
    },
    pickFolder: async () => "/users/ada/team/queries",
  };
}
