/** What the core is asked about diagrams. */
import { useQuery } from "@tanstack/react-query";
import { type DiagramSummary, host } from "@/ipc";
import type { Place } from "./store";

export const diagramsKey = ({ profileId, database }: Place) => ["diagrams", profileId, database] as const;

/** The diagrams of a database, by name. */
export const useDiagrams = (place: Place) =>
  useQuery({
    queryKey: diagramsKey(place),
    queryFn: () => host().diagrams(place.profileId, place.database),
    retry: false,
  });

/** A number that changes whenever the schema did: what is drawn must be read again. */
export function useSchemaChanges({ profileId }: Place): number {
  const asked = useQuery({
    queryKey: ["catalog", profileId, "diagram-changes"],
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
