import { useEffect, useRef, useState } from "react";
import { useKeys } from "@/commands";
import { Badge, Button, ConfirmDialog, Icon, IconButton, Popover, Spinner } from "@/design";
import { formatCount, formatDuration } from "../format";
import { ChangeList } from "./ChangeList";
import { countsInWords, stagedRows } from "./model";
import type { EditsState, EditsStore } from "./store";
import type { EditedRow } from "./types";
import type { EditNote } from "./useEditing";

export interface EditBarProps {
  store: EditsStore;
  state: EditsState;
  /** Names the connection on production: `Save to shop-prod`. */
  saveTo?: string | undefined;
  note: EditNote | null;
  onDismissNote: () => void;
  onSave: () => void;
  onReview: () => void;
  onConflicts: () => void;
  onGo: (row: EditedRow) => void;
}

/** How long a save that went well is told of. */
const TOLD_MS = 6_000;

/** What waits to be saved, and what can be done with it. */
export function EditBar({
  store,
  state,
  saveTo,
  note,
  onDismissNote,
  onSave,
  onReview,
  onConflicts,
  onGo,
}: EditBarProps) {
  const [asking, setAsking] = useState(false);
  const [list, setList] = useState(false);
  const counts = useRef<HTMLButtonElement>(null);
  const saveKeys = useKeys("edits.save");
  const undoKeys = useKeys("edits.undo");
  const redoKeys = useKeys("edits.redo");
  const reviewKeys = useKeys("edits.review");
  const { staged, saving, failure, outcome } = state;
  const view = staged?.view;
  const done = outcome?.outcome === "saved" && (!view || stagedRows(view.counts) === 0);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => store.dismiss(), TOLD_MS);
    return () => window.clearTimeout(timer);
  }, [done, store]);

  if (!view) return null;
  const waiting = stagedRows(view.counts);
  const conflicts = [...(staged?.byId.values() ?? [])].filter(
    ({ row }) => row.problem?.kind === "changed" || row.problem?.kind === "gone",
  ).length;
  const others = view.counts.problems - conflicts;
  const words = countsInWords(view.counts);
  const object = view.object?.name ?? "these rows";
  const named = `${formatCount(waiting)} ${waiting === 1 ? "change" : "changes"}`;
  const said =
    failure?.message ??
    (outcome?.outcome === "refused"
      ? outcome.message.startsWith("Nothing was saved")
        ? outcome.message
        : `Nothing was saved. ${outcome.message}`
      : outcome?.outcome === "unknown"
        ? `Whether it was saved is not known: ${outcome.error.message} Read the rows again to see.`
        : outcome?.outcome === "partly"
          ? `Saved in part: ${countsInWords(outcome.counts).join(", ")}. ${outcome.message}`
          : undefined);

  return (
    <>
      {note ? (
        <div className="rh-pending" data-tone="neutral" role="status">
          <Icon name="info" size={14} />
          <span className="rh-truncate" title={note.text}>
            {note.text}
          </span>
          <span className="flex-1" />
          {note.choices?.map(({ label, run }) => (
            <Button key={label} dense onClick={run}>
              {label}
            </Button>
          ))}
          <IconButton icon="close" label="Close" quiet onClick={onDismissNote} />
        </div>
      ) : null}
      {said ? (
        <div className="rh-pending" data-tone="danger" role="alert">
          <Icon name="error" size={14} />
          <span className="rh-truncate rh-selectable" title={said}>
            {said}
          </span>
          {failure?.hint ? <span className="rh-meta rh-truncate">{failure.hint}</span> : null}
          <span className="flex-1" />
          <IconButton icon="close" label="Close" quiet onClick={() => store.dismiss()} />
        </div>
      ) : null}
      {done && outcome?.outcome === "saved" ? (
        <div className="rh-pending" data-tone="ok" role="status">
          <Icon name="check" size={14} className="rh-tone-ok" />
          <span className="rh-truncate">
            Saved {countsInWords(outcome.counts).join(", ")} in {formatDuration(outcome.elapsed_ms)}
          </span>
        </div>
      ) : null}
      {waiting > 0 || view.redo !== null ? (
        <div className="rh-pending" role="group" aria-label="Changes that are not saved">
          <Button
            ref={counts}
            dense
            variant="ghost"
            opens
            tooltip="Every change"
            disabledReason={waiting === 0 ? "nothing is staged" : undefined}
            onClick={() => setList((open) => !open)}
          >
            {waiting === 0 ? "No changes" : named}
          </Button>
          <span className="rh-pending-counts">
            {words.map((word) => (
              <span key={word}>{word}</span>
            ))}
            {view.counts.unseen > 0 ? (
              <span data-tip="They belong to rows that are not read here">
                {formatCount(view.counts.unseen)} not shown
              </span>
            ) : null}
          </span>
          {view.acting === null ? null : (
            <span className="rh-pending-as" data-tip={`A save runs as ${view.acting}`}>
              <Icon name="role" size={14} />
              <span className="rh-truncate">saved as {view.acting}</span>
            </span>
          )}
          {view.staged_as.length > 0 ? (
            <Badge
              tone="warn"
              icon="warning"
              tooltip={`A save runs as ${view.acting ?? "the login"}, with those rights and that row security. It asks first.`}
            >
              staged as {view.staged_as.join(" and as ")}
            </Badge>
          ) : null}
          {conflicts > 0 ? (
            <Button dense variant="danger" icon="warning" onClick={onConflicts}>
              {`${formatCount(conflicts)} ${conflicts === 1 ? "conflict" : "conflicts"}`}
            </Button>
          ) : null}
          {others > 0 ? (
            <span className="rh-tone-danger flex items-center gap-1">
              <Icon name="error" size={14} /> {formatCount(others)} refused
            </span>
          ) : null}
          <span className="flex-1" />
          <IconButton
            icon="undo"
            label={view.undo ? `Undo: ${view.undo}` : "Undo"}
            {...(undoKeys ? { keys: undoKeys } : {})}
            disabledReason={view.undo === null ? "there is nothing to undo" : undefined}
            onClick={() => void store.undo()}
          />
          <IconButton
            icon="redo"
            label={view.redo ? `Redo: ${view.redo}` : "Redo"}
            {...(redoKeys ? { keys: redoKeys } : {})}
            disabledReason={view.redo === null ? "there is nothing to redo" : undefined}
            onClick={() => void store.redo()}
          />
          <Button
            variant="ghost"
            disabledReason={waiting === 0 ? "nothing is staged" : saving ? "it is being saved" : undefined}
            onClick={() => setAsking(true)}
          >
            Discard
          </Button>
          <Button
            {...(reviewKeys ? { keys: reviewKeys } : {})}
            disabledReason={waiting === 0 ? "nothing is staged" : undefined}
            onClick={onReview}
          >
            Review
          </Button>
          {saving ? (
            <Button icon="stop" onClick={() => store.stopSaving()}>
              Stop
            </Button>
          ) : null}
          <Button
            variant="primary"
            loading={saving}
            {...(saveKeys ? { keys: saveKeys, showKeys: true } : {})}
            disabledReason={waiting === 0 ? "nothing is staged" : undefined}
            onClick={onSave}
          >
            {saveTo ? `Save to ${saveTo}` : "Save"}
          </Button>
        </div>
      ) : saving ? (
        <div className="rh-pending">
          <Spinner label="Saving" />
        </div>
      ) : null}
      {list && staged && counts.current ? (
        <Popover
          open
          onClose={() => setList(false)}
          anchor={counts.current}
          label="Changes"
          side="top"
          align="start"
          width={420}
        >
          <ChangeList
            staged={staged}
            onGo={(row) => {
              setList(false);
              onGo(row);
            }}
            store={store}
          />
        </Popover>
      ) : null}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void store.discard();
        }}
        title={`Discard ${named} of ${object}?`}
        description={`${words.join(", ")}. Undo brings ${waiting === 1 ? "it" : "them"} back.`}
        confirmLabel={`Discard ${named}`}
        danger
      />
    </>
  );
}
