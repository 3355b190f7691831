import type { RefObject } from "react";
import type { ResultHead } from "@/ipc";
import { CellViewer } from "../CellViewer";
import { CellSheet, type CellSheetHandle } from "../editing/CellSheet";
import { cellRefusal } from "../editing/editability";
import type { Staged } from "../editing/model";
import { readDraft } from "../editing/reading";
import type { EditedSource } from "../editing/source";
import type { EditsStore } from "../editing/store";
import type { BesideCell } from "./types";

/** A cell beside the rows: its sheet where it takes a value, its viewer otherwise. */
export function CellAside({
  beside,
  head,
  store,
  staged,
  source,
  sheet,
  onTyping,
  onApply,
  onClose,
}: {
  beside: BesideCell;
  head: ResultHead;
  store: EditsStore | null;
  staged: Staged | null;
  source: EditedSource | null;
  sheet: RefObject<CellSheetHandle | null>;
  /** A text in it has the focus: the grid's keys are that text's own. */
  onTyping: (typing: boolean) => void;
  onApply: () => void;
  onClose: () => void;
}) {
  const { place } = beside;
  const described = head.columns[place.column];
  const stored = source?.stored(place.row) ?? { holdId: head.hold_id, row: place.row };
  const overlay = source?.overlayAt(place.row);
  if (!described) return null;
  const editable = !beside.viewed && store && source && cellRefusal(staged, overlay, place.column) === undefined;
  if (!editable)
    return (
      <CellViewer
        head={{ ...head, hold_id: stored.holdId }}
        row={stored.row}
        column={place.column}
        cell={beside.cell}
        onClose={onClose}
      />
    );
  const at = source.at(place.row);
  return (
    <div className="h-full" onFocus={() => onTyping(true)} onBlur={() => onTyping(false)} data-cell-sheet>
      <CellSheet
        key={`${head.hold_id}:${place.row}:${place.column}`}
        ref={sheet}
        column={described}
        edit={staged?.view.columns[place.column]}
        rowName={
          overlay?.row.name ?? (at?.kind === "held" ? `row ${(at.row + 1).toLocaleString("en-US")}` : "a new row")
        }
        load={() => readDraft(store, source, place.row, place.column)}
        begun={beside.begun}
        onApply={onApply}
        onClose={onClose}
      />
    </div>
  );
}
