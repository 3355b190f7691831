import { type RefObject, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { announce, type MenuItem, toast } from "@/design";
import type { ResultHead } from "@/ipc";
import type { Beside } from "../aside/types";
import type { Staged } from "../editing/model";
import type { EditedSource } from "../editing/source";
import { arranged, type CellPlace, type GridHandle } from "../grid";
import type { CellLinks } from "../links";
import { MOST_ROWS } from "./comparing";
import { type CardView, RowCard } from "./RowCard";
import { NAME, RowCompare, VALUE } from "./RowCompare";

/** Pixels a comparison takes by itself at most. */
const MOST_WIDE = 620;

interface Asked {
  head: ResultHead;
  grid: RefObject<GridHandle | null>;
  /** The rows on show, as they are when it is asked. */
  source: () => EditedSource | null;
  cursor: RefObject<CellPlace | undefined>;
  staged: Staged | null;
  links: CellLinks | undefined;
  beside: Beside | null;
  open: (beside: Beside) => void;
  /** Opens a cell of the card's row: its editor where it takes a value. */
  onCell: (place: CellPlace) => void;
  close: () => void;
  active: boolean;
}

/** The row card and the comparison of rows: what they show, their commands, and their items of a cell's menu. */
export function useRows({ head, grid, source, cursor, staged, links, beside, open, onCell, close, active }: Asked) {
  const [view, setView] = useState<CardView>("fields");
  const keys = {
    next: useKeys("row.next"),
    previous: useKeys("row.previous"),
    card: useKeys("row.card"),
    compare: useKeys("row.compare"),
  };
  const here = (): number | undefined => cursor.current?.row ?? grid.current?.selection()?.firstRow;
  const card = (row: number | undefined, next: CardView) => {
    if (row === undefined) return announce("No row is selected");
    setView(next);
    open({ kind: "row", row, column: cursor.current?.column });
  };
  const step = (by: number) => {
    const rows = source()?.rows().known ?? 0;
    const from = beside?.kind === "row" ? beside.row : here();
    const to = from === undefined ? 0 : from + by;
    if (rows === 0 || to < 0 || to >= rows) return announce(by > 0 ? "This is the last row" : "This is the first row");
    const column = cursor.current?.column ?? grid.current?.visibleColumns()[0] ?? 0;
    grid.current?.activate({ row: to, column });
  };
  const add = (row: number | undefined) => {
    if (row === undefined) return announce("No row is selected");
    if (beside?.kind !== "compare") return open({ kind: "compare", rows: [row] });
    if (beside.rows.includes(row)) return announce("This row is compared already. Go to another one.");
    if (beside.rows.length >= MOST_ROWS) return announce(`${MOST_ROWS} rows are compared at most`);
    open({ kind: "compare", rows: [...beside.rows, row] });
  };
  /** Several selected rows are compared; a single one joins those that are, or begins. */
  const compare = () => {
    const range = grid.current?.selection();
    const count = range && range.kind !== "columns" ? range.lastRow - range.firstRow + 1 : 0;
    if (!range || count < 2) return add(here());
    if (count > MOST_ROWS)
      toast({ tone: "warn", title: `The first ${MOST_ROWS} of ${count.toLocaleString("en-US")} rows are compared` });
    const rows = Array.from({ length: Math.min(count, MOST_ROWS) }, (_, index) => range.firstRow + index);
    open({ kind: "compare", rows });
  };
  useOffers(
    head.columns.length > 0
      ? {
          "row.card": { run: () => (beside?.kind === "row" && view === "fields" ? close() : card(here(), "fields")) },
          "row.json": { run: () => card(here(), "json") },
          "row.next": { run: () => step(1) },
          "row.previous": { run: () => step(-1) },
          "row.compare": { run: compare },
        }
      : {},
    active,
  );

  const menu = (place: CellPlace): readonly MenuItem[] => [
    {
      label: "Show the row",
      icon: "rows",
      ...(keys.card ? { keys: keys.card } : {}),
      onSelect: () => card(place.row, "fields"),
    },
    { label: "Row as JSON", icon: "json", onSelect: () => card(place.row, "json") },
    {
      label: beside?.kind === "compare" ? "Add to the comparison" : "Compare rows",
      icon: "columns",
      ...(keys.compare ? { keys: keys.compare } : {}),
      onSelect: compare,
    },
  ];

  const shown = () => {
    const rows = source();
    if (!rows || (beside?.kind !== "row" && beside?.kind !== "compare")) return null;
    const { sequence, hidden } = arranged(rows.columns, grid.current?.layout());
    if (beside.kind === "row")
      return (
        <RowCard
          head={head}
          source={rows}
          row={beside.row}
          at={beside.column}
          order={sequence}
          hidden={hidden}
          staged={staged}
          links={links}
          view={view}
          keys={keys}
          onView={setView}
          onStep={step}
          onColumn={(column) => {
            // A hidden column stays hidden: to read it here is no wish to see it there.
            if (!hidden.has(column)) grid.current?.activate({ row: beside.row, column });
          }}
          onCell={(column) => onCell({ row: beside.row, column })}
          onCompare={() => add(beside.row)}
          onClose={close}
        />
      );
    return (
      <RowCompare
        head={head}
        source={rows}
        rows={beside.rows}
        order={sequence}
        onAdd={() => add(here())}
        onRemove={(screen) => {
          const left = beside.rows.filter((row) => row !== screen);
          if (left.length === 0) close();
          else open({ kind: "compare", rows: left });
        }}
        onGo={(row) => {
          grid.current?.activate({ row, column: cursor.current?.column ?? sequence[0] ?? 0 });
          grid.current?.focus();
        }}
        onClose={close}
      />
    );
  };
  const least = beside?.kind === "compare" ? Math.min(MOST_WIDE, NAME + VALUE * beside.rows.length + 16) : 0;
  return { menu, shown, least };
}
