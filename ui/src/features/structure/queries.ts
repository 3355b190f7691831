/** What the core is asked about staged changes of a schema. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { host, type ObjectRef, queryKeys, type StructureDraft, type StructureEdit } from "@/ipc";
import type { Place } from "./model";

/** The core says by itself when something changed. */
const told = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;
const keyOf = ({ profileId, database }: Place) => queryKeys.structure(profileId, database);

export const useDraft = (place: Place, wanted = true) =>
  useQuery({
    queryKey: [...keyOf(place), "draft"],
    queryFn: () => host().structureDraft(place.profileId, place.database),
    enabled: wanted,
    ...told,
  });

/** What the engine can do; the same for as long as the connection is. */
export const useAbilities = (place: Place, wanted = true) =>
  useQuery({
    queryKey: [...keyOf(place), "abilities"],
    queryFn: () => host().structureAbilities(place.profileId, place.database),
    enabled: wanted,
    ...told,
  });

/** An object as it would be. Until the next one is there, the one before stays. */
export const usePage = (place: Place, object: ObjectRef | null, wanted = true) =>
  useQuery({
    queryKey: [...keyOf(place), "page", object],
    queryFn: () => {
      if (object === null) throw new Error("nothing is asked for");
      return host().structurePage(place.profileId, place.database, object);
    },
    enabled: wanted && object !== null,
    placeholderData: keepPreviousData,
    ...told,
  });

export const useReview = (place: Place, online: readonly ObjectRef[]) =>
  useQuery({
    queryKey: [...keyOf(place), "review", online],
    queryFn: () => host().reviewStructure(place.profileId, place.database, [...online]),
    placeholderData: keepPreviousData,
    ...told,
    gcTime: 0,
  });

/** What is in danger, counted on the server: it comes later. */
export const useRisks = (place: Place, digest: string | undefined, online: readonly ObjectRef[]) =>
  useQuery({
    queryKey: [...keyOf(place), "risks", digest, online],
    queryFn: () => host().weighStructure(place.profileId, place.database, digest ?? "", [...online]),
    enabled: digest !== undefined,
    ...told,
    gcTime: 0,
  });

/** Stages edits, takes them back; everything that shows what is staged is asked again. */
export function useEdit(place: Place): (edits: readonly StructureEdit[]) => Promise<StructureDraft> {
  const queries = useQueryClient();
  const { profileId, database } = place;
  return useCallback(
    async (edits) => {
      const draft = await host().editStructure(profileId, database, [...edits]);
      const key = queryKeys.structure(profileId, database);
      queries.setQueryData([...key, "draft"], draft);
      const kept: readonly unknown[] = ["draft", "abilities"];
      await queries.invalidateQueries({ queryKey: key, predicate: ({ queryKey }) => !kept.includes(queryKey[3]) });
      return draft;
    },
    [queries, profileId, database],
  );
}

/** Tables that a foreign key may refer to, by what was typed: those that there are, and those that are staged. */
export function useTablesCalled(place: Place, text: string, draft: StructureDraft | undefined): readonly ObjectRef[] {
  const words = text.trim().split(".").at(-1) ?? "";
  const asked = useQuery({
    queryKey: queryKeys.search(place.profileId, words),
    queryFn: () => host().searchCatalog(place.profileId, words, 60),
    enabled: words.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const found = (asked.data ?? []).flatMap(({ object, icon }) =>
    object.kind === "relation" && icon !== "column" && icon !== "view" ? [object] : [],
  );
  const staged = (draft?.objects ?? []).flatMap(({ object, change }) =>
    object.kind === "relation" && change !== "removed" ? [object] : [],
  );
  const all = [...staged, ...found];
  return all.filter(
    (each, at) => all.findIndex((other) => other.name === each.name && other.schema === each.schema) === at,
  );
}
