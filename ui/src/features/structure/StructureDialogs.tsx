/** What is asked about a schema wherever it is asked for: new objects, parts of tables, and the review. */
import { type ReactNode, useMemo, useState } from "react";
import { Dialog, Field, Input, Select, Skeleton } from "@/design";
import { failureOf, type ObjectRef, type StructureEdit } from "@/ipc";
import { type Asked, closeStructure, useAsked } from "./asking";
import { type Desk, DeskProvider, type SqlFieldProps, useDesk } from "./desk";
import {
  columnProblem,
  emptyColumn,
  emptyForeignKey,
  emptyIndex,
  isText,
  KIND_WORDS,
  type Place,
  templateOf,
  titleOf,
} from "./model";
import { ColumnForm } from "./parts/ColumnForm";
import { Wrong } from "./parts/fields";
import { ForeignKeyForm, IndexForm } from "./parts/forms";
import { beginning, ObjectForm } from "./parts/objectForms";
import { PartitionDialog } from "./parts/PartitionDialogs";
import { Sheet } from "./parts/Sheet";
import { SchemaField, TableDialog } from "./parts/TableDialog";
import { useAbilities, useDraft, useEdit, usePage } from "./queries";
import { ReviewDialog, tellApplied } from "./ReviewDialog";
import { tell } from "./StagedChanges";
import "./structure.css";

/** What the shell knows of a place. */
export interface Around {
  readonly readOnly: string | undefined;
  readonly applyTo: string | undefined;
  readonly field: (props: SqlFieldProps) => ReactNode;
  readonly highlight: (sql: string) => ReactNode;
  readonly onOpen: (object: ObjectRef) => void;
  readonly onScript: (title: string, sql: string) => void;
}

/** `around` draws its children with what the shell knows of a place. */
export function StructureDialogs({
  around,
}: {
  around: (place: Place, children: (around: Around) => ReactNode) => ReactNode;
}) {
  const asked = useAsked();
  if (!asked) return null;
  return around(asked.place, (known) => <Open key={JSON.stringify(asked.asking)} asked={asked} around={known} />);
}

function Open({ asked, around }: { asked: Asked; around: Around }) {
  const { place, asking } = asked;
  const abilities = useAbilities(place);
  const draft = useDraft(place);
  const edit = useEdit(place);
  const stage = useMemo(
    () => async (edits: readonly StructureEdit[]) => {
      try {
        await edit(edits);
        return null;
      } catch (thrown) {
        return failureOf(thrown);
      }
    },
    [edit],
  );
  if (asking.ask === "review")
    return (
      <ReviewDialog
        place={place}
        applyTo={around.applyTo}
        highlight={around.highlight}
        readOnly={around.readOnly}
        onScript={around.onScript}
        onClose={closeStructure}
        onApplied={(done) => {
          closeStructure();
          tellApplied(done, () => void edit([{ edit: "take_back", applied: done.id }]).catch(tell));
        }}
      />
    );
  if (!abilities.data || !draft.data) {
    const failed = abilities.error ?? draft.error;
    return (
      <Dialog open title="Change the schema" onClose={closeStructure}>
        {failed ? <Wrong error={failureOf(failed)} /> : <Skeleton width="100%" height={120} />}
      </Dialog>
    );
  }
  const { readOnly, field, highlight, onOpen } = around;
  const desk: Desk = { place, abilities: abilities.data, draft: draft.data, readOnly, stage, field, highlight, onOpen };
  const staged = (object: ObjectRef) => {
    closeStructure();
    if (asked.onStaged) asked.onStaged(object);
    else onOpen(object);
  };
  return (
    <DeskProvider value={desk}>
      <Asks asked={asked} onStaged={staged} />
    </DeskProvider>
  );
}

function Asks({
  asked: { asking, onStaged: told },
  onStaged,
}: {
  asked: Asked;
  onStaged: (object: ObjectRef) => void;
}) {
  // What is added to a table is seen where it was asked for.
  const stays = (object: ObjectRef) => {
    closeStructure();
    told?.(object);
  };
  switch (asking.ask) {
    case "table":
      return <TableDialog schema={asking.schema} onStaged={onStaged} />;
    case "object":
      return <ObjectDialog kind={asking.kind} schema={asking.schema} onStaged={onStaged} />;
    case "partition":
    case "attach":
      return <PartitionDialog ask={asking.ask} table={asking.table} onStaged={stays} />;
    case "rename":
      return <RenameDialog object={asking.object} onStaged={stays} />;
    case "column":
    case "index":
    case "foreign_key":
      return <PartDialog asking={asking} onStaged={stays} />;
    case "review":
      return null;
  }
}

