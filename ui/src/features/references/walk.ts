/** Where a person has been while following keys, as a browser keeps it. Pure. */
import type { BrowseFilter, BrowseSort, ObjectRef } from "@/ipc";

export interface CellAt {
  readonly row: number;
  readonly column: number;
}

/** A condition of rows, or several in a group. */
export type Condition = (BrowseFilter & { readonly off?: boolean }) | ConditionGroup;

export interface ConditionGroup {
  readonly any: boolean;
  readonly items: readonly (BrowseFilter & { readonly off?: boolean })[];
}

/** Rows of a relation under their conditions. */
export interface RowsPlace {
  readonly kind: "rows";
  readonly profileId: string;
  readonly object: ObjectRef;
  readonly filters: readonly Condition[];
  /** One condition is enough. */
  readonly any?: boolean;
  /** What was written for WHERE. */
  readonly where?: string;
  readonly sort: readonly BrowseSort[];
  readonly cell: CellAt | null;
}

/** A result of a query's tab. */
export interface ResultPlace {
  readonly kind: "result";
  readonly tabId: string;
  readonly holdId: string;
  readonly cell: CellAt | null;
}

export type Place = RowsPlace | ResultPlace;

export interface Walk {
  readonly places: readonly Place[];
  /** Where one is; -1 before the first step. */
  readonly at: number;
}

export const NO_WALK: Walk = { places: [], at: -1 };

/** Most places that are remembered. */
const MOST = 200;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether two places show the same rows; the cell in them does not count. */
export function samePlace(a: Place, b: Place): boolean {
  if (a.kind === "result" || b.kind === "result")
    return a.kind === "result" && b.kind === "result" && a.tabId === b.tabId && a.holdId === b.holdId;
  const conditions = (place: RowsPlace) => [place.filters, place.any ?? false, place.where ?? "", place.sort];
  return a.profileId === b.profileId && same(a.object, b.object) && same(conditions(a), conditions(b));
}

/** After going from one place to another. What was ahead is forgotten. */
export function went(walk: Walk, from: Place | null, to: Place): Walk {
  const places = walk.places.slice(0, walk.at + 1);
  const last = places.at(-1);
  if (from) {
    // Where one comes from may have moved on since it was noted, or be somewhere else entirely.
    if (last && samePlace(last, from)) places[places.length - 1] = from;
    else places.push(from);
  }
  places.push(to);
  const kept = places.slice(-MOST);
  return { places: kept, at: kept.length - 1 };
}

/** A step back or forward from `here`: where it leads, and the walk after it. `null` where there is nothing. */
export function stepped(
  walk: Walk,
  by: 1 | -1,
  here: Place | null,
): { readonly walk: Walk; readonly to: Place } | null {
  const current = walk.places[walk.at];
  if (!current) return null;
  // Who has left the walk comes back to it first.
  const astray = here !== null && !samePlace(current, here);
  const at = astray && by < 0 ? walk.at : walk.at + by;
  const to = walk.places[at];
  if (!to) return null;
  const places = !astray && here ? walk.places.with(walk.at, here) : walk.places;
  return { walk: { places, at }, to };
}

/** Without the places of a tab that is gone and cannot be opened again. */
export function without(walk: Walk, gone: (place: Place) => boolean): Walk {
  const places = walk.places.filter((place) => !gone(place));
  if (places.length === walk.places.length) return walk;
  const before = walk.places.slice(0, walk.at + 1).filter((place) => !gone(place)).length;
  return { places, at: before - 1 };
}
