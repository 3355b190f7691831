import { useReducer, useRef } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, ConfirmDialog, EmptyState, toast } from "@/design";
import { failureOf, type HoldProgress, type ResultHead } from "@/ipc";
import { copying } from "./copying";
import { DocumentTexts } from "./DocumentTexts";
import { DocumentTree, type EditedLine, type TreeHandle } from "./DocumentTree";
import type { TextFieldSlot } from "./field";
import type { CollectionPlace, KeptDocuments } from "./model";
import { isContainer, type Line } from "./outline";
import { EditBar } from "./parts/EditBar";
import { ReviewDialog } from "./parts/ReviewDialog";
import { TextDialog, type TextTask } from "./parts/TextDialog";
import { type AppendChange, nextKey, withChange, withoutAdded, withoutAt } from "./staged";
import type { TreeActions } from "./treeMenu";
import { useLoader } from "./useLoader";
import { useStaged } from "./useStaged";
import { lockedWhy, shownValue } from "./values";

export interface DocumentsBodyProps {
  head: ResultHead;
  progress: HoldProgress;
  active: boolean;
  view: "tree" | "json";
  kept: KeptDocuments;
  onKept: (change: Partial<KeptDocuments>) => void;
  /** The collection that these are of; none where they are a query's, which cannot be changed. */
  place: CollectionPlace | null;
  field: TextFieldSlot;
  onMore?: (() => void) | undefined;
  /** Conditions are in force: how to take them away. */
  onClear?: (() => void) | undefined;
  /** Reads the documents again, in the same shape. */
  onRead: () => void;
}

interface Open {
  readonly edited: EditedLine | null;
  readonly task: TextTask | null;
  readonly review: boolean;
}

