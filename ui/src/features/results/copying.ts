/** Copying: full values of the visible columns in visible order, written by the core, never the shortened text of the screen. */
import { announce, toast } from "@/design";
import { type CopyFormat, failureOf, host, type ResultHead } from "@/ipc";
import { formatCount } from "./format";
import type { GridRange } from "./grid";

export const COPY_FORMATS: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: "tsv", label: "Copy" },
  { format: "csv", label: "Copy as CSV" },
  { format: "json", label: "Copy as JSON" },
  { format: "ndjson", label: "Copy as NDJSON" },
  { format: "markdown", label: "Copy as Markdown" },
  { format: "html", label: "Copy as HTML" },
  { format: "sql_insert", label: "Copy as INSERT" },
  { format: "sql_update", label: "Copy as UPDATE" },
  { format: "in_list", label: "Copy as IN list" },
];

/** What these cells can be copied as: UPDATE where a key is known, an IN list where they are of one column. */
export const formatsFor = (head: ResultHead, range: GridRange): typeof COPY_FORMATS =>
  COPY_FORMATS.filter(({ format }) => {
    if (format === "sql_update") return head.columns.some((column) => column.primary_key);
    return format !== "in_list" || range.columns.length === 1;
  });

/** Bytes of one value on the clipboard, and of it in one answer. */
const MOST = 64 << 20;
const PART = 1 << 20;

/** One cell is its value and nothing else: no quotes, no line end. */
async function cellText(head: ResultHead, row: number, column: number) {
  const decoder = new TextDecoder();
  let text = "";
  let read = 0;
  let more = true;
  while (more && read < MOST) {
    const bytes = await host().holdCell(head.hold_id, row, column, read, PART);
    text += decoder.decode(bytes, { stream: true });
    read += bytes.byteLength;
    more = bytes.byteLength === PART;
  }
  return {
    text: text + decoder.decode(),
    rows: 1,
    cut: more ? "Only the first 64 MB of the value were copied." : null,
  };
}

/** Copies a range; says so when something was left out or refused. Answers what is on the clipboard then. */
export async function copyRange(head: ResultHead, range: GridRange, format: CopyFormat): Promise<string | null> {
  const single = range.firstRow === range.lastRow && range.columns.length === 1;
  const [column] = range.columns;
  return copied(() =>
    single && format === "tsv" && column !== undefined
      ? cellText(head, range.firstRow, column)
      : host().copy({
          hold_id: head.hold_id,
          first_row: range.firstRow,
          rows: range.lastRow - range.firstRow + 1,
          columns: [...range.columns],
          format,
          header: format !== "tsv" || (range.kind !== "cells" && !single),
          options: null,
        }),
  );
}

/** Copies one value whole, however much of it is shown. */
export const copyCell = (head: ResultHead, row: number, column: number): Promise<string | null> =>
  copied(() => cellText(head, row, column));

async function copied(read: () => Promise<{ text: string; rows: number; cut: string | null }>): Promise<string | null> {
  try {
    const { text, rows, cut } = await read();
    await host().writeClipboard(text);
    announce(`Copied ${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`);
    if (cut) toast({ title: "Copied in part", detail: cut, tone: "warn" });
    return text;
  } catch (thrown) {
    const failure = failureOf(thrown);
    toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
    return null;
  }
}
