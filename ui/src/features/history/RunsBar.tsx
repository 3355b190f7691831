import { Select } from "@/design";
import { OUTCOMES, type RunsFilter } from "./runs";
import { ALL, WhenAndWhere } from "./WhenAndWhere";

/** Which of the statements that were run are listed. */
export function RunsBar({ filter, onFilter }: { filter: RunsFilter; onFilter: (filter: RunsFilter) => void }) {
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
      <WhenAndWhere filter={filter} onFilter={onFilter} />
    </div>
  );
}
