/** What a person does at once, as the core takes it. Pure. */

import { plural } from "@/design";
import { type Draft, editValueOf, shownOf } from "./drafts";
import { cellKey, type Overlay, placeOf, type Staged } from "./model";
import type { RowAt } from "./rows";
import { step } from "./store";
import type { CellEdit, EditStep, RowPlace, RowSpan, ShownValue } from "./types";

/** The screen's rows, as far as a step asks for them. */
export interface Rows {
  at(screen: number): RowAt | undefined;
  overlayAt(screen: number): Overlay | undefined;
}

/** Cells of a range that are changed at once, at most; more is for a statement. */
export const MOST_CELLS = 100_000;
/** Rows that are staged at once, at most. */
export const MOST_ROWS = 20_000;

export interface Made {
  readonly step: EditStep;
  /** What to show until the answer is here. */
  readonly pending: ReadonlyMap<string, ShownValue>;
  /** Cells that took nothing, and why, each reason once. */
  readonly passed: { readonly cells: number; readonly reasons: readonly string[] };
}

export interface Target {
  readonly screen: number;
  readonly column: number;
  readonly draft: Draft;
}

/** Gives cells their values; those that take none are passed over and counted. */
export function setStep(
  label: string,
  staged: Staged | null,
  rows: Rows,
  targets: readonly Target[],
  refuses: (overlay: Overlay | undefined, column: number, draft: Draft) => string | undefined,
): Made {
  const set: CellEdit[] = [];
  const pending = new Map<string, ShownValue>();
  const reasons = new Set<string>();
  let cells = 0;
  for (const { screen, column, draft } of targets) {
    const at = rows.at(screen);
    if (!at) continue;
    const why = refuses(rows.overlayAt(screen), column, draft);
    if (why !== undefined) {
      cells += 1;
      reasons.add(why);
      continue;
    }
    const value = editValueOf(draft);
    set.push({ row: placeOf(staged, at), column, value });
    if (pending.size < 2_000) pending.set(cellKey(at, column), shownOf(value));
  }
  return { step: step(label, { set }), pending, passed: { cells, reasons: [...reasons] } };
}

/** The places of a range's rows. */
export function placesOf(staged: Staged | null, rows: Rows, first: number, last: number): RowPlace[] {
  const places: RowPlace[] = [];
  for (let screen = first; screen <= last; screen += 1) {
    const at = rows.at(screen);
    if (at) places.push(placeOf(staged, at));
  }
  return places;
}

/** Deletes a range's rows; takes their deletion back where all of them are deleted already. */
export function deleteStep(staged: Staged | null, rows: Rows, first: number, last: number): EditStep {
  const spans: RowSpan[] = [];
  const revert: RowPlace[] = [];
  const restore: RowPlace[] = [];
  /** Rows that were saved and stand where they were added. */
  const saved: number[] = [];
  for (let screen = first; screen <= last; screen += 1) {
    const at = rows.at(screen);
    const overlay = rows.overlayAt(screen);
    if (!at) continue;
    if (overlay?.row.kind === "delete") restore.push({ kind: "staged", id: overlay.row.id });
    else if (at.kind === "added" && overlay?.row.kind === "insert") revert.push(placeOf(staged, at));
    else if (at.kind === "added") saved.push(at.id);
    else {
      const span = spans.at(-1);
      if (span && span.first + span.rows === at.row) span.rows += 1;
      else spans.push({ first: at.row, rows: 1 });
    }
  }
  if (spans.length === 0 && revert.length === 0 && saved.length === 0)
    return step(`Keep ${plural(restore.length, "row")}`, { revert: restore });
  const rowsIn = spans.reduce((sum, span) => sum + span.rows, revert.length + saved.length);
  return step(`Delete ${plural(rowsIn, "row")}`, { delete: spans, delete_staged: saved, revert });
}

export function duplicateStep(staged: Staged | null, rows: Rows, first: number, last: number): EditStep {
  const duplicate = placesOf(staged, rows, first, last);
  return step(`Duplicate ${plural(duplicate.length, "row")}`, { duplicate });
}

/** A row below another one; above all without one. */
export function insertStep(staged: Staged | null, rows: Rows, below: number | undefined): EditStep {
  const at = below === undefined ? undefined : rows.at(below);
  return step("New row", { add: [{ after: at ? placeOf(staged, at) : null, cells: [] }] });
}

/** Takes everything back that is staged for a range's rows. */
export function revertRowsStep(rows: Rows, first: number, last: number): EditStep {
  const revert: RowPlace[] = [];
  for (let screen = first; screen <= last; screen += 1) {
    const overlay = rows.overlayAt(screen);
    if (overlay && (overlay.row.kind === "update" || overlay.row.kind === "insert" || overlay.row.kind === "delete"))
      revert.push({ kind: "staged", id: overlay.row.id });
  }
  return step(`Take back ${plural(revert.length, "row")}`, { revert });
}

/** Takes back what is staged for single cells. */
export function revertCellsStep(rows: Rows, first: number, last: number, columns: readonly number[]): EditStep {
  const cells: [RowPlace, number][] = [];
  for (let screen = first; screen <= last; screen += 1) {
    const overlay = rows.overlayAt(screen);
    if (!overlay) continue;
    for (const column of columns)
      if (overlay.cells.has(column)) cells.push([{ kind: "staged", id: overlay.row.id }, column]);
  }
  return step(`Take back ${plural(cells.length, "cell")}`, { revert_cells: cells });
}
