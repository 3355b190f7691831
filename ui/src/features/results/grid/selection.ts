/** Rows and columns here are places on screen: column 2 is the third visible column, wherever it came from. */
export interface Place {
  row: number;
  column: number;
}

export interface Selection {
  /** The cell with the cursor. */
  active: Place;
  /** Where the range began. */
  anchor: Place;
  kind: "cells" | "rows" | "columns" | "all";
}

export interface Bounds {
  rows: number;
  columns: number;
}

export type SelectionAction =
  | { type: "move"; rows: number; columns: number; extend: boolean }
  | { type: "edge"; rows: -1 | 0 | 1; columns: -1 | 0 | 1; extend: boolean }
  | { type: "cell"; place: Place; extend: boolean }
  | { type: "row"; row: number; extend: boolean }
  | { type: "column"; column: number; extend: boolean }
  | { type: "all" }
  | { type: "collapse" };

const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));

function inside(place: Place, bounds: Bounds): Place {
  return { row: clamp(place.row, bounds.rows), column: clamp(place.column, bounds.columns) };
}

/** What the selection is after an action. `undefined` only where there is nothing to select. */
export function select(was: Selection | undefined, action: SelectionAction, bounds: Bounds): Selection | undefined {
  if (bounds.rows <= 0 || bounds.columns <= 0) return undefined;
  const start: Place = { row: 0, column: 0 };
  const active = inside(was?.active ?? start, bounds);
  const anchor = inside(was?.anchor ?? active, bounds);
  const to = (place: Place, extend: boolean): Selection => {
    const next = inside(place, bounds);
    if (!extend) return { active: next, anchor: next, kind: "cells" };
    // Whole rows and columns stay whole while they are extended.
    const kind = was?.kind === "rows" || was?.kind === "columns" ? was.kind : "cells";
    return { active: next, anchor, kind };
  };
  switch (action.type) {
    case "move":
      // The first key in a grid without a cursor puts it in the first cell.
      if (!was) return to(start, false);
      return to({ row: active.row + action.rows, column: active.column + action.columns }, action.extend);
    case "edge":
      return to(
        {
          row: action.rows === 0 ? active.row : action.rows < 0 ? 0 : bounds.rows - 1,
          column: action.columns === 0 ? active.column : action.columns < 0 ? 0 : bounds.columns - 1,
        },
        action.extend,
      );
    case "cell":
      return to(action.place, action.extend);
    case "row": {
      const next = inside({ row: action.row, column: active.column }, bounds);
      return { active: next, anchor: action.extend && was ? anchor : next, kind: "rows" };
    }
    case "column": {
      const next = inside({ row: active.row, column: action.column }, bounds);
      return { active: next, anchor: action.extend && was ? anchor : next, kind: "columns" };
    }
    case "all":
      return { active, anchor: active, kind: "all" };
    case "collapse":
      return { active, anchor: active, kind: "cells" };
  }
}

export interface Rectangle {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

/** Everything that is selected: always one rectangle. */
export function rectangle(selection: Selection, bounds: Bounds): Rectangle {
  const { active, anchor, kind } = selection;
  const allRows = kind === "columns" || kind === "all";
  const allColumns = kind === "rows" || kind === "all";
  return {
    firstRow: allRows ? 0 : Math.min(active.row, anchor.row),
    lastRow: allRows ? bounds.rows - 1 : Math.max(active.row, anchor.row),
    firstColumn: allColumns ? 0 : Math.min(active.column, anchor.column),
    lastColumn: allColumns ? bounds.columns - 1 : Math.max(active.column, anchor.column),
  };
}

export function isSingle(box: Rectangle): boolean {
  return box.firstRow === box.lastRow && box.firstColumn === box.lastColumn;
}
