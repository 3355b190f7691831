/** The tree as lines: every document, and below those that are open what is in them. */
import type { AppError, DocumentFieldRow } from "@/ipc";
import { type DocumentLoader, GLANCE, keyOf, PAGE } from "./loading";
import { type AppendChange, type Change, type Path, samePath } from "./staged";

export interface DocumentLine {
  readonly kind: "document";
  readonly key: string;
  readonly row: number;
  readonly open: boolean;
}

export interface FieldLine {
  readonly kind: "field";
  readonly key: string;
  readonly row: number;
  readonly path: Path;
  readonly names: readonly string[];
  readonly field: DocumentFieldRow;
  /** Whether it is an element of an array. */
  readonly element: boolean;
  readonly open: boolean;
  readonly changes: readonly Change[];
  /** It goes, or something that it is in. */
  readonly removed: boolean;
}

export interface AddedLine {
  readonly kind: "added";
  readonly key: string;
  readonly row: number;
  readonly path: Path;
  readonly change: AppendChange;
  readonly element: boolean;
}

export interface MoreLine {
  readonly kind: "more";
  readonly key: string;
  readonly row: number;
  readonly path: Path;
  readonly loaded: number;
  readonly total: number;
  readonly failure: AppError | null;
  readonly loading: boolean;
}

export type Line = DocumentLine | FieldLine | AddedLine | MoreLine;

export const depthOf = (line: Line): number =>
  line.kind === "document" ? 0 : line.kind === "field" ? line.path.length : line.path.length + 1;

const CONTAINERS = new Set(["object", "array"]);
export const isContainer = (field: DocumentFieldRow): boolean =>
  field.children !== null && CONTAINERS.has(field.native_type);

type Reader = Pick<DocumentLoader, "get">;

interface Level {
  readonly row: number;
  readonly path: Path;
  readonly names: readonly string[];
  readonly array: boolean;
  readonly removed: boolean;
}

/** What is in an open document, or in something open inside one. Without recursion over what is closed. */
function linesIn(
  loader: Reader,
  open: ReadonlySet<string>,
  changes: readonly Change[],
  level: Level,
  out: Line[],
): void {
  const { row, path, names, array, removed } = level;
  const here = loader.get(row, path);
  const own = changes.filter((change) => change.kind !== "append");
  here?.fields.forEach((field, at) => {
    const below = [...path, at];
    const staged = own.filter((change) => samePath(change.path, below));
    const gone = removed || staged.some((change) => change.kind === "remove");
    const key = keyOf(row, below);
    const set = staged.some((change) => change.kind === "set");
    const isOpen = open.has(key) && isContainer(field) && !set;
    const called = [...names, field.name];
    const line: FieldLine = {
      kind: "field",
      key,
      row,
      path: below,
      names: called,
      field,
      element: array,
      open: isOpen,
      changes: staged,
      removed: gone,
    };
    out.push(line);
    if (isOpen) {
      const inner = { row, path: below, names: called, array: field.native_type === "array", removed: gone };
      linesIn(loader, open, changes, inner, out);
    }
  });
  if (!here || here.loading || here.failure || here.fields.length < here.total) {
    out.push({
      kind: "more",
      key: `${keyOf(row, path)}/more`,
      row,
      path,
      loaded: here?.fields.length ?? 0,
      total: here?.total ?? 0,
      failure: here?.failure ?? null,
      loading: !here || here.loading,
    });
  }
  for (const change of changes)
    if (change.kind === "append" && samePath(change.path, path))
      out.push({ kind: "added", key: `${keyOf(row, path)}/+${change.key}`, row, path, change, element: array });
}

/** Lines by their number, without a line for every document that is closed. */
export class Outline {
  readonly length: number;
  private readonly inner: readonly { readonly row: number; readonly before: number; readonly lines: readonly Line[] }[];
  private readonly open: ReadonlySet<number>;

  constructor(rows: number, open: ReadonlySet<string>, loader: Reader, changesOf: (row: number) => readonly Change[]) {
    const documents = [...open].filter((key) => !key.includes(":")).map(Number);
    const shown = documents.filter((row) => row < rows).sort((a, b) => a - b);
    let before = 0;
    this.inner = shown.map((row) => {
      const lines: Line[] = [];
      linesIn(loader, open, changesOf(row), { row, path: [], names: [], array: false, removed: false }, lines);
      const part = { row, before, lines };
      before += lines.length;
      return part;
    });
    this.open = new Set(shown);
    this.length = rows + before;
  }

  /** The line of a document. */
  indexOfRow(row: number): number {
    let before = 0;
    for (const part of this.inner) {
      if (part.row >= row) break;
      before = part.before + part.lines.length;
    }
    return row + before;
  }

  at(index: number): Line | undefined {
    if (index < 0 || index >= this.length) return undefined;
    let low = 0;
    let high = this.inner.length - 1;
    let found = -1;
    // The last open document that begins at this line or before it.
    while (low <= high) {
      const middle = (low + high) >> 1;
      const part = this.inner[middle];
      if (part && part.row + part.before <= index) {
        found = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    const part = this.inner[found];
    const documentAt = (row: number): DocumentLine => ({
      kind: "document",
      key: keyOf(row, []),
      row,
      open: this.open.has(row),
    });
    if (!part) return documentAt(index);
    const inside = index - (part.row + part.before) - 1;
    if (inside < 0) return documentAt(part.row);
    return part.lines[inside] ?? documentAt(index - part.before - part.lines.length);
  }

  indexOf(key: string): number {
    const row = Number(/^\d+/.exec(key)?.[0] ?? -1);
    const start = this.indexOfRow(row);
    if (key === `${row}`) return start < this.length ? start : -1;
    const at = this.inner.find((part) => part.row === row)?.lines.findIndex((line) => line.key === key) ?? -1;
    return at < 0 ? -1 : start + 1 + at;
  }
}

/** Asks for what the lines between two places need. */
export function wantShown(outline: Outline, loader: DocumentLoader, from: number, to: number): void {
  for (let index = to; index >= from; index -= 1) {
    const line = outline.at(index);
    if (line?.kind === "document") {
      loader.want(line.row, [], line.open ? PAGE : GLANCE);
      if (line.open) loader.wantSize(line.row);
    } else if (line?.kind === "more" && line.loaded === 0 && !line.failure) loader.want(line.row, line.path, PAGE);
  }
}
