import { useState } from "react";
import { Chip, Menu, type MenuItem } from "@/design";
import type { BrowseSort } from "@/ipc";
import { moved, thenBy, without } from "./sorting";

export interface SortLineProps {
  sort: readonly BrowseSort[];
  onChange: (sort: readonly BrowseSort[]) => void;
}

/** The sort keys in their order; each opens a menu to turn, move or remove it. */
export function SortLine({ sort, onChange }: SortLineProps) {
  const [open, setOpen] = useState<{ column: string; anchor: DOMRect } | null>(null);
  const items = ({ column, descending }: BrowseSort, place: number): readonly MenuItem[] => [
    {
      label: "Ascending",
      icon: "arrow-up",
      checked: !descending,
      onSelect: () => onChange(thenBy(sort, column, false)),
    },
    {
      label: "Descending",
      icon: "arrow-down",
      checked: descending,
      onSelect: () => onChange(thenBy(sort, column, true)),
    },
    { separator: true },
    {
      label: "Earlier",
      icon: "arrow-left",
      ...(place === 0 ? { disabledReason: "it is the first" } : {}),
      onSelect: () => onChange(moved(sort, column, -1)),
    },
    {
      label: "Later",
      icon: "arrow-right",
      ...(place === sort.length - 1 ? { disabledReason: "it is the last" } : {}),
      onSelect: () => onChange(moved(sort, column, 1)),
    },
    { separator: true },
    { label: "Remove", icon: "trash", onSelect: () => onChange(without(sort, column)) },
  ];
  const place = open ? sort.findIndex((key) => key.column === open.column) : -1;
  const key = sort[place];
  return (
    <div className="flex items-center gap-2 flex-wrap min-w-0" role="group" aria-label="Sort">
      <span className="rh-meta shrink-0">sorted by</span>
      {sort.map(({ column, descending }, index) => (
        <span
          key={column}
          className="min-w-0 inline-flex"
          data-sort-key={column}
          onClickCapture={(event) => {
            const { currentTarget, target } = event;
            if (target instanceof Element && target.closest("button")?.getAttribute("aria-label")?.startsWith("Do not"))
              return;
            setOpen({ column, anchor: currentTarget.getBoundingClientRect() });
          }}
        >
          <Chip
            icon={descending ? "arrow-down" : "arrow-up"}
            onPress={() => undefined}
            onRemove={() => onChange(without(sort, column))}
            removeLabel={`Do not sort by ${column}`}
          >
            {sort.length > 1 ? `${index + 1} ` : ""}
            {column}
            <span className="rh-visually-hidden">{descending ? ", descending" : ", ascending"}</span>
          </Chip>
        </span>
      ))}
      {open && key ? (
        <Menu
          open
          onClose={() => setOpen(null)}
          anchor={open.anchor}
          label={`Sort by ${open.column}`}
          items={items(key, place)}
        />
      ) : null}
    </div>
  );
}
