/** What the core knows already; nothing here makes it look. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type AdvisorNews, host, queryKeys } from "@/ipc";
import type { Of } from "./model";

const told = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;
const NO_NEWS: readonly AdvisorNews[] = [];

/** What scans have found that nobody has looked at. */
export const useNews = (): readonly AdvisorNews[] =>
  useQuery({ queryKey: queryKeys.advisorNews, queryFn: () => host().advisorNews(), ...told }).data ?? NO_NEWS;

/** Figures of a database; asked again whenever anything else has been read of it, since more is known then. */
export function useFigures({ profileId, database }: Of, wanted: boolean) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!wanted) return;
    const queryKey = queryKeys.securityFigures(profileId, database);
    return queries.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "success") return;
      const [topic, of, , what] = event.query.queryKey;
      if (topic === "security" && of === profileId && what !== "figures" && what !== "actors")
        void queries.invalidateQueries({ queryKey });
    });
  }, [queries, profileId, database, wanted]);
  return useQuery({
    queryKey: queryKeys.securityFigures(profileId, database),
    queryFn: () => host().securityFigures(profileId, database),
    enabled: wanted,
    ...told,
    // Nobody listened while the panel was hidden.
    refetchOnMount: "always",
  }).data;
}

const actorsKey = (profileId: string) => [...queryKeys.security(profileId, null), "actors"] as const;

/** The actors that are kept with a connection. */
export function useActors(profileId: string, wanted: boolean) {
  const queries = useQueryClient();
  const queryKey = actorsKey(profileId);
  const actors = useQuery({
    queryKey,
    queryFn: () => host().policyActors(profileId),
    enabled: wanted,
    ...told,
  });
  return { actors: actors.data, failure: actors.error, again: () => void queries.invalidateQueries({ queryKey }) };
}
