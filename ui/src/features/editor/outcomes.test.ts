import { describe, expect, it } from "vitest";
import { lineMarks } from "./outcomes";

describe("marks in the gutter", () => {
  it("are one per line, of what matters most there, and tell all of it", () => {
    const marks = lineMarks([
      { line: 0, kind: "completed", words: "1 row" },
      { line: 0, kind: "failed", words: "No such table" },
      { line: 0, kind: "skipped", words: "Not run" },
      { line: 20, kind: "completed", words: "3 rows" },
    ]);
    expect(marks).toEqual([
      { line: 0, kind: "failed", words: "1 row\nNo such table\nNot run" },
      { line: 20, kind: "completed", words: "3 rows" },
    ]);
  });
});
