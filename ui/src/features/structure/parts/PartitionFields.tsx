/** How a table is divided, and which rows are in a partition, as they are filled in. */
import { Checkbox, Combobox, Field, IconButton, Input, Select, Textarea } from "@/design";
import type { StructureBound, StructurePartitioning, StructurePartitionWay } from "@/ipc";
import { useDesk } from "../desk";
import { emptyBound, WAYS } from "../partitioning";

/** By what a new table is divided; `null` where it holds its rows itself. */
export function PartitioningFields(props: {
  form: StructurePartitioning | null;
  columns: readonly string[];
  onChange: (form: StructurePartitioning | null) => void;
}) {
  const { form, columns, onChange } = props;
  const { abilities } = useDesk();
  const ways = abilities.partitions?.ways ?? [];
  if (ways.length === 0) return null;
  const begin = (way: StructurePartitionWay) =>
    onChange({ way, keys: form?.keys ?? [{ text: columns[0] ?? "", expression: false }] });
  const known = columns.filter((name) => name !== "");
  return (
    <>
      <Field
        label="Partitions"
        {...(form === null ? {} : { hint: "It holds no rows itself: they are in its partitions, made afterwards." })}
      >
        {(control) => (
          <Select
            {...control}
            value={form?.way ?? "none"}
            onChange={(way) => (way === "none" ? onChange(null) : begin(way as StructurePartitionWay))}
            options={[{ value: "none", label: "None" }, ...ways.map((value) => ({ value, label: WAYS[value] }))]}
          />
        )}
      </Field>
      {form === null ? null : (
        <div className="rh-field-row">
          <span className="rh-field-label">Divided by</span>
          <div className="str-keys">
            {form.keys.map((key, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a key is its place.
              <div key={at} className="str-key">
                <Combobox
                  mono
                  label={`Partition key ${at + 1}`}
                  options={key.expression ? [] : known}
                  placeholder={key.expression ? "lower(name)" : "a column"}
                  value={key.text}
                  onChange={(text) =>
                    onChange({
                      ...form,
                      keys: form.keys.map((each, place) => (place === at ? { ...each, text } : each)),
                    })
                  }
                />
                <Checkbox
                  checked={key.expression}
                  onChange={(expression) =>
                    onChange({
                      ...form,
                      keys: form.keys.map((each, place) => (place === at ? { ...each, expression } : each)),
                    })
                  }
                >
                  Expression
                </Checkbox>
                <IconButton
                  icon="close"
                  label={`Without partition key ${at + 1}`}
                  quiet
                  disabledReason={form.keys.length === 1 ? "it is the only one" : undefined}
                  onClick={() => onChange({ ...form, keys: form.keys.filter((_, place) => place !== at) })}
                />
              </div>
            ))}
            {form.way === "list" ? null : (
              <button
                type="button"
                className="str-more"
                onClick={() => onChange({ ...form, keys: [...form.keys, { text: "", expression: false }] })}
              >
                Another key
              </button>
            )}
          </div>
        </div>
      )}
    </>
  );
}

/** Values of a bound, one for each key. */
function Values(props: {
  label: string;
  hint?: string;
  keys: readonly string[];
  values: readonly string[];
  placeholder: string;
  onChange: (values: string[]) => void;
}) {
  const { label, hint, keys, values, placeholder, onChange } = props;
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      {(control) => (
        <div className="str-keys">
          {keys.map((key, at) => (
            <Input
              key={key}
              {...(at === 0 ? control : {})}
              mono
              aria-label={keys.length > 1 ? `${label}: ${key}` : label}
              placeholder={keys.length > 1 ? `${key}: ${placeholder}` : placeholder}
              value={values[at] ?? ""}
              onChange={(text) => onChange(keys.map((_, place) => (place === at ? text : (values[place] ?? ""))))}
            />
          ))}
        </div>
      )}
    </Field>
  );
}

const number = (text: string): number => Math.max(0, Math.trunc(Number(text)) || 0);

/** Which rows are in a partition of a table that is divided so. */
export function BoundFields(props: {
  by: StructurePartitioning | null;
  bound: StructureBound;
  onChange: (bound: StructureBound) => void;
}) {
  const { by, bound, onChange } = props;
  const { abilities } = useDesk();
  const able = abilities.partitions;
  const way = by?.way ?? "range";
  const keys = by?.keys.map(({ text }) => text) ?? ["value"];
  return (
    <>
      {able?.default && way !== "hash" && !(able.from === false && way === "range") ? (
        <Field label="Rows">
          {(control) => (
            <Checkbox
              {...control}
              checked={bound.bound === "default"}
              onChange={(on) => onChange(on ? { bound: "default" } : emptyBound(by))}
            >
              Every row that is in no other partition
            </Checkbox>
          )}
        </Field>
      ) : null}
      {bound.bound === "range" ? (
        <>
          {able?.from ? (
            <Values
              label="From"
              keys={keys}
              values={bound.from}
              placeholder="a value, or MINVALUE"
              onChange={(from) => onChange({ ...bound, from })}
            />
          ) : null}
          <Values
            label={able?.from ? "To" : "Less than"}
            hint={
              able?.from ? "The first value that is not in it any more." : "It begins where the one before it ends."
            }
            keys={keys}
            values={bound.to}
            placeholder="a value, or MAXVALUE"
            onChange={(to) => onChange({ ...bound, to })}
          />
        </>
      ) : bound.bound === "list" ? (
        <Field label="Values" hint="One a line. Text needs no quotes; NULL is meant as such.">
          {(control) => (
            <Textarea
              {...control}
              mono
              value={bound.values.join("\n")}
              onChange={(text) => onChange({ ...bound, values: text.split("\n") })}
            />
          )}
        </Field>
      ) : bound.bound === "hash" ? (
        <>
          <Field label="Divided by" hint="How many partitions there are to be, as a rule.">
            {(control) => (
              <Input
                {...control}
                mono
                inputMode="numeric"
                value={String(bound.modulus)}
                onChange={(text) => onChange({ ...bound, modulus: number(text) })}
              />
            )}
          </Field>
          <Field label="What is left">
            {(control) => (
              <Input
                {...control}
                mono
                inputMode="numeric"
                value={String(bound.remainder)}
                onChange={(text) => onChange({ ...bound, remainder: number(text) })}
              />
            )}
          </Field>
        </>
      ) : null}
    </>
  );
}
