/** Forms of what is no table: an enum, a domain, a sequence, a schema, an extension, and what a text defines. */
import { useState } from "react";
import { Checkbox, Combobox, Field, IconButton, Input, Textarea } from "@/design";
import type { StructureEdit } from "@/ipc";
import { useDesk } from "../desk";
import { orNone } from "../model";
import { emptyRole, RoleForm } from "./RoleForm";

type Of<Kind extends StructureEdit["edit"]> = Extract<StructureEdit, { edit: Kind }>;
interface FormOf<Kind extends StructureEdit["edit"]> {
  edit: Of<Kind>;
  onEdit: (edit: Of<Kind>) => void;
}

function EnumForm({ edit, onEdit }: FormOf<"enum">) {
  const [text, setText] = useState("");
  const { labels } = edit;
  const set = (next: string[]) => onEdit({ ...edit, labels: next });
  const move = (at: number, by: number) => {
    const next = [...labels];
    const [taken] = next.splice(at, 1);
    if (taken !== undefined) next.splice(at + by, 0, taken);
    set(next);
  };
  const add = () => {
    if (text === "") return;
    set([...labels, text]);
    setText("");
  };
  return (
    <div className="rh-field-row">
      <span className="rh-field-label">Labels</span>
      <div className="str-keys">
        {labels.map((label, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a label is its place.
          <div key={at} className="str-key">
            <Input
              mono
              aria-label={`Label ${at + 1}`}
              value={label}
              onChange={(next) => set(labels.map((each, place) => (place === at ? next : each)))}
            />
            <IconButton
              icon="arrow-up"
              label={`${label} up`}
              quiet
              disabledReason={at === 0 ? "it is the first" : undefined}
              onClick={() => move(at, -1)}
            />
            <IconButton
              icon="arrow-down"
              label={`${label} down`}
              quiet
              disabledReason={at === labels.length - 1 ? "it is the last" : undefined}
              onClick={() => move(at, 1)}
            />
            <IconButton
              icon="close"
              label={`Without ${label}`}
              quiet
              onClick={() => set(labels.filter((_, place) => place !== at))}
            />
          </div>
        ))}
        <div className="str-key">
          <Input
            mono
            aria-label="New label"
            placeholder="New label"
            value={text}
            onChange={setText}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              event.stopPropagation();
              add();
            }}
          />
        </div>
      </div>
    </div>
  );
}

function DomainForm({ edit, onEdit }: FormOf<"domain">) {
  const { abilities } = useDesk();
  return (
    <>
      <Field label="Narrows">
        {(control) => (
          <Combobox
            {...control}
            mono
            value={edit.base}
            options={abilities.types}
            onChange={(base) => onEdit({ ...edit, base })}
          />
        )}
      </Field>
      <Field label="Default" note="optional">
        {(control) => (
          <Input
            {...control}
            mono
            value={edit.default ?? ""}
            onChange={(text) => onEdit({ ...edit, default: orNone(text) })}
          />
        )}
      </Field>
      <Field label="NULL">
        {(control) => (
          <Checkbox {...control} checked={edit.not_null} onChange={(not_null) => onEdit({ ...edit, not_null })}>
            Refused
          </Checkbox>
        )}
      </Field>
      <Field label="Checks" note="optional" hint="One expression a line, about VALUE.">
        {(control) => (
          <Textarea
            {...control}
            mono
            value={edit.checks.map(({ expression }) => expression).join("\n")}
            onChange={(text) =>
              onEdit({
                ...edit,
                checks: text.split("\n").map((expression, at) => ({ name: edit.checks[at]?.name ?? null, expression })),
              })
            }
          />
        )}
      </Field>
    </>
  );
}

function SequenceForm({ edit, onEdit }: FormOf<"sequence">) {
  return (
    <>
      {(
        [
          ["start", "Starts at"],
          ["increment", "Step"],
          ["minimum", "Least"],
          ["maximum", "Greatest"],
        ] as const
      ).map(([key, label]) => (
        <Field key={key} label={label}>
          {(control) => (
            <Input
              {...control}
              mono
              inputMode="numeric"
              value={edit[key] ?? ""}
              placeholder="as usual here"
              onChange={(text) => onEdit({ ...edit, [key]: orNone(text) })}
            />
          )}
        </Field>
      ))}
      <Field label="At its end">
        {(control) => (
          <Checkbox {...control} checked={edit.cycle} onChange={(cycle) => onEdit({ ...edit, cycle })}>
            Starts over
          </Checkbox>
        )}
      </Field>
    </>
  );
}

function TextForm({ edit, onEdit }: FormOf<"text">) {
  const { field } = useDesk();
  return (
    <div className="str-sql str-sql-tall">
      {field({
        value: edit.text,
        onChange: (text) => onEdit({ ...edit, text }),
        before: "",
        wrong: null,
        label: "Definition",
        example: "CREATE …",
      })}
    </div>
  );
}

/** The form of what an edit makes; nothing where it has only a name. */
export function ObjectForm({ edit, onEdit }: { edit: StructureEdit; onEdit: (edit: StructureEdit) => void }) {
  switch (edit.edit) {
    case "enum":
      return <EnumForm edit={edit} onEdit={onEdit} />;
    case "domain":
      return <DomainForm edit={edit} onEdit={onEdit} />;
    case "sequence":
      return <SequenceForm edit={edit} onEdit={onEdit} />;
    case "role":
      return <RoleForm edit={edit} onEdit={onEdit} />;
    case "text":
      return <TextForm edit={edit} onEdit={onEdit} />;
    default:
      return null;
  }
}

/** What an object of a kind begins as; null where that kind is written otherwise. */
export function beginning(kind: string, schema: string | null, text: string): StructureEdit {
  const name = "";
  switch (kind) {
    case "enum":
      return { edit: "enum", object: null, schema, name, labels: [] };
    case "domain":
      return { edit: "domain", object: null, schema, name, base: "text", default: null, not_null: false, checks: [] };
    case "sequence": {
      const none = { start: null, increment: null, minimum: null, maximum: null };
      return { edit: "sequence", object: null, schema, name, ...none, cycle: false };
    }
    case "role":
      return { edit: "role", object: null, name, role: emptyRole() };
    case "schema":
      return { edit: "create_schema", name };
    case "extension":
      return { edit: "create_extension", name, schema: null };
    default:
      return { edit: "text", object: null, schema, text };
  }
}
