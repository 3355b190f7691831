import { type MouseEvent, useRef } from "react";
import { Button, Chip, IconButton, type MenuItem, openContextMenu, Popover, tip } from "@/design";
import type { ResultColumn } from "@/ipc";
import { ConditionForm } from "./ConditionForm";
import {
  added,
  type Conditions,
  changed,
  describeFilter,
  eachItem,
  type FilterGroup,
  type FilterItem,
  type FilterPlace,
  isGroup,
  itemAt,
  toggled,
} from "./filters";

export interface FilterBarProps {
  columns: readonly ResultColumn[];
  conditions: Conditions;
  onChange: (change: Partial<Conditions>) => void;
  /** Every value a column can have, where there are few. */
  choicesOf?: (column: string) => readonly string[];
  /** Which condition is being edited: a place, `new`, or none; kept by the owner so that a header's menu can open it. */
  editing: FilterEdit | null;
  onEdit: (edit: FilterEdit | null) => void;
  /** More items for the menu at the end. */
  more?: readonly MenuItem[];
}

/** A condition under edit. */
export interface FilterEdit {
  readonly place: FilterPlace | "new";
  readonly column: string;
  /** The group a new one goes into, or the kind of a new group. */
  readonly within?: number | "any" | "all";
}

/** Conditions as chips, in groups where one of several is enough; each opens in place, Enter applies, the server filters. */
export function FilterBar({ columns, conditions, onChange, choicesOf, editing, onEdit, more = [] }: FilterBarProps) {
  const anchor = useRef<HTMLDivElement>(null);
  const value = useRef<HTMLInputElement>(null);
  const first = columns[0]?.name ?? "";
  const { filters, any } = conditions;
  const items = eachItem(filters);
  const allOff = items.length > 0 && items.every(({ item }) => item.off);
  const set = (at: FilterPlace, item: FilterItem | null) => onChange({ filters: changed(filters, at, item) });

  const chip = (at: FilterPlace, item: FilterItem) => {
    const words = describeFilter(item);
    const menu = (event: MouseEvent) => {
      event.preventDefault();
      openContextMenu(
        event.nativeEvent,
        [
          { label: "Change…", icon: "edit", onSelect: () => onEdit({ place: at, column: item.column }) },
          { label: item.off ? "Turn on" : "Turn off", onSelect: () => set(at, toggled(item)) },
          { separator: true },
          { label: "Remove", icon: "trash", onSelect: () => set(at, null) },
        ],
        words,
      );
    };
    return (
      <span
        key={`${at.place}:${at.item ?? ""}`}
        className={`min-w-0 inline-flex ${item.off ? "opacity-60 line-through" : ""}`}
        data-filter-off={item.off ? true : undefined}
        onContextMenu={menu}
      >
        <Chip
          onPress={() => onEdit({ place: at, column: item.column })}
          onRemove={() => set(at, null)}
          removeLabel={`Remove the condition ${words}`}
          {...(item.off ? { tooltip: "Turned off: it leaves nothing out" } : {})}
        >
          {words}
          {item.off ? <span className="sr-only"> (turned off)</span> : null}
        </Chip>
      </span>
    );
  };
  const group = (part: FilterGroup, place: number) => (
    <span
      key={`group ${place}`}
      role="group"
      aria-label={part.any ? "Any of" : "All of"}
      className="inline-flex items-center gap-1 flex-wrap min-w-0 px-1 rounded-[6px] border border-line"
    >
      <button
        type="button"
        className="rh-meta px-1"
        onClick={() =>
          onChange({ filters: filters.map((old, at) => (at === place ? { ...part, any: !part.any } : old)) })
        }
        {...tip(
          part.any ? "One of these is enough. Press to ask for all." : "All of these hold. Press to ask for any.",
        )}
      >
        {part.any ? "any of" : "all of"}
      </button>
      {part.items.map((item, within) => chip({ place, item: within }, item))}
      <IconButton
        icon="plus"
        label="Condition in this group"
        quiet
        onClick={() => onEdit({ place: "new", column: part.items.at(-1)?.column ?? first, within: place })}
      />
    </span>
  );
  const everything: readonly MenuItem[] = [
    { label: "Group: any of…", onSelect: () => onEdit({ place: "new", column: first, within: "any" }) },
    { label: "Group: all of…", onSelect: () => onEdit({ place: "new", column: first, within: "all" }) },
    ...(items.length > 0
      ? [
          { separator: true as const },
          {
            label: allOff ? "Turn all on" : "Turn all off",
            onSelect: () =>
              onChange({
                filters: filters.map((part) => {
                  const turn = (item: FilterItem) => (Boolean(item.off) === allOff ? toggled(item) : item);
                  return isGroup(part) ? { ...part, items: part.items.map(turn) } : turn(part);
                }),
              }),
          },
        ]
      : []),
    ...(more.length > 0 ? [{ separator: true as const }, ...more] : []),
  ];
  return (
    <div ref={anchor} className="flex items-center gap-2 flex-wrap min-w-0" role="group" aria-label="Filters">
      {filters.length > 1 ? (
        <button
          type="button"
          className="rh-meta shrink-0"
          onClick={() => onChange({ any: !any })}
          {...tip(any ? "One of these is enough. Press to ask for all." : "All of these hold. Press to ask for any.")}
        >
          {any ? "any of" : "all of"}
        </button>
      ) : null}
      {filters.map((part, place) => (isGroup(part) ? group(part, place) : chip({ place }, part)))}
      <Button dense variant="ghost" icon="plus" onClick={() => onEdit({ place: "new", column: first })}>
        Condition
      </Button>
      <IconButton
        icon="more"
        label="More conditions"
        quiet
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          openContextMenu(event.nativeEvent, everything, "More conditions", box);
        }}
      />
      {items.length > 1 ? (
        <Button dense variant="ghost" onClick={() => onChange({ filters: [], any: false })}>
          Clear
        </Button>
      ) : null}
      {editing && anchor.current ? (
        <Popover
          open
          onClose={() => onEdit(null)}
          anchor={anchor.current}
          label="Condition"
          align="start"
          takesFocus
          initialFocus={value}
          width={440}
        >
          <ConditionForm
            key={JSON.stringify(editing)}
            columns={columns}
            column={editing.column}
            filter={editing.place === "new" ? undefined : itemAt(filters, editing.place)}
            choicesOf={choicesOf}
            onApply={(item) => {
              onEdit(null);
              if (editing.place !== "new") set(editing.place, item);
              else onChange({ filters: added(filters, item, editing.within) });
            }}
            onCancel={() => onEdit(null)}
            value={value}
          />
        </Popover>
      ) : null}
    </div>
  );
}
