/** The structure of one object as it would be: every section edited in place, everything staged at once. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import {
  Badge,
  Banner,
  Button,
  CodeBlock,
  EmptyState,
  hasOpenLayer,
  IconButton,
  Segmented,
  Sign,
  Skeleton,
} from "@/design";
import { failureOf, type ObjectRef, present, type StructureEdit } from "@/ipc";
import { openStructure } from "./asking";
import { type Desk, DeskProvider } from "./desk";
import {
  conflictsOf,
  countOf,
  emptyForeignKey,
  emptyIndex,
  groupsOf,
  type Place,
  SECTION_WORDS,
  type Section,
  sectionsOf,
  stagedName,
  templateOf,
  titleOf,
} from "./model";
import { ColumnsSection } from "./parts/ColumnsSection";
import { CheckForm, ForeignKeyForm, IndexForm, KeyForm } from "./parts/forms";
import { General } from "./parts/General";
import { PartitionsSection } from "./parts/PartitionsSection";
import { PartsSection } from "./parts/PartsSection";
import { useAbilities, useDraft, useEdit, usePage } from "./queries";
import { StagedChanges, type StagedChangesProps } from "./StagedChanges";
import "./structure.css";

export interface StructurePaneProps
  extends Pick<Desk, "field" | "highlight" | "onOpen">,
    Pick<StagedChangesProps, "onGo" | "onMigration"> {
  place: Place;
  object: ObjectRef;
  active: boolean;
  /** Whether a server is there to be asked. */
  able: boolean;
  readOnly: string | undefined;
  section: Section;
  onSection: (section: Section) => void;
  /** It is called otherwise now: what was staged was applied. */
  onRenamed: (object: ObjectRef) => void;
}

function Reading() {
  return (
    <div role="status" aria-busy="true" aria-label="Reading the structure" className="str">
      <div className="str-bar">
        <Skeleton width={420} height={20} />
      </div>
      <div className="str-reading">
        {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
          <div key={row}>
            <Skeleton width={70 + ((row * 37) % 60)} />
            <Skeleton width={96} />
            <Skeleton width={16} />
            <Skeleton width={140 - ((row * 29) % 60)} />
          </div>
        ))}
      </div>
    </div>
  );
}

