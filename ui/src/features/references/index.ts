/** References: following foreign keys both ways, choosing a referenced row, and the way back. */
export { LookupPicker, type LookupPickerProps } from "./LookupPicker";
export { goLabel, keysAt, nowhere, type PlacedKey } from "./model";
export { ReferencedBy, type ReferencedByProps } from "./ReferencedBy";
export {
  type CellAt,
  type Condition,
  NO_WALK,
  type Place,
  type RowsPlace,
  samePlace,
  stepped,
  type Walk,
  went,
  without,
} from "./walk";
