import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { host, queryKeys, type SearchHit } from "@/ipc";

/** As long as a person still types, nothing is asked. */
export const DEBOUNCE_MS = 80;

/** Most hits that are asked for: more than anyone reads. */
export const LIMIT = 200;

export function useDebounced(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    if (text === settled) return;
    const timer = window.setTimeout(() => setSettled(text), DEBOUNCE_MS);
    return () => window.clearTimeout(timer);
  }, [text, settled]);
  return settled;
}

export interface CatalogSearch {
  /** The text the hits belong to, or will. */
  readonly text: string;
  readonly hits: readonly SearchHit[] | undefined;
  readonly error: Error | null;
  readonly searching: boolean;
  readonly retry: () => void;
}

/** Objects and columns by name, found by the core. `null` searches every open connection. */
export function useCatalogSearch(profileId: string | null, typed: string): CatalogSearch {
  const text = useDebounced(typed.trim());
  const wanted = text !== "";
  const search = useQuery({
    queryKey: queryKeys.search(profileId, text),
    queryFn: () => host().searchCatalog(profileId, text, LIMIT),
    enabled: wanted,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  return {
    text,
    hits: wanted ? search.data : undefined,
    error: wanted ? search.error : null,
    searching: typed.trim() !== text || (wanted && search.isFetching),
    retry: () => void search.refetch(),
  };
}
