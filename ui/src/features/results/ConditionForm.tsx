import { type FormEvent, type RefObject, useState } from "react";
import { Button, Input, Select, Switch } from "@/design";
import type { ColumnClass, FilterOperator, ResultColumn } from "@/ipc";
import { type FilterItem, listOf, listText, nullWords, OPERATORS, takes, usualOperator, valuesOf } from "./filters";

export interface ConditionFormProps {
  columns: readonly ResultColumn[];
  /** The column it begins with. */
  column: string;
  /** The condition that is changed; a new one otherwise. */
  filter: FilterItem | undefined;
  choicesOf?: ((column: string) => readonly string[]) | undefined;
  onApply: (item: FilterItem) => void;
  onCancel: () => void;
  /** Where the caret goes first. */
  value: RefObject<HTMLInputElement | null>;
}

const EXAMPLES: Partial<Record<ColumnClass, string>> = {
  temporal: "as the server prints it: 2024-02-29 or 2024-02-29 13:00:00",
  number: "a number, with all of its digits",
  interval: "as the server prints it: 1 day 02:00:00",
  uuid: "00000000-0000-0000-0000-000000000000",
};

const NO_CHOICES: readonly string[] = [];

/** One comparison: column, how, with what. Values are texts the server reads. */
export function ConditionForm({
  columns,
  column: begun,
  filter,
  choicesOf,
  onApply,
  onCancel,
  value,
}: ConditionFormProps) {
  const [column, setColumn] = useState(filter?.column ?? begun);
  const described = columns.find((other) => other.name === column);
  const choices = choicesOf?.(column) ?? NO_CHOICES;
  const usual = choices.length > 0 ? "equal" : usualOperator(described?.class);
  const [chosen, setOperator] = useState<FilterOperator | null>(filter?.operator ?? null);
  const operator = chosen ?? usual;
  const wanted = takes(operator);
  const list = filter && takes(filter.operator) === "list";
  const [typed, setTyped] = useState(list ? listText(filter.values) : (filter?.values[0] ?? ""));
  const [second, setSecond] = useState(filter?.operator === "between" ? (filter.values[1] ?? "") : "");
  const [off, setOff] = useState(filter?.off ?? false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A list of choices begins with the first one: what is shown is what is meant.
    const single = wanted === "one" && fromList && typed === "" ? (choices[0] ?? "") : typed;
    onApply({ column, operator, values: valuesOf(operator, single, second), ...(off ? { off: true } : {}) });
  };
  const fromList = choices.length > 0 && (operator === "equal" || operator === "not_equal");
  const several = choices.length > 0 && wanted === "list";
  const picked = several ? listOf(typed) : [];
  const example = (described && EXAMPLES[described.class]) ?? "value, as the server reads it";
  const words = nullWords(operator);
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
        <span className="w-[168px] shrink-0">
          <Select<FilterOperator>
            label="Comparison"
            block
            value={operator}
            onChange={setOperator}
            options={OPERATORS.map((each) => ({ value: each.value, label: each.label }))}
          />
        </span>
      </div>
      {wanted === "none" ? null : fromList ? (
        <Select
          label="Value"
          block
          mono
          value={typed === "" ? (choices[0] ?? "") : typed}
          onChange={setTyped}
          options={[...new Set(typed === "" ? choices : [...choices, typed])].map((choice) => ({
            value: choice,
            label: choice === "" ? "(empty)" : choice,
          }))}
        />
      ) : several ? (
        <div className="flex flex-wrap gap-1 max-h-[168px] overflow-auto" role="group" aria-label="Values">
          {choices.map((choice) => (
            <Button
              key={choice}
              dense
              variant={picked.includes(choice) ? "primary" : "secondary"}
              aria-pressed={picked.includes(choice)}
              onClick={() =>
                setTyped(
                  listText(picked.includes(choice) ? picked.filter((one) => one !== choice) : [...picked, choice]),
                )
              }
            >
              {choice === "" ? "(empty)" : choice}
            </Button>
          ))}
        </div>
      ) : (
        <>
          <Input
            aria-label={wanted === "two" ? "From" : "Value"}
            ref={value}
            mono
            value={typed}
            onChange={setTyped}
            placeholder={wanted === "list" ? "a, 'b, c', d" : operator === "like" ? "pattern with % and _" : example}
          />
          {wanted === "two" ? (
            <Input aria-label="To" mono value={second} onChange={setSecond} placeholder={example} />
          ) : null}
        </>
      )}
      {wanted === "list" && !several ? (
        <p className="rh-meta">Commas separate. A value with a comma stands in quotes, a quote in it twice.</p>
      ) : null}
      {words ? <p className="rh-meta">{words}</p> : null}
      <div className="flex items-center gap-2">
        {filter ? (
          <Switch checked={!off} onChange={(on) => setOff(!on)}>
            In force
          </Switch>
        ) : null}
        <span className="flex-1" />
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
