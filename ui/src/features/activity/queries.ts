import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { host, queryKeys, type ServerTold } from "@/ipc";
import { grown, type History, NO_HISTORY } from "./telling";

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

/** What the server says of itself; read again and again while `live`. */
export const useTold = (profileId: string, wanted: boolean, live: boolean) =>
  useQuery({
    queryKey: queryKeys.serverReport(profileId),
    queryFn: () => host().serverReport(profileId),
    enabled: wanted,
    staleTime: live ? 0 : Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: live ? EVERY_MS : false,
    refetchOnWindowFocus: live,
  });

/** The statements it found slow. */
export const useSlow = (profileId: string, wanted: boolean, live: boolean) =>
  useQuery({
    queryKey: queryKeys.slowStatements(profileId),
    queryFn: () => host().slowStatements(profileId),
    enabled: wanted,
    staleTime: live ? 0 : Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: live ? EVERY_MS : false,
    refetchOnWindowFocus: live,
  });

/** The figures of a server over the time that somebody looks at them. */
export function useHistory(told: ServerTold | undefined): History {
  const history = useRef(NO_HISTORY);
  if (told) history.current = grown(history.current, told);
  return history.current;
}

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
