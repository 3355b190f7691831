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
  return columns.map((column, index) => {
    const place = sort.findIndex((key) => key.column === column.name);
    const key = sort[place];
    const leads = keys.filter((each) => each.shown_at.includes(index));
    const said = leads.map((each) => each.label).join("\n");
    return {
      id: `${index}:${column.name}`,
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
}

/** A source over a hold; close it when the grid lets it go. */
export function holdSource(
  { head, rows, more }: HeldRows,
  columns: readonly GridColumn[],
  onFailure: (error: unknown) => void,
): BlockSource {
  return new BlockSource({
    generation: head.hold_id,
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
          return described ? cellOf(stored, described) : { text: stored.text, class: "text" };
        },
      };
    },
  });
}
