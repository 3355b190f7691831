/** A table of one-line rows: sorted by its heads, walked by arrows, of any length. Refreshing it moves nothing. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { Icon, type MenuItem, openContextMenu } from "@/design";
import type { Order } from "../model";

export const ROW = 28;

export interface RowColumn<T> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: T) => ReactNode;
  /** Pixels; one column without takes what is left. */
  readonly width?: number;
  readonly number?: boolean;
  /** Says more about the head. */
  readonly tip?: string;
  /** The first press sorts the greatest first. */
  readonly desc?: boolean;
}

export interface RowTableProps<T> {
  label: string;
  rows: readonly T[];
  columns: readonly RowColumn<T>[];
  keyOf: (row: T) => string;
  selected: string | null;
  onSelect: (key: string, row: T) => void;
  onOpen?: (row: T) => void;
  menu?: (row: T) => readonly MenuItem[];
  /** Absent where the order is the rows' own. */
  order?: Order;
  onOrder?: (order: Order) => void;
  /** For a tree: how deep a row stands, from 0. */
  depthOf?: (row: T) => number;
  /** Its least width, below which it scrolls sideways. */
  least: number;
  dimmed?: boolean;
}

export function RowTable<T>(props: RowTableProps<T>) {
  const { label, rows, columns, keyOf, selected, onSelect, onOpen, menu, order, onOrder, depthOf, least } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = rows.findIndex((row) => keyOf(row) === selected);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const go = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    virtual.scrollToIndex(index);
    onSelect(keyOf(row), row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest("th")) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2);
    const row = rows[at];
    const last = rows.length - 1;
    if (event.key === "ArrowDown") go(Math.min(at + 1, last));
    else if (event.key === "ArrowUp") go(Math.max(at - 1, 0));
    else if (event.key === "PageDown") go(Math.min(Math.max(at, 0) + page, last));
    else if (event.key === "PageUp") go(Math.max(at - page, 0));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(last);
    else if (event.key === "Enter" && row !== undefined && onOpen) onOpen(row);
    else if (((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") && row !== undefined && menu) {
      const target = document.getElementById(`${id}-${at}`);
      openContextMenu({ clientX: 0, clientY: 0, preventDefault() {}, stopPropagation() {}, target }, menu(row));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const space = (height: number) =>
    height > 0 ? (
      <tr className="act-space">
        <td colSpan={columns.length} style={{ height }} />
      </tr>
    ) : null;
  return (
    <div ref={scroller} className="act-rows rh-scroll" data-dimmed={props.dimmed || undefined}>
      <table
        className="rh-table act-table"
        style={{ minWidth: least }}
        tabIndex={0}
        role={depthOf ? "treegrid" : "grid"}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        data-focus-first
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={column.width === undefined ? undefined : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const on = order?.by === column.id;
              return (
                <th
                  key={column.id}
                  className={column.number ? "rh-num" : undefined}
                  aria-sort={on ? (order.desc ? "descending" : "ascending") : onOrder ? "none" : undefined}
                  data-tip={column.tip}
                >
                  {onOrder ? (
                    <button
                      type="button"
                      className="act-sort"
                      onClick={() => onOrder({ by: column.id, desc: on ? !order.desc : (column.desc ?? false) })}
                    >
                      <span className="rh-truncate">{column.head}</span>
                      {on ? <Icon name={order.desc ? "arrow-down" : "arrow-up"} size={12} /> : null}
                    </button>
                  ) : (
                    column.head
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {space(above)}
          {shown.map(({ index, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <tr
                key={key}
                id={`${id}-${index}`}
                aria-rowindex={index + 2}
                aria-selected={index === at}
                aria-level={depthOf ? depthOf(row) + 1 : undefined}
                style={{ height: ROW }}
                onClick={() => onSelect(keyOf(row), row)}
                onDoubleClick={() => onOpen?.(row)}
                onContextMenu={(event) => {
                  if (!menu) return;
                  onSelect(keyOf(row), row);
                  openContextMenu(event, menu(row));
                }}
              >
                {columns.map((column) => (
                  <td key={column.id} className={column.number ? "rh-num" : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {space(below)}
        </tbody>
      </table>
    </div>
  );
}
