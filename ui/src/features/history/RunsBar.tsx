import { useQuery } from "@tanstack/react-query";
import { Select } from "@/design";
import { host, queryKeys } from "@/ipc";
import { TIMES } from "./changes";
import { OUTCOMES, type RunsFilter } from "./runs";

const ALL = "";

/** Which of the statements that were run are listed. */
export function RunsBar({ filter, onFilter }: { filter: RunsFilter; onFilter: (filter: RunsFilter) => void }) {
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() });
  return (
    <div className="hist-runs">
      <Select
        dense
        block
        label="Outcome"
        value={filter.outcome ?? ALL}
        onChange={(outcome) => onFilter({ ...filter, outcome: outcome === ALL ? null : outcome })}
        options={[{ value: ALL, label: "Any outcome" }, ...OUTCOMES]}
      />
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
    </div>
  );
}