export function StructurePane(props: StructurePaneProps) {
  const { place, active, able, readOnly, field, highlight, onOpen, onSection } = props;
  const abilities = useAbilities(place, able);
  const draft = useDraft(place, able);
  const object = stagedName(draft.data, props.object);
  const page = usePage(place, object, able && draft.data !== undefined);
  const edit = useEdit(place);
  const [typing, setTyping] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  // A name that was staged is the object's own once it is applied: the tab follows it.
  const named = useRef(object);
  useEffect(() => {
    const before = named.current;
    named.current = object;
    const { onRenamed, object: own } = latest.current;
    if (before.name !== own.name && object.name === own.name && draft.data?.undo === null && draft.data.redo === null)
      onRenamed(before);
  }, [object, draft.data]);
  const stage = useMemo(
    () => async (edits: readonly StructureEdit[]) => {
      try {
        await edit(edits);
        setTyping(false);
        return null;
      } catch (thrown) {
        return failureOf(thrown);
      }
    },
    [edit],
  );
  // What had the keyboard may be gone with what was staged or applied.
  const body = useRef<HTMLElement>(null);
  useEffect(() => {
    if (page.data && draft.data && latest.current.active && document.activeElement === document.body && !hasOpenLayer())
      body.current?.focus({ preventScroll: true });
  }, [page.data, draft.data]);
  const can = able ? {} : { disabledReason: "the connection is not open" };
  const step = (what: "undo" | "redo") => ({
    run: () => void stage([{ edit: what }]),
    ...(draft.data?.[what]
      ? can
      : { disabledReason: what === "undo" ? "nothing is staged" : "nothing was taken back" }),
  });
  useOffers(
    {
      // While somebody types, these keys are the text's.
      ...(typing ? {} : { "structure.undo": step("undo"), "structure.redo": step("redo") }),
      "structure.review": {
        run: () => openStructure(place, { ask: "review" }),
        ...((draft.data?.groups.length ?? 0) > 0 ? can : { disabledReason: "nothing is staged" }),
      },
      "structure.column": { run: () => openStructure(place, { ask: "column", table: object }), ...can },
      "structure.foreign-key": {
        run: () => openStructure(place, { ask: "foreign_key", table: object, columns: [], to: null, toColumns: [] }),
        ...can,
      },
      "structure.index": { run: () => openStructure(place, { ask: "index", table: object, columns: [] }), ...can },
    },
    active,
  );
  const keys = {
    undo: useKeys("structure.undo"),
    redo: useKeys("structure.redo"),
    review: useKeys("structure.review"),
  };
  const error = abilities.error ?? draft.error ?? page.error;
  const own = page.data;
  const desk: Desk | null = abilities.data
    ? { place, abilities: abilities.data, draft: draft.data, readOnly, stage, field, highlight, onOpen }
    : null;
  if (!desk || !own) {
    if (!error) return <Reading />;
    const failure = failureOf(error);
    return (
      <EmptyState
        picture={present(failure.code).picture}
        title={`The structure of ${props.object.name} could not be read`}
        actions={
          <Button
            loading={abilities.isFetching || draft.isFetching || page.isFetching}
            onClick={() => {
              for (const asked of [abilities, draft, page]) if (asked.error) void asked.refetch();
            }}
          >
            Try again
          </Button>
        }
      >
        {failure.message} {failure.hint}
      </EmptyState>
    );
  }
  const sections = sectionsOf(own, desk.abilities);
  const section = sections.includes(props.section) ? props.section : (sections[0] ?? "sql");
  const conflicts = conflictsOf(groupsOf(draft.data, own.object));
  return (
    <DeskProvider value={desk}>
      <div
        className="str"
        data-scope="structure"
        onInput={() => setTyping(true)}
        onFocus={(event) => setTyping(event.target.closest(".cm-editor") !== null)}
        onBlur={() => setTyping(false)}
      >
        <div className="str-bar">
          <Segmented
            label="Part"
            dense
            value={section}
            onChange={onSection}
            options={sections.map((value) => {
              const count = countOf(own, value);
              const label =
                value === "general" && sections.length < 4 && own.edit?.edit === "text"
                  ? "Definition"
                  : SECTION_WORDS[value];
              return { value, label, ...(count ? { count } : {}) };
            })}
          />
          <span className="flex-1" />
          {own.change ? (
            <span className="str-state">
              <Sign of={own.change} quiet />
              {own.change === "added" ? "new" : own.change === "removed" ? "goes" : "changed"}
              {own.was ? <span className="rh-meta"> was {own.was}</span> : null}
            </span>
          ) : null}
          {readOnly ? (
            <Badge icon="lock" tooltip={readOnly}>
              read-only
            </Badge>
          ) : null}
          <IconButton
            icon="trash"
            label={`Drop ${own.object.name}`}
            dense
            disabledReason={readOnly ?? (own.change === "removed" ? "it goes already" : undefined)}
            onClick={() => void stage([{ edit: "drop", object: own.object }])}
          />
        </div>
        {page.error ? (
          <Banner tone="danger" edge>
            It could not be read again: {failureOf(page.error).message}
          </Banner>
        ) : null}
        {conflicts.map((conflict) => (
          <Banner key={conflict} tone="danger" icon="warning" edge>
            {conflict}
          </Banner>
        ))}
        {own.change === "removed" ? (
          <Banner tone="danger" icon="trash" edge>
            {titleOf(own.object)} goes, with everything that is in it, when this is applied.
          </Banner>
        ) : null}
        <section
          ref={body}
          className="str-body"
          aria-label={`Structure of ${titleOf(own.object)}`}
          key={section}
          tabIndex={-1}
        >
          <Shown desk={desk} section={section} page={own} />
        </section>
        <StagedChanges
          place={place}
          able={able}
          highlight={highlight}
          onGo={props.onGo}
          onMigration={props.onMigration}
          keys={keys}
        />
      </div>
    </DeskProvider>
  );
}

