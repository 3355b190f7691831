/** What the canvas can do to the schema itself. Everything is staged; the shell knows how. */
import type { DiagramTable } from "@/ipc";

export interface ForeignKeyEnds {
  readonly from: DiagramTable;
  readonly columns: readonly string[];
  /** `null` is to be asked for. */
  readonly to: DiagramTable | null;
  readonly toColumns: readonly string[];
}

export interface Editing {
  /** Why nothing can be staged; `undefined` where it can. */
  readonly disabledReason: string | undefined;
  /** What is staged, in order. */
  readonly groups: readonly { readonly id: number; readonly label: string }[];
  /** What would be taken back, and done again. */
  readonly undo: string | null;
  readonly redo: string | null;
  /** Takes the last change back, or does it again; false where that failed. */
  step(which: "undo" | "redo"): Promise<boolean>;
  /** Asks for a new table. */
  table(schema: string | null, onStaged: (table: DiagramTable) => void): void;
  /** Shows its structure for changing it. */
  open(table: DiagramTable): void;
  column(table: DiagramTable): void;
  index(table: DiagramTable, columns: readonly string[]): void;
  rename(table: DiagramTable): void;
  drop(table: DiagramTable): void;
  /** Stages a foreign key at once where both ends are known, asks otherwise. */
  foreignKey(ends: ForeignKeyEnds): void;
  /** Stages that a foreign key goes. */
  dropForeignKey(table: DiagramTable, name: string): void;
}
