/** A cell's value while it is edited: what it was, what it became, and how that crosses to the core. Pure. */
import type { ResultColumn } from "@/ipc";
import type { Cell } from "../grid";
import type { EditColumn, EditValue, ShownValue } from "./types";

/** What stands in an editor. NULL, the default and the empty text are three things. */
export type Draft =
  | { readonly kind: "null" }
  | { readonly kind: "default" }
  /** The server's notation, to the letter. */
  | { readonly kind: "text"; readonly text: string }
  /** A number's digits, where a column holds values of several kinds. */
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "bytes"; readonly base64: string }
  | { readonly kind: "file"; readonly path: string };

export const NULL: Draft = { kind: "null" };
export const DEFAULT: Draft = { kind: "default" };
export const textDraft = (text: string): Draft => ({ kind: "text", text });

export function sameDraft(a: Draft, b: Draft): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "text":
    case "number":
      return "text" in b && a.text === b.text;
    case "bytes":
      return "base64" in b && a.base64 === b.base64;
    case "file":
      return "path" in b && a.path === b.path;
    default:
      return true;
  }
}

/** Texts up to this many characters are edited within the cell; longer ones and those with line ends beside the rows. */
export const INLINE_MOST = 4096;

export const isInline = (text: string): boolean => text.length <= INLINE_MOST && !/[\r\n]/.test(text);

/**
 * What an editor begins with, where the grid's cell is all of it: the exact text, or NULL, or the default. `undefined` where
 * the whole value must be read first.
 */
export function draftOf(cell: Cell | undefined): Draft | undefined {
  if (!cell || cell.truncated || cell.altered) return undefined;
  switch (cell.class) {
    case "null":
      return NULL;
    case "default":
      return DEFAULT;
    case "empty":
      return textDraft("");
    case "bytes":
      return cell.raw ? undefined : textDraft(cell.text);
    case "invalid":
    case "unrepresentable":
    case "long":
      return undefined;
    case "number":
      return cell.align === "right" ? { kind: "number", text: cell.text } : textDraft(cell.text);
    default:
      return cell.align === "right" ? { kind: "number", text: cell.text } : textDraft(cell.text);
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a number's digits. It is never read as a number. */
export const isNumber = (text: string): boolean => NUMBER.test(text);

/**
 * A typed text as a draft of its column. Where values of one column differ in kind, digits are a number if the value before was
 * one, or there was none and the column is one of numbers; everywhere else they are the text the server reads.
 */
export function typedDraft(text: string, before: Draft, column: ResultColumn, edit: EditColumn | undefined): Draft {
  if (!edit?.mixed || !isNumber(text)) return textDraft(text);
  const numeric = before.kind === "number" || (before.kind !== "text" && column.class === "number");
  return numeric ? { kind: "number", text } : textDraft(text);
}

export function editValueOf(draft: Draft): EditValue {
  switch (draft.kind) {
    case "null":
    case "default":
      return { kind: draft.kind };
    case "text":
    case "number":
      return { kind: draft.kind, text: draft.text };
    case "bytes":
      return { kind: "bytes", base64: draft.base64 };
    case "file":
      return { kind: "file", path: draft.path };
  }
}

/** A staged value as an editor begins with it. */
export const draftOfValue = (value: EditValue): Draft => value;

/** How a draft looks until the core says so itself. */
export function shownOf(value: EditValue): ShownValue {
  switch (value.kind) {
    case "null":
    case "default":
      return { kind: value.kind };
    case "text":
    case "number":
      return { kind: "text", text: value.text.slice(0, INLINE_MOST), whole: null };
    case "bytes":
      return { kind: "bytes", text: "", bytes: Math.floor((value.base64.length * 3) / 4) };
    case "file":
      return { kind: "bytes", text: "", bytes: 1 };
  }
}
