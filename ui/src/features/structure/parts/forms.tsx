/** Forms of a table's parts: what is filled in is staged as a whole. */
import { Checkbox, Combobox, Field, IconButton, Input, Select } from "@/design";
import {
  comparable,
  type ObjectRef,
  type StructureCheckForm,
  type StructureForeignKeyForm,
  type StructureIndexForm,
  type StructureIndexKey,
  type StructureKeyForm,
} from "@/ipc";
import { useDesk } from "../desk";
import { ACTIONS, orNone } from "../model";
import { usePage } from "../queries";
import { ColumnsField, Note, TableField } from "./fields";

export interface PartFormProps<Form> {
  form: Form;
  onChange: (form: Form) => void;
  table: ObjectRef;
  /** The table's columns with their types. */
  columns: ReadonlyMap<string, string>;
}

function NameField({ name, onChange }: { name: string | null; onChange: (name: string | null) => void }) {
  return (
    <Field label="Name" note="optional">
      {(control) => (
        <Input
          {...control}
          mono
          value={name ?? ""}
          placeholder="as usual here"
          onChange={(text) => onChange(orNone(text))}
        />
      )}
    </Field>
  );
}

export function KeyForm({ form, onChange, columns }: PartFormProps<StructureKeyForm>) {
  return (
    <>
      <Field label="Kind">
        {(control) => (
          <Select
            {...control}
            value={form.primary ? "primary" : "unique"}
            onChange={(kind) => onChange({ ...form, primary: kind === "primary" })}
            options={[
              { value: "primary", label: "Primary key" },
              { value: "unique", label: "Unique" },
            ]}
          />
        )}
      </Field>
      <ColumnsField
        label="Columns"
        chosen={form.columns}
        columns={[...columns.keys()]}
        onChange={(chosen) => onChange({ ...form, columns: chosen })}
      />
      <NameField name={form.name} onChange={(name) => onChange({ ...form, name })} />
    </>
  );
}

export function CheckForm({ form, onChange, table }: PartFormProps<StructureCheckForm>) {
  const { field } = useDesk();
  return (
    <>
      <div className="rh-field-row">
        <span className="rh-field-label">Holds for each row</span>
        <div className="str-sql">
          {field({
            value: form.expression,
            onChange: (expression) => onChange({ ...form, expression }),
            before: `SELECT * FROM ${table.schema ? `"${table.schema}".` : ""}"${table.name}" WHERE (`,
            wrong: null,
            label: "Holds for each row",
            example: "total >= 0",
          })}
        </div>
      </div>
      <NameField name={form.name} onChange={(name) => onChange({ ...form, name })} />
    </>
  );
}

export function ForeignKeyForm({ form, onChange, table, columns }: PartFormProps<StructureForeignKeyForm>) {
  const { place, abilities } = useDesk();
  const chosen = form.references.name !== "";
  const target = usePage(place, chosen ? form.references : null);
  const there = new Map(
    (chosen ? (target.data?.columns ?? []) : []).flatMap((column) =>
      column.change === "removed" ? [] : [[column.form.name, column.form.native_type] as const],
    ),
  );
  const keys =
    target.data?.keys.flatMap(({ form: key, change }) => (key && change !== "removed" ? [key.columns] : [])) ?? [];
  const unlike = form.columns.flatMap((column, at) => {
    const [own, other] = [columns.get(column), there.get(form.referenced_columns[at] ?? "")];
    return own && other && !comparable(own, other)
      ? [`${column} is ${own}, ${form.referenced_columns[at]} is ${other}`]
      : [];
  });
  const keyed =
    form.referenced_columns.length === 0 ||
    keys.some(
      (key) =>
        key.length === form.referenced_columns.length && key.every((each) => form.referenced_columns.includes(each)),
    );
  return (
    <>
      <ColumnsField
        label="Columns"
        chosen={form.columns}
        columns={[...columns.keys()]}
        onChange={(next) => onChange({ ...form, columns: next })}
      />
      <TableField
        label="Refers to"
        near={table}
        table={chosen ? form.references : null}
        onChange={(to) => {
          if (!to) return;
          if (to.name === form.references.name && to.schema === form.references.schema) return;
          onChange({ ...form, references: to, referenced_columns: [] });
        }}
      />
      <ColumnsField
        label="Its columns"
        chosen={form.referenced_columns}
        columns={[...there.keys()]}
        onChange={(next) => onChange({ ...form, referenced_columns: next })}
        none="its primary key"
      />
      {unlike.map((words) => (
        <Note key={words} tone="warn">
          {words}.
        </Note>
      ))}
      {target.data && !keyed ? (
        <Note tone="warn">
          No key of {form.references.name} has just these columns: the server asks for a unique or primary key.
        </Note>
      ) : null}
      {(["on_delete", "on_update"] as const).map((which) => (
        <Field key={which} label={which === "on_delete" ? "When deleted" : "When changed"}>
          {(control) => (
            <Select
              {...control}
              value={form[which]}
              onChange={(action) => onChange({ ...form, [which]: action })}
              options={ACTIONS}
            />
          )}
        </Field>
      ))}
      {abilities.deferrable ? (
        <Field label="Checked">
          {(control) => (
            <Select
              {...control}
              value={form.deferrable === null ? "now" : form.deferrable ? "late" : "may"}
              onChange={(when) => onChange({ ...form, deferrable: when === "now" ? null : when === "late" })}
              options={[
                { value: "now", label: "At each statement" },
                { value: "may", label: "At commit, where a transaction asks for it" },
                { value: "late", label: "At commit" },
              ]}
            />
          )}
        </Field>
      ) : null}
      <NameField name={form.name} onChange={(name) => onChange({ ...form, name })} />
    </>
  );
}

