/** What a column's menu says of the rows that are held: sorted here, without the server. */
import type { MenuItem } from "@/design";
import { sorted } from "./model";
import type { LocalRows } from "./store";

/** `apart`: sorting by the server is on offer beside it, so these stand under a heading of their own. */
export function localItems(local: LocalRows | null, column: number, apart: boolean): readonly MenuItem[] {
  if (!local) return [];
  const { sort } = local.snapshot().wanted;
  const by = (descending: boolean, add: boolean) => () => local.sort(sorted(sort, column, descending, add));
  const among = sort.length > 0 && !(sort.length === 1 && sort[0]?.column === column);
  const items: MenuItem[] = [
    { label: "Sort these rows ascending", icon: "arrow-up", onSelect: by(false, false) },
    { label: "Sort these rows descending", icon: "arrow-down", onSelect: by(true, false) },
    ...(among
      ? [
          { label: "Then by this, ascending", icon: "arrow-up" as const, onSelect: by(false, true) },
          { label: "Then by this, descending", icon: "arrow-down" as const, onSelect: by(true, true) },
        ]
      : []),
    ...(sort.length > 0 ? [{ label: "Do not sort these rows", onSelect: () => local.sort([]) }] : []),
  ];
  return apart ? [{ label: "These rows", items }] : items;
}
