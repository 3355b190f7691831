import type { Box } from "./boxes";
import type { FollowEvents } from "./follow";
import type { CellPlace, GridLayout, GridRange } from "./types";

/** What the grid tells its shell. Columns in these are source columns. */
export interface GridEvents extends FollowEvents {
  onActive?(place: CellPlace | undefined): void;
  onSelection?(range: GridRange | undefined): void;
  /** Space; Enter, F2 and a double click too where nothing can be edited. */
  onOpen?(place: CellPlace, box: Box): void;
  /** Enter, F2, a double click; with `typed`, a text begun in place of the value. */
  onEdit?(place: CellPlace, typed: string | undefined): void;
  onPaste?(text: string, range: GridRange): void;
  onCut?(range: GridRange): void;
  onCopy?(range: GridRange): void;
  onContextMenu?(place: CellPlace, event: MouseEvent, box: Box): void;
  onHeaderMenu?(column: number, box: Box): void;
  onLayout?(layout: GridLayout): void;
  /** The layout is as if nobody had ever changed it. */
  onLayoutReset?(): void;
  /** The end of what is known came near, and there may be more. */
  onNearEnd?(): void;
  /** The first cells of a source are drawn; once per generation. */
  onFirstCells?(): void;
  onDelete?(range: GridRange): void;
}

export interface GridOptions {
  label: string;
  rowHeight: number;
  headerHeight: number;
  layout?: GridLayout;
  /** A text whose cells are marked; empty where none is looked for. */
  sought?: string;
  events: GridEvents;
}
