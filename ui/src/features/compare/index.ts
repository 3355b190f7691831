/** Two schemas compared: databases, files, folders of migrations. */
export { type CompareHandle, ComparePane, type ComparePaneProps } from "./ComparePane";
export { readView } from "./model";
export type { Connection } from "./parts/SideForm";
