/** A database as a map: tables, what they refer to, and where a person put them. */
export { DiagramPane, type DiagramPaneProps } from "./DiagramPane";
export type { Editing } from "./editing";
export { useDiagramStatus } from "./status";
export { type DiagramView, diagramOf, readView } from "./view";
