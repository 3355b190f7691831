/** What a column's menu says that the grid itself does, whoever's rows these are. */
import type { MenuItem } from "@/design";
import type { GridHandle } from "../grid";

/** What somebody else offers for a column, above what the grid itself does. */
export type HeaderItems = (column: number) => readonly MenuItem[];

/** Items for a source column. */
export function columnItems(grid: GridHandle | null, column: number): readonly MenuItem[] {
  return [
    { label: "Fit the width", icon: "fit", onSelect: () => grid?.fit(column) },
    { label: "Move left", icon: "arrow-left", onSelect: () => grid?.move(column, -1) },
    { label: "Move right", icon: "arrow-right", onSelect: () => grid?.move(column, 1) },
  ];
}

/** Groups of items, with a line between those that have any. */
export function grouped(...groups: readonly (readonly MenuItem[])[]): readonly MenuItem[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ separator: true as const }, ...group]));
}
