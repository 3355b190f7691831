/** Rows made up by types and foreign keys: which tables, how many, and the first of them before there are any. */
export { GenerateDialog, type GenerateDialogProps } from "./GenerateDialog";
export { wordsOf } from "./model";
export { closeGenerate, openGenerate } from "./opening";
