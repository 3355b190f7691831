/** Sort keys of a data tab: the first one first. */
import type { BrowseSort } from "@/ipc";

type Keys = readonly BrowseSort[];

/** The only key. */
export const sortedBy = (column: string, descending: boolean): Keys => [{ column, descending }];

/** With this key behind the others; one that is there already stays in its place. */
export function thenBy(sort: Keys, column: string, descending: boolean): Keys {
  const known = sort.some((key) => key.column === column);
  if (!known) return [...sort, { column, descending }];
  return sort.map((key) => (key.column === column ? { column, descending } : key));
}

/** After a press on a head with Shift: added upwards, then downwards, then gone. */
export function pressed(sort: Keys, column: string): Keys {
  const old = sort.find((key) => key.column === column);
  if (!old) return [...sort, { column, descending: false }];
  return old.descending ? without(sort, column) : thenBy(sort, column, true);
}

export const without = (sort: Keys, column: string): Keys => sort.filter((key) => key.column !== column);

/** A key moved by places among the others. */
export function moved(sort: Keys, column: string, by: number): Keys {
  const from = sort.findIndex((key) => key.column === column);
  const key = sort[from];
  if (!key) return sort;
  const rest = without(sort, column);
  const to = Math.max(0, Math.min(rest.length, from + by));
  return [...rest.slice(0, to), key, ...rest.slice(to)];
}
