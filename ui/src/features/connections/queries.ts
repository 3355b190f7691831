/** What these places read from the host. Nothing here ever holds a secret. */
import { useQuery } from "@tanstack/react-query";
import { host, queryKeys } from "@/ipc";

const kept = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

export const useProfiles = () => useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles(), ...kept });

export const useDrivers = () => useQuery({ queryKey: queryKeys.drivers, queryFn: () => host().drivers(), ...kept });

/** Read again on every visit: the keychain's state changes with its first use. */
export const useAbout = () => useQuery({ queryKey: queryKeys.about, queryFn: () => host().about(), retry: false });
