/** Rows against each other, column by column. */
import type { ResultColumn, ResultHead } from "@/ipc";
import type { EditedSource } from "../editing/source";
import { type RowValue, shownValues, storedValues, wholeText } from "./values";

/** Rows compared at once. */
export const MOST_ROWS = 24;
/** Cut values that are read whole for one comparison; the rest is compared by length and beginning. */
const MOST_WHOLE = 400;

export interface ComparedRow {
  /** Its place on screen when it was chosen. */
  readonly screen: number;
  readonly name: string;
  readonly values: readonly RowValue[];
}

/** `unsure`: alike as far as they were read, which is not to their ends. */
export type Difference = "same" | "differs" | "unsure";

/** What makes two values the same: NULL, a default and the empty text are three things, and none is a text. */
function identity({ cell, text }: RowValue): string {
  return cell.class === "null" || cell.class === "default" ? cell.class : `=${text}`;
}

export function differenceOf(values: readonly (RowValue | undefined)[]): Difference {
  const [first, ...others] = values;
  if (!first) return "same";
  const differs = others.some(
    (other) => other && (identity(other) !== identity(first) || other.fullBytes !== first.fullBytes),
  );
  if (differs) return "differs";
  return first.fullBytes === undefined ? "same" : "unsure";
}

/** Whether a value is not what the first row has. */
export const differsFrom = (first: RowValue | undefined, value: RowValue | undefined): boolean =>
  first !== undefined && value !== undefined && differenceOf([first, value]) === "differs";

/** Characters before the place where texts part, where it is shown. */
const BEFORE = 40;
/** A text up to this long is shown from its beginning. */
const SHORT = 240;

/** Where long texts are shown from: shortly before they part, so that what differs is in sight. */
export function shownFrom(values: readonly (RowValue | undefined)[]): number {
  const texts = values
    .filter((value) => value !== undefined && value.cell.class !== "null")
    .map((value) => value?.text ?? "");
  const [first = "", ...others] = texts;
  if (others.length === 0 || texts.every((text) => text.length <= SHORT)) return 0;
  let at = first.length;
  for (const other of others) {
    let same = 0;
    while (same < at && same < other.length && other.charCodeAt(same) === first.charCodeAt(same)) same += 1;
    at = Math.min(at, same);
  }
  const parts = texts.some((text) => text.length !== at);
  let from = parts ? Math.max(0, at - BEFORE) : 0;
  // Never from within a character.
  const unit = first.charCodeAt(from);
  if (from > 0 && unit >= 0xdc00 && unit < 0xe000) from -= 1;
  return at <= SHORT ? 0 : from;
}

function nameOf(source: EditedSource, screen: number): string {
  const at = source.at(screen);
  if (at?.kind === "held") return `Row ${(at.row + 1).toLocaleString("en-US")}`;
  return source.overlayAt(screen)?.row.name ?? "New row";
}

/** Reads rows to compare them: cut values that are alike so far are read whole, within bounds. */
export async function readRows(
  head: ResultHead,
  source: EditedSource,
  screens: readonly number[],
): Promise<readonly ComparedRow[]> {
  const rows = await Promise.all(
    screens.map(async (screen) => {
      const at = source.stored(screen);
      const stored = at ? await storedValues(head, at) : null;
      return { screen, at, name: nameOf(source, screen), values: [...shownValues(head, source, screen, stored)] };
    }),
  );
  let left = MOST_WHOLE;
  for (let column = 0; column < head.columns.length && left > 0; column += 1) {
    if (differenceOf(rows.map(({ values }) => values[column])) !== "unsure") continue;
    await Promise.all(
      rows.map(async ({ at, values }) => {
        const value = values[column];
        left -= 1;
        const text = at && value ? await wholeText(at, column) : null;
        if (value && text !== null) values[column] = { ...value, text, fullBytes: undefined };
      }),
    );
  }
  return rows;
}

/** A value in a text for a person: NULL and the empty text are told apart. */
function said(value: RowValue | undefined): string {
  if (!value) return "";
  if (value.cell.class === "null") return "NULL";
  if (value.cell.class === "empty") return "''";
  if (value.cell.class === "default") return "DEFAULT";
  return value.fullBytes === undefined ? value.text : `${value.text}…`;
}

/** The comparison as a text: a line per column, with a sign at those that differ. */
export function comparisonText(
  columns: readonly ResultColumn[],
  shown: readonly number[],
  rows: readonly ComparedRow[],
  format: "markdown" | "tsv",
): string {
  const lines = [
    ["", "Column", ...rows.map(({ name }) => name)],
    ...shown.map((column) => [
      differenceOf(rows.map(({ values }) => values[column])) === "differs" ? "≠" : "",
      columns[column]?.name ?? "",
      ...rows.map(({ values }) => said(values[column])),
    ]),
  ];
  if (format === "tsv")
    return lines
      .map((line) =>
        line.map((field) => (/[\t"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join("\t"),
      )
      .join("\n");
  const row = (fields: readonly string[]) =>
    `| ${fields
      .map((field) =>
        field
          .replaceAll("\\", "\\\\")
          .replaceAll("|", "\\|")
          .replace(/\r\n|[\r\n]/g, "<br>"),
      )
      .join(" | ")} |`;
  const [heads = [], ...rest] = lines;
  return [row(heads), row(heads.map(() => "---")), ...rest.map(row)].join("\n");
}
