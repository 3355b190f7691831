import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { announce, Button, Icon, IconButton, Popover, SearchField, tip, VirtualList } from "@/design";
import type { ResultColumn } from "@/ipc";
import {
  arranged,
  type Box,
  type GridColumn,
  type GridLayout,
  hideColumns,
  pinColumns,
  placeColumns,
  showAllColumns,
  showColumns,
} from "../grid";
import "./columns.css";

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly key: boolean;
  readonly shown: boolean;
  readonly pinned: boolean;
}

const ROW = 28;

export interface ColumnChooserProps {
  anchor: Element | Box;
  columns: readonly GridColumn[];
  described: readonly ResultColumn[];
  layout: GridLayout;
  onChange: (layout: GridLayout) => void;
  onReset: () => void;
  onClose: () => void;
}

/** Which columns show, and in which order: by search, by keys and by drag. Every change is seen in the grid at once. */
export function ColumnChooser({ anchor, columns, described, layout, onChange, onReset, onClose }: ColumnChooserProps) {
  const [sought, setSought] = useState("");
  const [at, setAt] = useState<string | undefined>(undefined);
  const [drop, setDrop] = useState<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const choices = useMemo<readonly Choice[]>(() => {
    const { sequence, hidden, pinned } = arranged(columns, layout);
    return sequence.map((index) => ({
      id: columns[index]?.id ?? "",
      name: columns[index]?.name ?? "",
      type: columns[index]?.type ?? "",
      key: described[index]?.primary_key ?? false,
      shown: !hidden.has(index),
      pinned: pinned.has(index),
    }));
  }, [columns, described, layout]);
  const words = sought.trim().toLowerCase();
  const found = words
    ? choices.filter(({ name, type }) => name.toLowerCase().includes(words) || type.toLowerCase().includes(words))
    : choices;
  const hidden = choices.filter(({ shown }) => !shown).length;
  const whole: GridLayout = { ...layout, order: choices.map(({ id }) => id) };
  const ids = found.map(({ id }) => id);

  const toggle = ({ id, shown, name }: Choice) => {
    const next = shown ? hideColumns(whole, [id]) : showColumns(whole, [id]);
    if (next === whole) announce("One column has to show");
    else {
      onChange(next);
      announce(`${name} ${shown ? "hidden" : "shown"}`);
    }
  };
  /** Places a column as the list shows it: before the one that stands at a place of it. */
  const place = (choice: Choice, to: number) => {
    const rest = choices.filter(({ id }) => id !== choice.id);
    const next = rest[Math.max(0, Math.min(rest.length, to))];
    const pinned = rest.filter((each) => each.pinned).length;
    const pin = to < pinned || (to === pinned && choice.pinned);
    onChange(placeColumns(whole, [choice.id], next?.pinned === pin ? next.id : undefined, pin));
  };
  const move = (choice: Choice, by: number) => {
    const from = choices.indexOf(choice);
    const to = Math.max(0, Math.min(choices.length - 1, from + by));
    setAt(choice.id);
    if (to === from) return;
    place(choice, to);
    announce(`${choice.name}, ${to + 1} of ${choices.length}`);
  };
  const onKeyDown = (event: KeyboardEvent, choice: Choice | undefined) => {
    if (!choice) return;
    if (event.key === " ") toggle(choice);
    else if (event.key === "p" && !event.ctrlKey && !event.metaKey)
      onChange(pinColumns(whole, [choice.id], !choice.pinned));
    else return;
    event.preventDefault();
  };

  const dragging = useRef<Choice | null>(null);
  const gapAt = (event: PointerEvent) => {
    const scroller = list.current?.querySelector("[role=listbox]");
    if (!scroller) return 0;
    const { top, bottom } = scroller.getBoundingClientRect();
    // Near an edge the list comes along.
    if (event.clientY < top + ROW) scroller.scrollTop -= 12;
    else if (event.clientY > bottom - ROW) scroller.scrollTop += 12;
    return Math.max(0, Math.min(choices.length, Math.round((event.clientY - top + scroller.scrollTop) / ROW)));
  };
  const grip = (choice: Choice) => ({
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.preventDefault();
      dragging.current = choice;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (dragging.current) setDrop(gapAt(event));
    },
    onPointerUp: (event: PointerEvent) => {
      const dragged = dragging.current;
      dragging.current = null;
      setDrop(null);
      if (!dragged) return;
      const gap = gapAt(event);
      const from = choices.findIndex(({ id }) => id === dragged.id);
      if (gap !== from && gap !== from + 1) place(dragged, gap > from ? gap - 1 : gap);
    },
    onPointerCancel: () => {
      dragging.current = null;
      setDrop(null);
    },
  });

  return (
    <Popover open anchor={anchor} label="Columns" onClose={onClose} width={340} className="rh-columns">
      <div className="p-2 border-b border-line">
        <SearchField label="Search columns" value={sought} onChange={setSought} placeholder="Name or type" />
      </div>
      {/* Before the list takes the arrows for its own. */}
      <div
        ref={list}
        className="rh-columns-list"
        onKeyDownCapture={(event) => {
          const choice = found.find(({ id }) => id === (at ?? found[0]?.id));
          if (!event.altKey || !choice || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
          event.preventDefault();
          event.stopPropagation();
          move(choice, event.key === "ArrowUp" ? -1 : 1);
        }}
      >
        <VirtualList<Choice>
          label="Columns, in their order. Space shows or hides one, Alt and an arrow moves it, P pins it."
          items={found}
          keyOf={({ id }) => id}
          itemHeight={ROW}
          selected={at ?? found[0]?.id}
          onSelect={setAt}
          onOpen={toggle}
          onKeyDown={onKeyDown}
          renderItem={(choice) => {
            const index = choices.indexOf(choice);
            return (
              <div
                className="rh-columns-row"
                data-off={!choice.shown || undefined}
                data-drop={
                  drop === index ? "before" : drop === choices.length && index === drop - 1 ? "after" : undefined
                }
              >
                {words ? null : (
                  <span className="rh-columns-grip" aria-hidden="true" {...grip(choice)}>
                    <Icon name="grip" size={12} />
                  </span>
                )}
                <span
                  className="rh-columns-check"
                  aria-hidden="true"
                  data-on={choice.shown || undefined}
                  onClick={() => toggle(choice)}
                >
                  {choice.shown ? <Icon name="check" size={12} /> : null}
                </span>
                {choice.key ? <Icon name="key" size={12} /> : null}
                <span className="rh-truncate">{choice.name}</span>
                <span className="rh-visually-hidden">{`${choice.shown ? "" : ", hidden"}${choice.pinned ? ", pinned" : ""}`}</span>
                <span className="flex-1" />
                <span className="rh-meta rh-mono rh-truncate rh-columns-type">{choice.type}</span>
                <span
                  {...tip(choice.pinned ? "Unpin" : "Pin", "P")}
                  className="rh-columns-pin"
                  aria-hidden="true"
                  data-on={choice.pinned || undefined}
                  onClick={(event) => {
                    event.stopPropagation();
                    onChange(pinColumns(whole, [choice.id], !choice.pinned));
                  }}
                >
                  <Icon name="pin" size={12} />
                </span>
              </div>
            );
          }}
        />
        {found.length === 0 ? <p className="rh-meta p-3 m-0">No column is called so.</p> : null}
      </div>
      <div className="flex items-center gap-2 p-2 border-t border-line">
        <span className="rh-meta" role="status">
          {hidden === 0
            ? `${choices.length.toLocaleString("en-US")} columns`
            : `${hidden.toLocaleString("en-US")} hidden`}
        </span>
        <span className="flex-1" />
        {words && found.length > 0 ? (
          <>
            <Button
              dense
              variant="ghost"
              disabledReason={hideColumns(whole, ids) === whole ? "one column has to show" : undefined}
              onClick={() => onChange(hideColumns(whole, ids))}
            >
              Hide found
            </Button>
            <Button dense variant="ghost" onClick={() => onChange(showColumns(whole, ids))}>
              Show found
            </Button>
          </>
        ) : (
          <Button
            dense
            variant="ghost"
            disabledReason={hidden === 0 ? "no column is hidden" : undefined}
            onClick={() => onChange(showAllColumns(whole))}
          >
            Show all
          </Button>
        )}
        <IconButton icon="undo" label="Reset the layout" quiet onClick={onReset} />
      </div>
    </Popover>
  );
}