function Shown({
  desk,
  section,
  page,
}: {
  desk: Desk;
  section: Section;
  page: NonNullable<ReturnType<typeof usePage>["data"]>;
}) {
  const { object: table } = page;
  const columns = new Map(
    page.columns.flatMap(({ form, change }) => (change === "removed" ? [] : [[form.name, form.native_type] as const])),
  );
  const needsColumns = (chosen: readonly string[]) => (chosen.length === 0 ? "Choose a column" : null);
  switch (section) {
    case "columns":
      return <ColumnsSection key={table.name} table={table} columns={page.columns} />;
    case "keys": {
      const primary = page.keys.some(({ form, change }) => form?.primary && change !== "removed");
      return (
        <PartsSection
          word="key"
          many="Keys"
          none="Rows are told apart by a key; without one, editing and replicating them is hard."
          parts={page.keys}
          empty={{ name: null, primary: !primary, columns: [] }}
          form={(form, onChange) => <KeyForm form={form} onChange={onChange} table={table} columns={columns} />}
          problem={(form) => needsColumns(form.columns)}
          edit={(name, key) => ({ edit: "key", table, name, key })}
        />
      );
    }
    case "foreign_keys":
      return (
        <PartsSection
          word="foreign key"
          many="Foreign keys"
          none="A foreign key keeps what refers to another table from referring to nothing."
          parts={page.foreign_keys}
          empty={emptyForeignKey([], { ...table, name: "" })}
          form={(form, onChange) => <ForeignKeyForm form={form} onChange={onChange} table={table} columns={columns} />}
          problem={(form) =>
            needsColumns(form.columns) ?? (form.references.name === "" ? "Choose the table it refers to" : null)
          }
          edit={(name, key) => ({ edit: "foreign_key", table, name, key })}
        />
      );
    case "indexes":
      return (
        <PartsSection
          word="index"
          many="Indexes"
          none="Every search reads the whole table, but those by its keys."
          parts={page.indexes}
          empty={emptyIndex([])}
          form={(form, onChange) => <IndexForm form={form} onChange={onChange} table={table} columns={columns} />}
          problem={(form) => (form.keys.some(({ text }) => text.trim() !== "") ? null : "Choose a column")}
          edit={(name, index) => ({
            edit: "index",
            table,
            name,
            index: { ...index, keys: index.keys.filter(({ text }) => text.trim() !== "") },
          })}
        />
      );
    case "checks":
      return (
        <PartsSection
          word="check"
          many="Checks"
          none="A check is a condition that every row has to meet."
          parts={page.checks}
          empty={{ name: null, expression: "" }}
          form={(form, onChange) => <CheckForm form={form} onChange={onChange} table={table} columns={columns} />}
          problem={({ expression }) => (expression.trim() === "" ? "Write what has to hold" : null)}
          edit={(name, check) => ({ edit: "check", table, name, check })}
        />
      );
    case "triggers":
      return (
        <PartsSection
          word="trigger"
          many="Triggers"
          none="Nothing runs by itself when its rows change."
          parts={page.triggers.map(({ object, text, change, comment }) => ({
            object,
            text,
            change,
            comment,
            form: { object, text },
            fixed: null,
          }))}
          empty={{
            object: null as ObjectRef | null,
            text: templateOf("trigger", table.schema, desk.abilities).replace(/\S*a_table\b/, titleOf(table)),
          }}
          form={(form, onChange) => (
            <div className="str-sql">
              {desk.field({
                value: form.text,
                onChange: (text) => onChange({ ...form, text }),
                before: "",
                wrong: null,
                label: "Definition",
                example: "CREATE TRIGGER …",
              })}
            </div>
          )}
          problem={({ text }) => (text.trim() === "" ? "Write its definition" : null)}
          edit={(_, { object, text }) => ({ edit: "text", object, schema: table.schema, text })}
        />
      );
    case "partitions":
      return <PartitionsSection page={page} />;
    case "general":
      return <General page={page} owners={owners(page, desk.abilities.roles?.names ?? [])} />;
    case "sql":
      return (
        <div className="str-text">
          <CodeBlock label={`SQL of ${table.name} as it would be`} copy={page.text}>
            {desk.highlight(page.text)}
          </CodeBlock>
        </div>
      );
  }
}

/** Roles that are known here: whoever owns it or may use it, and all where they were read. */
const owners = (
  page: { owner: string | null; grants: readonly { grantee: string }[] },
  all: readonly string[],
): readonly string[] => [
  ...new Set(
    [page.owner ?? "", ...page.grants.map(({ grantee }) => grantee), ...all].filter(
      (name) => name !== "" && name !== "PUBLIC",
    ),
  ),
];
