/** Keys and their values: a list as a tree, a viewer for each type, changes that are refused where somebody was faster. */
export { type KeysHandle, type KeysKeys, KeysPane, type KeysReasons } from "./KeysPane";
export { readView } from "./model";
export type { TextFieldProps, Tools } from "./tools";
