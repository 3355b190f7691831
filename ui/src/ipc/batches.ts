/**
 * Windows of held rows, as they arrive: one Arrow IPC stream of the asked columns, named by their index; behind them
 * `<i>#class` (what each cell of a mixed column is) and `<i>#long` (the full length in bytes of cut cells).
 *
 * Nothing here is turned into a JavaScript number that is a database value: integers are read as BigInt or small integers and
 * shown by their digits.
 */
import { type Column, type Table, tableFromIPC } from "@uwdata/flechette";

/** What one cell of a mixed column is; see the core's `CellClass`. */
const CLASSES = ["null", "text", "bytes", "integer", "real", "invalid", "missing"] as const;

export type StoredClass = (typeof CLASSES)[number];

/** One cell as stored: its text, and what is known of it. */
export interface StoredCell {
  /** The server's own text; for bytes that are no text, hexadecimal digits after `\x`. */
  readonly text: string;
  /** Absent where the whole column is of one kind. */
  readonly stored?: StoredClass;
  readonly null: boolean;
  /** The whole cell's length in bytes, when `text` is only its beginning. */
  readonly fullBytes?: number;
}

export interface DecodedWindow {
  readonly rowCount: number;
  /** `column` is the place among the asked columns. */
  cell(row: number, column: number): StoredCell;
}

const strict = new TextDecoder("utf-8", { fatal: true });
const lossy = new TextDecoder("utf-8");
const NULL: StoredCell = { text: "", null: true };
/** No such field: not even NULL. */
const MISSING: StoredCell = { text: "", null: true, stored: "missing" };

function hex(bytes: Uint8Array): string {
  let text = "\\x";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Text of a cell's bytes; bytes that are not UTF-8 show as replacement characters and say so. */
function textOf(bytes: Uint8Array, stored: StoredClass | undefined): { text: string; stored?: StoredClass } {
  if (stored === "bytes") return { text: hex(bytes), stored };
  try {
    return stored ? { text: strict.decode(bytes), stored } : { text: strict.decode(bytes) };
  } catch {
    return { text: lossy.decode(bytes), stored: "invalid" };
  }
}

type AnyColumn = Column<unknown>;

/** Reads a window. `booleans` are the texts of true and false. */
export function decodeWindow(
  buffer: ArrayBuffer,
  columns: readonly number[],
  booleans: readonly [string, string],
): DecodedWindow {
  const table: Table = tableFromIPC(new Uint8Array(buffer), { useBigInt: true });
  const find = (name: string): AnyColumn | undefined => {
    const index = table.schema.fields.findIndex((field) => field.name === name);
    return index < 0 ? undefined : (table.getChildAt(index) as AnyColumn);
  };
  const values = columns.map((column) => find(String(column)));
  const classes = columns.map((column) => find(`${column}#class`));
  const lengths = columns.map((column) => find(`${column}#long`));

  return {
    rowCount: table.numRows,
    cell(row, column) {
      const value = values[column]?.at(row);
      const code = classes[column]?.at(row);
      const stored = typeof code === "number" ? CLASSES[code] : undefined;
      if (stored === "missing") return MISSING;
      if (value === null || value === undefined || stored === "null") return NULL;
      if (!(value instanceof Uint8Array)) {
        const text = typeof value === "boolean" ? booleans[value ? 0 : 1] : String(value);
        return { text, null: false };
      }
      const full = lengths[column]?.at(row);
      const cell = { ...textOf(value, stored), null: false };
      return full === null || full === undefined ? cell : { ...cell, fullBytes: Number(full) };
    },
  };
}
