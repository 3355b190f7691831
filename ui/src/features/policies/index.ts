/** Who gets which rows: tables and their policies, drafts of them, and what applying those does. */
export { tableWords } from "./drafts";
export type { SqlField, SqlFieldProps } from "./editor/ExpressionField";
export { type PoliciesView, readView, SECTIONS, unfolded } from "./model";
export { type PoliciesHandle, PoliciesPane } from "./PoliciesPane";
export { useReadAgain } from "./queries";
