/** Tables and everything else of a schema, changed: staged, reviewed, applied, taken back. */
export { type Asking, closeStructure, openStructure } from "./asking";
export type { SqlFieldProps } from "./desk";
export { type Place, SECTIONS, type Section, sameObject, stagedName } from "./model";
export { useAbilities, useDraft, useEdit } from "./queries";
export { StagedChanges, tell } from "./StagedChanges";
export { type Around, StructureDialogs } from "./StructureDialogs";
export { StructurePane, type StructurePaneProps } from "./StructurePane";
