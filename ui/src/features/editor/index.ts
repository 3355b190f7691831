/** The SQL editor: text, language, outcomes beside the statements, parameters, files. */
export { ConditionField, type ConditionFieldProps } from "./ConditionField";
export type { CompletionPlace } from "./completion";
export { type Caret, type EditorHandle, EditorPane, type EditorPaneProps } from "./EditorPane";
export { type FileOfTab, fileState, openFile, overwriteFile, type Saved, saveFile, saveFileAs } from "./files";
export type { OutcomeKind, StatementResult } from "./outcomes";
export { ParameterDialog, type ParameterDialogProps } from "./ParameterDialog";
export { type Piece, pieceToRun } from "./statements";
export { TextPane, type TextPaneProps } from "./TextPane";
