import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { DesignRoot } from "@/design";
import { type ResultHead, setHost } from "@/ipc";
import { fakeHost } from "@/ipc/fake";
import { BlockSource, type GridColumn } from "../grid";
import { Conflicts } from "./Conflicts";
import { merged } from "./model";
import { readDraft } from "./reading";
import { EditedSource } from "./source";
import { EditsStore } from "./store";
import type { EditedRow, EditsView } from "./types";

/** A query that shows a table's note and id, in this order, of id, name and note. */
const column = (name: string) => ({ name, native_type: "text", class: "text", primary_key: false, references: null });
const HEAD = {
  hold_id: "query",
  title: "rows",
  columns: [column("remark"), column("id")],
  booleans: ["t", "f"],
  context: "",
  foreign_keys: [],
} as ResultHead;
const COLUMNS: readonly GridColumn[] = HEAD.columns.map(({ name }, at) => ({
  id: `${at}:${name}`,
  name,
  align: "left",
}));

const view = (rows: Partial<EditedRow>[], more: Partial<EditsView> = {}): EditsView => ({
  revision: 1,
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
    at,
    after: null,
    fresh: null,
    name: `id ${at + 1}`,
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

const block = (generation: string, known: number) =>
  new BlockSource({
    generation,
    columns: COLUMNS,
    known,
    more: false,
    fetch: async ({ firstRow, rowCount, firstColumn }) => ({
      rowCount,
      cell: (row, at) => ({
        text: `${generation} ${HEAD.columns[firstColumn + at]?.name} ${firstRow + row}`,
        class: "text",
      }),
    }),
  });

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a query that shows some columns of a table", () => {
  it("reads what was saved by its own columns, as its own rows", async () => {
    const rows = new EditedSource(block("query", 3), HEAD, (holdId, known) => block(holdId, known));
    rows.set(merged(null, view([{ kind: "saved", at: 1, fresh: 0 }], { fresh_hold: "again" })), new Map());
    rows.ensure(0, 2, [0, 1]);
    await settled();
    expect([rows.cell(1, 0)?.text, rows.cell(1, 1)?.text]).toEqual(["again remark 0", "again id 0"]);
    expect([rows.cell(2, 0)?.text, rows.cell(2, 1)?.text]).toEqual(["query remark 2", "query id 2"]);
    expect([rows.stored(1), rows.stored(2)]).toEqual([
      { holdId: "again", row: 0 },
      { holdId: "query", row: 2 },
    ]);
    const host = fakeHost({ pace: 0 });
    setHost({
      ...host,
      holdCell: async (holdId, row, at) =>
        new TextEncoder().encode(`${holdId} ${row} ${at} whole`).buffer as unknown as Awaited<
          ReturnType<typeof host.holdCell>
        >,
    });
    // A value that is cut in the grid is read from there too.
    const cut = new EditedSource(block("query", 3), HEAD, (holdId, known) => {
      const source = block(holdId, known);
      return Object.assign(source, { cell: () => ({ text: "cut", class: "text", truncated: true }) });
    });
    cut.set(merged(null, view([{ kind: "saved", at: 1, fresh: 0 }], { fresh_hold: "again" })), new Map());
    expect(await readDraft(new EditsStore("query"), cut, 1, 0)).toEqual({ kind: "text", text: "again 0 0 whole" });
  });

  it("says which staged columns it does not show", () => {
    const rows = new EditedSource(block("query", 3), HEAD, (holdId, known) => block(holdId, known));
    const cells = [{ column: 0, value: { kind: "null" }, problem: null }] as EditedRow["cells"];
    rows.set(merged(null, view([{ cells, hidden: ["name"] }, { hidden: ["name"] }])), new Map());
    expect([rows.head(0)?.said, rows.head(1)?.said]).toEqual([
      "Changed: remark, name (not shown here)",
      "Changed: name (not shown here)",
    ]);
  });

  it("says of a conflict that it is about a column it does not show", () => {
    const staged = merged(null, view([{ problem: { kind: "changed", cells: [], hidden: ["name"] } }]));
    render(
      <DesignRoot theme="light">
        <Conflicts
          staged={staged}
          store={new EditsStore("query")}
          head={HEAD}
          onGo={() => undefined}
          onClose={() => undefined}
        />
      </DesignRoot>,
    );
    const row = screen.getByText("name").closest("tr");
    expect(row?.textContent).toBe("namenot shown here: open the table to see both values");
  });
});
