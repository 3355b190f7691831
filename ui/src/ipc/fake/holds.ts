/** Held rows of the fake host: made on demand and sent as real Arrow IPC bytes. */
import { binary, bool, type DataType, int64, tableFromArrays, tableToIPC, uint8, uint64 } from "@uwdata/flechette";
import type { Copied, CopyRequest, HeldAgain, HoldProgress, ObjectRef, ResultColumn, ResultHead } from "../bindings";
import type { BsonDocument } from "./bson";
import { keysOf } from "./keys";
import type { FakeColumn, FakeTable } from "./tables";
import { refuse, type World } from "./world";

/** Bytes of a cell that a window carries at most. */
const LONG = 512;
const utf8 = new TextEncoder();

export interface Hold {
  readonly head: ResultHead;
  /** Rows there are in all; `rows` of them are here. */
  readonly total: number;
  rows: number;
  progress: HoldProgress;
  readonly sqlite: boolean;
  cell(row: number, column: number): string | null;
  /** The one table it comes from; none for what joins several. */
  readonly source?: {
    readonly profileId: string;
    readonly table: FakeTable;
    readonly object: ObjectRef;
    readonly acting: string | null;
  };
  /** The table's row behind a held one, and the other way round (-1 where it is not held). */
  tableRow?(row: number): number;
  rowOf?(tableRow: number): number;
  /** What a save made of a cell. */
  patch?(tableRow: number, column: number, text: string | null): void;
  /** The documents, where rows are such; and what each cell is then. */
  readonly documents?: readonly BsonDocument[];
  cellClass?(row: number, column: number): number;
  readonly resume?: (to: "cap" | "end") => void;
  readonly stop?: () => void;
}

export function columnsOf(columns: readonly FakeColumn[], sqlite: boolean): ResultColumn[] {
  return columns.map((column) => ({
    name: column.name,
    native_type: sqlite ? column.sqliteType : column.type,
    class: column.class,
    primary_key: column.primaryKey ?? false,
    references: column.references ?? null,
  }));
}

export function makeHead(world: World, title: string, columns: ResultColumn[], sqlite: boolean): ResultHead {
  const hold_id = `h${world.nextId++}`;
  return {
    hold_id,
    title,
    columns,
    booleans: sqlite ? ["1", "0"] : ["t", "f"],
    context: sqlite ? "" : "UTC, ISO dates",
    foreign_keys: keysOf(columns),
  };
}

export const holdOf = (world: World, id: string): Hold =>
  world.holds.get(id) ?? refuse("not_found", "These rows are not held any more.", { hint: "Run the statement again." });

/** A result's statement once more: the same rows under another id. */
export function holdAgain(world: World, id: string, keep: number | null): HeldAgain {
  const former = holdOf(world, id);
  const head = { ...former.head, hold_id: `h${world.nextId++}` };
  const progress: HoldProgress = { ...former.progress, hold_id: head.hold_id };
  world.holds.set(head.hold_id, { ...former, head, progress });
  return { head, progress, changed: [0], kept: keep };
}

const INTEGERS = new Set(["bigint", "integer", "smallint", "INTEGER"]);

const bytesOf = (text: string, kind: ResultColumn["class"]): Uint8Array =>
  kind === "bytes" && text.startsWith("\\x")
    ? Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    : utf8.encode(text);

