/** What the core is asked about diagrams. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type DiagramSummary, type DiagramTable, host, queryKeys } from "@/ipc";
import type { Place } from "./state";

/** Names that are asked for at once; columns of other tables may be among them. */
const CALLED_MOST = 60;

export const diagramsKey = ({ profileId, database }: Place) => ["diagrams", profileId, database] as const;

/** The diagrams of a database, by name. */
export const useDiagrams = (place: Place) =>
  useQuery({
    queryKey: diagramsKey(place),
    queryFn: () => host().diagrams(place.profileId, place.database),
    retry: false,
  });

/** Tables of the database by their names: also those that a diagram does not show. */
export function useTablesCalled({ profileId, database }: Place, text: string): readonly DiagramTable[] {
  const words = text.trim();
  const asked = useQuery({
    queryKey: queryKeys.search(profileId, words),
    queryFn: () => host().searchCatalog(profileId, words, CALLED_MOST),
    enabled: words.length > 1,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (asked.data ?? []).flatMap(({ object, icon }) => {
    const own = object.kind === "relation" && icon !== "column";
    const here = database === null || object.database === database;
    return own && here && words.length > 1 ? [{ schema: object.schema ?? "", name: object.name }] : [];
  });
}

/** A number that changes whenever the schema did: what is drawn must be read again. */
export function useSchemaChanges({ profileId }: Place): number {
  const asked = useQuery({
    queryKey: ["catalog", profileId, "diagram-changes"],
    queryFn: () => performance.now(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return asked.data ?? 0;
}

/** A number that changes whenever what is staged of the schema did. */
export function useStagedChanges(place: Place): number {
  const asked = useQuery({
    queryKey: [...queryKeys.structure(place.profileId, place.database), "drawn"],
    queryFn: () => performance.now(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return asked.data ?? 0;
}

export const named = (diagrams: readonly DiagramSummary[] | undefined, name: string): DiagramSummary | undefined =>
  diagrams?.find((each) => each.name.toLowerCase() === name.toLowerCase());

/** A name that no diagram has yet. */
export function freeName(diagrams: readonly DiagramSummary[] | undefined, wanted: string): string {
  let name = wanted;
  for (let count = 2; named(diagrams, name); count += 1) name = `${wanted} ${count}`;
  return name;
}
