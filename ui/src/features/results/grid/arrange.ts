/** How columns are arranged, by their ids: changes of a layout that need no grid. */
import type { GridColumn, GridLayout } from "./types";

/** Every column of a source in order, those that are pinned first. */
export interface Arranged {
  readonly sequence: readonly number[];
  readonly hidden: ReadonlySet<number>;
  readonly pinned: ReadonlySet<number>;
}

/**
 * What a layout says of these columns. A column it does not know stands behind the one before it in the source, and shows:
 * nothing that is new disappears. A layout that would hide everything hides nothing.
 */
export function arranged(source: readonly GridColumn[], layout: GridLayout | undefined): Arranged {
  const byId = new Map(source.map((column, index) => [column.id, index]));
  const places = (ids: readonly string[] | undefined) =>
    new Set((ids ?? []).map((id) => byId.get(id)).filter((index) => index !== undefined));
  const known = places(layout?.order);
  let order = [...known];
  if (order.length < source.length) {
    const followers = new Map<number, number[]>();
    const first: number[] = [];
    let before = -1;
    for (let index = 0; index < source.length; index += 1) {
      if (known.has(index)) before = index;
      else if (before < 0) first.push(index);
      else followers.set(before, [...(followers.get(before) ?? []), index]);
    }
    order = [...first, ...order.flatMap((index) => [index, ...(followers.get(index) ?? [])])];
  }
  const pinned = places(layout?.pinned);
  const hidden = places(layout?.hidden);
  if (hidden.size >= source.length) hidden.clear();
  const sequence =
    pinned.size === 0
      ? order
      : [...order.filter((index) => pinned.has(index)), ...order.filter((index) => !pinned.has(index))];
  return { sequence, hidden, pinned };
}

const without = (ids: readonly string[] | undefined, gone: ReadonlySet<string>) =>
  (ids ?? []).filter((id) => !gone.has(id));

/** Hides columns; the last one that shows stays. */
export function hideColumns(layout: GridLayout, ids: readonly string[]): GridLayout {
  const hidden = new Set([...(layout.hidden ?? []), ...ids]);
  if (layout.order.every((id) => hidden.has(id))) return layout;
  return { ...layout, hidden: layout.order.filter((id) => hidden.has(id)) };
}

/** Shows columns again where they stood. */
export function showColumns(layout: GridLayout, ids: readonly string[]): GridLayout {
  return { ...layout, hidden: without(layout.hidden, new Set(ids)) };
}

export const showAllColumns = (layout: GridLayout): GridLayout => ({ ...layout, hidden: [] });

/** Puts columns before another one, or at the end of their side; pinned ones stay at the left edge. */
export function placeColumns(
  layout: GridLayout,
  ids: readonly string[],
  before: string | undefined,
  pin: boolean,
): GridLayout {
  const moved = new Set(ids);
  const rest = layout.order.filter((id) => !moved.has(id));
  const pinned = new Set(without(layout.pinned, moved));
  const left = rest.filter((id) => pinned.has(id));
  const right = rest.filter((id) => !pinned.has(id));
  const side = pin ? left : right;
  const found = before === undefined ? -1 : side.indexOf(before);
  const at = found >= 0 ? found : pin || before === undefined ? side.length : 0;
  side.splice(at, 0, ...ids);
  return { ...layout, order: [...left, ...right], pinned: pin ? left : left.filter((id) => pinned.has(id)) };
}

/** Pins columns at the left edge behind those that are, or lets them go to the first place that scrolls. */
export function pinColumns(layout: GridLayout, ids: readonly string[], pin: boolean): GridLayout {
  const moved = new Set(ids);
  const pinned = new Set(without(layout.pinned, moved));
  const first = layout.order.find((id) => !pinned.has(id) && !moved.has(id));
  return placeColumns(layout, ids, pin ? undefined : first, pin);
}

/** Whether two layouts show the same. */
export function sameLayout(one: GridLayout, other: GridLayout): boolean {
  const same = (a: readonly string[] = [], b: readonly string[] = []) =>
    a.length === b.length && a.every((id, at) => id === b[at]);
  const wide = Object.entries(one.widths);
  return (
    same(one.order, other.order) &&
    same(one.hidden, other.hidden) &&
    same(one.pinned, other.pinned) &&
    wide.length === Object.keys(other.widths).length &&
    wide.every(([id, width]) => other.widths[id] === width)
  );
}
