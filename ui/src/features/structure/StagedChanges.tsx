/** What is staged of a database's schema: the line above the status bar, and what became of a set whose answer was lost. */
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge, Banner, Button, LostAnswer, plural, StagedBar, toast } from "@/design";
import { failureOf, host, type ObjectRef, queryKeys, type StructureEdit } from "@/ipc";
import { openStructure } from "./asking";
import { becomingOf, type Place, titleOf } from "./model";
import { useDraft, useEdit } from "./queries";

export interface StagedChangesProps {
  place: Place;
  /** Whether a server is there to be asked. */
  able: boolean;
  highlight: (sql: string) => ReactNode;
  /** Shows what a change is about. */
  onGo: (object: ObjectRef) => void;
  /** Writes what is staged as a migration instead. */
  onMigration?: (() => void) | undefined;
  keys: { readonly undo: string | undefined; readonly redo: string | undefined; readonly review: string | undefined };
}

export const tell = (thrown: unknown): void => {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
};

const TONES = { applied: "ok", not_applied: "warn", partly: "danger", unknown: "danger" } as const;
const MARKS = new Map([
  [true, "done"],
  [false, "not done"],
]);

export function StagedChanges({ place, able, highlight, onGo, onMigration, keys }: StagedChangesProps) {
  const draft = useDraft(place, able);
  const edit = useEdit(place);
  const queries = useQueryClient();
  const send = (...edits: StructureEdit[]) => void edit(edits).catch(tell);
  const { data } = draft;
  if (!data)
    return draft.error ? (
      <Banner tone="danger" edge>
        What is staged could not be read: {failureOf(draft.error).message}
      </Banner>
    ) : null;
  const { groups, undo, redo, last } = data;
  const conflicts = groups.filter((group) => group.conflicts.length > 0).length;
  const read = () =>
    void host()
      .forgetStructureApply(place.profileId, place.database, last?.id ?? 0)
      .then(() => queries.invalidateQueries({ queryKey: queryKeys.structure(place.profileId, place.database) }))
      .catch(tell);
  return (
    <>
      {last ? (
        <LostAnswer
          tone={TONES[last.state]}
          words={last.words}
          sql={[
            ...last.statements.map(([sql, done]) => (done === null ? `${sql};` : `-- ${MARKS.get(done)}\n${sql};`)),
            ...(last.leftover ? [`-- clears away what is left\n${last.leftover};`] : []),
          ].join("\n")}
          highlight={highlight}
          onRead={read}
        />
      ) : null}
      {groups.length > 0 || redo !== null ? (
        <StagedBar
          label="Changes of the schema that are not applied"
          words={groups.length === 0 ? "Nothing staged" : plural(groups.length, "change")}
          many="Changes"
          items={groups.map((group) => ({
            key: group.id,
            becoming: becomingOf(group),
            label: group.label,
            meta: group.conflicts[0] ?? (group.objects.map(titleOf).join(", ") || undefined),
            wrong: group.conflicts.length > 0,
            ...(group.objects[0] ? { onGo: () => group.objects[0] && onGo(group.objects[0]) } : {}),
            onDiscard: () => send({ edit: "discard", group: group.id }),
          }))}
          marks={
            conflicts > 0 ? (
              <Badge tone="danger" icon="warning">
                {plural(conflicts, "conflict")}
              </Badge>
            ) : null
          }
          note={<span className="rh-meta str-wide-only rh-truncate">Nothing is sent before you have seen it.</span>}
          undo={{ what: undo, keys: keys.undo, onStep: () => send({ edit: "undo" }) }}
          redo={{ what: redo, keys: keys.redo, onStep: () => send({ edit: "redo" }) }}
          actions={
            onMigration ? (
              <Button
                variant="ghost"
                disabledReason={groups.length === 0 ? "nothing is staged" : undefined}
                onClick={onMigration}
              >
                Save as migration…
              </Button>
            ) : null
          }
          discarded="The schema is as the server has it. What was staged is gone."
          onDiscardAll={() => send({ edit: "discard_all" })}
          onReview={() => openStructure(place, { ask: "review" })}
          reviewKeys={keys.review}
        />
      ) : null}
    </>
  );
}
