/** Which part of the text a run takes: pure. */
import type { StatementMark } from "@/ipc";

export interface Piece {
  readonly text: string;
  /** Where it begins in the document. */
  readonly base: number;
}

/**
 * The statement at the caret: the one it is in or right behind; else the last one that begins before it on its line; else the
 * next one below. `null` when the document has none.
 */
export function statementAt(statements: readonly StatementMark[], text: string, caret: number): StatementMark | null {
  const inside = statements.find((mark) => caret >= mark.range.from && caret <= mark.range.to);
  if (inside) return inside;
  const before = statements.filter((mark) => mark.range.to < caret).at(-1);
  if (before) {
    // Behind the terminator on the same line one still means that statement.
    const between = text.slice(before.range.to, caret);
    if (!between.includes("\n")) return before;
  }
  return statements.find((mark) => mark.range.from > caret) ?? before ?? null;
}

/** Where the comment line right above a statement begins: it names the statement's results. The server never sees it. */
function withComment(statements: readonly StatementMark[], text: string, from: number): number {
  const line = text.lastIndexOf("\n", from - 1) + 1;
  if (line === 0 || text.slice(line, from).trim() !== "") return from;
  const above = text.lastIndexOf("\n", line - 2) + 1;
  const inside = statements.some(({ range }) => range.from <= above && above < range.to);
  return !inside && /^\s*--/.test(text.slice(above, line)) ? above : from;
}

/** The chosen text when something is chosen, else the statement at the caret. */
export function pieceToRun(
  statements: readonly StatementMark[],
  text: string,
  selection: { readonly from: number; readonly to: number; readonly head: number },
): Piece | null {
  if (selection.from !== selection.to) {
    const chosen = text.slice(selection.from, selection.to);
    return chosen.trim() === "" ? null : { text: chosen, base: selection.from };
  }
  const mark = statementAt(statements, text, selection.head);
  if (!mark) return null;
  const base = withComment(statements, text, mark.range.from);
  return { text: text.slice(base, mark.range.to), base };
}
