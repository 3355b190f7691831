import type { GridColumn } from "../grid";
import type { LocalSort } from "./model";

/** The columns with the marks of a sort that is done here, in place of the server's. */
export function locallySorted(columns: readonly GridColumn[], sort: readonly LocalSort[]): readonly GridColumn[] {
  if (sort.length === 0) return columns;
  return columns.map(({ sort: _sort, sortOrder: _order, ...column }, index) => {
    const place = sort.findIndex((key) => key.column === index);
    const key = sort[place];
    if (!key) return column;
    return {
      ...column,
      sort: key.descending ? ("descending" as const) : ("ascending" as const),
      ...(sort.length > 1 ? { sortOrder: place + 1 } : {}),
    };
  });
}
