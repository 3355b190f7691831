/** What connections hold: the tree, and the search by name. */
export { ExplorerPanel, type ExplorerPanelProps } from "./ExplorerPanel";
export { qualifiedName, quoted } from "./model";
export { SearchPanel, type SearchPanelProps } from "./SearchPanel";
export type { ExplorerActions } from "./useExplorerMenu";
