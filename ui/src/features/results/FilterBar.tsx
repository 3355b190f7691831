import { type FormEvent, type RefObject, useRef, useState } from "react";
import { Button, Chip, Input, Popover, Select } from "@/design";
import type { BrowseFilter, FilterOperator, ResultColumn } from "@/ipc";
import { describeFilter, OPERATORS, takesValue, usualOperator, valuesOf } from "./filters";

export interface FilterBarProps {
  columns: readonly ResultColumn[];
  filters: readonly BrowseFilter[];
  onChange: (filters: readonly BrowseFilter[]) => void;
  /** Which condition is being edited: a place, `new`, or none; kept by the owner so that a header's menu can open it. */
  editing: FilterEdit | null;
  onEdit: (edit: FilterEdit | null) => void;
}

/** A condition under edit. */
export interface FilterEdit {
  readonly place: number | "new";
  readonly column: string;
}

/** Conditions as chips; each opens in place, Enter applies, the server filters. */
export function FilterBar({ columns, filters, onChange, editing, onEdit }: FilterBarProps) {
  const anchor = useRef<HTMLDivElement>(null);
  const value = useRef<HTMLInputElement>(null);
  const first = columns[0]?.name ?? "";
  return (
    <div ref={anchor} className="flex items-center gap-2 flex-wrap min-w-0" role="group" aria-label="Filters">
      {filters.map((filter, place) => (
        <Chip
          key={describeFilter(filter)}
          onPress={() => onEdit({ place, column: filter.column })}
          onRemove={() => onChange(filters.filter((_, at) => at !== place))}
          removeLabel={`Remove the condition ${describeFilter(filter)}`}
        >
          {describeFilter(filter)}
        </Chip>
      ))}
      <Button dense variant="ghost" icon="plus" onClick={() => onEdit({ place: "new", column: first })}>
        Condition
      </Button>
      {filters.length > 1 ? (
        <Button dense variant="ghost" onClick={() => onChange([])}>
          Clear
        </Button>
      ) : null}
      {editing && anchor.current ? (
        <Popover
          open
          onClose={() => onEdit(null)}
          anchor={anchor.current}
          label="Condition"
          align="start"
          takesFocus
          initialFocus={value}
          width={420}
        >
          <ConditionForm
            key={`${editing.place}:${editing.column}`}
            columns={columns}
            edit={editing}
            filter={editing.place === "new" ? undefined : filters[editing.place]}
            onApply={(filter) => {
              onEdit(null);
              if (editing.place === "new") onChange([...filters, filter]);
              else onChange(filters.map((old, at) => (at === editing.place ? filter : old)));
            }}
            onCancel={() => onEdit(null)}
            value={value}
          />
        </Popover>
      ) : null}
    </div>
  );
}

function ConditionForm({
  columns,
  edit,
  filter,
  onApply,
  onCancel,
  value,
}: {
  columns: readonly ResultColumn[];
  edit: FilterEdit;
  filter: BrowseFilter | undefined;
  onApply: (filter: BrowseFilter) => void;
  onCancel: () => void;
  value: RefObject<HTMLInputElement | null>;
}) {
  const [column, setColumn] = useState(filter?.column ?? edit.column);
  const described = columns.find((other) => other.name === column);
  const [operator, setOperator] = useState<FilterOperator>(filter?.operator ?? usualOperator(described?.class));
  const [typed, setTyped] = useState(filter?.values.join(", ") ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onApply({ column, operator, values: valuesOf(operator, typed) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 p-3">
      <div className="flex gap-2">
        <span className="flex-1 min-w-0">
          <Select
            label="Column"
            block
            mono
            value={column}
            onChange={setColumn}
            options={columns.map((other) => ({ value: other.name, label: other.name, meta: other.native_type }))}
          />
        </span>
        <span className="w-[152px] shrink-0">
          <Select<FilterOperator>
            label="Comparison"
            block
            value={operator}
            onChange={setOperator}
            options={OPERATORS.map(({ value, label }) => ({ value, label }))}
          />
        </span>
      </div>
      {takesValue(operator) ? (
        <Input
          aria-label="Value"
          ref={value}
          mono
          value={typed}
          onChange={setTyped}
          placeholder={
            operator === "in"
              ? "a, b, c"
              : operator === "like"
                ? "pattern with % and _"
                : "value, as the server reads it"
          }
        />
      ) : null}
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button variant="primary" type="submit" keys="Enter" showKeys>
          Apply
        </Button>
      </div>
    </form>
  );
}
