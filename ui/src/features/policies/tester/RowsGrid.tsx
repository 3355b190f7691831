/** Rows side by side with what each policy says of them: any number of columns, drawn as far as they are seen. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { copyText } from "@/design";
import { type At, walked } from "../walking";

const ROW = 26;
const HEAD = 42;

export interface GridColumn {
  readonly key: string;
  /** Pixels. */
  readonly width: number;
  readonly name: string;
  /** What stands under the name. */
  readonly meta: string;
  readonly title?: string | undefined;
  readonly numeric?: boolean;
  /** Begins another sort of columns. */
  readonly first?: boolean;
  readonly cell: (row: number) => ReactNode;
  /** The same as text, to copy. */
  readonly text: (row: number) => string;
}

export interface RowsGridProps {
  label: string;
  /** Columns that stay where the others scroll. */
  stuck: readonly GridColumn[];
  columns: readonly GridColumn[];
  count: number;
  /** Rows that nobody reaches stand back. */
  dim: (row: number) => boolean;
  chosen: At;
  onChosen: (at: At) => void;
}

export function RowsGrid({ label, stuck, columns, count, dim, chosen, onChosen }: RowsGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const lead = stuck.reduce((sum, { width }) => sum + width, 0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: HEAD,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => columns[index]?.width ?? 0,
    getItemKey: (index) => columns[index]?.key ?? index,
    overscan: 3,
    scrollPaddingStart: lead,
    paddingStart: lead,
  });
  const width = across.getTotalSize();
  const seen = across.getVirtualItems();
  const cellId = ({ row, column }: At) => `${id}-${row}-${column}`;
  const go = (to: At) => {
    onChosen(to);
    rows.scrollToIndex(to.row);
    if (to.column >= stuck.length) across.scrollToIndex(to.column - stuck.length);
  };
  const at = (index: number) => stuck[index] ?? columns[index - stuck.length];
  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "c") {
      const text = at(chosen.column)?.text(chosen.row);
      if (text === undefined) return;
      event.preventDefault();
      void copyText(text);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 3);
    const to = walked(chosen, event.key, count, stuck.length + columns.length, page);
    if (!to) return;
    event.preventDefault();
    go(to);
  };
  const head = (column: GridColumn, place: number, left?: number) => (
    <span
      key={column.key}
      role="columnheader"
      aria-colindex={place + 1}
      className="try-head-cell"
      data-first={column.first || undefined}
      data-numeric={column.numeric || undefined}
      style={{ width: column.width, ...(left === undefined ? {} : { left }) }}
      title={column.title ?? column.name}
    >
      <span className="rh-truncate block">{column.name}</span>
      <span className="rh-truncate block try-head-meta">{column.meta}</span>
    </span>
  );
  const cell = (column: GridColumn, row: number, place: number, left?: number) => (
    <span
      key={column.key}
      id={cellId({ row, column: place })}
      role="gridcell"
      tabIndex={-1}
      aria-colindex={place + 1}
      className="try-cell"
      data-first={column.first || undefined}
      data-numeric={column.numeric || undefined}
      data-on={(chosen.row === row && chosen.column === place) || undefined}
      style={{ width: column.width, ...(left === undefined ? {} : { left }) }}
      onClick={() => {
        onChosen({ row, column: place });
        scroller.current?.focus();
      }}
    >
      {column.cell(row)}
    </span>
  );
  return (
    <div
      ref={scroller}
      className="rh-scroll try-grid"
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={stuck.length + columns.length}
      aria-activedescendant={count > 0 ? cellId(chosen) : undefined}
      tabIndex={0}
      onKeyDown={onKey}
    >
      <div className="try-heads" role="row" aria-rowindex={1} style={{ width }}>
        <span className="try-stuck" role="presentation" style={{ width: lead }}>
          {stuck.map((column, place) => head(column, place))}
        </span>
        {seen.map(({ index, start }) => {
          const column = columns[index];
          return column ? head(column, stuck.length + index, start) : null;
        })}
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), width, minWidth: "100%", position: "relative" }}>
        {rows.getVirtualItems().map(({ index: row, start: top, key }) => (
          <div
            key={key}
            className="try-row"
            role="row"
            aria-rowindex={row + 2}
            aria-selected={chosen.row === row}
            data-dim={dim(row) || undefined}
            style={{ top, width }}
          >
            <span className="try-stuck" role="presentation" style={{ width: lead }}>
              {stuck.map((column, place) => cell(column, row, place))}
            </span>
            {seen.map(({ index, start }) => {
              const column = columns[index];
              return column ? cell(column, row, stuck.length + index, start) : null;
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