/** Documents as a tree or as texts, with what is staged of them. */
export function DocumentsBody(props: DocumentsBodyProps) {
  const { head, progress, active, view, kept, onKept, place, field, onMore, onRead, onClear } = props;
  const loader = useLoader(head.hold_id);
  const tree = useRef<TreeHandle>(null);
  const [open, set] = useReducer((now: Open, change: Partial<Open>): Open => ({ ...now, ...change }), {
    edited: null,
    task: null,
    review: false,
  });
  const staging = useStaged(place, head, progress.rows, kept.staged, (staged) => onKept({ staged }), onRead);
  const locked = place ? place.locked : undefined;

  /** A yes, or what is said in place of it. */
  const allowed = (): boolean => {
    if (locked === null) return true;
    if (locked) toast({ tone: "info", title: "Nothing can be changed here", detail: locked });
    return false;
  };
  const ofLine = (line: Line) => ({
    isId: line.kind === "field" && line.path.length === 1 && line.field.name === "_id",
    path: line.kind === "document" ? [] : line.path,
  });
  const actions: TreeActions = {
    ...copying(head.hold_id),
    locked,
    editValue: (line) => {
      if (line.kind === "document" || line.kind === "more" || !allowed()) return;
      const why = line.kind === "field" && !isContainer(line.field) ? lockedWhy(line.field) : null;
      const fixed = ofLine(line).isId
        ? "A document keeps its _id"
        : line.kind === "field" && line.removed
          ? "It goes: take that back first"
          : why;
      if (fixed) toast({ tone: "info", title: fixed });
      else if (line.kind === "field" && isContainer(line.field))
        set({ task: { kind: "edit", holdId: head.hold_id, row: line.row } });
      else set({ edited: { key: line.key, of: "value" } });
    },
    rename: (line) => {
      if (allowed()) set({ edited: { key: line.key, of: "name" } });
    },
    remove: (line) => {
      if ((line.kind !== "field" && line.kind !== "added") || !allowed()) return;
      if (line.kind === "added") void staging.stage(line.row, (changes) => withoutAdded(changes, line.change.key));
      else if (ofLine(line).isId) toast({ tone: "info", title: "A document keeps its _id" });
      else if (line.removed) void staging.stage(line.row, (changes) => withoutAt(changes, line.path));
      else void staging.stage(line.row, { kind: "remove", path: line.path, names: line.names });
    },
    revert: (line) => {
      if (line.kind === "added") void staging.stage(line.row, (changes) => withoutAdded(changes, line.change.key));
      else if (line.kind === "field") void staging.stage(line.row, (changes) => withoutAt(changes, line.path));
    },
    addField: (line) => {
      if (line.kind === "more" || !allowed()) return;
      const inside = line.kind === "document" || (line.kind === "field" && isContainer(line.field));
      const into = inside || line.kind === "added" ? ofLine(line).path : ofLine(line).path.slice(0, -1);
      const names =
        line.kind === "field"
          ? inside
            ? line.names
            : line.names.slice(0, -1)
          : line.kind === "added"
            ? line.change.names
            : [];
      const array =
        line.kind === "field"
          ? inside
            ? line.field.native_type === "array"
            : line.element
          : line.kind === "added" && line.element;
      const key = nextKey(staging.changesOf(line.row));
      const change: AppendChange = { kind: "append", path: into, names, name: "", text: array ? '""' : "null", key };
      void staging.stage(line.row, change).then(() => {
        const parent = into.length === 0 ? `${line.row}` : `${line.row}:${into.join(".")}`;
        set({ edited: { key: `${parent}/+${key}`, of: array ? "value" : "name" } });
      });
    },
    insert: () => allowed() && set({ task: { kind: "insert" } }),
    editText: (row) => allowed() && set({ task: { kind: "edit", holdId: head.hold_id, row } }),
    duplicate: (row) => allowed() && set({ task: { kind: "duplicate", holdId: head.hold_id, row } }),
    deleteDocument: (row) => {
      if (!allowed()) return;
      staging
        .send({ deed: "delete", hold_id: head.hold_id, row }, true)
        .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
    },
  };
  const keys = {
    insert: useKeys("edits.insert"),
    duplicate: useKeys("edits.duplicate"),
    delete: useKeys("edits.delete"),
    revert: useKeys("edits.revert"),
    json: useKeys("documents.edit"),
    path: useKeys("documents.copy-path"),
    copy: useKeys("documents.copy"),
  };
  const at = (act: (line: Line) => void) => () => {
    const line = tree.current?.line();
    if (line) act(line);
  };
  const off = locked ? { disabledReason: locked } : {};
  const nothing = staging.staged.length === 0 ? { disabledReason: "nothing is staged" } : {};
  const saved = { run: () => void staging.save(), ...nothing, ...off };
  useOffers(
    {
      "documents.copy-path": { run: at(actions.copyPath) },
      "documents.copy": { run: at((line) => actions.copyDocument(line.row, "shell")) },
      ...(place
        ? {
            "edits.save": saved,
            "relation.save": saved,
            "edits.review": { run: () => set({ review: true }), ...nothing },
            "edits.insert": { run: actions.insert, ...off },
            "edits.duplicate": { run: at((line) => actions.duplicate(line.row)), ...off },
            "edits.delete": { run: at((line) => actions.deleteDocument(line.row)), ...off },
            "edits.revert": { run: at(actions.revert) },
            "documents.edit": { run: at((line) => actions.editText(line.row)), ...off },
            "documents.add": { run: at(actions.addField), ...off },
            "documents.rename": {
              run: at(
                (line) => (line.kind === "field" || line.kind === "added") && !line.element && actions.rename(line),
              ),
              ...off,
            },
          }
        : {}),
    },
    active && !open.edited,
  );

  return (
    <div className="doc-body" data-scope="results">
      {progress.rows === 0 && progress.state === "complete" ? (
        <EmptyState
          picture="empty"
          title={onClear ? "No document matches" : "No documents"}
          actions={
            onClear ? (
              <Button onClick={onClear}>Clear the filters</Button>
            ) : place ? (
              <Button
                variant="primary"
                icon="plus"
                {...(keys.insert ? { keys: keys.insert, showKeys: true } : {})}
                disabledReason={locked ?? undefined}
                onClick={actions.insert}
              >
                Insert a document
              </Button>
            ) : undefined
          }
        >
          {onClear
            ? "The server found no document under these conditions."
            : place
              ? "This collection is empty."
              : "The statement returned no documents."}
        </EmptyState>
      ) : view === "tree" ? (
        <DocumentTree
          ref={tree}
          label={`Documents of ${head.title}`}
          loader={loader}
          rows={progress.rows}
          onMore={onMore}
          changesOf={staging.changesOf}
          actions={actions}
          keys={keys}
          edited={open.edited}
          onEdited={(edited) => set({ edited })}
          onValue={(line, text, alike) => {
            if (line.kind === "added") void staging.stage(line.row, { ...line.change, text: text || '""' });
            else if (line.kind === "field")
              void staging.stage(line.row, {
                kind: "set",
                path: line.path,
                names: line.names,
                text,
                alike,
                before: shownValue(line.field),
                was: line.field.native_type,
              });
          }}
          onName={(line, name) => {
            if (line.kind === "added")
              void staging
                .stage(line.row, (changes) => withChange(changes, { ...line.change, name }))
                .then(() => line.change.name === "" && set({ edited: { key: line.key, of: "value" } }));
            else if (line.kind === "field")
              void staging.stage(line.row, { kind: "rename", path: line.path, names: line.names, name });
          }}
        />
      ) : (
        <DocumentTexts
          holdId={head.hold_id}
          rows={progress.rows}
          onMore={onMore}
          style={kept.style}
          onStyle={(style) => onKept({ style })}
          actions={actions}
        />
      )}
      {place ? (
        <EditBar
          staging={staging}
          saveTo={place.saveTo}
          locked={place.locked}
          onReview={() => set({ review: true })}
          onRead={onRead}
          onGo={() => tree.current?.focus()}
        />
      ) : null}
      {open.review && place ? (
        <ReviewDialog
          documents={staging.staged.filter((each) => staging.standingOf(each) === "here")}
          saveLabel={place.saveTo ? `Save to ${place.saveTo}` : "Save"}
          locked={place.locked}
          onSave={() => {
            set({ review: false });
            void staging.save();
          }}
          onClose={() => set({ review: false })}
        />
      ) : null}
      {open.task && place ? (
        <TextDialog
          task={open.task}
          collection={place.object.name}
          field={field}
          saveTo={place.saveTo}
          onSend={(deed) => staging.send(deed)}
          onClose={() => set({ task: null })}
        />
      ) : null}
      <ConfirmDialog
        open={staging.asked !== null}
        onClose={staging.unask}
        onConfirm={() => staging.asked?.yes()}
        title={staging.asked?.title ?? ""}
        description={
          <>
            This is sent{place?.saveTo ? ` to ${place.saveTo}, which is production` : ""}:
            <code className="doc-statement rh-mono rh-selectable">
              {(staging.asked?.statement ?? "").slice(0, 2_000)}
            </code>
            {staging.asked?.danger ? " A document that is deleted cannot be brought back from here." : ""}
          </>
        }
        confirmLabel={staging.asked?.danger ? "Delete document" : place?.saveTo ? `Send to ${place.saveTo}` : "Send"}
        danger={staging.asked?.danger ?? false}
      />
    </div>
  );
}
