/** A new table: its name, its first columns, and whether row security is on from the beginning. */
import { useState } from "react";
import { Checkbox, Combobox, Field, IconButton, Input, Select } from "@/design";
import type { ObjectRef, StructureColumnForm, StructurePartitioning } from "@/ipc";
import { useDesk } from "../desk";
import { columnProblem, emptyColumn, exposed, firstColumn, orNone } from "../model";
import { partitioningProblem } from "../partitioning";
import { PartitioningFields } from "./PartitionFields";
import { Sheet } from "./Sheet";

export function SchemaField(props: { schema: string | null; onChange: (schema: string | null) => void }) {
  const { abilities, draft } = useDesk();
  const made = (draft?.objects ?? []).flatMap(({ object, change }) =>
    object.kind === "schema" && change !== "removed" ? [object.name] : [],
  );
  const schemas = [...new Set([...abilities.schemas, ...made])];
  if (schemas.length === 0) return null;
  return (
    <Field label="Schema">
      {(control) => (
        <Select
          {...control}
          mono
          value={props.schema ?? abilities.schema ?? schemas[0]}
          onChange={props.onChange}
          options={schemas.map((value) => ({ value, label: value }))}
        />
      )}
    </Field>
  );
}

interface NewColumn {
  readonly form: StructureColumnForm;
  readonly primary: boolean;
}

export function TableDialog(props: { schema: string | null; onStaged: (object: ObjectRef) => void }) {
  const { place, abilities, stage } = useDesk();
  const [name, setName] = useState("");
  const [schema, setSchema] = useState(props.schema ?? abilities.schema);
  const [columns, setColumns] = useState<readonly NewColumn[]>(() => [{ form: firstColumn(abilities), primary: true }]);
  const [secure, setSecure] = useState<boolean | null>(null);
  const [divided, setDivided] = useState<StructurePartitioning | null>(null);
  const [comment, setComment] = useState<string | null>(null);
  const wanted = secure ?? exposed(abilities, schema);
  const typeless = abilities.typeless_columns;
  const wrong = columns.map(({ form }) => columnProblem(form, typeless)).find((problem) => problem !== null);
  const twice = columns.find(({ form }, at) => columns.findIndex((other) => other.form.name === form.name) !== at);
  const change = (at: number, part: Partial<NewColumn>) =>
    setColumns(columns.map((column, place_) => (place_ === at ? { ...column, ...part } : column)));
  const send = async () => {
    const own = name.trim();
    const error = await stage([
      {
        edit: "create_table",
        schema,
        name: own,
        columns: columns.map(({ form }) => ({ ...form, name: form.name.trim() })),
        primary_key: columns.filter(({ primary }) => primary).map(({ form }) => form.name.trim()),
        row_security: wanted,
        partition_by: divided,
        comment,
      },
    ]);
    if (error === null)
      props.onStaged({ database: place.database, schema, kind: "relation", name: own, signature: null });
    return error;
  };
  return (
    <Sheet
      title="New table"
      width={720}
      problem={
        name.trim() === ""
          ? "It needs a name"
          : wrong
            ? `A column: ${wrong.toLowerCase()}`
            : twice
              ? `There are two columns ${twice.form.name}`
              : partitioningProblem(divided)
      }
      send={send}
    >
      <Field label="Name">{(control) => <Input {...control} mono autoFocus value={name} onChange={setName} />}</Field>
      <SchemaField schema={schema} onChange={setSchema} />
      <div className="rh-field-row">
        <span className="rh-field-label">Columns</span>
        <div className="str-keys">
          {columns.map(({ form, primary }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
            <div key={at} className="str-new-column">
              <Input
                mono
                aria-label={`Name of column ${at + 1}`}
                placeholder="name"
                value={form.name}
                onChange={(text) => change(at, { form: { ...form, name: text } })}
              />
              <Combobox
                label={`Type of column ${at + 1}`}
                mono
                value={form.native_type}
                options={abilities.types}
                onChange={(native_type) => change(at, { form: { ...form, native_type } })}
              />
              <Checkbox
                checked={primary}
                onChange={(on) => change(at, { primary: on, form: { ...form, nullable: on ? false : form.nullable } })}
              >
                Key
              </Checkbox>
              <Checkbox
                checked={form.nullable}
                disabled={primary}
                onChange={(nullable) => change(at, { form: { ...form, nullable } })}
              >
                NULL
              </Checkbox>
              <Input
                mono
                aria-label={`Default of column ${at + 1}`}
                placeholder={form.numbering ? "numbered" : "default"}
                value={form.default ?? ""}
                onChange={(text) => change(at, { form: { ...form, default: orNone(text), numbering: null } })}
              />
              <IconButton
                icon="close"
                label={`Without column ${at + 1}`}
                quiet
                onClick={() => setColumns(columns.filter((_, place_) => place_ !== at))}
              />
            </div>
          ))}
          <button
            type="button"
            className="str-more"
            onClick={() => setColumns([...columns, { form: emptyColumn(abilities), primary: false }])}
          >
            Another column
          </button>
        </div>
      </div>
      <PartitioningFields form={divided} columns={columns.map(({ form }) => form.name)} onChange={setDivided} />
      {abilities.row_security ? (
        <Field
          label="Row security"
          {...(exposed(abilities, schema)
            ? { hint: `Untrusted clients reach ${schema ?? ""}: without it they get every row their role may read.` }
            : {})}
        >
          {(control) => (
            <Checkbox {...control} checked={wanted} onChange={setSecure}>
              Enable row security
            </Checkbox>
          )}
        </Field>
      ) : null}
      {abilities.comments ? (
        <Field label="Comment" note="optional">
          {(control) => <Input {...control} value={comment ?? ""} onChange={(text) => setComment(orNone(text))} />}
        </Field>
      ) : null}
    </Sheet>
  );
}
