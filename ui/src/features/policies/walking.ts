/** Walking the cells of a grid by keys. Pure. */

/** A cell by its row and its column. */
export interface At {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads; null where it is none that walks. A page is so many rows. */
export function walked(at: At, key: string, rows: number, columns: number, page: number): At | null {
  const to = (row: number, column: number): At => ({
    row: Math.max(0, Math.min(row, rows - 1)),
    column: Math.max(0, Math.min(column, columns - 1)),
  });
  switch (key) {
    case "ArrowDown":
      return to(at.row + 1, at.column);
    case "ArrowUp":
      return to(at.row - 1, at.column);
    case "ArrowRight":
      return to(at.row, at.column + 1);
    case "ArrowLeft":
      return to(at.row, at.column - 1);
    case "PageDown":
      return to(at.row + page, at.column);
    case "PageUp":
      return to(at.row - page, at.column);
    case "Home":
      return to(at.row, 0);
    case "End":
      return to(at.row, columns - 1);
    default:
      return null;
  }
}
