import { useQuery } from "@tanstack/react-query";
import { type DriverForm, host, type ObjectRef, queryKeys } from "@/ipc";

/** The catalog says by itself when it changed; nothing is asked twice without a reason. */
const kept = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

/** Everything about one relation but its rows. */
export const useRelation = (profileId: string, object: ObjectRef) =>
  useQuery({
    queryKey: queryKeys.relation(profileId, object),
    queryFn: () => host().relation(profileId, object),
    ...kept,
  });

/** Everything about one object that is not a relation. */
export const useObject = (profileId: string, object: ObjectRef) =>
  useQuery({
    queryKey: queryKeys.object(profileId, object),
    queryFn: () => host().object(profileId, object),
    ...kept,
  });

/** The statements that would make it again; asked only where they are shown. */
export const useDefinition = (profileId: string, object: ObjectRef, wanted = true) =>
  useQuery({
    queryKey: queryKeys.definition(profileId, object),
    queryFn: () => host().definition(profileId, object),
    enabled: wanted,
    ...kept,
  });

/** The driver behind a connection, for its language. */
export function useDriverOf(profileId: string): DriverForm | undefined {
  const profiles = useQuery({
    queryKey: queryKeys.profiles,
    queryFn: () => host().profiles(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const drivers = useQuery({
    queryKey: queryKeys.drivers,
    queryFn: () => host().drivers(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const id = profiles.data?.find((profile) => profile.id === profileId)?.driver;
  return drivers.data?.find((driver) => driver.id === id);
}
