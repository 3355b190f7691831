/** Who gets which rows: tables and their policies, drafts of them, and what applying those does. */
export { tableWords } from "./drafts";
export type { SqlField, SqlFieldProps } from "./editor/ExpressionField";
export { type PoliciesView, readView, SECTIONS, type Section, showing, unfolded } from "./model";
export { type PoliciesHandle, PoliciesPane } from "./PoliciesPane";
export { useReadAgain } from "./queries";
export { forgetSuite, type KnownSuite, openSuite, suiteIn, useKnownSuites } from "./suites/known";
export { saveSuite } from "./suites/saving";
