/** Results: the runs of a tab, the rows they left, and the rows of relations. */
export { AsideHead } from "./aside/AsideHead";
export { BrowseStore, NO_SHAPE, type Shape, type ShapeChange } from "./browsing";
export type { ChartedRows, ChartSlot } from "./chartView";
export type { HeaderItems } from "./columns/items";
export { DataPane, type DataPaneProps } from "./DataPane";
export type { DocumentRows, DocumentsSlot } from "./documentsView";
export { type FilterItem, type FilterPart, OPERATORS } from "./filters";
export { formatBytes, formatCount, formatDuration } from "./format";
export type { Box, Cell, CellPlace, GridHandle, GridLayout } from "./grid";
export type { ExportedRows } from "./HeldGrid";
export type { CellLinks, Lookup } from "./links";
export { errorDetails, outcomeText } from "./MessagesPane";
export { completeness, isBusy, type Outcome, type RunsState } from "./model";
export { LAST_SECONDS, useNow } from "./ProgressLine";
export { type ResultsAside, ResultsPane, type ResultsPaneProps } from "./ResultsPane";
export { SweepDialog } from "./SweepDialog";
export type { WhereField, WhereSlot } from "./shape/ShapeLine";
export { RunStore, type Script } from "./store";
