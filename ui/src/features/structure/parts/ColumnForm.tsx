/** A new column, where there is no row to fill in. */
import { Checkbox, Combobox, Field, Input } from "@/design";
import type { StructureColumnForm } from "@/ipc";
import { useDesk } from "../desk";
import { orNone } from "../model";

export interface ColumnFormProps {
  form: StructureColumnForm;
  onChange: (form: StructureColumnForm) => void;
}

export function ColumnForm({ form, onChange }: ColumnFormProps) {
  const { abilities } = useDesk();
  return (
    <>
      <Field label="Name">
        {(control) => (
          <Input {...control} mono autoFocus value={form.name} onChange={(name) => onChange({ ...form, name })} />
        )}
      </Field>
      <Field label="Type">
        {(control) => (
          <Combobox
            {...control}
            mono
            value={form.native_type}
            options={abilities.types}
            onChange={(native_type) => onChange({ ...form, native_type })}
          />
        )}
      </Field>
      <Field label="NULL">
        {(control) => (
          <Checkbox {...control} checked={form.nullable} onChange={(nullable) => onChange({ ...form, nullable })}>
            Allowed
          </Checkbox>
        )}
      </Field>
      <Field label="Default" note="optional">
        {(control) => (
          <Input
            {...control}
            mono
            value={form.default ?? ""}
            onChange={(text) => onChange({ ...form, default: orNone(text) })}
          />
        )}
      </Field>
      {abilities.comments ? (
        <Field label="Comment" note="optional">
          {(control) => (
            <Input
              {...control}
              value={form.comment ?? ""}
              onChange={(text) => onChange({ ...form, comment: orNone(text) })}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
