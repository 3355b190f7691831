/** What narrows the list of tables. */
import type { Ref } from "react";
import { Button, number, SearchField, Segmented, Select } from "@/design";
import type { PolicyOverview, PolicyState } from "@/ipc";
import { isFiltered, NO_FILTER, STATE_ORDER, STATES, type TableFilter, type Within } from "../model";

export interface FiltersProps {
  overview: PolicyOverview | undefined;
  filter: TableFilter;
  onFilter: (filter: TableFilter) => void;
  total: number | undefined;
  field: Ref<HTMLInputElement>;
  keys: string | undefined;
  /** Not where every role has a column of its own. */
  withRole?: boolean;
}

const ANY = "\u0000";
const named = (name: string) => ({ value: name, label: name });
const chosen = (value: string): string | null => (value === ANY ? null : value);

export function Filters({ overview, filter, onFilter, total, field, keys, withRole = true }: FiltersProps) {
  const part = (change: Partial<TableFilter>) => onFilter({ ...filter, ...change });
  const counts = overview?.counts;
  const within: readonly { value: Within; label: string; count?: string }[] = [
    { value: "all", label: "All", ...(counts ? { count: number(counts.tables) } : {}) },
    { value: "needs_work", label: "Needs work", ...(counts ? { count: number(counts.needs_work) } : {}) },
    { value: "staged", label: "Drafts", ...(counts ? { count: number(counts.staged) } : {}) },
  ];
  return (
    <div className="pol-tools">
      <SearchField
        dense
        ref={field}
        label="Filter tables"
        placeholder="Filter tables"
        value={filter.text}
        onChange={(text) => part({ text })}
        {...(keys ? { keys } : {})}
      />
      <Select
        dense
        label="Schema"
        icon="schema"
        value={filter.schema ?? ANY}
        options={[{ value: ANY, label: "Any schema" }, ...(overview?.schemas ?? []).map(named)]}
        onChange={(value) => part({ schema: chosen(value) })}
      />
      {withRole ? (
        <Select
          dense
          label="Role that reaches the table"
          icon="role"
          value={filter.role ?? ANY}
          options={[{ value: ANY, label: "Any role" }, ...(overview?.roles ?? []).map(({ name }) => named(name))]}
          onChange={(value) => part({ role: chosen(value) })}
        />
      ) : null}
      <Select
        dense
        label="State"
        icon="policy"
        value={filter.state ?? ANY}
        options={[
          { value: ANY, label: "Any state" },
          ...STATE_ORDER.map((state) => ({ value: state, label: STATES[state].word, icon: STATES[state].icon })),
        ]}
        onChange={(value) => part({ state: value === ANY ? null : (value as PolicyState) })}
      />
      <Segmented
        dense
        label="Which tables"
        value={filter.within}
        onChange={(value) => part({ within: value })}
        options={within}
      />
      {isFiltered(filter) ? (
        <>
          <Button dense variant="ghost" onClick={() => onFilter(NO_FILTER)}>
            Clear
          </Button>
          <span className="rh-meta tabular-nums ml-auto" role="status">
            {total === undefined ? "" : `${number(total)} of ${number(counts?.tables ?? total)}`}
          </span>
        </>
      ) : null}
    </div>
  );
}
