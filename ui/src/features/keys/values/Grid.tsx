/** Elements as rows, as many as there are: read when they come into sight, typed in their place. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { classes, Input, type MenuItem, number, openContextMenu } from "@/design";
import type { KeyElement } from "@/ipc";
import type { Elements } from "../elements";
import { useScroll } from "../parts/useScroll";
import type { Typed } from "../typing";

const ROW = 26;

export interface GridColumn {
  readonly id: string;
  readonly head: string;
  readonly note?: string;
  /** A track of the grid. */
  readonly width: string;
  readonly number?: boolean;
  readonly cell: (element: KeyElement, at: number) => ReactNode;
}

export interface GridProps {
  label: string;
  elements: Elements;
  columns: readonly GridColumn[];
  nameOf: (element: KeyElement, at: number) => string;
  selected: number | null;
  onSelect: (at: number, element: KeyElement) => void;
  /** The columns that are typed in, and their texts: the first where none was pointed at. */
  editable: (element: KeyElement) => readonly Typed[];
  /** Enter on what is not typed here. */
  onOpen: (at: number, element: KeyElement) => void;
  /** False keeps what was typed. */
  onEdit: (at: number, element: KeyElement, typed: Typed) => Promise<boolean>;
  onRemove: (at: number, element: KeyElement) => void;
  menu: (at: number, element: KeyElement) => readonly MenuItem[];
  onEscape: () => boolean;
}

function CellInput({
  label,
  text,
  onDone,
}: {
  label: string;
  text: string;
  onDone: (text: string | null) => Promise<boolean>;
}) {
  const [value, setValue] = useState(text);
  const busy = useRef(false);
  const done = async (next: string | null) => {
    if (busy.current) return;
    busy.current = true;
    await onDone(next);
    busy.current = false;
  };
  return (
    <Input
      dense
      mono
      autoFocus
      className="keys-cell-input"
      aria-label={label}
      value={value}
      onChange={setValue}
      onFocus={(event) => event.target.select()}
      onBlur={() => {
        // What was typed is not lost, and not saved by looking elsewhere: it waits.
        if (value === text) void done(null);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") void done(value === text ? null : value);
        else if (event.key === "Escape") void done(null);
        else return;
        event.preventDefault();
      }}
    />
  );
}

export function Grid(props: GridProps) {
  const { label, elements, columns, nameOf, selected, onSelect, editable, onOpen, onEdit, onRemove, menu } = props;
  const { rows, count } = useSyncExternalStore(elements.subscribe, elements.snapshot);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const scroll = useScroll(scroller, count, ROW);
  const [typing, setTyping] = useState<{ readonly at: number; readonly column: string } | null>(null);
  const { first, last } = scroll;
  useEffect(() => elements.see(first, last), [elements, first, last]);
  const template = columns.map(({ width }) => width).join(" ");
  const go = (to: number) => {
    const at = Math.max(0, Math.min(to, count - 1));
    const element = rows.get(at);
    scroll.reveal(at);
    if (element) onSelect(at, element);
  };
  const begin = (at: number, element: KeyElement, column?: string) => {
    const typed = editable(element);
    const field = typed.find((each) => each.column === column) ?? typed[0];
    if (field) setTyping({ at, column: field.column });
    else onOpen(at, element);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey) return;
    const at = selected ?? -1;
    const element = rows.get(at);
    if (key === "ArrowDown") go(at + 1);
    else if (key === "ArrowUp") go(at - 1);
    else if (key === "PageDown") go(at + scroll.page);
    else if (key === "PageUp") go(at - scroll.page);
    else if (key === "Home") go(0);
    else if (key === "End") go(count - 1);
    else if (key === "Enter" && element) begin(at, element);
    else if (key === "Delete" && element) onRemove(at, element);
    else if (((key === "F10" && event.shiftKey) || key === "ContextMenu") && element) {
      const target = document.getElementById(`${id}-${at}`);
      openContextMenu({ clientX: 0, clientY: 0, preventDefault() {}, stopPropagation() {}, target }, menu(at, element));
    } else if (key === "Escape" && props.onEscape()) event.stopPropagation();
    else return;
    event.preventDefault();
  };
  const shown: number[] = [];
  for (let at = Math.max(0, first - 8); at < Math.min(count, last + 8); at += 1) shown.push(at);
  const finish = async (at: number, element: KeyElement, column: string, text: string | null) => {
    if (text !== null && !(await onEdit(at, element, { column, text }))) return false;
    setTyping(null);
    scroller.current?.focus();
    return true;
  };
  return (
    <div
      ref={scroller}
      className="rh-scroll keys-grid"
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-activedescendant={selected === null ? undefined : `${id}-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={scroll.onScroll}
    >
      <div className="keys-grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <div key={column.id} role="columnheader" className={classes(column.number && "keys-num")}>
            {column.head}
            {column.note ? <small>{column.note}</small> : null}
          </div>
        ))}
      </div>
      <div className="rh-virtual" role="presentation" style={{ height: scroll.height }}>
        {shown.map((at) => {
          const element = rows.get(at);
          const style = { top: scroll.topOf(at), gridTemplateColumns: template };
          if (!element) return <div key={at} className="keys-grid-row" style={style} aria-hidden="true" />;
          const field =
            typing?.at === at ? editable(element).find(({ column }) => column === typing.column) : undefined;
          const name = nameOf(element, at);
          return (
            <div
              key={at}
              id={`${id}-${at}`}
              role="row"
              aria-rowindex={at + 2}
              aria-selected={at === selected}
              aria-label={name || number(at + 1)}
              className="keys-grid-row"
              style={style}
              onClick={() => onSelect(at, element)}
              onDoubleClick={({ target }) =>
                begin(at, element, (target as Element).closest<HTMLElement>("[data-column]")?.dataset.column)
              }
              onContextMenu={(event) => {
                onSelect(at, element);
                openContextMenu(event, menu(at, element), name);
              }}
            >
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="gridcell"
                  data-column={column.id}
                  className={classes("rh-mono", column.number && "keys-num")}
                >
                  {field?.column === column.id ? (
                    <CellInput
                      label={`${column.head} of ${name}`}
                      text={field.text}
                      onDone={(text) => finish(at, element, column.id, text)}
                    />
                  ) : (
                    column.cell(element, at)
                  )}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
