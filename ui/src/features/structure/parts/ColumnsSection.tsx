/** The columns of a table: a row each, edited in place; what is filled in is staged when its field is left. */
import { useEffect, useRef, useState } from "react";
import { Badge, Button, Checkbox, Combobox, IconButton, MenuButton, SearchField, Sign } from "@/design";
import type { AppError, ObjectRef, StructureColumn, StructureColumnForm } from "@/ipc";
import { useDesk } from "../desk";
import { columnProblem, columnRef, emptyColumn, orNone, retyped } from "../model";
import { ColumnMore } from "./ColumnMore";
import { Note, Wrong } from "./fields";

export interface ColumnsSectionProps {
  table: ObjectRef;
  columns: readonly StructureColumn[];
}

/** As few columns need no filter; of more than that not all are drawn at once. */
const FEW = 15;
const AT_ONCE = 200;

export function ColumnsSection({ table, columns }: ColumnsSectionProps) {
  const { abilities, readOnly } = useDesk();
  const [filter, setFilter] = useState("");
  const [shown, setShown] = useState(AT_ONCE);
  const words = filter.trim().toLowerCase();
  const found = columns
    .map((column, at) => ({ column, at }))
    .filter(({ column: { form } }) => words === "" || `${form.name} ${form.native_type}`.toLowerCase().includes(words));
  return (
    <section aria-label="Columns" className="str-columns-pane">
      {columns.length > FEW ? (
        <div className="str-find">
          <SearchField dense label="Filter columns" value={filter} onChange={setFilter} />
          <span className="rh-meta">
            {words === "" ? `${columns.length} columns` : `${found.length} of ${columns.length} columns`}
          </span>
        </div>
      ) : null}
      <table className="str-columns" aria-label="Columns" data-comments={abilities.comments || undefined}>
        <thead>
          <tr>
            <th className="str-c-sign">
              <span className="rh-visually-hidden">State</span>
            </th>
            <th>Name</th>
            <th>Type</th>
            <th className="str-c-null">NULL</th>
            <th>Default</th>
            {abilities.comments ? <th>Comment</th> : null}
            <th className="str-c-acts">
              <span className="rh-visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, shown).map(({ column, at }) => (
            <Row key={at} table={table} column={column} />
          ))}
          {readOnly === undefined && words === "" && shown >= columns.length ? (
            <NewRow table={table} count={columns.length} />
          ) : null}
        </tbody>
      </table>
      {found.length > shown ? (
        <div className="str-add">
          <Button dense onClick={() => setShown(shown + AT_ONCE)}>
            Show {Math.min(AT_ONCE, found.length - shown)} more
          </Button>
          <Button dense variant="ghost" onClick={() => setShown(columns.length)}>
            Show all {columns.length}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

interface CellProps {
  label: string;
  value: string;
  placeholder?: string;
  readOnly: boolean;
  onChange: (value: string) => void;
  onCommit: (value: string) => void;
  onCancel: () => void;
  invalid?: boolean;
  sans?: boolean;
  /** As it is there, where that is another. */
  was?: string | undefined;
}

/** A field of a row. Enter or leaving it stages, Escape gives up. */
function Cell({ label, value, placeholder, readOnly, onChange, onCommit, onCancel, invalid, sans, was }: CellProps) {
  return (
    <input
      className={sans ? "str-cell" : "str-cell rh-mono"}
      aria-label={label}
      aria-invalid={invalid || undefined}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      readOnly={readOnly}
      placeholder={placeholder}
      title={was === undefined ? value : `${value}\nnow: ${was}`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onBlur={() => onCommit(value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onCommit(value);
        else if (event.key === "Escape") onCancel();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

function Row({ table, column }: { table: ObjectRef; column: StructureColumn }) {
  const { abilities, readOnly, stage } = useDesk();
  const { change, was, primary, fixed } = column;
  const begun = JSON.stringify(column.form);
  const [form, setForm] = useState(column.form);
  const [more, setMore] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const sent = useRef<string | null>(null);
  useEffect(() => {
    setForm(JSON.parse(begun) as StructureColumnForm);
    sent.current = null;
  }, [begun]);
  const name = column.form.name;
  const removed = change === "removed";
  const locked = readOnly !== undefined || removed || fixed !== null;
  const reset = () => {
    setForm(column.form);
    setProblem(null);
    setError(null);
  };
  const commit = async (next: StructureColumnForm) => {
    const text = JSON.stringify(next);
    if (locked || text === begun || text === sent.current) return;
    const wrong = columnProblem(next, abilities.typeless_columns);
    setProblem(wrong);
    if (wrong !== null) return;
    sent.current = text;
    const refused = await stage([{ edit: "column", table, name, column: next }]);
    setError(refused);
    if (refused) sent.current = null;
  };
  const set = (part: Partial<StructureColumnForm>) => setForm({ ...form, ...part });
  const put = (part: Partial<StructureColumnForm>) => {
    const next = { ...form, ...part };
    setForm(next);
    void commit(next);
  };
  const drop = async () => setError(await stage([{ edit: "drop", object: columnRef(table, name) }]));
  const span = abilities.comments ? 7 : 6;
  const unlike = (part: keyof StructureColumnForm) =>
    was !== null && was[part] !== form[part] ? String(was[part] ?? "none") : undefined;
  const marks = [
    primary ? "primary key" : null,
    form.numbering ? "numbered" : null,
    form.generated !== null ? "computed" : null,
  ].filter((mark) => mark !== null);
  return (
    <>
      <tr data-becoming={change ?? undefined}>
        <td className="str-c-sign">{change ? <Sign of={change} /> : null}</td>
        <td data-unlike={unlike("name") !== undefined || undefined}>
          <Cell
            label={`Name of ${name}`}
            value={form.name}
            was={unlike("name")}
            readOnly={locked}
            invalid={problem !== null && form.name.trim() === ""}
            onChange={(text) => set({ name: text })}
            onCommit={() => void commit(form)}
            onCancel={reset}
          />
        </td>
        <td data-unlike={unlike("native_type") !== undefined || undefined}>
          <Combobox
            label={`Type of ${name}`}
            mono
            value={form.native_type}
            options={abilities.types}
            readOnly={locked}
            onChange={(native_type) => set({ native_type })}
            onCommit={(native_type) => void commit({ ...form, native_type })}
            onCancel={reset}
          />
        </td>
        <td className="str-c-null" data-unlike={unlike("nullable") !== undefined || undefined}>
          <Checkbox
            label={`${name} may be NULL`}
            checked={form.nullable}
            disabled={locked}
            onChange={(nullable) => put({ nullable })}
          />
        </td>
        <td data-unlike={unlike("default") !== undefined || undefined}>
          {form.generated !== null ? (
            <code className="str-cell-text rh-truncate" title={form.generated}>
              = {form.generated}
            </code>
          ) : (
            <Cell
              label={`Default of ${name}`}
              value={form.default ?? ""}
              was={unlike("default")}
              readOnly={locked}
              onChange={(text) => set({ default: orNone(text) })}
              onCommit={() => void commit(form)}
              onCancel={reset}
            />
          )}
        </td>
        {abilities.comments ? (
          <td data-unlike={unlike("comment") !== undefined || undefined}>
            <Cell
              sans
              label={`Comment of ${name}`}
              value={form.comment ?? ""}
              was={unlike("comment")}
              readOnly={locked}
              onChange={(text) => set({ comment: orNone(text) })}
              onCommit={() => void commit(form)}
              onCancel={reset}
            />
          </td>
        ) : null}
        <td className="str-c-acts">
          <span className="str-acts">
            {marks.length > 0 ? (
              <Badge tone="outline" tooltip={marks.join(", ")}>
                {primary ? "PK" : form.generated !== null ? "fx" : "#"}
              </Badge>
            ) : null}
            <IconButton
              icon={more ? "chevron-down" : "chevron-right"}
              label={`More about ${name}`}
              quiet
              pressed={more}
              onClick={() => setMore(!more)}
            />
            <MenuButton
              icon="more"
              label={`Actions on ${name}`}
              variant="ghost"
              dense
              align="end"
              disabledReason={readOnly ?? (removed ? "it goes: take that back in the list of changes" : undefined)}
              items={[
                {
                  label: "Drop column",
                  icon: "trash",
                  danger: true,
                  disabledReason: fixed ?? undefined,
                  onSelect: () => void drop(),
                },
              ]}
            />
          </span>
        </td>
      </tr>
      {error || problem || fixed || more || retyped(column) ? (
        <tr className="str-under" data-becoming={change ?? undefined}>
          <td />
          <td colSpan={span - 1}>
            {fixed ? <Note tone="info">{fixed}</Note> : null}
            {problem ? <Note tone="danger">{problem}</Note> : null}
            <Wrong error={error} />
            {more || (retyped(column) && !removed) ? (
              <ColumnMore
                name={name}
                form={form}
                all={more}
                retyped={retyped(column)}
                locked={locked}
                onForm={setForm}
                onCommit={(next) => void commit(next)}
              />
            ) : null}
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** The row under the last one: a name makes a column. */
function NewRow({ table, count }: { table: ObjectRef; count: number }) {
  const { abilities, stage } = useDesk();
  const [form, setForm] = useState(() => emptyColumn(abilities));
  const [error, setError] = useState<AppError | null>(null);
  const name = useRef<HTMLInputElement>(null);
  const sending = useRef(false);
  const add = async () => {
    if (form.name.trim() === "" || sending.current) return;
    sending.current = true;
    const refused = await stage([{ edit: "column", table, name: null, column: { ...form, name: form.name.trim() } }]);
    sending.current = false;
    setError(refused);
    if (refused) return;
    setForm(emptyColumn(abilities));
    name.current?.focus();
  };
  const reset = () => {
    setForm(emptyColumn(abilities));
    setError(null);
  };
  const field = (label: string, value: string, placeholder: string, set: (text: string) => void, first = false) => (
    <input
      ref={first ? name : undefined}
      className="str-cell rh-mono"
      aria-label={label}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => set(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") void add();
        else if (event.key === "Escape") reset();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
  return (
    <>
      <tr className="str-new">
        <td className="str-c-sign" aria-hidden="true">
          +
        </td>
        <td>
          {field(
            "Name of the new column",
            form.name,
            count === 0 ? "First column" : "New column",
            (text) => setForm({ ...form, name: text }),
            true,
          )}
        </td>
        <td>
          <Combobox
            label="Type of the new column"
            mono
            value={form.native_type}
            options={abilities.types}
            onChange={(native_type) => setForm({ ...form, native_type })}
          />
        </td>
        <td className="str-c-null">
          <Checkbox
            label="The new column may be NULL"
            checked={form.nullable}
            onChange={(nullable) => setForm({ ...form, nullable })}
          />
        </td>
        <td>
          {field("Default of the new column", form.default ?? "", "", (text) =>
            setForm({ ...form, default: orNone(text) }),
          )}
        </td>
        {abilities.comments ? <td /> : null}
        <td className="str-c-acts">
          <span className="str-acts">
            <Button
              dense
              icon="plus"
              disabledReason={form.name.trim() === "" ? "Give it a name first" : undefined}
              keys="Enter"
              onClick={() => void add()}
            >
              Add
            </Button>
          </span>
        </td>
      </tr>
      {error ? (
        <tr className="str-under">
          <td />
          <td colSpan={abilities.comments ? 6 : 5}>
            <Wrong error={error} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
