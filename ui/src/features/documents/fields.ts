/** Fields of a sample, in words and as filters. Pure. */
import type { CollectionField } from "@/ipc";

/** A path as filters name it: elements of arrays have no step of their own. */
export const queryPath = (path: readonly string[]): string => path.filter((step) => step !== "[]").join(".");

/** The documents in which a field holds a type. */
export const typeFilter = (path: readonly string[], type: string): string =>
  `{ ${JSON.stringify(queryPath(path))}: { $type: ${JSON.stringify(type)} } }`;

/** A share as it is read: none that is there is 0 %, none that is missing somewhere 100 %. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return "<1 %";
  if (share < 100 && share > 99) return "99 %";
  return `${Math.round(share)} %`;
}

export function typesOf(field: CollectionField) {
  const all = field.types.reduce((sum, { times }) => sum + times, 0);
  return field.types.map((type) => ({ ...type, share: percent(type.times, all) }));
}
