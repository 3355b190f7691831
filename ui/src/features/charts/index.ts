/** Charts of results. */
export { ChartPane, type ChartPaneProps } from "./ChartPane";
