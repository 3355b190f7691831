/** The body of a table of any length: a short one is drawn whole, of a long one only what can be seen. */
import { useVirtualizer } from "@tanstack/react-virtual";
import type { CSSProperties, ReactNode } from "react";

/** As many rows are drawn whole: finding in the page and copying then have everything. */
export const WHOLE = 200;

const ROW = 28;

export interface LongTableProps<T> {
  label: string;
  rows: readonly T[];
  /** Header cells. */
  head: ReactNode;
  /** Cells of one row. */
  cells: (row: T) => ReactNode;
  keyOf: (row: T, index: number) => string;
  /** How many columns there are, for the space above and below what is drawn. */
  span: number;
  scroller: () => HTMLElement | null;
  /** Widths that hold for every row, also for those that are not drawn yet. */
  style?: CSSProperties;
  /** Every column keeps its share of the width and every row is one line: nothing is out of sight to the right. */
  fixed?: boolean;
}

const className = (fixed: boolean | undefined) => `rh-table rh-selectable${fixed ? " rel-fixed" : ""}`;

export function LongTable<T>(props: LongTableProps<T>) {
  return props.rows.length <= WHOLE ? <WholeTable {...props} /> : <WindowedTable {...props} />;
}

function WholeTable<T>({ label, rows, head, cells, keyOf, style, fixed }: LongTableProps<T>) {
  return (
    <table className={className(fixed)} aria-label={label} style={fixed ? style : undefined}>
      <thead>
        <tr>{head}</tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={keyOf(row, index)}>{cells(row)}</tr>
        ))}
      </tbody>
    </table>
  );
}

function WindowedTable<T>({ label, rows, head, cells, keyOf, span, scroller, style, fixed }: LongTableProps<T>) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: scroller,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row, index);
    },
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const space = (height: number) =>
    height > 0 ? (
      <tr className="rel-space">
        <td colSpan={span} style={{ height }} />
      </tr>
    ) : null;
  return (
    <table className={className(fixed)} aria-label={label} aria-rowcount={rows.length + 1} style={style}>
      <thead>
        <tr aria-rowindex={1}>{head}</tr>
      </thead>
      <tbody>
        {space(above)}
        {shown.map(({ index, key }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <tr key={key} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
              {cells(row)}
            </tr>
          );
        })}
        {space(below)}
      </tbody>
    </table>
  );
}
