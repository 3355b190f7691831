/** What a cell holds, as far as showing it goes. The text is what the server printed. */
export type CellClass =
  | "null"
  /** There is no such field in this row: not even NULL. */
  | "missing"
  | "empty"
  | "default"
  | "number"
  | "text"
  | "bytes"
  | "json"
  | "bool"
  | "long"
  | "invalid"
  | "unrepresentable";

export interface Cell {
  text: string;
  class: CellClass;
  /** The value is bytes as they are, which `text` only prints. */
  raw?: boolean;
  /** The text is only the beginning of the value. */
  truncated?: boolean;
  /** Line ends or tabs stand in it as signs: it is not the value's own text. */
  altered?: boolean;
  /** Where it stands when that is not where its column stands: a mixed column's numbers and texts. */
  align?: "left" | "right";
  /** Read again just now, and not as it was: it lights up for a moment. */
  fresh?: boolean;
  /** A staged edit, shown as a wash. */
  mark?: "changed" | "new" | "deleted";
  /** Why it was refused: a mark in the corner, the text as its tooltip. */
  problem?: string;
}

/** What the gutter says of a row that is not simply held. */
export interface RowHead {
  /** In place of its number. */
  sign?: string;
  /** Its number, where rows above it have none. */
  number?: number;
  mark?: "changed" | "new" | "deleted" | "problem";
  /** Said on hover and to a screen reader. */
  said?: string;
}

export interface GridColumn {
  /** Stable within the result: layout is remembered by it. */
  id: string;
  name: string;
  /** The type as the server prints it, shown under the name. */
  type?: string;
  /** `cells`: nothing is declared; the head stands over the first cells. */
  align: "left" | "right" | "cells";
  key?: "primary" | "foreign";
  /** More about it, for its tooltip: where its keys lead. */
  note?: string;
  sort?: "ascending" | "descending";
  /** Place among several sort columns, from 1. */
  sortOrder?: number;
  /** Pixels to begin with; fitted to the first rows otherwise. */
  width?: number;
  /** Why its cells cannot be edited in a grid whose others can. */
  readOnly?: string;
}

/** Where rows come from. Rows are numbered from 0; columns by their place in `columns`. */
export interface GridSource {
  /** Names the run. A grid that is given another generation forgets everything it drew. */
  readonly generation: string;
  /** Sources of one kin have the same columns: between them these keep their widths, and the grid its place across. */
  readonly kin?: string;
  readonly columns: readonly GridColumn[];
  /** `more`: rows may still be added after the known ones. */
  rows(): { known: number; more: boolean };
  /** `undefined` while it is not here. Must be cheap: it is asked for every visible cell. */
  cell(row: number, column: number): Cell | undefined;
  /** What the gutter says of a row; its number where this is left out. Asked when the row is drawn. */
  head?(row: number): RowHead | undefined;
  /** Asks for what is visible. The latest call wins. */
  ensure(firstRow: number, lastRow: number, columns: readonly number[]): void;
  /** Called when cells or the row count changed. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

/** Which columns show, in which order, how wide. Columns are named by id. */
export interface GridLayout {
  /** Every column, also those that are hidden; pinned ones first. */
  order: readonly string[];
  widths: Readonly<Record<string, number>>;
  hidden?: readonly string[];
  /** Keep their place at the left edge. */
  pinned?: readonly string[];
}

export interface CellPlace {
  row: number;
  /** Place in the source's columns. */
  column: number;
}

/** Rows are inclusive; columns are source columns, in visible order. */
export interface GridRange {
  firstRow: number;
  lastRow: number;
  columns: readonly number[];
  /** Whole rows, whole columns, or everything. */
  kind: "cells" | "rows" | "columns" | "all";
}
