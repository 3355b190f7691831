/** Staged edits as they cross from the core. */
export type {
  CellEdit,
  CellProblem,
  ConflictCell,
  EditColumn,
  EditCounts,
  EditedCell,
  EditedRow,
  EditKind,
  EditsAnswer,
  EditsReview,
  EditsSaved,
  EditsView,
  EditValue,
  Keep,
  ReviewedStatement,
  RowAddition,
  RowPlace,
  RowProblem,
  RowSpan,
  SaveOutcome,
  ShownValue,
} from "@/ipc";

/** A step with every part, empty where there is none. */
export type EditStep = Required<import("@/ipc").EditStep>;
