/** Rows that are documents: who shows them otherwise than as a grid, and the switch. */
import type { ReactNode } from "react";
import type { ResultHead } from "@/ipc";
import type { ChartedRows } from "./chartView";

/** Held documents that are to be shown. */
export interface DocumentRows extends ChartedRows {
  /** Reads them again, in the same shape. */
  readonly onRead?: (() => void) | undefined;
  /** Conditions are in force: how to take them away. */
  readonly onClear?: (() => void) | undefined;
  /** Looks at more of them for the grid's columns. */
  readonly onInfer?: (() => void) | undefined;
}

export interface DocumentsSlot {
  /** Whether the grid is shown. */
  readonly grid: boolean;
  /** The switch between the ways to show them. */
  readonly toggle: (rows: ResultHead) => ReactNode;
  /** In the grid's place. */
  readonly body: (rows: DocumentRows) => ReactNode;
  /** What the grid's columns rest on. */
  readonly note: (rows: DocumentRows) => ReactNode;
}

/** Rows with what else shows them over them: the grid stays as it was left. */
export function Documented({
  slot,
  rows,
  children,
}: {
  slot: DocumentsSlot | undefined;
  rows: DocumentRows;
  children: ReactNode;
}) {
  if (!slot || !rows.head.documents) return children;
  return (
    <div className="flex flex-col h-full min-h-0">
      {slot.grid ? slot.note(rows) : null}
      <div className="relative flex-1 min-h-0">
        <div className="h-full min-h-0" inert={!slot.grid} style={slot.grid ? undefined : { visibility: "hidden" }}>
          {children}
        </div>
        {slot.grid ? null : <div className="absolute inset-0">{slot.body(rows)}</div>}
      </div>
    </div>
  );
}

/** Whether rows are documents that something else than the grid shows now. */
export const showsOtherwise = (slot: DocumentsSlot | undefined, head: ResultHead | undefined): boolean =>
  slot !== undefined && head?.documents != null && !slot.grid;
