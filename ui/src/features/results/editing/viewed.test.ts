import { describe, expect, it } from "vitest";
import type { ResultHead } from "@/ipc";
import { BlockSource, type GridColumn } from "../grid";
import { textDraft } from "./drafts";
import { merged } from "./model";
import { EditedSource, type FreshSource } from "./source";
import { deleteStep, duplicateStep, insertStep, revertRowsStep, setStep } from "./steps";
import type { EditedRow, EditsView } from "./types";
import { ViewedRows, ViewMap } from "./viewed";

const answer = (revision: number, rows: Partial<EditedRow>[], more: Partial<EditsView> = {}): EditsView => ({
  revision,
  object: null,
  refused: null,
  columns: [],
  warnings: [],
  acting: null,
  staged_as: [],
  whole: true,
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

const edited = (text: string): EditedRow["cells"] => [
  { column: 0, value: { kind: "text", text, whole: null }, problem: null } as unknown as EditedRow["cells"][number],
];

const HEAD: ResultHead = {
  hold_id: "base",
  title: "rows",
  columns: [{ name: "name", native_type: "text", class: "text", primary_key: false, references: null }],
  booleans: ["t", "f"],
  context: "",
  foreign_keys: [],
};
const COLUMNS: readonly GridColumn[] = [{ id: "0:name", name: "name", align: "left" }];

/** The rows of a view, as its windows give them: each says which held row it is. */
async function source(held: readonly number[]): Promise<EditedSource> {
  const base = new BlockSource({
    generation: "rows read before",
    columns: COLUMNS,
    known: held.length,
    more: false,
    fetch: async ({ firstRow, rowCount }) => ({
      rowCount,
      cell: (row) => ({ text: `held ${held[firstRow + row]}`, class: "text" }),
    }),
  });
  const fresh = { cell: () => undefined, ensureRows() {}, subscribe: () => () => {}, grow() {}, close() {} };
  const rows = new EditedSource(base, HEAD, () => fresh as unknown as FreshSource, {
    holdId: "view",
    held: new ViewedRows(Uint32Array.from(held)),
  });
  rows.ensure(0, held.length, [0]);
  await new Promise((resolve) => setTimeout(resolve));
  return rows;
}

const texts = (rows: EditedSource) =>
  Array.from({ length: rows.rows().known }, (_, screen) => rows.cell(screen, 0)?.text);

describe("rows of a view", () => {
  it("come as the core sends them, whatever this machine's order of bytes is", () => {
    const rows = ViewedRows.from(Uint8Array.from([4, 3, 2, 1, 9, 0, 0, 0]).buffer);
    expect([rows.count, rows.heldAt(0), rows.heldAt(1), rows.heldAt(2)]).toEqual([2, 0x01020304, 9, -1]);
    expect([rows.placeOf(9), rows.placeOf(8), rows.placeOf(0x01020305)]).toEqual([1, undefined, undefined]);
  });

  it("agree with the plain way for whatever is chosen and staged, forth and back", () => {
    let seed = 11;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 400; round += 1) {
      const all = Array.from({ length: next(12) }, (_, row) => row);
      const held = all.filter(() => next(3) > 0).sort(() => next(3) - 1);
      const gone = all.filter(() => next(4) === 0);
      const added = Array.from({ length: next(4) }, (_, id) => ({ id, after: next(12) }));
      const map = new ViewMap(new ViewedRows(Uint32Array.from(held)), added, gone);
      const wanted = [...held.filter((row) => !gone.includes(row)).map(String), ...added.map(({ id }) => `+${id}`)];
      const shown = Array.from({ length: map.count }, (_, screen) => {
        const at = map.at(screen);
        return at?.kind === "held" ? String(at.row) : `+${at?.id}`;
      });
      expect(shown).toEqual(wanted);
      shown.forEach((row, screen) => {
        if (row.startsWith("+")) {
          expect(map.ofAdded(Number(row.slice(1)))).toBe(screen);
          expect([map.heldAt(screen), map.placeAt(screen)]).toEqual([-1, -1]);
        } else {
          expect(map.ofHeld(Number(row))).toBe(screen);
          expect(map.heldAt(screen)).toBe(Number(row));
          expect(held[map.placeAt(screen)]).toBe(Number(row));
        }
      });
      for (const row of all) if (!held.includes(row) || gone.includes(row)) expect(map.ofHeld(row)).toBeUndefined();
    }
  });
});

describe("editing over a view", () => {
  it("shows the view's cells and stages upon the held row that is shown, never upon the place it has on the screen", async () => {
    const rows = await source([7, 2, 5]);
    expect(texts(rows)).toEqual(["held 7", "held 2", "held 5"]);
    expect(rows.stored(2)).toEqual({ holdId: "view", row: 2 });
    expect(rows.head(2)).toEqual({ number: 6 });
    const made = setStep("Change", null, rows, [{ screen: 2, column: 0, draft: textDraft("new") }], () => undefined);
    expect(made.step.set).toMatchObject([{ row: { kind: "held", row: 5 }, column: 0 }]);
    // Until the core has answered, and on that row alone.
    rows.set(null, made.pending);
    expect(texts(rows)).toEqual(["held 7", "held 2", "new"]);
    const other = await source([5, 7, 2]);
    other.set(null, made.pending);
    expect(texts(other)).toEqual(["new", "held 7", "held 2"]);
  });

  it("marks what is staged where its row is shown, and nowhere else", async () => {
    const staged = merged(
      null,
      answer(1, [
        { id: 1, at: 5, cells: edited("changed") },
        { id: 2, at: 2, kind: "delete" },
        { id: 3, at: 0, cells: edited("not among them") },
      ]),
    );
    const rows = await source([7, 2, 5]);
    rows.set(staged, new Map());
    expect(texts(rows)).toEqual(["held 7", "held 2", "changed"]);
    expect([rows.cell(0, 0)?.mark, rows.cell(1, 0)?.mark, rows.cell(2, 0)?.mark]).toEqual([
      undefined,
      "deleted",
      "changed",
    ]);
    expect([rows.hasOverlay(0, 0), rows.hasOverlay(1, 1), rows.hasOverlay(0, 2)]).toEqual([false, true, true]);
    expect(revertRowsStep(rows, 2, 2).revert).toEqual([{ kind: "staged", id: 1 }]);
    expect(rows.screenOf(1)).toBe(1);
  });

  it("deletes and duplicates the rows that are shown, and puts new ones after the last", async () => {
    const rows = await source([7, 2, 5, 6]);
    expect(deleteStep(null, rows, 1, 3).delete).toEqual([
      { first: 2, rows: 1 },
      { first: 5, rows: 2 },
    ]);
    expect(duplicateStep(null, rows, 0, 0).duplicate).toEqual([{ kind: "held", row: 7 }]);
    expect(insertStep(null, rows, 1).add).toMatchObject([{ after: { kind: "held", row: 2 } }]);
    rows.set(merged(null, answer(1, [{ id: 9, kind: "insert", after: 2, cells: edited("added") }])), new Map());
    expect(texts(rows)).toEqual(["held 7", "held 2", "held 5", "held 6", "added"]);
    expect(rows.map.ofAdded(9)).toBe(4);
  });

  it("leaves out rows that a save deleted, and reads those below them where they are", async () => {
    const rows = await source([7, 2, 5]);
    rows.set(merged(null, answer(1, [{ id: 1, at: 7, kind: "gone" }])), new Map());
    expect(texts(rows)).toEqual(["held 2", "held 5"]);
    expect(rows.stored(0)).toEqual({ holdId: "view", row: 1 });
    expect(rows.at(0)).toEqual({ kind: "held", row: 2 });
    expect([rows.screenOf(0), rows.screenOf(2)]).toEqual([undefined, 1]);
  });
});
