/** What the core is asked about what is wrong with a database. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type AdvisorFilter, type AdvisorFinding, host, queryKeys } from "@/ipc";

export interface Place {
  readonly profileId: string;
  readonly database: string | null;
}

const told = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;
const keyOf = ({ profileId, database }: Place) => [...queryKeys.security(profileId, database), "advisor"] as const;

export const useReport = (place: Place, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "report"],
    queryFn: () => host().advise(place.profileId, place.database, false),
    enabled: wanted,
    ...told,
  });

/** Findings that are asked for at once. */
export const PAGE = 200;

export const useFindings = (place: Place, filter: AdvisorFilter, wanted: boolean) =>
  useInfiniteQuery({
    queryKey: [...keyOf(place), "findings", filter],
    queryFn: ({ pageParam }) => host().advisorFindings(place.profileId, place.database, filter, pageParam, PAGE),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length * PAGE : undefined),
    enabled: wanted,
    placeholderData: (before) => before,
    ...told,
  });

export const useObjects = (place: Place, filter: AdvisorFilter, wanted: boolean) =>
  useInfiniteQuery({
    queryKey: [...keyOf(place), "objects", filter],
    queryFn: ({ pageParam }) => host().advisorObjects(place.profileId, place.database, filter, pageParam, PAGE),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length * PAGE : undefined),
    enabled: wanted,
    placeholderData: (before) => before,
    ...told,
  });

/** Every finding that passes the filter. */
export async function allFindings(place: Place, filter: AdvisorFilter): Promise<readonly AdvisorFinding[]> {
  const found: AdvisorFinding[] = [];
  for (;;) {
    const page = await host().advisorFindings(place.profileId, place.database, filter, found.length, PAGE);
    found.push(...page.findings);
    if (page.findings.length === 0 || found.length >= page.total) return found;
  }
}

export const useRulePage = (id: string | null) =>
  useQuery({
    queryKey: ["advisor", "rule", id],
    queryFn: () => host().advisorRule(id ?? ""),
    enabled: id !== null,
    ...told,
  });

export const useOptions = (place: Place, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "options"],
    queryFn: () => host().advisorOptions(place.profileId, place.database),
    enabled: wanted,
    ...told,
  });

/** Forgets what was read of a database's advisor and policies: it is asked again. */
export function useForget(place: Place): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: queryKeys.security(place.profileId, place.database) });
}

/** Looks at the database again. */
export function useLookAgain(place: Place): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const report = await host().advise(place.profileId, place.database, true);
    queries.setQueryData([...keyOf(place), "report"], report);
    await queries.invalidateQueries({
      queryKey: queryKeys.security(place.profileId, place.database),
      predicate: ({ queryKey }) => queryKey.at(-1) !== "report",
    });
  };
}
