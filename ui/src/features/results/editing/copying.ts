/** Copying what is seen: rows with staged and saved values in them, not only what the hold has. */
import { announce, toast } from "@/design";
import { type CopyFormat, failureOf, host, type ResultHead } from "@/ipc";
import { copyRange } from "../copying";
import { formatCount } from "../format";
import type { GridRange } from "../grid";
import { ownBlockOf, type Pasted, rememberCopy } from "./paste";
import type { EditedSource } from "./source";
import type { EditsStore } from "./store";

/** Cells of a copy whose NULLs are remembered for a paste here. */
const REMEMBERED = 50_000;
/** Cells that are put together here, where staged ones are among them. */
const MOST = 200_000;

/** One run of stored rows: of a hold, one after the other. */
interface Run {
  readonly holdId: string;
  readonly first: number;
  rows: number;
}

/** A field of CSV: NULL is nothing, the empty text stands in quotes. */
function field(cell: Pasted, delimiter: string): string {
  if (cell.kind === "null") return "";
  const { text } = cell;
  return text === "" || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As spreadsheets read it: NULL and the empty text are both nothing. */
const plainField = (cell: Pasted): string =>
  cell.kind === "null" ? "" : /[\t"\r\n]/.test(cell.text) ? `"${cell.text.replaceAll('"', '""')}"` : cell.text;

async function csvOf(holdId: string, first: number, rows: number, columns: readonly number[]): Promise<string> {
  const { text } = await host().copy({
    hold_id: holdId,
    first_row: first,
    rows,
    columns: [...columns],
    format: "csv",
    header: false,
    options: null,
  });
  return text;
}

/** Every cell of a range as it is shown, whole. */
async function shownCells(store: EditsStore | null, source: EditedSource, range: GridRange): Promise<Pasted[][]> {
  const runs: (Run | null)[] = [];
  for (let screen = range.firstRow; screen <= range.lastRow; screen += 1) {
    const stored = source.stored(screen);
    const last = runs.at(-1);
    if (!stored) runs.push(null);
    else if (last && last.holdId === stored.holdId && last.first + last.rows === stored.row) last.rows += 1;
    else runs.push({ holdId: stored.holdId, first: stored.row, rows: 1 });
  }
  const rows: Pasted[][] = [];
  for (const run of runs) {
    if (!run) rows.push(range.columns.map(() => ({ kind: "text", text: "" })));
    else
      for (const row of ownBlockOf(await csvOf(run.holdId, run.first, run.rows, range.columns)).rows)
        rows.push([...row]);
  }
  for (let screen = range.firstRow; screen <= range.lastRow; screen += 1) {
    const overlay = source.overlayAt(screen);
    const row = rows[screen - range.firstRow];
    if (!overlay || !row || overlay.row.kind === "delete") continue;
    for (const [at, column] of range.columns.entries()) {
      const cell = overlay.cells.get(column);
      if (!cell) continue;
      const whole =
        cell.value.kind === "text" && cell.value.whole === null
          ? cell.value
          : await store?.value(overlay.row.id, column);
      if (whole?.kind === "null") row[at] = { kind: "null" };
      else if (whole?.kind === "text" || whole?.kind === "number") row[at] = { kind: "text", text: whole.text };
      else if (whole?.kind === "default") row[at] = { kind: "text", text: "" };
    }
  }
  return rows;
}

/** Whether something of a range is not simply held, one row after the other. */
function touched(source: EditedSource, range: GridRange): boolean {
  const first = source.stored(range.firstRow);
  const last = source.stored(range.lastRow);
  if (!first || !last || first.holdId !== source.holdId || last.holdId !== source.holdId) return true;
  if (last.row - first.row !== range.lastRow - range.firstRow) return true;
  return source.hasOverlay(range.firstRow, range.lastRow);
}

/** Copies a range as it is seen. */
export async function copyShown(
  head: ResultHead,
  store: EditsStore | null,
  source: EditedSource,
  range: GridRange,
  format: CopyFormat,
): Promise<void> {
  const cells = (range.lastRow - range.firstRow + 1) * range.columns.length;
  const single = cells === 1;
  if (!touched(source, range)) {
    const first = source.stored(range.firstRow)?.row ?? range.firstRow;
    const held = { ...range, firstRow: first, lastRow: first + range.lastRow - range.firstRow };
    const shown = { ...head, hold_id: source.holdId };
    const text = await copyRange(shown, held, format);
    // A copy with heads is for elsewhere.
    if (text !== null && format === "tsv" && cells <= REMEMBERED && (range.kind === "cells" || single)) {
      const csv = await csvOf(shown.hold_id, first, held.lastRow - first + 1, range.columns).catch(() => null);
      if (csv !== null) rememberCopy(text, csv);
    }
    return;
  }
  if (format !== "tsv" && format !== "csv") {
    toast({
      tone: "warn",
      title: "These rows have changes that are not saved",
      detail: "Only “Copy” and “Copy as CSV” take them along. Save first to copy the rows in another form.",
    });
    return;
  }
  if (cells > MOST) {
    toast({
      tone: "warn",
      title: "Too many rows with unsaved changes among them",
      detail: "Save first, or copy fewer.",
    });
    return;
  }
  try {
    const rows = await shownCells(store, source, range);
    const csv = rows.map((row) => row.map((cell) => field(cell, ",")).join(",")).join("\n");
    const only = rows[0]?.[0];
    const text =
      format === "csv"
        ? csv
        : single && only
          ? only.kind === "null"
            ? ""
            : only.text
          : rows.map((row) => row.map(plainField).join("\t")).join("\n");
    await host().writeClipboard(text);
    rememberCopy(text, csv);
    announce(`Copied ${formatCount(rows.length)} ${rows.length === 1 ? "row" : "rows"}`);
  } catch (thrown) {
    const failure = failureOf(thrown);
    toast({ title: failure.message, tone: "danger", ...(failure.hint ? { detail: failure.hint } : {}) });
  }
}
