/** What the core is asked about the policies of a database, and the drafts that wait there. */
import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import {
  host,
  type PolicyDraft,
  type PolicyDrafts,
  type PolicyEdit,
  type PolicyOn,
  type PolicyTableRow,
  type PolicyTablesFilter,
  queryKeys,
} from "@/ipc";
import { type OneCommand, PAGE } from "./model";

/** A database of a connection. */
export interface Place {
  readonly profileId: string;
  readonly database: string | null;
}

/** The core says by itself when something changed. */
const told = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;
const keyOf = ({ profileId, database }: Place) => queryKeys.security(profileId, database);

export const useOverview = (place: Place, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "overview"],
    queryFn: () => host().policyOverview(place.profileId, place.database),
    enabled: wanted,
    ...told,
  });

export interface Tables {
  /** `undefined` until it is known. */
  readonly total: number | undefined;
  /** A row by its place; `undefined` where it is not there yet. */
  readonly at: (index: number) => PolicyTableRow | undefined;
  /** Whether their findings are counted yet. */
  readonly judged: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** The tables that pass the filter, those pages of them that are looked at. Until they are there, those before stay. */
export function useTables(place: Place, filter: PolicyTablesFilter, pages: readonly number[], wanted: boolean): Tables {
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...keyOf(place), "tables", filter, page],
      queryFn: () => host().policyTables(place.profileId, place.database, filter, page * PAGE, PAGE),
      enabled: wanted,
      ...told,
    })),
  });
  const known = new Map(pages.map((page, index) => [page, answers[index]?.data?.rows]));
  const now = {
    total: answers.find(({ data }) => data !== undefined)?.data?.total,
    judged: answers.every(({ data }) => data?.judged !== false),
    at: (index: number) => known.get(Math.floor(index / PAGE))?.[index % PAGE],
  };
  const before = useRef(now);
  if (now.total !== undefined) before.current = now;
  return {
    ...before.current,
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const answer of answers) void answer.refetch();
    },
  };
}

export const useTable = (place: Place, on: PolicyOn | null, wanted = true) =>
  useQuery({
    queryKey: [...keyOf(place), "table", on],
    queryFn: () => host().policyTable(place.profileId, place.database, on ?? { schema: "", table: "" }),
    enabled: wanted && on !== null,
    ...told,
  });

/** What row security does to a role's command, with the drafts as if they were applied. */
export const useEffectOn = (place: Place, on: PolicyOn, role: string | null, command: OneCommand) =>
  useQuery({
    queryKey: [...keyOf(place), "effect", on, role, command],
    queryFn: () => host().policyEffect(place.profileId, place.database, on, role ?? "", command, true),
    enabled: role !== null,
    placeholderData: keepPreviousData,
    ...told,
  });

const stagedKey = (place: Place) => [...keyOf(place), "staged"];

export const useStaged = (place: Place, wanted = true) =>
  useQuery({
    queryKey: stagedKey(place),
    queryFn: () => host().policyStaged(place.profileId, place.database),
    enabled: wanted,
    ...told,
  });

/** Stages edits; everything that shows drafts is asked again. */
export function useStage(place: Place): (edits: readonly PolicyEdit[]) => Promise<PolicyDrafts> {
  const queries = useQueryClient();
  const { profileId, database } = place;
  return useCallback(
    async (edits) => {
      const drafts = await host().policyStage(profileId, database, [...edits]);
      const key = queryKeys.security(profileId, database);
      queries.setQueryData([...key, "staged"], drafts);
      void queries.invalidateQueries({ queryKey: key, predicate: ({ queryKey }) => queryKey.at(-1) !== "staged" });
      return drafts;
    },
    [queries, profileId, database],
  );
}

/** A policy as a draft for another table, with what of it is not there. */
export const copiedQuery = (place: Place, on: PolicyOn, policy: PolicyDraft, to: PolicyOn) => ({
  queryKey: [...keyOf(place), "copied", on, policy, to],
  queryFn: () => host().policyCopy(place.profileId, place.database, on, to, policy),
  ...told,
});

export const useCopied = (place: Place, on: PolicyOn, policy: PolicyDraft, to: PolicyOn | null) =>
  useQuery({ ...copiedQuery(place, on, policy, to ?? on), enabled: to !== null });

/** What applying the drafts would do. */
export const usePlan = (place: Place, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "plan"],
    queryFn: () => host().policyPlan(place.profileId, place.database, null),
    enabled: wanted,
    placeholderData: keepPreviousData,
    ...told,
  });

export const useTemplates = (place: Place, on: PolicyOn, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "templates", on],
    queryFn: () => host().policyTemplates(place.profileId, place.database, on),
    enabled: wanted,
    ...told,
  });

/** Reads everything about a database's policies again. */
export function useReadAgain(place: Place): () => void {
  const queries = useQueryClient();
  const key = useMemo(() => queryKeys.security(place.profileId, place.database), [place.profileId, place.database]);
  return () => {
    void host()
      .refreshCatalog(place.profileId, null)
      .catch(() => undefined)
      .then(() => queries.invalidateQueries({ queryKey: key }));
  };
}
