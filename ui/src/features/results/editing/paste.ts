/** A block of text from elsewhere as cells. Pure. */
import type { GridRange } from "../grid";
import type { Draft } from "./drafts";

/** One pasted cell: a text, or known to be NULL because it was copied here. */
export type Pasted = { readonly kind: "text"; readonly text: string } | { readonly kind: "null" };

export interface Block {
  readonly rows: readonly (readonly Pasted[])[];
  /** Copied here: NULL and the empty text are told apart already. */
  readonly own: boolean;
}

const TEXT = (text: string): Pasted => ({ kind: "text", text });

/** Fields of a delimited text; quotes hold delimiters and line ends. `null` where quotes are not what they seem. */
function fieldsOf(text: string, delimiter: string): { text: string; quoted: boolean }[][] | null {
  const rows: { text: string; quoted: boolean }[][] = [];
  let row: { text: string; quoted: boolean }[] = [];
  let at = 0;
  const end = text.length;
  while (at <= end) {
    let value = "";
    let quoted = false;
    if (text[at] === '"') {
      quoted = true;
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) return null;
        value += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
      if (at < end && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") return null;
    } else {
      let stop = at;
      while (stop < end && text[stop] !== delimiter && text[stop] !== "\n" && text[stop] !== "\r") stop += 1;
      value = text.slice(at, stop);
      at = stop;
    }
    row.push({ text: value, quoted });
    if (at >= end) {
      rows.push(row);
      break;
    }
    if (text[at] === delimiter) {
      at += 1;
      continue;
    }
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    rows.push(row);
    row = [];
    // The last line end ends the last row; it begins no other one.
    if (at >= end) break;
  }
  return rows;
}

/** Lines as they are, where nothing else is meant. */
const linesOf = (text: string): string[] =>
  text
    .replace(/\r\n|\r/g, "\n")
    .replace(/\n$/, "")
    .split("\n");

/** Cells of a text from another program: by tabs as spreadsheets write them, by commas where every line has as many of them. */
export function blockOf(text: string): Block {
  const asText = (rows: { text: string }[][]): Block => ({
    rows: rows.map((row) => row.map((field) => TEXT(field.text))),
    own: false,
  });
  if (text.includes("\t")) {
    const rows = fieldsOf(text, "\t");
    // A quote within a field is a quote: then tabs alone divide.
    return rows ? asText(rows) : { rows: linesOf(text).map((line) => line.split("\t").map(TEXT)), own: false };
  }
  if (/[\r\n]/.test(text)) {
    const rows = text.includes(",") ? fieldsOf(text, ",") : null;
    const columns = rows?.[0]?.length ?? 0;
    if (rows && rows.length > 1 && columns > 1 && rows.every((row) => row.length === columns)) return asText(rows);
    // A cell of several lines stands in quotes when a spreadsheet copies it.
    const one = text.startsWith('"') ? fieldsOf(text, "\t") : null;
    if (one?.every((row) => row.length === 1)) return asText(one);
    return { rows: linesOf(text).map((line) => [TEXT(line)]), own: false };
  }
  return { rows: [[TEXT(text)]], own: false };
}

/** A CSV of our own: NULL is nothing, the empty text stands in quotes. */
export function ownBlockOf(csv: string): Block {
  const rows = fieldsOf(csv, ",") ?? [];
  return {
    rows: rows.map((row) =>
      row.map((field): Pasted => (field.text === "" && !field.quoted ? { kind: "null" } : TEXT(field.text))),
    ),
    own: true,
  };
}

/** What an empty cell from elsewhere becomes. */
export type Empties = "by-column" | "null" | "text";

export interface PasteColumn {
  readonly nullable: boolean;
  /** Whether the empty text is a value of it: a column of texts. */
  readonly textual: boolean;
}

export interface Placed {
  /** From the first row of the paste. */
  readonly row: number;
  readonly column: number;
  readonly draft: Draft;
}

export interface PastePlan {
  readonly cells: readonly Placed[];
  readonly rows: number;
  /** Empty cells from elsewhere that could mean two things. */
  readonly empties: number;
  /** Columns of the block beyond the last column shown. */
  readonly lost: number;
}

/**
 * Where each cell goes. One value fills the whole selection; a block begins at its corner. Empty cells from another program are
 * the empty text in columns of texts and NULL in others, unless told otherwise.
 */
export function planPaste(
  block: Block,
  range: Pick<GridRange, "firstRow" | "lastRow" | "columns">,
  visible: readonly number[],
  column: (index: number) => PasteColumn,
  empties: Empties,
  draftOf: (text: string, column: number) => Draft,
): PastePlan {
  const cells: Placed[] = [];
  let open = 0;
  const put = (row: number, index: number, pasted: Pasted) => {
    if (pasted.kind === "null") {
      cells.push({ row, column: index, draft: { kind: "null" } });
      return;
    }
    if (pasted.text !== "" || block.own) {
      cells.push({ row, column: index, draft: draftOf(pasted.text, index) });
      return;
    }
    open += 1;
    const { textual, nullable } = column(index);
    const asNull = empties === "null" ? nullable : empties === "text" ? false : !textual && nullable;
    cells.push({ row, column: index, draft: asNull ? { kind: "null" } : { kind: "text", text: "" } });
  };
  const [first] = block.rows;
  const single = block.rows.length === 1 && first?.length === 1 ? first[0] : undefined;
  if (single) {
    for (let row = range.firstRow; row <= range.lastRow; row += 1)
      for (const index of range.columns) put(row - range.firstRow, index, single);
    return { cells, rows: range.lastRow - range.firstRow + 1, empties: open, lost: 0 };
  }
  const corner = Math.max(0, visible.indexOf(range.columns[0] ?? visible[0] ?? 0));
  let lost = 0;
  block.rows.forEach((fields, row) => {
    fields.forEach((field, at) => {
      const index = visible[corner + at];
      if (index === undefined) lost = Math.max(lost, corner + at + 1 - visible.length);
      else put(row, index, field);
    });
  });
  return { cells, rows: block.rows.length, empties: open, lost };
}

// What was copied here last: the plain text goes to the clipboard, the cells stay, so that NULL survives within the program.
let last: { readonly text: string; readonly csv: string } | null = null;
const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("rowhouse-copied");
others?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (typeof data === "object" && data !== null && "text" in data && "csv" in data) last = data as typeof last;
});

/** Keeps what a copied text stands for. */
export function rememberCopy(text: string, csv: string): void {
  last = { text, csv };
  others?.postMessage(last);
}

const bare = (text: string) => text.replace(/\r\n/g, "\n").replace(/\n$/, "");

/** Cells of a pasted text: our own copy where it is one. */
export function pastedBlock(text: string): Block {
  return last && bare(last.text) === bare(text) ? ownBlockOf(last.csv) : blockOf(text);
}
