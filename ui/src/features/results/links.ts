/** What whoever knows where cells lead gives the rows: marks, items of menus, and what following does. */

import type { ReactNode } from "react";
import type { MenuItem } from "@/design";
import type { ResultHead, ResultKey } from "@/ipc";
import type { Box, Cell, CellPlace, GridHandle } from "./grid";

/** A row of a referenced relation is to be chosen for a cell under edit. */
export interface LookupAsk {
  readonly key: ResultKey;
  readonly anchor: Box;
  /** The chosen row's values of the key, pairwise with its columns. */
  readonly onPick: (values: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Draws what a row is chosen with. */
export type Lookup = (ask: LookupAsk) => ReactNode;

export interface CellLinks {
  /** What the mark of a cell says; nothing where it leads nowhere. */
  leads(head: ResultHead, place: CellPlace, cell: Cell | undefined): string | undefined;
  follow(head: ResultHead, place: CellPlace, box: Box): void;
  /** More items for a cell's menu. */
  menu(head: ResultHead, place: CellPlace, cell: (column: number) => Cell | undefined, box: Box): readonly MenuItem[];
  /** The cell with the cursor. */
  active(head: ResultHead, place: CellPlace | undefined): void;
  /** A grid shows these rows. Returns what is called when it no longer does. */
  shown(head: ResultHead, grid: GridHandle): () => void;
}
