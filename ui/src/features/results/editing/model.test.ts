import { describe, expect, it } from "vitest";
import { countsInWords, merged, placeOf, rowMapOf, shownCell } from "./model";
import { deleteStep, duplicateStep, insertStep, revertCellsStep, revertRowsStep } from "./steps";
import type { EditedRow, EditsView } from "./types";

const view = (revision: number, rows: Partial<EditedRow>[], more: Partial<EditsView> = {}): EditsView => ({
  revision,
  object: null,
  refused: null,
  columns: [],
  warnings: [],
  acting: null,
  staged_as: [],
  whole: false,
  rows: rows.map((row, at) => ({
    id: at + 1,
    kind: "update",
    at: null,
    after: null,
    fresh: null,
    name: "",
    cells: [],
    hidden: [],
    problem: null,
    ...row,
  })),
  removed: [],
  counts: { updates: 0, inserts: 0, deletes: 0, problems: 0, unseen: 0 },
  undo: null,
  redo: null,
  fresh_hold: null,
  ...more,
});

describe("what is staged", () => {
  it("is put together from answers, each of what changed", () => {
    const first = merged(
      null,
      view(1, [
        { id: 1, at: 4 },
        { id: 2, kind: "insert", after: 4 },
      ]),
    );
    const second = merged(first, view(2, [{ id: 3, kind: "delete", at: 9 }], { removed: [1] }));
    expect([...second.byId.keys()]).toEqual([2, 3]);
    expect([...second.byHeld.keys()]).toEqual([9]);
    expect(second.added).toEqual([{ id: 2, after: 4 }]);
    // An answer that was overtaken changes nothing.
    expect(merged(second, view(1, [{ id: 7, at: 1 }]))).toBe(second);
    expect([...merged(second, view(3, [{ id: 3, at: 9 }], { whole: true })).byId.keys()]).toEqual([3]);
  });

  it("keeps rows where they stand after a save: changed ones in place, new ones where they were added, gone ones nowhere", () => {
    const staged = merged(
      null,
      view(1, [
        { id: 1, at: 2 },
        { id: 2, kind: "insert", after: null },
        { id: 3, kind: "delete", at: 0 },
      ]),
    );
    const saved = merged(
      staged,
      view(2, [
        { id: 1, kind: "saved", at: null, fresh: 0 },
        { id: 2, kind: "saved", fresh: 1 },
        { id: 3, kind: "gone", at: 0 },
      ]),
    );
    const map = rowMapOf(saved, 4);
    expect(Array.from({ length: map.count }, (_, at) => map.at(at))).toEqual([
      { kind: "added", id: 2 },
      { kind: "held", row: 1 },
      { kind: "held", row: 2 },
      { kind: "held", row: 3 },
    ]);
    expect(saved.byHeld.get(2)?.row.fresh).toBe(0);
    expect(placeOf(saved, { kind: "held", row: 2 })).toEqual({ kind: "staged", id: 1 });
    expect(placeOf(saved, { kind: "held", row: 3 })).toEqual({ kind: "held", row: 3 });
    // A row that is staged and not among these is shown nowhere.
    expect(rowMapOf(merged(null, view(1, [{ id: 5, kind: "saved", fresh: 3 }])), 4).count).toBe(4);
  });

  it("shows NULL, the default, the empty text and bytes as different things", () => {
    const shown = (value: Parameters<typeof shownCell>[0]) => shownCell(value, "text", undefined).class;
    expect(shown({ kind: "null" })).toBe("null");
    expect(shown({ kind: "default" })).toBe("default");
    expect(shown({ kind: "text", text: "", whole: null })).toBe("empty");
    expect(shown({ kind: "bytes", text: "00ff", bytes: 2 })).toBe("bytes");
    expect(shownCell({ kind: "text", text: "a\nb", whole: null }, "text", undefined)).toMatchObject({ altered: true });
    expect(countsInWords({ updates: 3, inserts: 1, deletes: 0, problems: 1, unseen: 0 })).toEqual([
      "3 changed",
      "1 new",
    ]);
  });
});

describe("steps", () => {
  const staged = merged(
    null,
    view(1, [
      { id: 1, at: 1, cells: [{ column: 2, value: { kind: "null" }, problem: null }] },
      { id: 2, kind: "insert", after: 1 },
      { id: 3, kind: "delete", at: 3 },
      { id: 4, kind: "delete", at: 4 },
    ]),
  );
  const map = rowMapOf(staged, 6);
  const rows = {
    at: (screen: number) => map.at(screen),
    overlayAt: (screen: number) => {
      const at = map.at(screen);
      return at?.kind === "added" ? staged.byId.get(at.id) : at && staged.byHeld.get(at.row);
    },
  };

  it("delete held rows by spans, drop added ones, and keep rows where all of them are deleted already", () => {
    expect(deleteStep(staged, rows, 0, 3)).toMatchObject({
      delete: [{ first: 0, rows: 3 }],
      revert: [{ kind: "staged", id: 2 }],
      label: "Delete 4 rows",
    });
    expect(deleteStep(staged, rows, 4, 5)).toMatchObject({
      delete: [],
      revert: [
        { kind: "staged", id: 3 },
        { kind: "staged", id: 4 },
      ],
      label: "Keep 2 rows",
    });
  });

  it("name rows by their number in the hold, and added ones by their ids", () => {
    expect(duplicateStep(staged, rows, 1, 2).duplicate).toEqual([
      { kind: "held", row: 1 },
      { kind: "staged", id: 2 },
    ]);
    expect(insertStep(staged, rows, undefined).add).toEqual([{ after: null, cells: [] }]);
    expect(insertStep(staged, rows, 2).add).toEqual([{ after: { kind: "staged", id: 2 }, cells: [] }]);
  });

  it("take back whole rows or single cells", () => {
    expect(revertRowsStep(rows, 0, 6).revert.map((place) => "id" in place && place.id)).toEqual([1, 2, 3, 4]);
    expect(revertCellsStep(rows, 0, 6, [2]).revert_cells).toEqual([[{ kind: "staged", id: 1 }, 2]]);
    expect(revertCellsStep(rows, 0, 6, [0]).revert_cells).toEqual([]);
  });
});
