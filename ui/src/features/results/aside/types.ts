/** What can stand beside the rows. One of these at a time: what opens takes the place of what is open. */
import type { ReactNode } from "react";
import type { HoldProgress, ResultHead } from "@/ipc";
import type { Draft } from "../editing/drafts";
import type { EditedSource } from "../editing/source";
import type { Cell, CellPlace } from "../grid";

/** One cell's value, read or edited. */
export interface BesideCell {
  readonly kind: "cell";
  readonly place: CellPlace;
  readonly cell: Cell | undefined;
  readonly begun: Draft | undefined;
  /** To be read, not edited. */
  readonly viewed: boolean;
}

/** The row of the active cell, as a card. */
export interface BesideRow {
  readonly kind: "row";
  /** A place on screen. */
  readonly row: number;
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

/** What is given to whoever draws a column's statistics: it fills the aside's whole height, its head included. */
export interface StatisticsAsk {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  /** Place in `head.columns`. */
  readonly column: number;
  /** The rows as the grid shows them. */
  readonly source: EditedSource | null;
  readonly onColumn: (column: number) => void;
  readonly onClose: () => void;
}

/** Draws a column's statistics beside the rows. */
export type StatisticsSlot = (ask: StatisticsAsk) => ReactNode;
