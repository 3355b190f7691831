/** The saved query behind an editor: saved under its version, and watched for what other windows do to it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Dispatch, type RefObject, useEffect } from "react";
import { toast } from "@/design";
import type { EditorHandle } from "@/features/editor";
import { type FileState, failureOf, host, queryKeys, type SavedQuery } from "@/ipc";
import type { QueryTab, TabsAction } from "../model";

export function useSavedQuery(tab: QueryTab, editor: RefObject<EditorHandle | null>, dispatch: Dispatch<TabsAction>) {
  const queries = useQueryClient();
  const { id: tabId, saved, title } = tab;
  const { data, error } = useQuery({
    queryKey: queryKeys.savedOne(saved?.id ?? ""),
    queryFn: () => host().savedQuery(saved?.id ?? ""),
    enabled: saved !== null,
  });
  const missing = error !== null && failureOf(error).code === "not_found";
  const changed = saved !== null && data !== undefined && data.head.version > saved.version;
  const outside: FileState = saved === null ? "unchanged" : missing ? "missing" : changed ? "changed" : "unchanged";

  // It is called what it was renamed to, in whichever window.
  const name = data?.head.name;
  useEffect(() => {
    if (saved !== null && name !== undefined && name !== title) {
      dispatch({ type: "change", id: tabId, change: { title: name } });
    }
  }, [saved, name, title, tabId, dispatch]);

  const text = () => editor.current?.text() ?? "";
  /** What the core has now is what this tab edits. */
  const bind = (kept: SavedQuery) => {
    const { id, version, name: called } = kept.head;
    queries.setQueryData(queryKeys.savedOne(id), kept);
    const dirty = text() !== kept.text;
    dispatch({
      type: "change",
      id: tabId,
      change: { saved: { id, version }, title: called, path: null, stamp: null, dirty },
    });
  };
  const failed = (thrown: unknown) => {
    const { code, message, hint } = failureOf(thrown);
    // Both stand above the text, with what can be done about them.
    if (code === "conflict" || code === "not_found") void queries.invalidateQueries({ queryKey: ["saved"] });
    else toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
  };
  const write = async (version: number | null) => {
    if (saved) bind(await host().saveSaved(saved.id, version, text()));
  };

  return {
    outside,
    bind,
    save: () => write(saved?.version ?? null).catch(failed),
    /** Ours replaces what another window saved, or brings back what it deleted. */
    overwrite: async () => {
      editor.current?.focus();
      if (!saved) return;
      try {
        if (missing) await host().restoreSaved({ ids: [saved.id], folders: [] });
        await write(null);
      } catch (thrown) {
        const { message, hint } = failureOf(thrown);
        toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
      }
    },
    /** Theirs replaces ours; undo brings ours back. */
    reload: async () => {
      editor.current?.focus();
      try {
        const kept = await host().savedQuery(saved?.id ?? "");
        editor.current?.replace(kept.text);
        bind(kept);
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