const NEW_KEY: StructureIndexKey = { text: "", expression: false, descending: false, nulls_first: null };

export function IndexForm({ form, onChange, table, columns }: PartFormProps<StructureIndexForm>) {
  const { abilities, field } = useDesk();
  const names = [...columns.keys()];
  const keys = form.keys.length > 0 ? form.keys : [NEW_KEY];
  const change = (at: number, part: Partial<StructureIndexKey>) =>
    onChange({ ...form, keys: keys.map((key, place) => (place === at ? { ...key, ...part } : key)) });
  return (
    <>
      <div className="rh-field-row">
        <span className="rh-field-label">Keys</span>
        <div className="str-keys">
          {keys.map((key, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a key is its place.
            <div key={at} className="str-key">
              <Combobox
                label={`Key ${at + 1}`}
                mono
                value={key.text}
                options={names}
                placeholder={abilities.expression_indexes ? "a column, or an expression" : "a column"}
                onChange={(text) =>
                  change(at, { text, expression: abilities.expression_indexes && text !== "" && !names.includes(text) })
                }
              />
              <Checkbox checked={key.descending} onChange={(descending) => change(at, { descending })}>
                Descending
              </Checkbox>
              {key.expression ? <span className="rh-meta">expression</span> : null}
              <IconButton
                icon="close"
                label={`Without key ${at + 1}`}
                quiet
                disabledReason={keys.length > 1 ? undefined : "an index has a key"}
                onClick={() => onChange({ ...form, keys: keys.filter((_, place) => place !== at) })}
              />
            </div>
          ))}
          <button type="button" className="str-more" onClick={() => onChange({ ...form, keys: [...keys, NEW_KEY] })}>
            Another key
          </button>
        </div>
      </div>
      <Field label="Unique">
        {(control) => (
          <Checkbox {...control} checked={form.unique} onChange={(unique) => onChange({ ...form, unique })}>
            Refuses duplicates
          </Checkbox>
        )}
      </Field>
      {abilities.index_methods.length > 1 ? (
        <Field label="Method">
          {(control) => (
            <Select
              {...control}
              value={form.method ?? abilities.index_methods[0]}
              onChange={(method) =>
                onChange({ ...form, method: method === abilities.index_methods[0] ? null : method })
              }
              options={abilities.index_methods.map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
      ) : null}
      {abilities.included_columns ? (
        <ColumnsField
          label="Carries along"
          note="optional"
          chosen={form.included}
          columns={names}
          onChange={(included) => onChange({ ...form, included })}
        />
      ) : null}
      {abilities.partial_indexes ? (
        <div className="rh-field-row">
          <span className="rh-field-label">
            Only rows where<span className="rh-field-required">optional</span>
          </span>
          <div className="str-sql">
            {field({
              value: form.predicate ?? "",
              onChange: (text) => onChange({ ...form, predicate: orNone(text) }),
              before: `SELECT * FROM ${table.schema ? `"${table.schema}".` : ""}"${table.name}" WHERE (`,
              wrong: null,
              label: "Only rows where",
              example: "status <> 'cancelled'",
            })}
          </div>
        </div>
      ) : null}
      <NameField name={form.name} onChange={(name) => onChange({ ...form, name })} />
    </>
  );
}
