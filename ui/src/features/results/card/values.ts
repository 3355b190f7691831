/** Values of whole rows as they are shown: read alone, whatever columns the grid has in sight. */
import { type AppError, failureOf, host, type ResultHead } from "@/ipc";
import { decodeWindow } from "@/ipc/batches";
import type { EditedSource } from "../editing/source";
import { formatBytes } from "../format";
import type { Cell } from "../grid";
import { cellOf } from "../source";
import { bytesOf } from "../viewing";

/** One value of a row: how it looks, and its text as the server wrote it. */
export interface RowValue {
  readonly cell: Cell;
  /** Line ends and tabs as they are. */
  readonly text: string;
  /** The whole value's length in bytes, where `text` is only its beginning. */
  readonly fullBytes: number | undefined;
}

const WAITING: Cell = { text: "", class: "text" };

/** Bytes of one value that are read whole at once, to be compared, copied or unfolded. */
export const WHOLE_MOST = 1 << 20;

/** A stored row's values, of every column. */
export async function storedValues(
  head: ResultHead,
  at: { readonly holdId: string; readonly row: number },
): Promise<readonly RowValue[]> {
  const asked = head.columns.map((_, index) => index);
  const window = decodeWindow(await host().holdWindow(at.holdId, at.row, 1, asked), asked, head.booleans);
  return head.columns.map((column, index) => {
    if (window.rowCount === 0) return { cell: WAITING, text: "", fullBytes: undefined };
    const stored = window.cell(0, index);
    return { cell: cellOf(stored, column), text: stored.text, fullBytes: stored.fullBytes };
  });
}

/** The values a row shows: what is staged over what is stored. */
export function shownValues(
  head: ResultHead,
  source: EditedSource,
  screen: number,
  stored: readonly RowValue[] | null,
): readonly RowValue[] {
  const overlay = source.overlayAt(screen);
  const isNew = overlay?.row.kind === "insert";
  return head.columns.map((_, column) => {
    const own = stored?.[column];
    if (own && !overlay?.cells.has(column))
      return overlay?.row.kind === "delete" ? { ...own, cell: { ...own.cell, mark: "deleted" } } : own;
    const cell = source.cell(screen, column) ?? WAITING;
    return { cell: isNew ? { ...cell, mark: "new" } : cell, text: cell.text, fullBytes: undefined };
  });
}

/** A value's whole text, up to a bound; nothing where it is longer. */
export async function wholeText(
  at: { readonly holdId: string; readonly row: number },
  column: number,
  most: number = WHOLE_MOST,
): Promise<string | null> {
  const bytes = await host().holdCell(at.holdId, at.row, column, 0, most);
  return bytes.byteLength < most ? new TextDecoder().decode(bytes) : null;
}

/** How much is in a value of bytes, in words. */
export function bytesInWords({ text, fullBytes, cell }: RowValue): string {
  const printed = text.startsWith("\\x");
  if (fullBytes !== undefined) return formatBytes(printed && !cell.raw ? (fullBytes - 2) / 2 : fullBytes);
  return formatBytes(bytesOf(new TextEncoder().encode(text)).length);
}

/** A row in JSON as the core writes it: the lexemes and the columns' order as they are. */
export async function rowJson(
  at: { readonly holdId: string; readonly row: number },
  columns: readonly number[],
): Promise<string> {
  const { text } = await host().copy({
    hold_id: at.holdId,
    first_row: at.row,
    rows: 1,
    columns: [...columns],
    format: "ndjson",
    header: true,
    options: null,
  });
  return text.trim();
}

export const failed = (thrown: unknown): AppError => failureOf(thrown);
