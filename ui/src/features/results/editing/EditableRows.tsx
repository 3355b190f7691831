import { type ReactNode, type Ref, useEffect, useRef, useState } from "react";
import { useOffers } from "@/commands";
import { SplitPane } from "@/design";
import { CellViewer } from "../CellViewer";
import type { Cell, CellPlace, GridHandle } from "../grid";
import { HeldGrid, type HeldGridProps } from "../HeldGrid";
import type { Lookup } from "../links";
import { SweepDialog } from "../SweepDialog";
import { CellSheet, type CellSheetHandle } from "./CellSheet";
import { Conflicts } from "./Conflicts";
import type { Draft } from "./drafts";
import { EditBar } from "./EditBar";
import { cellRefusal } from "./editability";
import { stagedRows } from "./model";
import { ReviewSheet } from "./ReviewSheet";
import { readDraft } from "./reading";
import type { EditsStore } from "./store";
import type { EditedRow } from "./types";
import type { Editing, EditNote } from "./useEditing";
import { useEditsState } from "./useEdits";

export interface EditableRowsProps extends Omit<HeldGridProps, "onOpen" | "onActive" | "ref" | "editing"> {
  ref?: Ref<GridHandle>;
  store: EditsStore | null;
  /** The connection a save goes to, where it is production. */
  saveTo?: string | undefined;
  /** Colours SQL. */
  highlight?: ((sql: string) => ReactNode) | undefined;
  /** Chooses a referenced row for a foreign key's cell. */
  lookup?: Lookup | undefined;
  /** A save went through: what the rows' relation is may have changed elsewhere. */
  onSaved?: (() => void) | undefined;
}

interface Beside {
  readonly place: CellPlace;
  readonly cell: Cell | undefined;
  readonly begun: Draft | undefined;
  /** To be read, not edited. */
  readonly viewed: boolean;
}

const samePlace = (a: CellPlace, b: CellPlace) => a.row === b.row && a.column === b.column;

