/** Small fields that several forms have. */
import { type ReactNode, useState } from "react";
import { Chip, Combobox, ErrorBlock, Field, Icon } from "@/design";
import { type AppError, failureProps, type ObjectRef } from "@/ipc";
import { useDesk } from "../desk";
import { tableCalled, titleOf } from "../model";
import { useTablesCalled } from "../queries";

/** What was wrong with what was to be staged. */
export function Wrong({ error }: { error: AppError | null }) {
  return error ? <ErrorBlock {...failureProps(error)} /> : null;
}

/** A state in a line, with its shape. */
export function Note({ tone, children }: { tone: "warn" | "danger" | "info"; children: ReactNode }) {
  return (
    <p className="str-note" data-tone={tone}>
      <Icon name={tone === "danger" ? "error" : tone === "warn" ? "warning" : "info"} size={14} />
      <span>{children}</span>
    </p>
  );
}

export interface ColumnsFieldProps {
  label: string;
  chosen: readonly string[];
  columns: readonly string[];
  onChange: (columns: string[]) => void;
  note?: string;
  /** What none of them means. */
  none?: string;
}

/** Columns in order: chips, and a field that finds more. */
export function ColumnsField({ label, chosen, columns, onChange, note, none }: ColumnsFieldProps) {
  const [text, setText] = useState("");
  const left = columns.filter((column) => !chosen.includes(column));
  return (
    <Field label={label} {...(note ? { note } : {})}>
      {(control) => (
        <div className="str-chips">
          {chosen.map((column) => (
            <Chip
              key={column}
              onRemove={() => onChange(chosen.filter((each) => each !== column))}
              removeLabel={`Without ${column}`}
            >
              <span className="rh-mono">{column}</span>
            </Chip>
          ))}
          <Combobox
            {...control}
            mono
            value={text}
            options={left}
            placeholder={chosen.length === 0 ? (none ?? "a column") : "another column"}
            onChange={setText}
            onCommit={(value) => {
              const found =
                left.find((each) => each === value) ??
                left.find((each) => each.toLowerCase() === value.trim().toLowerCase());
              if (found) onChange([...chosen, found]);
              setText("");
            }}
          />
        </div>
      )}
    </Field>
  );
}

/** A table, found by its name: also one that is only staged. */
export function TableField(props: {
  label: string;
  near: ObjectRef;
  table: ObjectRef | null;
  onChange: (table: ObjectRef | null) => void;
}) {
  const { label, near, table, onChange } = props;
  const { place, draft } = useDesk();
  const [text, setText] = useState(table ? titleOf(table) : "");
  const known = useTablesCalled(place, text === "" ? (near.schema ?? "") : text, draft);
  const options = [...new Set([...known.map(titleOf), ...(text === "" ? [titleOf(near)] : [])])];
  return (
    <Field label={label}>
      {(control) => (
        <Combobox
          {...control}
          mono
          value={text}
          options={options}
          placeholder="a table"
          onChange={setText}
          onCommit={(value) => onChange(tableCalled(value, near, known))}
        />
      )}
    </Field>
  );
}
