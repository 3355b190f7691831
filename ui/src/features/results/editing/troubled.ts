/** Which column a staged row is to be looked at in. */
import type { EditedRow } from "./types";

const WORD = /[\p{L}\p{N}_]/u;

/** The column a message names first; a name within another word is none. */
export function namedColumn(message: string, names: readonly string[]): number | undefined {
  let found: { at: number; length: number; column: number } | undefined;
  for (const [column, name] of names.entries()) {
    if (name === "") continue;
    for (let at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
      if (WORD.test(message[at - 1] ?? " ") || WORD.test(message[at + name.length] ?? " ")) continue;
      if (!found || at < found.at || (at === found.at && name.length > found.length))
        found = { at, length: name.length, column };
      break;
    }
  }
  return found?.column;
}

/** Where a row's trouble is: at a cell, at a column somebody else changed, or at one the server names, which may not be staged at all. */
export function troubledColumn(row: EditedRow, names: readonly string[]): number {
  const { problem } = row;
  return (
    row.cells.find((cell) => cell.problem)?.column ??
    (problem?.kind === "changed" ? problem.cells[0]?.column : undefined) ??
    (problem?.kind === "refused" ? namedColumn(problem.error.message, names) : undefined) ??
    row.cells[0]?.column ??
    0
  );
}