/** Held rows with everything to edit them: cells in place and beside, what is staged, its review, conflicts and save. */
export function EditableRows({
  ref,
  store,
  saveTo,
  highlight,
  lookup,
  onSaved,
  head,
  active,
  ...rest
}: EditableRowsProps) {
  const state = useEditsState(store);
  const grid = useRef<GridHandle>(null);
  const editing = useRef<Editing | null>(null);
  const sheet = useRef<CellSheetHandle>(null);
  const [beside, setBeside] = useState<Beside | null>(null);
  const [size, setSize] = useState(380);
  const [typing, setTyping] = useState(false);
  const [note, setNote] = useState<EditNote | null>(null);
  const [review, setReview] = useState(false);
  const [conflicts, setConflicts] = useState(false);
  const staged = state?.staged ?? null;
  const source = editing.current?.source ?? null;

  /** Takes what stands in the sheet; what was not changed is no edit. */
  const settleSheet = async (): Promise<boolean> => {
    const now = sheet.current?.read();
    if (!now || !beside) return true;
    return (await editing.current?.put(beside.place, now.draft, now.initial)) ?? true;
  };
  const settle = async () => (await settleSheet()) && ((await editing.current?.settle()) ?? true);
  const latest = useRef({ settleSheet, beside });
  latest.current = { settleSheet, beside };

  const closeSheet = () => {
    setBeside(null);
    setTyping(false);
    grid.current?.focus();
  };
  const show = (place: CellPlace, begun: Draft | undefined, viewed: boolean) => {
    const rows = editing.current?.source;
    setBeside({ place, begun, viewed, cell: rows?.cell(place.row, place.column) });
  };
  const save = async () => {
    setReview(false);
    if (!store || !(await settle())) return;
    if (latest.current.beside && !latest.current.beside.viewed) setBeside(null);
    await store.save();
  };

  const go = (row: EditedRow) => {
    const rows = editing.current?.source;
    const screen = row.at !== null ? rows?.map.ofHeld(row.at) : rows?.map.ofAdded(row.id);
    if (screen === undefined) {
      setNote({ text: `${row.name} is not among the rows read here. Clear the filters, or read on, to see it.` });
      return;
    }
    const column =
      row.cells.find((cell) => cell.problem)?.column ??
      (row.problem?.kind === "changed" ? row.problem.cells[0]?.column : undefined) ??
      row.cells[0]?.column ??
      0;
    grid.current?.activate({ row: screen, column });
    grid.current?.focus();
  };
  const goTo = useRef(go);
  goTo.current = go;
  const saved = useRef(onSaved);
  saved.current = onSaved;

  // A save that was refused shows the first row it was refused for; one that went through may have changed more than these rows.
  const outcome = state?.outcome ?? null;
  useEffect(() => {
    if (!store || !outcome) return;
    if (outcome.outcome === "saved" || outcome.outcome === "partly") saved.current?.();
    if (outcome.outcome !== "refused" && outcome.outcome !== "partly") return;
    const rows = [...(store.snapshot().staged?.byId.values() ?? [])].map(({ row }) => row);
    const first = rows.find((row) => row.problem || row.cells.some((cell) => cell.problem));
    if (first) goTo.current(first);
  }, [store, outcome]);
  const held = head.hold_id;
  useEffect(
    () => () => {
      // Other rows come: what was entered beside these is taken first.
      void latest.current.settleSheet();
      if (held) setBeside(null);
    },
    [held],
  );

  const waiting = staged ? stagedRows(staged.view.counts) : 0;
  const nothing = waiting === 0 ? { disabledReason: "nothing is staged" } : {};
  const view = staged?.view;
  const open = state?.question ?? null;
  const openConflicts = staged ? [...staged.byId.values()].some(({ row }) => isConflict(row)) : false;
  useOffers(
    view && !view.refused
      ? {
          "edits.save": { run: () => void save() },
          "relation.save": { run: () => void save() },
          "edits.review": { run: () => void settle().then((done) => done && setReview(true)), ...nothing },
          ...(openConflicts ? { "edits.conflicts": { run: () => setConflicts(true) } } : {}),
          ...(typing
            ? {}
            : {
                "edits.undo": {
                  run: () => void store?.undo(),
                  ...(view.undo === null ? { disabledReason: "there is nothing to undo" } : {}),
                },
                "edits.redo": {
                  run: () => void store?.redo(),
                  ...(view.redo === null ? { disabledReason: "there is nothing to redo" } : {}),
                },
              }),
        }
      : {},
    active,
  );

  const stored = beside ? (source?.stored(beside.place.row) ?? { holdId: head.hold_id, row: beside.place.row }) : null;
  const described = beside ? head.columns[beside.place.column] : undefined;
  const overlay = beside && source ? source.overlayAt(beside.place.row) : undefined;
  const second = () => {
    if (!beside || !described || !stored) return null;
    const editable =
      !beside.viewed && store && source && cellRefusal(staged, overlay, beside.place.column) === undefined;
    if (!editable)
      return (
        <CellViewer
          head={{ ...head, hold_id: stored.holdId }}
          row={stored.row}
          column={beside.place.column}
          cell={beside.cell}
          onClose={closeSheet}
        />
      );
    const { place } = beside;
    const at = source.at(place.row);
    return (
      <div className="h-full" onFocus={() => setTyping(true)} onBlur={() => setTyping(false)} data-cell-sheet>
        <CellSheet
          key={`${held}:${place.row}:${place.column}`}
          ref={sheet}
          column={described}
          edit={staged?.view.columns[place.column]}
          rowName={
            overlay?.row.name ?? (at?.kind === "held" ? `row ${(at.row + 1).toLocaleString("en-US")}` : "a new row")
          }
          load={() => readDraft(store, source, place.row, place.column)}
          begun={beside.begun}
          onApply={() =>
            void settleSheet().then((done) => {
              if (done) closeSheet();
            })
          }
          onClose={closeSheet}
        />
      </div>
    );
  };

  return (
    // Escape closes what stands beside the rows, wherever in here it is pressed.
    <div
      className="flex flex-col h-full min-h-0"
      data-scope="results"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !beside) return;
        event.preventDefault();
        closeSheet();
      }}
    >
      <div className="flex-1 min-h-0">
        <SplitPane
          direction="row"
          fixed="second"
          size={size}
          onSizeChange={setSize}
          min={240}
          max={900}
          label="Width of the cell"
          collapsed={!beside}
          first={
            <HeldGrid
              {...rest}
              ref={(handle) => {
                grid.current = handle;
                if (typeof ref === "function") ref(handle);
                else if (ref) ref.current = handle;
              }}
              head={head}
              active={active}
              editing={{
                store,
                typing: typing || open !== null,
                handle: editing,
                onBeside: (place, draft) => show(place, draft, false),
                onNote: setNote,
                lookup,
              }}
              onOpen={(place) => show(place, undefined, store === null || staged?.view.refused !== null)}
              onActive={(place) => {
                if (!place || !beside || samePlace(place, beside.place)) return;
                void settleSheet();
                show(place, undefined, beside.viewed);
              }}
            />
          }
          second={second()}
        />
      </div>
      {store && state && staged && !staged.view.refused ? (
        <EditBar
          store={store}
          state={state}
          saveTo={saveTo}
          note={note}
          onDismissNote={() => setNote(null)}
          onSave={() => void save()}
          onReview={() => void settle().then((done) => done && setReview(true))}
          onConflicts={() => setConflicts(true)}
          onGo={go}
        />
      ) : null}
      {review && store ? (
        <ReviewSheet
          store={store}
          saveTo={saveTo}
          highlight={highlight}
          onSave={() => void save()}
          onClose={() => setReview(false)}
        />
      ) : null}
      {conflicts && staged && store ? (
        <Conflicts
          staged={staged}
          store={store}
          head={head}
          onGo={(row) => {
            setConflicts(false);
            go(row);
          }}
          onClose={() => {
            setConflicts(false);
            grid.current?.focus();
          }}
        />
      ) : null}
      {store && state?.question ? (
        <SweepDialog
          question={state.question}
          onConfirm={(consent) => void store.save(consent)}
          onCancel={() => store.unask()}
        />
      ) : null}
    </div>
  );
}

const isConflict = (row: EditedRow): boolean => row.problem?.kind === "changed" || row.problem?.kind === "gone";
