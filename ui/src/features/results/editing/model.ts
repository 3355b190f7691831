/** What is staged, as one hold shows it: pure. Answers of the core are merged here, and laid out for quick look-up. */
import type { ColumnClass } from "@/ipc";
import type { Cell, CellClass } from "../grid";
import { type RowAt, RowMap, type ScreenRows } from "./rows";
import type { EditColumn, EditedCell, EditedRow, EditsView, RowPlace, ShownValue } from "./types";
import { type ViewedRows, ViewMap } from "./viewed";

/** A staged row with its cells by column. */
export interface Overlay {
  readonly row: EditedRow;
  readonly cells: ReadonlyMap<number, EditedCell>;
}

/** Everything that is staged, by what it is looked up with. */
export interface Staged {
  readonly view: EditsView;
  readonly byId: ReadonlyMap<number, Overlay>;
  readonly byHeld: ReadonlyMap<number, Overlay>;
  readonly added: readonly { readonly id: number; readonly after: number | null }[];
  readonly gone: readonly number[];
}

const overlayOf = (row: EditedRow): Overlay => ({ row, cells: new Map(row.cells.map((cell) => [cell.column, cell])) });

/** Whether a row stands on its own: it was added, and is no row of the hold. */
const isAdded = (row: EditedRow): boolean => row.kind === "insert" || row.after !== null;

/** What is staged after an answer. An answer that is older than what is known is passed over. */
export function merged(before: Staged | null, answer: EditsView): Staged {
  if (before && answer.revision < before.view.revision) return before;
  const byId = new Map<number, Overlay>(answer.whole || !before ? [] : before.byId);
  for (const id of answer.removed) byId.delete(id);
  for (const row of answer.rows) {
    // A row that has a place in the hold keeps it, whatever becomes of its edits.
    const at = row.at ?? before?.byId.get(row.id)?.row.at ?? null;
    byId.set(row.id, overlayOf(at === row.at ? row : { ...row, at }));
  }
  const byHeld = new Map<number, Overlay>();
  // One that was added above all says so only while it is new.
  const wasAdded = new Set(before?.added.map((row) => row.id));
  const added: { id: number; after: number | null }[] = [];
  const gone: number[] = [];
  for (const overlay of byId.values()) {
    const { row } = overlay;
    if (row.at !== null) {
      if (row.kind === "gone") gone.push(row.at);
      else byHeld.set(row.at, overlay);
    } else if (row.kind !== "gone" && (isAdded(row) || wasAdded.has(row.id)))
      added.push({ id: row.id, after: row.after });
  }
  return { view: answer, byId, byHeld, added, gone };
}

/** The screen's rows: of all that are held, or of a view of them. */
export const rowMapOf = (staged: Staged | null, known: number, view: ViewedRows | null = null): ScreenRows =>
  view
    ? new ViewMap(view, staged?.added ?? [], staged?.gone ?? [])
    : new RowMap(known, staged?.added ?? [], staged?.gone ?? []);

/** Names a cell of the screen, whatever place its row has there now. */
export const cellKey = (at: RowAt, column: number): string =>
  at.kind === "held" ? `${at.row}:${column}` : `+${at.id}:${column}`;

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

/** One line, as the grid shows texts. */
const oneLine = (text: string): string =>
  /[\r\n\t]/.test(text) ? text.replace(/\r\n|[\r\n]/g, " ⏎ ").replace(/\t/g, " ⇥ ") : text;

/** A staged value as a cell. */
export function shownCell(value: ShownValue, columnClass: ColumnClass, column: EditColumn | undefined): Cell {
  switch (value.kind) {
    case "null":
      return { text: "NULL", class: "null" };
    case "default":
      return { text: column?.default ?? "", class: "default" };
    case "bytes":
      return {
        text: value.text.startsWith("\\x") ? value.text : `\\x${value.text}`,
        class: "bytes",
        raw: true,
        truncated: value.text.replace("\\x", "").length < value.bytes * 2,
      };
    case "text": {
      if (value.text === "" && value.whole === null) return { text: "", class: "empty" };
      const text = oneLine(value.text);
      const altered = text !== value.text ? { altered: true } : {};
      return { text, class: CLASS[columnClass], ...(value.whole === null ? {} : { truncated: true }), ...altered };
    }
  }
}

/** What a cell of an added row shows before anything is entered. */
export function unsetCell(column: EditColumn | undefined): Cell {
  return { text: column?.default ?? (column?.not_inserted ? "generated" : ""), class: "default", mark: "new" };
}

/** Names a row to the core: by its id once it has one. */
export function placeOf(
  staged: Staged | null,
  at: { kind: "held"; row: number } | { kind: "added"; id: number },
): RowPlace {
  if (at.kind === "added") return { kind: "staged", id: at.id };
  const known = staged?.byHeld.get(at.row);
  // A saved row is edited upon what it is now.
  return known && known.row.fresh !== null ? { kind: "staged", id: known.row.id } : { kind: "held", row: at.row };
}

/** How much is staged, in words: `3 changed · 1 new · 2 deleted`. */
export function countsInWords({ updates, inserts, deletes }: EditsView["counts"]): readonly string[] {
  return [
    ...(updates ? [`${updates.toLocaleString("en-US")} changed`] : []),
    ...(inserts ? [`${inserts.toLocaleString("en-US")} new`] : []),
    ...(deletes ? [`${deletes.toLocaleString("en-US")} deleted`] : []),
  ];
}

/** Staged rows in all. */
export const stagedRows = ({ updates, inserts, deletes }: EditsView["counts"]): number => updates + inserts + deletes;

/** Why a row could not be saved, as a short sentence. */
export function problemInWords(row: EditedRow): string | undefined {
  const { problem } = row;
  if (!problem) return row.cells.find((cell) => cell.problem)?.problem?.message;
  switch (problem.kind) {
    case "changed":
      return "Somebody else changed this row meanwhile. Choose which values to keep.";
    case "gone":
      return "Somebody else deleted this row, or gave it another key.";
    case "not_permitted":
      return problem.message;
    case "several":
      return `The statement would have changed ${problem.rows.toLocaleString("en-US")} rows instead of one. Nothing was changed.`;
    case "refused":
      return problem.error.message;
  }
}

/** Rows two people changed, in the order they were staged. */
export const conflictsOf = (staged: Staged | null): readonly EditedRow[] =>
  [...(staged?.byId.values() ?? [])]
    .map(({ row }) => row)
    .filter((row) => row.problem?.kind === "changed" || row.problem?.kind === "gone");
