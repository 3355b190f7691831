/** Transfers: rows to files and from files, and what is on its way. */
export { ExportDialog } from "./ExportDialog";
export { ImportDialog } from "./ImportDialog";
export { isData } from "./importModel";
export { imported, onImported, openExport, openImportInto } from "./opening";
export { TransferChips } from "./TransferChips";
export { type OnItsWay, startTransfer, type Words } from "./transfers";
