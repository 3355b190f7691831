// The grid: rows of one run, however many, drawn by an engine of its own. See README.md beside this file.

export { arranged, hideColumns, pinColumns, placeColumns, showAllColumns, showColumns } from "./arrange";
export {
  BLOCK_COLUMNS,
  BLOCK_ROWS,
  BlockSource,
  type BlockSourceOptions,
  type FetchWindow,
  type Window,
  type WindowRequest,
} from "./blocks";
export type { Box } from "./boxes";
export type { GridEvents } from "./events";
export { Grid, type GridHandle, type GridProps } from "./Grid";
export type { Cell, CellClass, CellPlace, GridColumn, GridLayout, GridRange, GridSource, RowHead } from "./types";
