/** What a column's menu says that the grid itself does, whoever's rows these are. */
import type { MenuItem } from "@/design";

/** What somebody else offers for a column, above what the grid itself does. */
export type HeaderItems = (column: number) => readonly MenuItem[];

/** What the grid does with its columns, by source column. */
export interface ColumnActions {
  readonly fit: (columns: readonly number[]) => void;
  readonly move: (column: number, by: number) => void;
  readonly hide: (columns: readonly number[]) => void;
  readonly pin: (columns: readonly number[], pin: boolean) => void;
  readonly choose: () => void;
  readonly showAll: () => void;
  readonly reset: () => void;
}

export interface ColumnMenu {
  /** The column whose menu it is, with the others that are selected with it. */
  readonly columns: readonly number[];
  readonly pinned: boolean;
  /** How many are hidden. */
  readonly hidden: number;
  /** How many show. */
  readonly visible: number;
  readonly keys: Partial<Record<"choose" | "hide" | "pin", string | undefined>>;
}

const keyed = (keys: string | undefined) => (keys ? { keys } : {});

/** Items for a column, or for several that are selected. */
export function columnItems(actions: ColumnActions, menu: ColumnMenu): readonly MenuItem[] {
  const { columns, hidden, keys } = menu;
  const [only] = columns.length === 1 ? columns : [];
  const them = columns.length === 1 ? "" : ` ${columns.length.toLocaleString("en-US")} columns`;
  const several = them === "" ? " column" : them;
  return [
    { label: them ? `Fit${them}` : "Fit the width", icon: "fit", onSelect: () => actions.fit(columns) },
    ...(only === undefined
      ? []
      : [
          { label: "Move left", icon: "arrow-left" as const, onSelect: () => actions.move(only, -1) },
          { label: "Move right", icon: "arrow-right" as const, onSelect: () => actions.move(only, 1) },
        ]),
    {
      label: `${menu.pinned ? "Unpin" : "Pin"}${several}`,
      icon: "pin",
      ...keyed(keys.pin),
      onSelect: () => actions.pin(columns, !menu.pinned),
    },
    {
      label: `Hide${several}`,
      icon: "eye-off",
      ...keyed(keys.hide),
      ...(menu.visible <= columns.length ? { disabledReason: "one column has to show" } : {}),
      onSelect: () => actions.hide(columns),
    },
    { separator: true },
    { label: "Columns…", icon: "columns", ...keyed(keys.choose), onSelect: actions.choose },
    ...(hidden > 0
      ? [
          {
            label: `Show ${hidden === 1 ? "the hidden column" : `all ${hidden.toLocaleString("en-US")} hidden columns`}`,
            onSelect: actions.showAll,
          },
        ]
      : []),
    { label: "Reset the layout", icon: "undo", onSelect: actions.reset },
  ];
}

/** Groups of items, with a line between those that have any. */
export function grouped(...groups: readonly (readonly MenuItem[])[]): readonly MenuItem[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ separator: true as const }, ...group]));
}
