/** Documents by their `_id`, which is what finds them again in rows that were read anew. */
import { host, type ResultHead } from "@/ipc";
import { decodeWindow, type StoredCell } from "@/ipc/batches";

/** Rows that are looked through. */
const MOST = 20_000;
const AT_ONCE = 2_000;

/** The column of the documents' `_id`; none where they have different ones inside, or none. */
export const idColumn = (head: ResultHead): number => head.columns.findIndex((column) => column.name === "_id");

/** An id's text with what kind of value it is: `1` and `"1"` are two. */
const textOf = (cell: StoredCell): string | null =>
  cell.null || cell.fullBytes !== undefined ? null : `${cell.stored ?? ""}:${cell.text}`;

async function idsOf(head: ResultHead, first: number, count: number): Promise<readonly (string | null)[]> {
  const column = idColumn(head);
  if (column < 0) return [];
  const bytes = await host().holdWindow(head.hold_id, first, count, [column]);
  const window = decodeWindow(bytes, [column], head.booleans);
  return Array.from({ length: window.rowCount }, (_, row) => textOf(window.cell(row, 0)));
}

export async function idOf(head: ResultHead, row: number): Promise<string | null> {
  return (await idsOf(head, row, 1))[0] ?? null;
}

/** The rows of the ids among what is held. */
export async function rowsById(head: ResultHead, rows: number): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const last = Math.min(rows, MOST);
  for (let first = 0; first < last; first += AT_ONCE) {
    const ids = await idsOf(head, first, Math.min(AT_ONCE, last - first));
    ids.forEach((id, at) => {
      if (id !== null && !found.has(id)) found.set(id, first + at);
    });
    if (ids.length === 0) break;
  }
  return found;
}
