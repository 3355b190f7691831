/** How wide a column begins, and how wide it must be for what is in it. */
import { MAX_FIT, MIN_COLUMN, textWidth } from "./geometry";
import type { Cell, GridColumn } from "./types";

const HEAD_ROOM = 26;
const CELL_ROOM = 18;

function headWidth(column: GridColumn): number {
  const glyphs = (column.key ? 16 : 0) + (column.sort ? 16 : 0) + (column.readOnly ? 16 : 0);
  return Math.max(textWidth(column.name) + glyphs, textWidth(column.type ?? "") * 0.92) + HEAD_ROOM;
}

/** Before any cell is here. */
export function initialWidth(column: GridColumn | undefined, kept: number | undefined): number {
  if (!column) return MIN_COLUMN;
  return kept ?? column.width ?? Math.round(Math.max(72, Math.min(MAX_FIT, headWidth(column))));
}

/** For its head and these cells. */
export function fittingWidth(column: GridColumn | undefined, cells: Iterable<Cell | undefined>): number {
  if (!column) return MIN_COLUMN;
  let widest = headWidth(column);
  for (const cell of cells) {
    if (cell) widest = Math.max(widest, (cell.class === "null" ? 30 : textWidth(cell.text)) + CELL_ROOM);
  }
  return Math.min(MAX_FIT, widest);
}

/** Whether a column whose kind is not declared begins with numbers. */
export function beginsRight(cells: Iterable<Cell | undefined>): boolean {
  for (const cell of cells) {
    if (cell && cell.class !== "null") return cell.align === "right";
  }
  return false;
}
