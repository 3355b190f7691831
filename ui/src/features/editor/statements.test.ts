import { describe, expect, it } from "vitest";
import type { StatementMark } from "@/ipc";
import { pieceToRun, statementAt } from "./statements";

const text = "select 1;  \n\nselect 2;\nselect 3";
const mark = (index: number, from: number, to: number): StatementMark => ({
  index,
  range: { from, to },
  title: "select",
  class: "read",
});
const marks = [mark(0, 0, 8), mark(1, 13, 21), mark(2, 23, 31)];
const caret = (at: number) => ({ from: at, to: at, head: at });

describe("what a run takes", () => {
  it("takes the statement the caret is in, at its very end too", () => {
    expect(statementAt(marks, text, 3)?.index).toBe(0);
    expect(statementAt(marks, text, 8)?.index).toBe(0);
    expect(statementAt(marks, text, 31)?.index).toBe(2);
  });

  it("takes the statement before the caret on the same line, else the one below", () => {
    expect(statementAt(marks, text, 10)?.index).toBe(0);
    expect(statementAt(marks, text, 12)?.index).toBe(1);
  });

  it("takes the selection exactly, and nothing for blanks", () => {
    expect(pieceToRun(marks, text, { from: 13, to: 31, head: 31 })).toEqual({ text: "select 2;\nselect 3", base: 13 });
    expect(pieceToRun(marks, text, { from: 9, to: 12, head: 12 })).toBeNull();
    expect(pieceToRun(marks, text, caret(14))).toEqual({ text: "select 2", base: 13 });
    expect(pieceToRun([], "", caret(0))).toBeNull();
  });

  it("takes the comment line right above along, which names the result, but nothing of another statement", () => {
    const named = "select 1;\n-- name: two\nselect 2;\n\n-- far\n\nselect 3";
    const [one, two, three] = ["select 1", "select 2", "select 3"].map((each, at) =>
      mark(at, named.indexOf(each), named.indexOf(each) + 8),
    ) as [StatementMark, StatementMark, StatementMark];
    const all = [one, two, three];
    expect(pieceToRun(all, named, caret(two.range.from))).toEqual({ text: "-- name: two\nselect 2", base: 10 });
    expect(pieceToRun(all, named, caret(three.range.from))?.text).toBe("select 3");
    expect(pieceToRun(all, named, caret(0))?.text).toBe("select 1");
    const inside = "select '\n-- no comment';select 4";
    const quoted = [mark(0, 0, 23), mark(1, 24, 32)];
    expect(pieceToRun(quoted, inside, caret(25))?.text).toBe("select 4");
  });
});
