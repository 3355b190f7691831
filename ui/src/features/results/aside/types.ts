/** What can stand beside the rows. One of these at a time: what opens takes the place of what is open. */
import type { Draft } from "../editing/drafts";
import type { EditedSource } from "../editing/source";
import type { Cell, CellPlace } from "../grid";
import type { AskServer } from "../statistics/asking";

/** One cell's value, read or edited. */
export interface BesideCell {
  readonly kind: "cell";
  readonly place: CellPlace;
  readonly cell: Cell | undefined;
  readonly begun: Draft | undefined;
  /** The rows its place is one of: where others are shown by now, it is still one of these. */
  readonly of: EditedSource | null;
  /** To be read, not edited. */
  readonly viewed: boolean;
  /** It was opened from its row's card, which comes back when it closes. */
  readonly fromCard?: boolean;
}

/** The row of the active cell, as a card. */
export interface BesideRow {
  readonly kind: "row";
  /** A place on screen. */
  readonly row: number;
  /** The column the cursor is in. */
  readonly column?: number | undefined;
}

/** What is known of a column's values; it follows the active cell's column. */
export interface BesideStatistics {
  readonly kind: "statistics";
  readonly column: number;
}

/** Rows against each other, by their places on screen as they were chosen. */
export interface BesideCompare {
  readonly kind: "compare";
  readonly rows: readonly number[];
}

export type Beside = BesideCell | BesideRow | BesideStatistics | BesideCompare;

/** What whoever shows the rows can do about a column's statistics besides what the rows say themselves. */
export interface StatisticsAround {
  /** Asks the server of the rows' relation. */
  readonly server?: AskServer;
  /** Shows the rows with a value; `null` is NULL. */
  readonly onFilter?: (column: string, value: string | null) => void;
}
