/** Which editor a column's values take. What a value means is the server's; this is only about how it is typed. */
import type { ResultColumn } from "@/ipc";
import type { EditColumn } from "./types";

export type EditorKind =
  | "text"
  | "number"
  | "choice"
  | "choices"
  | "temporal"
  | "interval"
  | "json"
  | "array"
  | "uuid"
  | "bytes"
  | "xml";

export function editorKind(column: ResultColumn, edit: EditColumn | undefined): EditorKind {
  if (edit?.several_choices) return "choices";
  if (edit && edit.choices.length > 0) return "choice";
  switch (column.class) {
    case "boolean":
      return "choice";
    case "number":
      return "number";
    case "temporal":
      return "temporal";
    case "interval":
      return "interval";
    case "json":
      return "json";
    case "array":
      return "array";
    case "uuid":
      return "uuid";
    case "bytes":
      return "bytes";
    case "xml":
      return "xml";
    default:
      return "text";
  }
}

/** Whether a column's values have an editor of their own beside the rows, which opens at once. */
export const opensBeside = (kind: EditorKind): boolean => kind === "json" || kind === "array" || kind === "bytes";

/** The values to choose from, in the server's own forms. */
export function choicesOf(
  column: ResultColumn,
  edit: EditColumn | undefined,
  booleans: readonly string[],
): readonly string[] {
  if (edit && edit.choices.length > 0) return edit.choices;
  return column.class === "boolean" ? booleans : [];
}

/** In words, beside what the server writes. */
export function choiceInWords(column: ResultColumn, booleans: readonly string[], value: string): string | undefined {
  if (column.class !== "boolean") return undefined;
  if (value === booleans[0] && value !== "true") return "true";
  if (value === booleans[1] && value !== "false") return "false";
  return undefined;
}
