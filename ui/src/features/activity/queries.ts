import { useQuery } from "@tanstack/react-query";
import { host, queryKeys } from "@/ipc";

/** Between two looks at the sessions, while somebody looks. */
export const EVERY_MS = 3_000;

/** Sessions and waits; read again and again while `live`, once where only `wanted`. */
export const useMoment = (profileId: string, wanted: boolean, live: boolean) =>
  useQuery({
    queryKey: queryKeys.activity(profileId),
    queryFn: () => host().activity(profileId),
    enabled: wanted,
    // Paused, what is there stays as it is.
    staleTime: live ? 0 : Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: live ? EVERY_MS : false,
    refetchOnWindowFocus: live,
  });

/** Sizes are measured when they are asked for: that is work for the server. */
export const useSizes = (profileId: string, wanted: boolean) =>
  useQuery({
    queryKey: queryKeys.activitySizes(profileId),
    queryFn: () => host().activitySizes(profileId),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
