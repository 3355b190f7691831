/** Saved queries as the core has them; read again when it says that they changed. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { host, queryKeys, type SavedFilter, type SavedList } from "@/ipc";

/** As long as a person still types, nothing is asked. */
const DEBOUNCE_MS = 120;

export const ALL_SAVED: SavedFilter = { text: "", folder: null, tags: [] };
const NOTHING: SavedList = { queries: [], folders: [], tags: [], total: 0 };

export function useSaved(typed: string, tags: readonly string[]) {
  const wanted = typed.trim();
  const [text, setText] = useState(wanted);
  useEffect(() => {
    if (wanted === text) return;
    const timer = window.setTimeout(() => setText(wanted), DEBOUNCE_MS);
    return () => window.clearTimeout(timer);
  }, [wanted, text]);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: queryKeys.saved(text, tags),
    queryFn: () => host().savedQueries({ text, folder: null, tags: [...tags] }),
    placeholderData: keepPreviousData,
  });
  return {
    list: data ?? NOTHING,
    searching: text !== "" || tags.length > 0,
    pending: isPending,
    error,
    retry: () => void refetch(),
  };
}
