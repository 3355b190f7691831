import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import {
  Badge,
  Button,
  CodeBlock,
  copyText,
  EmptyState,
  formatShortcut,
  IconButton,
  MenuButton,
  type MenuItem,
  SearchField,
  Skeleton,
  toast,
  VirtualTree,
} from "@/design";
import { failureOf, host, queryKeys, type SavedHead } from "@/ipc";
import { folderId, meantFor, parentOf, type SavedItem, treeOf } from "./model";
import "./saved.css";
import { useSaved } from "./useSaved";
import { useSavedActions } from "./useSavedActions";

export interface SavedPanelProps {
  /** Opens a saved query in a tab that edits it. */
  onOpen: (id: string) => void;
  /** Puts a text at the caret; absent where no editor is in front. */
  onInsert?: ((text: string) => void) | undefined;
  /** Saves the query in front; absent where none is. */
  onSave?: (() => void) | undefined;
  /** What saves a query. */
  saveKeys?: string | undefined;
  headEnd?: ReactNode;
}

const MOST_TAGS = 40;

interface DetailProps {
  head: SavedHead;
  meant: string | null;
  onOpen: () => void;
  onInsert: (() => void) | undefined;
  onClose: () => void;
}

/** The whole of one saved query: its text, tags and what it is for. */
function Detail({ head, meant, onOpen, onInsert, onClose }: DetailProps) {
  const { data } = useQuery({ queryKey: queryKeys.savedOne(head.id), queryFn: () => host().savedQuery(head.id) });
  return (
    <section aria-label="Saved query" className="saved-detail">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 font-semibold rh-truncate" data-tip={head.name}>
          {head.name}
        </h3>
        <IconButton icon="close" label="Close the saved query" dense onClick={onClose} />
      </div>
      {meant !== null || head.tags.length > 0 ? (
        <p className="rh-meta flex flex-wrap items-center gap-1">
          {meant === null ? null : <span className="rh-truncate">for {meant}</span>}
          {head.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </p>
      ) : null}
      <div className="saved-text">
        <CodeBlock wrap label="The saved query" copy={data?.text ?? head.excerpt}>
          {data?.text ?? head.excerpt}
        </CodeBlock>
      </div>
      <div className="flex gap-2">
        <Button dense icon="open-external" onClick={onOpen}>
          Open
        </Button>
        <Button dense disabledReason={onInsert ? undefined : "No editor is in front"} onClick={() => onInsert?.()}>
          Insert
        </Button>
      </div>
    </section>
  );
}

/** Saved queries: folders as a tree, tags as filters, found by any of their words. */
export function SavedPanel({ onOpen, onInsert, onSave, saveKeys = "Mod+S", headEnd }: SavedPanelProps) {
  const [text, setText] = useState("");
  const [tags, setTags] = useState<readonly string[]>([]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set());
  const [selected, setSelected] = useState<ReadonlySet<string>>(() => new Set());
  const [shown, setShown] = useState<string | null>(null);
  const { list, searching, pending, error, retry } = useSaved(text, tags);
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() }).data ?? [];
  const tree = useMemo(() => treeOf(list, searching, profiles), [list, searching, profiles]);
  const expanded = useMemo(() => (searching ? new Set(tree.folderIds) : open), [searching, tree, open]);
  /** Opens a folder and those it is in. */
  const unfold = useCallback((folder: string) => {
    setOpen((now) => {
      const next = new Set(now);
      for (let path = folder; path !== ""; path = parentOf(path)) next.add(folderId(path));
      return next;
    });
  }, []);
  const { actions, dialog } = useSavedActions(unfold);
  const headsOf = (ids: ReadonlySet<string>): SavedHead[] => list.queries.filter((head) => ids.has(`query:${head.id}`));
  const detail = shown === null ? undefined : list.queries.find((head) => head.id === shown);
  const withText = (id: string, use: (text: string) => void) =>
    void host()
      .savedQuery(id)
      .then((saved) => use(saved.text))
      .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
  const moveTo = (heads: readonly SavedHead[]): readonly MenuItem[] => {
    const ids = heads.map((head) => head.id);
    const everyIn = (folder: string) => heads.every((head) => head.folder.toLowerCase() === folder.toLowerCase());
    return ["", ...list.folders].map((folder) => ({
      label: folder === "" ? "Top" : folder,
      icon: "folder" as const,
      onSelect: () => actions.move(ids, folder),
      disabledReason: everyIn(folder) ? "It is there already" : undefined,
    }));
  };
  const menu = (item: SavedItem, chosen: ReadonlySet<string>): readonly MenuItem[] => {
    if (item.kind === "folder") {
      return [
        { label: "New folder in it", icon: "plus", onSelect: () => actions.newFolder(item.path) },
        { label: "Rename or move", icon: "edit", keys: "F2", onSelect: () => actions.renameFolder(item.path) },
        { separator: true },
        { label: "Import files into it", icon: "upload", onSelect: () => void actions.import(item.path) },
        { label: "Export as files", icon: "download", onSelect: () => void actions.export(item.path) },
        { separator: true },
        {
          label: "Delete the folder",
          icon: "trash",
          keys: "Delete",
          danger: true,
          onSelect: () => actions.removeFolder(item.path),
        },
      ];
    }
    const heads = headsOf(chosen);
    if (heads.length > 1) {
      return [
        {
          label: `Open ${heads.length}`,
          icon: "open-external",
          onSelect: () => {
            for (const { id } of heads) onOpen(id);
          },
        },
        { label: "Move to", icon: "folder", items: moveTo(heads) },
        { separator: true },
        {
          label: `Delete ${heads.length}`,
          icon: "trash",
          keys: "Delete",
          danger: true,
          onSelect: () => actions.remove(heads),
        },
      ];
    }
    const { head } = item;
    return [
      { label: "Open", icon: "open-external", keys: "Enter", onSelect: () => onOpen(head.id) },
      {
        label: "Insert at the caret",
        onSelect: () => withText(head.id, (found) => onInsert?.(found)),
        disabledReason: onInsert ? undefined : "No editor is in front",
      },
      { label: "Copy", icon: "copy", onSelect: () => withText(head.id, (found) => void copyText(found)) },
      { separator: true },
      { label: "Rename", icon: "edit", keys: "F2", onSelect: () => actions.edit(head) },
      { label: "Tags and connection", onSelect: () => actions.edit(head, "tags") },
      { label: "Move to", icon: "folder", items: moveTo([head]) },
      { separator: true },
      { label: "Delete", icon: "trash", keys: "Delete", danger: true, onSelect: () => actions.remove([head]) },
    ];
  };
  const onKeyDown = (event: KeyboardEvent, item: SavedItem | undefined) => {
    if (!item) return;
    if (event.key === "F2") {
      event.preventDefault();
      if (item.kind === "folder") actions.renameFolder(item.path);
      else actions.edit(item.head);
    } else if (event.key === "Delete") {
      event.preventDefault();
      const heads = headsOf(selected);
      if (item.kind === "folder") actions.removeFolder(item.path);
      else actions.remove(heads.length > 0 ? heads : [item.head]);
    }
  };
  const failure = error ? failureOf(error) : null;
  const nothing = list.total === 0 && list.folders.length === 0;
  return (
    <>
      <div className="rh-side-head">
        <h2 className="flex-1">Saved</h2>
        <MenuButton
          label="More for saved queries"
          icon="more"
          dense
          align="end"
          items={[
            { label: "New folder", icon: "folder", onSelect: () => actions.newFolder("") },
            { separator: true },
            { label: "Import a folder of .sql files", icon: "upload", onSelect: () => void actions.import("") },
            {
              label: "Export everything as files",
              icon: "download",
              onSelect: () => void actions.export(""),
              disabledReason: list.total === 0 ? "Nothing is saved yet" : undefined,
            },
          ]}
        />
        {headEnd}
      </div>
      <div className="px-2 pb-2 flex-none flex flex-col gap-2">
        <SearchField label="Search saved queries" value={text} onChange={setText} />
        {list.tags.length > 0 ? (
          <div role="group" aria-label="Only with these tags" className="saved-tags rh-scroll">
            {list.tags.slice(0, MOST_TAGS).map(({ name, count }) => {
              const on = tags.includes(name);
              return (
                <button
                  type="button"
                  key={name}
                  className="saved-tag"
                  aria-pressed={on}
                  onClick={() => setTags(on ? tags.filter((tag) => tag !== name) : [...tags, name])}
                >
                  <span className="rh-truncate">{name}</span>
                  <span className="rh-count">{count}</span>
                </button>
              );
            })}
          </div>
        ) : null}
      </div>
      {failure ? (
        <EmptyState
          picture="error"
          title="Saved queries could not be read"
          actions={<Button onClick={retry}>Try again</Button>}
        >
          {failure.message}
        </EmptyState>
      ) : pending ? (
        <div className="px-3 flex flex-col gap-3">
          {[0, 1, 2, 3].map((at) => (
            <Skeleton key={at} width="100%" height={16} />
          ))}
        </div>
      ) : nothing ? (
        <EmptyState
          icon="saved"
          title="Nothing is saved yet"
          actions={
            <Button icon="save" disabledReason={onSave ? undefined : "No query is in front"} onClick={() => onSave?.()}>
              Save the query in front
            </Button>
          }
        >
          Queries you want to keep live here, in folders and with tags. {formatShortcut(saveKeys)} in a query saves it;
          a folder of .sql files can be imported.
        </EmptyState>
      ) : searching && list.queries.length === 0 ? (
        <p className="px-3 py-4 text-ink-3">
          {text.trim() === "" ? "No saved query has all of these tags." : "No saved query has these words."}
        </p>
      ) : (
        <VirtualTree
          label="Saved queries"
          className="flex-1 min-h-0"
          roots={tree.roots}
          childrenOf={(item) => ({ state: "ready", items: tree.children.get(item.id) ?? [] })}
          expanded={expanded}
          onToggle={(item, on) =>
            setOpen((now) => {
              const next = new Set(now);
              if (on) next.add(item.id);
              else next.delete(item.id);
              return next;
            })
          }
          selected={selected}
          onSelect={(ids) => {
            setSelected(ids);
            const [only] = headsOf(ids);
            setShown(ids.size === 1 ? (only?.id ?? null) : null);
          }}
          onOpen={(item) => {
            if (item.kind === "query") onOpen(item.head.id);
          }}
          menu={menu}
          onKeyDown={onKeyDown}
        />
      )}
      {detail ? (
        <Detail
          head={detail}
          meant={meantFor(detail, profiles)}
          onOpen={() => onOpen(detail.id)}
          onInsert={onInsert ? () => withText(detail.id, onInsert) : undefined}
          onClose={() => {
            setShown(null);
            setSelected(new Set());
          }}
        />
      ) : null}
      {dialog}
    </>
  );
}
