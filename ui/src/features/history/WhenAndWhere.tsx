import { useQuery } from "@tanstack/react-query";
import { Select } from "@/design";
import { host, queryKeys } from "@/ipc";
import { TIMES, type When } from "./changes";

/** The choice that narrows nothing. */
export const ALL = "";

interface Narrowed {
  readonly when: When;
  readonly profileId: string | null;
}

/** Narrows a list by time and by connection. */
export function WhenAndWhere<F extends Narrowed>({ filter, onFilter }: { filter: F; onFilter: (filter: F) => void }) {
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() });
  return (
    <>
      <Select
        dense
        block
        label="When"
        value={filter.when}
        onChange={(when) => onFilter({ ...filter, when })}
        options={TIMES}
      />
      <Select
        dense
        block
        label="Connection"
        value={filter.profileId ?? ALL}
        onChange={(id) => onFilter({ ...filter, profileId: id === ALL ? null : id })}
        options={[
          { value: ALL, label: "Every connection" },
          ...(profiles.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </>
  );
}