/** A window as the core sends it: columns named by their index, long cells cut, their whole length beside them. */
export function windowOf(hold: Hold, first: number, count: number, columns: readonly number[]): ArrayBuffer {
  const last = Math.min(hold.rows, first + count);
  const values: Record<string, unknown[]> = {};
  const types: Record<string, DataType> = {};
  for (const column of columns) {
    const described = hold.head.columns[column];
    if (!described) continue;
    const name = String(column);
    const texts = Array.from({ length: Math.max(0, last - first) }, (_, at) => hold.cell(first + at, column));
    if (hold.cellClass) {
      const cells = texts.map((text) => (text === null ? null : utf8.encode(text)));
      values[name] = cells.map((cell) => cell?.slice(0, LONG) ?? null);
      types[name] = binary();
      values[`${name}#class`] = texts.map((_, at) => hold.cellClass?.(first + at, column) ?? 1);
      types[`${name}#class`] = uint8();
      if (cells.some((cell) => cell && cell.length > LONG)) {
        values[`${name}#long`] = cells.map((cell) => (cell && cell.length > LONG ? BigInt(cell.length) : null));
        types[`${name}#long`] = uint64();
      }
    } else if (described.class === "boolean" && !hold.sqlite) {
      values[name] = texts.map((text) => (text === null ? null : text === "t"));
      types[name] = bool();
    } else if (INTEGERS.has(described.native_type) && texts.every((text) => text === null || /^-?\d+$/.test(text))) {
      values[name] = texts.map((text) => (text === null ? null : BigInt(text)));
      types[name] = int64();
    } else {
      const cells = texts.map((text) => (text === null ? null : bytesOf(text, described.class)));
      values[name] = cells.map((cell) => cell?.slice(0, LONG) ?? null);
      types[name] = binary();
      if (described.class === "bytes") {
        values[`${name}#class`] = cells.map((cell) => (cell ? 2 : 0));
        types[`${name}#class`] = uint8();
      }
      if (cells.some((cell) => cell && cell.length > LONG)) {
        values[`${name}#long`] = cells.map((cell) => (cell && cell.length > LONG ? BigInt(cell.length) : null));
        types[`${name}#long`] = uint64();
      }
    }
  }
  const bytes = tableToIPC(tableFromArrays(values, { types }), { format: "stream" });
  return (bytes ?? new Uint8Array()).slice().buffer;
}

export function cellBytes(hold: Hold, row: number, column: number, offset: number, length: number): ArrayBuffer {
  const text = hold.cell(row, column) ?? "";
  return bytesOf(text, hold.head.columns[column]?.class ?? "text").slice(offset, offset + length).buffer as ArrayBuffer;
}

const csv = (text: string | null) =>
  text === null ? "" : text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export function copyOf(hold: Hold, { first_row, rows, columns, format, header }: CopyRequest): Copied {
  const count = Math.min(rows, hold.rows - first_row, 10_000);
  const names = columns.map((column) => hold.head.columns[column]?.name ?? "");
  const table = Array.from({ length: count }, (_, at) => columns.map((column) => hold.cell(first_row + at, column)));
  const cut = count < rows && count === 10_000 ? "Only the first 10,000 rows were copied." : null;
  const lines = (): string[] => {
    switch (format) {
      case "csv":
        return [...(header ? [names.map(csv).join(",")] : []), ...table.map((row) => row.map(csv).join(","))];
      case "json":
        return [
          JSON.stringify(
            table.map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell]))),
            null,
            2,
          ),
        ];
      case "markdown":
        return [
          `| ${names.join(" | ")} |`,
          `|${names.map(() => " --- |").join("")}`,
          ...table.map((row) => `| ${row.map((cell) => cell ?? "NULL").join(" | ")} |`),
        ];
      case "ndjson":
        return table.map((row) => JSON.stringify(Object.fromEntries(row.map((cell, at) => [names[at], cell]))));
      case "html":
        return [
          `<table>${table.map((row) => `<tr>${row.map((cell) => `<td>${cell ?? ""}</td>`).join("")}</tr>`).join("")}</table>`,
        ];
      case "sql_update":
        return table.map((row) => `UPDATE rows SET ${row.map((cell, at) => `${names[at]} = '${cell}'`).join(", ")};`);
      case "in_list":
        return [`(${table.map((row) => `'${row[0]}'`).join(", ")})`];
      case "sql_insert":
        return table.map(
          (row) =>
            `INSERT INTO rows VALUES (${row.map((cell) => (cell === null ? "NULL" : `'${cell.replaceAll("'", "''")}'`)).join(", ")});`,
        );
      case "tsv":
        return [...(header ? [names.join("\t")] : []), ...table.map((row) => row.map((cell) => cell ?? "").join("\t"))];
    }
  };
  return { text: lines().join("\n"), rows: count, cut };
}
