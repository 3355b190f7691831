/** Saved queries: the panel that lists them, and the dialog that names one. */
export { suggestedName } from "./model";
export { SavedDialog, type SavedDialogProps } from "./SavedDialog";
export { SavedPanel, type SavedPanelProps } from "./SavedPanel";
export { ALL_SAVED, useSaved } from "./useSaved";
