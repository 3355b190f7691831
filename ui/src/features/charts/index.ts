/** Charts of results. */
export { ChartPane, type ChartPaneProps } from "./ChartPane";
export { chartsIn, hearCharts, type KeptChart, readCharts, restoreCharts } from "./memory";
