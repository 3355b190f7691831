import { describe, expect, it } from "vitest";
import type { Draft } from "./drafts";
import { type Block, blockOf, ownBlockOf, pastedBlock, planPaste, rememberCopy } from "./paste";

const texts = (block: Block) => block.rows.map((row) => row.map((cell) => (cell.kind === "null" ? null : cell.text)));
const text = (value: string): Draft => ({ kind: "text", text: value });

describe("a pasted text", () => {
  it.each([
    ["one value", "a, b", [["a, b"]]],
    [
      "a block of a spreadsheet",
      "a\tb\r\nc\td\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty cells at the ends",
      "\tb\nc\t",
      [
        ["", "b"],
        ["c", ""],
      ],
    ],
    [
      "cells with tabs and line ends in quotes",
      '"a\tb"\t"x\ny ""z"""\n1\t2',
      [
        ["a\tb", 'x\ny "z"'],
        ["1", "2"],
      ],
    ],
    [
      "a quote that is none",
      '5" pipe\t6" pipe\n"half\tdone',
      [
        ['5" pipe', '6" pipe'],
        ['"half', "done"],
      ],
    ],
    [
      "CSV",
      'a,"b,c"\nd,e\n',
      [
        ["a", "b,c"],
        ["d", "e"],
      ],
    ],
    ["lines with a comma here and there", "a, b\nc\n", [["a, b"], ["c"]]],
    ["one column", "1\n2\n3", [["1"], ["2"], ["3"]]],
    ["a cell of several lines", '"x\ny"', [["x\ny"]]],
    ["nothing", "", [[""]]],
    ["digits beyond a double", "326335020369620480\t1.10", [["326335020369620480", "1.10"]]],
  ])("is read: %s", (_, given, cells) => {
    expect(texts(blockOf(given))).toEqual(cells);
  });

  it("that was copied here keeps NULL and the empty text apart", () => {
    expect(texts(ownBlockOf('a,,""\n,"",x'))).toEqual([
      ["a", null, ""],
      [null, "", "x"],
    ]);
    rememberCopy("a\t\t\n", 'a,,""\n');
    expect(texts(pastedBlock("a\t\t"))).toEqual([["a", null, ""]]);
    expect(texts(pastedBlock("b\t\t"))).toEqual([["b", "", ""]]);
  });
});

describe("where a paste goes", () => {
  const column = (index: number) => ({ nullable: index !== 2, textual: index === 0 });
  const plan = (given: string, firstRow: number, lastRow: number, columns: number[], empties = "by-column" as const) =>
    planPaste(blockOf(given), { firstRow, lastRow, columns }, [0, 1, 2, 3], column, empties, text);

  it("fills the whole selection with one value", () => {
    const { cells, rows } = plan("x", 3, 5, [1, 2]);
    expect(rows).toBe(3);
    expect(cells.map(({ row, column: at }) => `${row}:${at}`)).toEqual(["0:1", "0:2", "1:1", "1:2", "2:1", "2:2"]);
  });

  it("lays a block from the corner, and says which columns have no place", () => {
    const { cells, lost, rows } = plan("a\tb\tc\nd\te\tf", 7, 7, [2]);
    expect({ lost, rows }).toEqual({ lost: 1, rows: 2 });
    expect(cells.map((cell) => [cell.row, cell.column])).toEqual([
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ]);
  });

  it("takes empty cells from elsewhere for text in columns of texts and NULL in others, unless told otherwise", () => {
    const kinds = (empties: "by-column" | "null" | "text") =>
      planPaste(
        blockOf("\t\t\n"),
        { firstRow: 0, lastRow: 0, columns: [0] },
        [0, 1, 2],
        column,
        empties,
        text,
      ).cells.map(({ draft }) => draft.kind);
    expect(kinds("by-column")).toEqual(["text", "null", "text"]);
    expect(kinds("null")).toEqual(["null", "null", "text"]);
    expect(kinds("text")).toEqual(["text", "text", "text"]);
  });
});
