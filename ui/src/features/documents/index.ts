/** Documents: held ones as trees and texts, edits of a collection's, its fields, pipelines over it. */
import "./documents.css";
import "./rules.css";

export { AggregatePane, type AggregatePaneProps } from "./AggregatePane";
export { DocumentsBody, type DocumentsBodyProps } from "./DocumentsBody";
export { FieldsPanel } from "./FieldsPanel";
export type { TextField, TextFieldSlot } from "./field";
export { type CollectionPlace, type KeptDocuments, NOTHING_KEPT as NO_DOCUMENTS_KEPT, readKept } from "./model";
export { collectionName } from "./pipeline";
export { RulesPane, type RulesPaneProps } from "./RulesPane";
export { ColumnsNote, ViewSwitch } from "./ViewSwitch";
