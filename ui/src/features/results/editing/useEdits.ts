import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { type HoldProgress, host, queryKeys, type ResultHead } from "@/ipc";
import { type EditsState, EditsStore } from "./store";

const none = () => () => undefined;

/** The staged edits of the rows on show; made anew for another hold. */
export function useEdits(head: ResultHead | undefined, progress: HoldProgress | null | undefined): EditsStore | null {
  const holdId = head?.hold_id;
  const [store, setStore] = useState<EditsStore | null>(null);
  useEffect(() => {
    if (holdId === undefined) return;
    const made = new EditsStore(holdId);
    setStore(made);
    void made.open();
    return () => {
      made.close();
      setStore((now) => (now === made ? null : now));
    };
  }, [holdId]);
  const rows = progress?.rows ?? 0;
  const settled = progress ? progress.state !== "reading" : false;
  useEffect(() => {
    // Rows that came later may be staged ones; a result that has been read to its end may take edits now.
    const now = store?.snapshot().staged?.view;
    if (store && now && rows > 0 && (now.counts.unseen > 0 || (settled && now.refused))) void store.open();
  }, [store, rows, settled]);
  const heard = useQuery({ queryKey: queryKeys.edits, queryFn: () => host().editsPending() }).dataUpdatedAt;
  useEffect(() => {
    if (heard > 0) store?.heard();
  }, [store, heard]);
  return store?.holdId === holdId ? store : null;
}

/** What is staged now. */
export function useEditsState(store: EditsStore | null): EditsState | null {
  return useSyncExternalStore(store?.subscribe ?? none, () => store?.snapshot() ?? null);
}
