import { describe, expect, it } from "vitest";
import { rectangle, type Selection, type SelectionAction, select } from "./selection";

const bounds = { rows: 100, columns: 10 };
const run = (...actions: SelectionAction[]) =>
  actions.reduce<Selection | undefined>((state, action) => select(state, action, bounds), undefined);
const box = (selection: Selection | undefined) => (selection ? rectangle(selection, bounds) : undefined);
const cell = (row: number, column: number, extend = false): SelectionAction => ({
  type: "cell",
  place: { row, column },
  extend,
});

describe("the selection", () => {
  it("starts in the first cell at the first key", () => {
    expect(run({ type: "move", rows: 1, columns: 0, extend: false })?.active).toEqual({ row: 0, column: 0 });
  });

  it("stays inside the grid", () => {
    expect(run(cell(99, 9), { type: "move", rows: 5, columns: 5, extend: false })?.active).toEqual({
      row: 99,
      column: 9,
    });
    expect(run(cell(0, 0), { type: "move", rows: -5, columns: -5, extend: false })?.active).toEqual({
      row: 0,
      column: 0,
    });
  });

  it("extends from its anchor in every direction", () => {
    const state = run(cell(10, 5), cell(7, 8, true));
    expect(box(state)).toEqual({ firstRow: 7, lastRow: 10, firstColumn: 5, lastColumn: 8 });
    expect(box(select(state, cell(12, 1, true), bounds))).toEqual({
      firstRow: 10,
      lastRow: 12,
      firstColumn: 1,
      lastColumn: 5,
    });
  });

  it("takes whole rows, and keeps them whole while extending", () => {
    const state = run({ type: "row", row: 3, extend: false }, { type: "move", rows: 2, columns: 0, extend: true });
    expect(box(state)).toEqual({ firstRow: 3, lastRow: 5, firstColumn: 0, lastColumn: 9 });
  });

  it("takes whole columns", () => {
    const state = run({ type: "column", column: 2, extend: false }, { type: "column", column: 4, extend: true });
    expect(box(state)).toEqual({ firstRow: 0, lastRow: 99, firstColumn: 2, lastColumn: 4 });
  });

  it("takes everything, rows that come later included", () => {
    const state = run({ type: "all" });
    expect(state && rectangle(state, { rows: 5_000, columns: 10 }).lastRow).toBe(4_999);
  });

  it("goes back to one cell", () => {
    const state = run(cell(1, 1), cell(5, 5, true), { type: "collapse" });
    expect(box(state)).toEqual({ firstRow: 5, lastRow: 5, firstColumn: 5, lastColumn: 5 });
  });

  it("jumps to the edges", () => {
    expect(run(cell(50, 5), { type: "edge", rows: 1, columns: 0, extend: false })?.active).toEqual({
      row: 99,
      column: 5,
    });
    expect(run(cell(50, 5), { type: "edge", rows: -1, columns: -1, extend: false })?.active).toEqual({
      row: 0,
      column: 0,
    });
  });

  it("is nothing where there is nothing", () => {
    expect(select(undefined, { type: "all" }, { rows: 0, columns: 3 })).toBeUndefined();
  });
});
