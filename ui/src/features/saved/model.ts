/** Saved queries as they are shown: a tree of folders, tags, names. Pure. */
import type { TreeItem } from "@/design";
import type { ConnectionProfile, SavedHead, SavedList } from "@/ipc";

export interface FolderItem extends TreeItem {
  readonly kind: "folder";
  readonly path: string;
}

export interface QueryItem extends TreeItem {
  readonly kind: "query";
  readonly head: SavedHead;
}

export type SavedItem = FolderItem | QueryItem;

export interface SavedTree {
  readonly roots: readonly SavedItem[];
  readonly children: ReadonlyMap<string, readonly SavedItem[]>;
  /** Every folder in the tree, by its id. */
  readonly folderIds: readonly string[];
}

/** Folders that differ only by case are the same one. */
export const folderId = (path: string): string => `folder:${path.toLowerCase()}`;
export const queryId = (id: string): string => `query:${id}`;

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const joinPath = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** What a query is for: its connection's name, else its engine's. */
export function meantFor(head: SavedHead, profiles: readonly ConnectionProfile[]): string | null {
  const own = profiles.find((profile) => profile.id === head.profile_id);
  if (own) return own.name;
  return profiles.find((profile) => profile.driver === head.driver)?.driver_label ?? head.driver;
}

function queryItem(head: SavedHead, profiles: readonly ConnectionProfile[]): QueryItem {
  const meant = meantFor(head, profiles);
  const tooltip = [meant === null ? null : `for ${meant}`, head.tags.map((tag) => `#${tag}`).join(" "), head.excerpt]
    .filter(Boolean)
    .join(" · ");
  return { kind: "query", id: queryId(head.id), label: head.name, icon: "saved", head, tooltip };
}

/** The tree of a list. While somebody searches, folders with nothing to show in them are left out. */
export function treeOf(list: SavedList, searching: boolean, profiles: readonly ConnectionProfile[]): SavedTree {
  const children = new Map<string, SavedItem[]>();
  const roots: SavedItem[] = [];
  const into = (folder: string): SavedItem[] => (folder === "" ? roots : (children.get(folderId(folder)) ?? roots));
  const wanted = new Set<string>();
  const counts = new Map<string, number>();
  for (const { folder } of list.queries) {
    for (let path = folder; path !== ""; path = parentOf(path)) {
      wanted.add(folderId(path));
      counts.set(folderId(path), (counts.get(folderId(path)) ?? 0) + 1);
    }
  }
  // Sorted, so that a folder comes before what is in it; folders come before queries.
  const folders = list.folders.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
  const folderIds: string[] = [];
  for (const path of folders) {
    const id = folderId(path);
    if (children.has(id) || (searching && !wanted.has(id))) continue;
    children.set(id, []);
    folderIds.push(id);
  }
  for (const path of folders) {
    const id = folderId(path);
    if (!children.has(id)) continue;
    const meta = counts.get(id);
    const item: FolderItem = { kind: "folder", id, path, label: nameOf(path), icon: "folder", branch: true };
    const siblings = into(parentOf(path));
    if (!siblings.some((other) => other.id === id)) siblings.push(meta === undefined ? item : { ...item, meta });
  }
  for (const head of list.queries) into(head.folder).push(queryItem(head, profiles));
  return { roots, children, folderIds };
}

/** The tags of a text field: with commas between them, with or without `#`, each once. */
export function tagsOf(text: string): string[] {
  const found: string[] = [];
  for (const part of text.split(",")) {
    const tag = part.trim().replace(/^#+\s*/, "");
    if (tag !== "" && !found.some((other) => other.toLowerCase() === tag.toLowerCase())) found.push(tag);
  }
  return found;
}

/** A name to begin with: the comment above the text, or what the tab is called unless that says nothing. */
export function suggestedName(text: string, title: string): string {
  const comment = /^\s*--\s*(\S[^\n]*)/.exec(text)?.[1]?.trim();
  if (comment && comment.length <= 80) return comment;
  return /^(?:Query \d+|Recovered text)$/.test(title) ? "" : title.replace(/\.sql$/i, "").slice(0, 120);
}

/** What an import did, in one line. */
export function importWords(done: {
  readonly added: readonly unknown[];
  readonly updated: readonly unknown[];
  readonly unchanged: number;
  readonly skipped: readonly unknown[];
}): string {
  const parts = [
    [done.added.length, "added"],
    [done.updated.length, "replaced"],
    [done.unchanged, "unchanged"],
    [done.skipped.length, "left out"],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return words.length === 0 ? "There are no .sql files in it" : words.join(", ");
}
