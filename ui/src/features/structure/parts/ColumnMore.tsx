/** What few columns have: numbering, an expression they are computed by, a collation; and how old values become those of a new type. */
import { Checkbox, Combobox, Field, Input, Select } from "@/design";
import type { StructureColumnForm, StructureNumbering } from "@/ipc";
import { useDesk } from "../desk";
import { orNone } from "../model";

export interface ColumnMoreProps {
  name: string;
  form: StructureColumnForm;
  /** All of it, or only what a new type asks for. */
  all: boolean;
  retyped: boolean;
  locked: boolean;
  onForm: (form: StructureColumnForm) => void;
  onCommit: (form: StructureColumnForm) => void;
}

export function ColumnMore({ name, form, all, retyped, locked, onForm, onCommit }: ColumnMoreProps) {
  const { abilities } = useDesk();
  const put = (part: Partial<StructureColumnForm>) => {
    const next = { ...form, ...part };
    onForm(next);
    onCommit(next);
  };
  const text = (label: string, key: "generated" | "convert", placeholder: string, hint?: string) => (
    <Field label={label} {...(hint ? { hint } : {})}>
      {(control) => (
        <Input
          {...control}
          mono
          dense
          readOnly={locked}
          value={form[key] ?? ""}
          placeholder={placeholder}
          onChange={(value) => onForm({ ...form, [key]: orNone(value) })}
          onBlur={() => onCommit(form)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            onCommit(form);
          }}
        />
      )}
    </Field>
  );
  return (
    <div className="str-column-more">
      {retyped && abilities.converts
        ? text(
            "Convert by",
            "convert",
            `${form.name || name}::${form.native_type}`,
            "How values that are there become those of the new type; the usual cast where empty.",
          )
        : null}
      {all && abilities.numbering ? (
        <Field label="Numbered">
          {(control) => (
            <Select
              {...control}
              dense
              disabled={locked || form.generated !== null}
              value={form.numbering ?? "no"}
              onChange={(value) => put({ numbering: value === "no" ? null : (value as StructureNumbering) })}
              options={[
                { value: "no", label: "No" },
                { value: "always", label: abilities.numbering_by_default ? "Always, by the server" : "By the server" },
                ...(abilities.numbering_by_default
                  ? [{ value: "by_default", label: "Where no value is given" } as const]
                  : []),
              ]}
            />
          )}
        </Field>
      ) : null}
      {all ? text("Computed by", "generated", "an expression of other columns") : null}
      {all && abilities.virtual_columns && form.generated !== null ? (
        <Field label="Stored">
          {(control) => (
            <Checkbox {...control} checked={form.stored} disabled={locked} onChange={(stored) => put({ stored })}>
              Computed once, when the row is written
            </Checkbox>
          )}
        </Field>
      ) : null}
      {all ? (
        <Field label="Collation">
          {(control) => (
            <Combobox
              {...control}
              mono
              dense
              readOnly={locked}
              value={form.collation ?? ""}
              options={abilities.collations}
              placeholder="the type's own"
              onChange={(collation) => onForm({ ...form, collation: orNone(collation) })}
              onCommit={(collation) => onCommit({ ...form, collation: orNone(collation) })}
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}
