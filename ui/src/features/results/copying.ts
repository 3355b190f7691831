/** Copying: full values of the visible columns in visible order, written by the core, never the shortened text of the screen. */
import { announce, toast } from "@/design";
import { type CopyFormat, failureOf, host, type ResultHead } from "@/ipc";
import { formatCount } from "./format";
import type { GridRange } from "./grid";

export const COPY_FORMATS: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: "tsv", label: "Copy" },
  { format: "csv", label: "Copy as CSV" },
  { format: "json", label: "Copy as JSON" },
  { format: "markdown", label: "Copy as Markdown" },
  { format: "sql_insert", label: "Copy as INSERT" },
];

/** Copies a range; says so when something was left out or refused. */
export async function copyRange(head: ResultHead, range: GridRange, format: CopyFormat): Promise<void> {
  const single = range.firstRow === range.lastRow && range.columns.length === 1;
  try {
    const copied = await host().copy({
      hold_id: head.hold_id,
      first_row: range.firstRow,
      rows: range.lastRow - range.firstRow + 1,
      columns: [...range.columns],
      format,
      header: format !== "tsv" || (range.kind !== "cells" && !single),
    });
    await host().writeClipboard(copied.text);
    announce(`Copied ${formatCount(copied.rows)} rows`);
    if (copied.cut) toast({ title: "Copied in part", detail: copied.cut, tone: "warn" });
  } catch (thrown) {
    const failure = failureOf(thrown);
    toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
  }
}
