/** History: the statements that were run. */
export { HistoryPanel, type HistoryPanelProps } from "./HistoryPanel";
