/** What a diagram's canvas does to the schema: it is staged, or asked for first. */
import { useMemo, useRef } from "react";
import { announce, toast } from "@/design";
import type { Editing } from "@/features/erd";
import { type Around, openStructure, type Place, stagedName, tell, useDraft, useEdit } from "@/features/structure";
import { type DiagramTable, failureOf, type ObjectRef, type StructureEdit, type StructureForeignKeyForm } from "@/ipc";

/** `null` where the schema cannot be changed at all. */
export function useEditing(
  place: Place,
  alters: boolean,
  open: boolean,
  database: string | null,
  around: Around,
): Editing | null {
  const draft = useDraft(place, alters && open);
  const edit = useEdit(place);
  const latest = useRef({ draft: draft.data, around, database });
  latest.current = { draft: draft.data, around, database };
  const { readOnly } = around;
  const data = draft.data;
  return useMemo(() => {
    if (!alters) return null;
    // Boxes keep the names they have there; what is staged of them goes by the new ones.
    const ref = ({ schema, name }: DiagramTable): ObjectRef =>
      stagedName(latest.current.draft, {
        database: latest.current.database,
        schema: schema || null,
        kind: "relation",
        name,
        signature: null,
      });
    const stage = (edits: readonly StructureEdit[], words: string): Promise<boolean> =>
      edit(edits).then(
        () => {
          announce(`${words}: staged`);
          return true;
        },
        (thrown: unknown) => {
          const { message, hint } = failureOf(thrown);
          toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
          return false;
        },
      );
    return {
      disabledReason: readOnly ?? (data ? undefined : "what is staged is being read"),
      groups: data?.groups ?? [],
      undo: data?.undo ?? null,
      redo: data?.redo ?? null,
      step: (which) =>
        edit([{ edit: which }]).then(
          () => true,
          (thrown: unknown) => {
            tell(thrown);
            return false;
          },
        ),
      table: (schema, onStaged) =>
        openStructure(place, { ask: "table", schema }, (object) =>
          onStaged({ schema: object.schema ?? "", name: object.name }),
        ),
      open: (table) => latest.current.around.onOpen(ref(table)),
      column: (table) => openStructure(place, { ask: "column", table: ref(table) }),
      index: (table, columns) => openStructure(place, { ask: "index", table: ref(table), columns }),
      rename: (table) => openStructure(place, { ask: "rename", object: ref(table) }),
      drop: (table) => void stage([{ edit: "drop", object: ref(table) }], `Drop ${table.name}`),
      foreignKey: ({ from, columns, to, toColumns }) => {
        const table = ref(from);
        if (!to || columns.length === 0 || toColumns.length === 0) {
          openStructure(place, { ask: "foreign_key", table, columns, to: to ? ref(to) : null, toColumns });
          return;
        }
        const key: StructureForeignKeyForm = {
          name: null,
          columns: [...columns],
          references: ref(to),
          referenced_columns: [...toColumns],
          on_delete: "no_action",
          on_update: "no_action",
          deferrable: null,
        };
        void stage([{ edit: "foreign_key", table, name: null, key }], `Foreign key ${from.name} to ${to.name}`);
      },
      dropForeignKey: (table, name) => {
        const of = ref(table);
        const object = { ...of, kind: "constraint", name, signature: of.name };
        void stage([{ edit: "drop", object }], `Drop ${name}`);
      },
    };
  }, [alters, readOnly, data, edit, place]);
}
