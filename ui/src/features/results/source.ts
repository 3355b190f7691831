/** Rows of one hold as the grid wants them. */
import { type ColumnClass, host, type ResultColumn, type ResultHead, type ResultKey } from "@/ipc";
import { decodeWindow, type StoredCell } from "@/ipc/batches";
import { BlockSource, type Cell, type CellClass, type GridColumn } from "./grid";

const RIGHT: readonly ColumnClass[] = ["number"];

const CLASS: Readonly<Record<ColumnClass, CellClass>> = {
  number: "number",
  boolean: "bool",
  text: "text",
  json: "json",
  xml: "text",
  bytes: "bytes",
  temporal: "text",
  interval: "text",
  uuid: "text",
  array: "text",
  other: "text",
};

/** How a stored cell of a column looks. */
export function cellOf(stored: StoredCell, column: ResultColumn): Cell {
  if (stored.stored === "missing") return { text: "", class: "missing" };
  if (stored.null) return { text: "NULL", class: "null" };
  const cut = stored.fullBytes !== undefined;
  if (stored.stored === "invalid") return { text: stored.text, class: "invalid", truncated: cut };
  if (stored.stored === "bytes") return { text: stored.text, class: "bytes", raw: true, truncated: cut };
  if (stored.stored === "integer" || stored.stored === "real") {
    // Yes and no are no numbers to a reader, whatever they are stored as.
    return { text: stored.text, class: "number", align: column.class === "boolean" ? "left" : "right" };
  }
  if (stored.text === "") return { text: "", class: "empty" };
  // One line per row: breaks show as a visible sign, the viewer shows them as they are.
  const text = /[\r\n\t]/.test(stored.text)
    ? stored.text.replace(/\r\n|[\r\n]/g, " ⏎ ").replace(/\t/g, " ⇥ ")
    : stored.text;
  const altered = text === stored.text ? {} : { altered: true };
  const mixedText = stored.stored === "text" && column.class === "number";
  if (mixedText) return { text, class: "text", align: "left", truncated: cut, ...altered };
  return { text, class: CLASS[column.class], truncated: cut, ...altered };
}

/** The grid's columns of a result; `sort` marks the sorted ones. */
export function gridColumns(
  columns: readonly ResultColumn[],
  sort: readonly { readonly column: string; readonly descending: boolean }[] = [],
  keys: readonly ResultKey[] = [],
): readonly GridColumn[] {
  const known = new Map<string, number>();
  return columns.map((column, index) => {
    // The name, so that what is remembered of a relation's columns finds them again; namesakes of a query's result are counted.
    const before = known.get(column.name) ?? 0;
    known.set(column.name, before + 1);
    const place = sort.findIndex((key) => key.column === column.name);
    const key = sort[place];
    const leads = keys.filter((each) => each.shown_at.includes(index));
    const said = leads.map((each) => each.label).join("\n");
    return {
      id: before === 0 ? column.name : `${column.name}\u001f${before}`,
      name: column.name,
      type: column.native_type,
      align: RIGHT.includes(column.class) ? "right" : column.native_type === "" ? "cells" : "left",
      ...(column.primary_key
        ? { key: "primary" as const }
        : column.references || said
          ? { key: "foreign" as const }
          : {}),
      ...(said ? { note: said } : {}),
      ...(key ? { sort: key.descending ? ("descending" as const) : ("ascending" as const) } : {}),
      ...(key && sort.length > 1 ? { sortOrder: place + 1 } : {}),
    };
  });
}

export interface HeldRows {
  readonly head: ResultHead;
  readonly rows: number;
  readonly more: boolean;
  /** They are the same rows read once more: the grid stays in place. */
  readonly again?: ReadAgain | undefined;
}

/** What is known of rows that were read once more. */
export interface ReadAgain {
  /** What these rows and those before them have in common. */
  readonly lineage: string;
  /** When they came, in ms. */
  readonly at: number;
  /** Those that are new or not as they were. */
  readonly changed: ReadonlySet<number>;
}

/** How long a row that changed is marked. */
const FRESH_MS = 1_600;

/** A source over a hold; close it when the grid lets it go. */
export function holdSource(
  { head, rows, more, again }: HeldRows,
  columns: readonly GridColumn[],
  onFailure: (error: unknown) => void,
  before?: (row: number, column: number) => Cell | undefined,
): BlockSource {
  return new BlockSource({
    generation: again?.lineage ?? head.hold_id,
    before,
    columns,
    known: rows,
    more,
    onFailure,
    async fetch(request, signal) {
      const asked = Array.from({ length: request.columnCount }, (_, index) => request.firstColumn + index);
      const bytes = await host().holdWindow(head.hold_id, request.firstRow, request.rowCount, asked);
      signal.throwIfAborted();
      const window = decodeWindow(bytes, asked, head.booleans);
      return {
        rowCount: window.rowCount,
        cell(row, column) {
          const described = head.columns[request.firstColumn + column];
          const stored = window.cell(row, column);
          const cell: Cell = described ? cellOf(stored, described) : { text: stored.text, class: "text" };
          const fresh = again?.changed.has(request.firstRow + row) && Date.now() - again.at < FRESH_MS;
          return fresh ? { ...cell, fresh: true } : cell;
        },
      };
    },
  });
}
