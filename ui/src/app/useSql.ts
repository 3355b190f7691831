import { useQuery } from "@tanstack/react-query";
import { type ConnectionProfile, host, queryKeys } from "@/ipc";

/** Whether a connection's language is SQL: before it is known, what it is most of the time. */
export function useSql(profile: ConnectionProfile | undefined): boolean {
  const { data } = useQuery({ queryKey: queryKeys.drivers, queryFn: () => host().drivers() });
  return data?.find((each) => each.id === profile?.driver)?.language.is_sql ?? true;
}
