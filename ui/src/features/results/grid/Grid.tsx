import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { Box } from "./boxes";
import type { GridColumns } from "./columns";
import { Grid as Engine } from "./engine";
import type { GridEvents, GridOptions } from "./events";
import type { CellPlace, GridLayout, GridRange, GridSource } from "./types";
import "./grid.css";

export interface GridHandle {
  focus: () => void;
  activate: (place: CellPlace) => void;
  selection: () => GridRange | undefined;
  /** Selects nothing. */
  clear: () => void;
  /** By source column. */
  fit: (column: number) => void;
  /** Moves a column by that many places. */
  move: (column: number, by: number) => void;
  hide: (columns: readonly number[]) => void;
  show: (columns: readonly number[]) => void;
  /** Keeps columns at the left edge, or lets them scroll again. */
  pin: (columns: readonly number[], pin: boolean) => void;
  layout: () => GridLayout | undefined;
  /** As if a person had arranged the columns so. */
  arrange: (layout: GridLayout) => void;
  /** As if nobody had ever changed the columns. */
  reset: () => void;
  /** The node an editor is drawn into: it stands over its cell and moves with it. */
  editorNode: () => HTMLElement | undefined;
  /** Opens that place over a cell, or closes it. */
  setEditing: (place: CellPlace | undefined) => void;
  /** Moves the cursor, as keys do. */
  step: (rows: number, columns: number) => void;
  /** The source's columns say something else than before. */
  relayout: () => void;
  /** The columns on show, in visible order. */
  visibleColumns: () => readonly number[];
  /** Where a cell is in the window. */
  boxOf: (place: CellPlace) => Box | undefined;
  /** Whether the last row is in sight. */
  atEnd: () => boolean;
  /** Brings the last row into sight. */
  toEnd: () => void;
}

export interface GridProps extends GridEvents {
  ref?: Ref<GridHandle>;
  label: string;
  source: GridSource;
  /** 26 px or 32 px rows. */
  density?: "dense" | "comfortable";
  /** As `onLayout` gave it; widths and order come back exactly. */
  layout?: GridLayout | undefined;
  /** A text whose cells are marked, whatever its case. */
  sought?: string | undefined;
}

const ROW = { dense: 26, comfortable: 32 } as const;

/** The React shell: it owns the host node and passes properties on. Rows are the engine's. */
export function Grid({ ref, label, source, density = "dense", layout, sought, ...events }: GridProps) {
  const host = useRef<HTMLDivElement>(null);
  const engine = useRef<Engine | null>(null);
  const hasTypes = source.columns.some((column) => column.type !== undefined);
  const options: GridOptions = {
    label,
    rowHeight: ROW[density],
    headerHeight: hasTypes ? 40 : 28,
    events,
    ...(layout ? { layout } : {}),
    ...(sought ? { sought: sought.toLowerCase() } : {}),
  };
  const latest = useRef(options);
  latest.current = options;

  useLayoutEffect(() => {
    if (!host.current) return;
    const made = new Engine(host.current, latest.current);
    engine.current = made;
    return () => {
      engine.current = null;
      made.destroy();
    };
  }, []);
  useLayoutEffect(() => engine.current?.setOptions(latest.current));
  useLayoutEffect(() => engine.current?.setSource(source), [source]);
  // The faces load after the first paint; nothing is measured by the browser, but a redraw costs nothing.
  useEffect(() => {
    let alive = true;
    void document.fonts?.ready.then(() => alive && engine.current?.relayout());
    return () => {
      alive = false;
    };
  }, []);
  const arrange = (change: (now: GridColumns) => GridLayout) => {
    const grid = engine.current;
    grid?.arrange(change(grid.columns), true);
  };
  useImperativeHandle(ref, () => ({
    focus: () => engine.current?.focus(),
    activate: (place) => engine.current?.activate(place),
    selection: () => engine.current?.sourceRange(),
    clear: () => engine.current?.clearSelection(),
    fit: (column) => {
      const place = engine.current?.placeOf(column) ?? -1;
      if (place >= 0) engine.current?.fitColumn(place);
    },
    move: (column, by) => {
      const place = engine.current?.placeOf(column) ?? -1;
      if (place >= 0) engine.current?.moveColumn(place, place + by);
    },
    hide: (columns) => arrange((now) => now.hiding(columns)),
    show: (columns) => arrange((now) => now.showing(columns)),
    pin: (columns, pin) => arrange((now) => now.pinning(columns, pin)),
    layout: () => engine.current?.layout,
    arrange: (layout) => engine.current?.arrange(layout, true),
    reset: () => engine.current?.resetLayout(),
    editorNode: () => engine.current?.editorNode,
    setEditing: (place) => engine.current?.setEditing(place),
    step: (rows, columns) => engine.current?.act({ type: "move", rows, columns, extend: false }),
    relayout: () => engine.current?.relayout(),
    visibleColumns: () => engine.current?.visibleColumns ?? [],
    boxOf: (place) => {
      const column = engine.current?.placeOf(place.column) ?? -1;
      return column >= 0 ? engine.current?.cellBox({ row: place.row, column }) : undefined;
    },
    atEnd: () => (engine.current ? engine.current.map.top >= engine.current.map.maxTop - ROW[density] : true),
    toEnd: () => engine.current?.reveal({ row: Math.max(0, source.rows().known - 1), column: 0 }, false, true),
  }));
  return <div ref={host} className="relative w-full h-full min-h-0" />;
}
