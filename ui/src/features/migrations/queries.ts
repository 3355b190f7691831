/** What the core is asked about migrations. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { host, type MigrationRequest, type MigrationStatus, queryKeys } from "@/ipc";
import { type Place, pathIn } from "./model";

const keyOf = ({ profileId, database }: Place) => queryKeys.migrations(profileId, database);

/** How it stands. Folder and history change without us: they are read again whenever the tab comes to the front. */
export const useStatus = (place: Place, folder: string | null, wanted: boolean) =>
  useQuery({
    queryKey: [...keyOf(place), "status", folder],
    queryFn: () => host().migrationsStatus(place.profileId, place.database, folder),
    enabled: wanted,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });

export function useReadAgain(place: Place): () => void {
  const queries = useQueryClient();
  const { profileId, database } = place;
  return useCallback(
    () => void queries.invalidateQueries({ queryKey: queryKeys.migrations(profileId, database) }),
    [queries, profileId, database],
  );
}

/** Keeps what a command answered as how it stands now. */
export function useKeepStatus(place: Place, folder: string | null): (status: MigrationStatus) => void {
  const queries = useQueryClient();
  return (status) => queries.setQueryData([...keyOf(place), "status", folder], status);
}

export type Asked = Omit<MigrationRequest, "lock_timeout_ms">;

/** What would run. It stays what was looked at while it runs, and how long locks are waited for changes nothing of it. */
export const useReview = (place: Place, asked: Asked) =>
  useQuery({
    queryKey: ["migrations-review", place.profileId, place.database, asked],
    queryFn: () => host().migrationsReview(place.profileId, place.database, { ...asked, lock_timeout_ms: 2_000 }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });

/** The text of a file of the folder. */
export const useFile = (place: Place, folder: string | null, file: string | null) =>
  useQuery({
    queryKey: [...keyOf(place), "file", folder, file],
    queryFn: async () => (await host().openFile(pathIn(folder ?? "", file ?? ""))).text,
    enabled: folder !== null && file !== null,
    staleTime: 0,
    retry: false,
  });

/** The statements that are staged of the database, and those that take them back; empty where nothing is. */
export const useStaged = (place: Place, wanted: boolean) =>
  useQuery({
    queryKey: [...queryKeys.structure(place.profileId, place.database), "review", []],
    queryFn: () => host().reviewStructure(place.profileId, place.database, []),
    enabled: wanted,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