function PartDialog({
  asking,
  onStaged,
}: {
  asking: Extract<Asked["asking"], { ask: "column" | "index" | "foreign_key" }>;
  onStaged: (object: ObjectRef) => void;
}) {
  const { place, abilities, stage } = useDesk();
  const { table } = asking;
  const page = usePage(place, table);
  const columns = new Map(
    (page.data?.columns ?? []).flatMap(({ form, change }) =>
      change === "removed" ? [] : [[form.name, form.native_type] as const],
    ),
  );
  const [column, setColumn] = useState(() => emptyColumn(abilities));
  const [index, setIndex] = useState(() => emptyIndex(asking.ask === "index" ? asking.columns : []));
  const [key, setKey] = useState(() => ({
    ...emptyForeignKey(
      asking.ask === "foreign_key" ? asking.columns : [],
      (asking.ask === "foreign_key" ? asking.to : null) ?? { ...table, name: "" },
    ),
    referenced_columns: asking.ask === "foreign_key" ? [...asking.toColumns] : [],
  }));
  const done = async (edit: StructureEdit) => {
    const error = await stage([edit]);
    if (error === null) onStaged(table);
    return error;
  };
  const failed = page.error ? <Wrong error={failureOf(page.error)} /> : null;
  if (asking.ask === "column")
    return (
      <Sheet
        title={`Add a column to ${titleOf(table)}`}
        problem={columnProblem(column, abilities.typeless_columns)}
        send={() => done({ edit: "column", table, name: null, column: { ...column, name: column.name.trim() } })}
      >
        <ColumnForm form={column} onChange={setColumn} />
      </Sheet>
    );
  if (asking.ask === "index") {
    const keys = index.keys.filter(({ text }) => text.trim() !== "");
    return (
      <Sheet
        title={`New index of ${titleOf(table)}`}
        problem={keys.length === 0 ? "Choose a column" : null}
        send={() => done({ edit: "index", table, name: null, index: { ...index, keys } })}
      >
        {failed}
        <IndexForm form={index} onChange={setIndex} table={table} columns={columns} />
      </Sheet>
    );
  }
  return (
    <Sheet
      title={`New foreign key from ${titleOf(table)}`}
      problem={
        key.columns.length === 0
          ? "Choose a column"
          : key.references.name === ""
            ? "Choose the table it refers to"
            : null
      }
      send={() => done({ edit: "foreign_key", table, name: null, key })}
    >
      {failed}
      <ForeignKeyForm form={key} onChange={setKey} table={table} columns={columns} />
    </Sheet>
  );
}

function RenameDialog({ object, onStaged }: { object: ObjectRef; onStaged: (object: ObjectRef) => void }) {
  const { stage } = useDesk();
  const [name, setName] = useState(object.name);
  const next = name.trim();
  return (
    <Sheet
      title={`Rename ${titleOf(object)}`}
      width={440}
      problem={next === "" ? "It needs a name" : next === object.name ? "It is called that" : null}
      send={async () => {
        const error = await stage([{ edit: "rename", object, name: next }]);
        if (error === null) onStaged({ ...object, name: next });
        return error;
      }}
    >
      <Field label="Name">{(control) => <Input {...control} mono autoFocus value={name} onChange={setName} />}</Field>
    </Sheet>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const refKind = (kind: string): string =>
  kind === "enum" || kind === "domain"
    ? "type"
    : kind === "function" || kind === "procedure"
      ? "routine"
      : kind.endsWith("view")
        ? "relation"
        : kind;

function ObjectDialog(props: { kind: string | null; schema: string | null; onStaged: (object: ObjectRef) => void }) {
  const { onStaged } = props;
  const { place, abilities, stage } = useDesk();
  const kinds = abilities.kinds.filter((each) => each !== "table");
  const [kind, setKind] = useState(props.kind ?? kinds[0] ?? "view");
  const first = props.schema ?? abilities.schema;
  const [edit, setEdit] = useState(() => beginning(kind, first, templateOf(kind, first, abilities)));
  const schema = "schema" in edit ? edit.schema : null;
  const named = "name" in edit && typeof edit.name === "string" ? edit.name : null;
  const problem =
    edit.edit === "text"
      ? edit.text.trim() === ""
        ? "Write its definition"
        : null
      : named?.trim() === ""
        ? "It needs a name"
        : edit.edit === "enum" && edit.labels.length === 0
          ? "It needs a label"
          : null;
  const send = async () => {
    const error = await stage([edit]);
    if (error !== null) return error;
    const name = named ?? "";
    const database = kind === "role" ? null : place.database;
    const object: ObjectRef = { database, schema, kind: refKind(kind), name, signature: null };
    if (name === "" || kind === "schema" || kind === "extension") closeStructure();
    else onStaged(object);
    return null;
  };
  return (
    <Sheet
      title={`New ${KIND_WORDS[kind] ?? kind}`}
      width={isText(kind) ? 760 : kind === "role" ? 640 : 560}
      problem={problem}
      send={send}
    >
      {props.kind === null ? (
        <Field label="Kind">
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={(next) => {
                setKind(next);
                const begun = beginning(next, schema ?? first, templateOf(next, schema ?? first, abilities));
                setEdit(named !== null && "name" in begun ? ({ ...begun, name: named } as StructureEdit) : begun);
              }}
              options={kinds.map((value) => ({ value, label: capital(KIND_WORDS[value] ?? value) }))}
            />
          )}
        </Field>
      ) : null}
      {named === null ? null : (
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              mono
              autoFocus
              value={named}
              onChange={(name) => setEdit({ ...edit, name } as StructureEdit)}
            />
          )}
        </Field>
      )}
      {kind === "schema" || kind === "extension" || kind === "role" ? null : (
        <SchemaField schema={schema} onChange={(next) => setEdit({ ...edit, schema: next } as StructureEdit)} />
      )}
      <ObjectForm key={kind} edit={edit} onEdit={setEdit} />
    </Sheet>
  );
}
