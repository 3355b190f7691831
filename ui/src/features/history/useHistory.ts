/** Statements that were run, newest first, page by page. A change reads only what is newest, however far was scrolled. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type HistoryEntry, host, queryKeys } from "@/ipc";
import { type ChangesFilter, queryOf } from "./changes";
import { asEntry, joined } from "./model";
import { EVERY_RUN, isNarrowed, runsQuery } from "./runs";

export const PAGE = 100;

/** As long as a person still types, nothing is asked. */
const DEBOUNCE_MS = 120;

interface Pages {
  readonly entries: readonly HistoryEntry[];
  /** There may be older ones. */
  readonly more: boolean;
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    if (text === settled) return;
    const timer = window.setTimeout(() => setSettled(text), DEBOUNCE_MS);
    return () => window.clearTimeout(timer);
  }, [text, settled]);
  return settled;
}

/** With `changes`, those of the audit trail only: what could change something, kept when the history is forgotten. */
export function useHistory(typed: string, profileId: string | null, changes: ChangesFilter | null, runs = EVERY_RUN) {
  const text = useSettled(typed.trim());
  const client = useQueryClient();
  const loading = useRef<string | null>(null);
  const key = changes
    ? queryKeys.audit(text, changes.profileId, changes.kind, changes.when)
    : [...queryKeys.history(text, profileId), ...(isNarrowed(runs) ? [runs] : [])];
  const page = async (before: number | null): Promise<readonly HistoryEntry[]> => {
    if (!changes) return host().history({ ...runsQuery(text, runs, profileId, Date.now()), before, limit: PAGE });
    const query = { ...queryOf(text, changes, Date.now()), before, limit: PAGE };
    return (await host().audit(query)).map(asEntry);
  };
  const query = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Pages> => {
      const newest = await page(null);
      return joined(newest, client.getQueryData<Pages>(key), PAGE);
    },
    placeholderData: keepPreviousData,
    // The core says when it changed.
    staleTime: 5_000,
    gcTime: 60_000,
  });
  const older = async () => {
    const name = JSON.stringify(key);
    const known = client.getQueryData<Pages>(key);
    const last = known?.entries.at(-1);
    if (!known?.more || !last || loading.current === name) return;
    loading.current = name;
    try {
      const next = await page(last.id);
      client.setQueryData<Pages>(key, (now) =>
        // Read anew in the meantime: only what still follows its end belongs to it.
        now?.entries.at(-1)?.id === last.id ? { entries: [...now.entries, ...next], more: next.length === PAGE } : now,
      );
    } catch {
      await client.invalidateQueries({ queryKey: [...key] });
    } finally {
      loading.current = null;
    }
  };
  const forgotten = (id: number | null) => {
    for (const [each] of client.getQueriesData<Pages>({ queryKey: ["history", "run"] })) {
      client.setQueryData<Pages>(
        each,
        (now) =>
          now && {
            entries: id === null ? [] : now.entries.filter((entry) => entry.id !== id),
            more: id === null ? false : now.more,
          },
      );
    }
  };
  return {
    text,
    entries: query.data?.entries ?? [],
    pending: query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
    older: () => void older(),
    forgotten,
  };
}
