/** What is exported and how: pure. */
import type {
  CopyFormat,
  ExportOffer,
  ExportRequest,
  ExportRows,
  FileFormat,
  HoldProgress,
  ResultHead,
  TextOptions,
} from "@/ipc";

/** Rows that were chosen for export. */
export interface Exported {
  readonly head: ResultHead;
  readonly progress: HoldProgress;
  readonly range: {
    readonly firstRow: number;
    readonly lastRow: number;
    readonly columns: readonly number[];
  } | null;
}

export type What = "selection" | "loaded" | "whole";

/** How a file is to be. */
export interface Draft {
  readonly what: What;
  readonly format: FileFormat;
  readonly header: boolean;
  readonly nullText: string;
  readonly delimiter: "," | ";" | "\t" | "|";
  readonly quoteAll: boolean;
  readonly table: string;
}

interface Known {
  readonly label: string;
  readonly extension: string;
  readonly note?: string;
  readonly header?: true;
  readonly null?: true;
  readonly table?: true;
  /** Text, so that a clipboard takes it. */
  readonly copies?: CopyFormat;
}

export const FORMATS: Readonly<Record<FileFormat, Known>> = {
  csv: { label: "CSV", extension: "csv", header: true, null: true, copies: "csv" },
  tsv: { label: "TSV", extension: "tsv", header: true, null: true, copies: "tsv" },
  json: { label: "JSON", extension: "json", copies: "json" },
  ndjson: { label: "NDJSON", extension: "ndjson", copies: "ndjson" },
  markdown: { label: "Markdown", extension: "md", null: true, copies: "markdown" },
  html: { label: "HTML", extension: "html", null: true, copies: "html" },
  sql_insert: { label: "SQL INSERT", extension: "sql", table: true, copies: "sql_insert" },
  sql_update: { label: "SQL UPDATE", extension: "sql", table: true, copies: "sql_update" },
  in_list: { label: "IN list", extension: "txt", copies: "in_list" },
  parquet: {
    label: "Parquet",
    extension: "parquet",
    note: "Integers, booleans and bytes are typed; everything else is the server's text, with its type beside it.",
  },
  excel: {
    label: "Excel",
    extension: "xlsx",
    header: true,
    null: true,
    note: "A cell is a number only where all of its digits survive; everything else is text.",
  },
};

export const formatOrder = Object.keys(FORMATS) as FileFormat[];

const whole = new Intl.NumberFormat("en-US");
export const count = (value: number): string => whole.format(value);
export const rowsOf = (value: number): string => `${count(value)} ${value === 1 ? "row" : "rows"}`;

/** Rows of the selection. */
export const selected = (rows: Exported): number => (rows.range ? rows.range.lastRow - rows.range.firstRow + 1 : 0);

/** Columns that are written. */
export const columnsOf = (rows: Exported, what: What): readonly number[] =>
  what === "selection" && rows.range ? rows.range.columns : rows.head.columns.map((_, at) => at);

/** What one would most likely want: a selection of more than a cell, or else what is there. */
export function firstDraft(rows: Exported, format: FileFormat): Draft {
  const chosen = rows.range !== null && (selected(rows) > 1 || rows.range.columns.length > 1);
  return {
    what: chosen ? "selection" : "loaded",
    format,
    header: true,
    nullText: "",
    delimiter: ",",
    quoteAll: false,
    table: "",
  };
}

/** Why it cannot be written like that; nothing where it can. */
export function refusal(draft: Draft, rows: Exported, offer: ExportOffer | undefined): string | undefined {
  if (draft.format === "in_list" && columnsOf(rows, draft.what).length !== 1)
    return "An IN list holds the values of one column: choose cells of one column.";
  if (draft.format === "sql_update" && offer?.no_update) return offer.no_update;
  if (draft.what === "whole" && offer?.no_whole) return offer.no_whole;
  return undefined;
}

/** What is to be known of the rows before they leave. */
export function said(draft: Draft, rows: Exported, offer: ExportOffer | undefined): string | undefined {
  switch (draft.what) {
    case "whole":
      return offer?.statement
        ? "Runs the statement again. Its rows may have changed since."
        : "Reads the rows again from the server, under the same conditions. They may have changed since.";
    case "loaded":
      return offer?.partial ?? undefined;
    case "selection":
      return selected(rows) >= rows.progress.rows ? (offer?.partial ?? undefined) : undefined;
  }
}

export function options(draft: Draft): TextOptions {
  const known = FORMATS[draft.format];
  return {
    null_text: known.null && draft.nullText !== "" ? draft.nullText : null,
    delimiter: draft.format === "csv" ? draft.delimiter : null,
    quote_all: draft.format === "csv" && draft.quoteAll,
    table: known.table && draft.table.trim() !== "" ? draft.table.trim() : null,
  };
}

export function request(draft: Draft, rows: Exported, path: string): ExportRequest {
  const { range } = rows;
  const chosen: ExportRows =
    draft.what === "selection" && range
      ? { what: "selection", first_row: range.firstRow, rows: range.lastRow - range.firstRow + 1 }
      : { what: draft.what === "whole" ? "whole" : "loaded" };
  return {
    hold_id: rows.head.hold_id,
    rows: chosen,
    columns: [...columnsOf(rows, draft.what)],
    format: draft.format,
    header: draft.header,
    options: options(draft),
    path,
  };
}

/** A name for the file: what the rows are called, as file systems take it. */
export function fileName(title: string, format: FileFormat): string {
  const plain = [...title]
    .map((sign) => (/[\\/:*?"<>|]/.test(sign) || sign < " " ? " " : sign))
    .join("")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 60);
  return `${plain || "rows"}.${FORMATS[format].extension}`;
}

/** `84,200 rows/s`; nothing before there is something to divide by. */
export const rate = (rows: number, ms: number): string =>
  ms < 200 || rows === 0 ? "" : `${count(Math.round((rows * 1000) / ms))} rows/s`;

/** The last part of a path. */
export const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
