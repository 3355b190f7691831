import { describe, expect, it } from "vitest";
import type { ResultColumn } from "@/ipc";
import { cellOf, gridColumns } from "./source";

const column = (more: Partial<ResultColumn>): ResultColumn => ({
  name: "a",
  native_type: "",
  class: "other",
  primary_key: false,
  references: null,
  ...more,
});

describe("where a cell stands", () => {
  it("follows the stored value where a column holds several kinds", () => {
    const untyped = column({});
    expect(cellOf({ text: "7", stored: "integer", null: false }, untyped).align).toBe("right");
    expect(cellOf({ text: "0.5", stored: "real", null: false }, untyped).align).toBe("right");
    expect(cellOf({ text: "seven", stored: "text", null: false }, untyped).align).toBeUndefined();
    // Bytes as they are, not a server's print of them: the viewer must not read them a second time.
    expect(cellOf({ text: "\\x41", stored: "bytes", null: false }, untyped)).toMatchObject({
      class: "bytes",
      raw: true,
    });
    const printed = column({ native_type: "bytea", class: "bytes" });
    expect(cellOf({ text: "\\x41", null: false }, printed).raw).toBeUndefined();
    const integers = column({ native_type: "INTEGER", class: "number" });
    expect(cellOf({ text: "seven", stored: "text", null: false }, integers).align).toBe("left");
    const yes = column({ native_type: "BOOLEAN", class: "boolean" });
    expect(cellOf({ text: "1", stored: "integer", null: false }, yes).align).toBe("left");
  });

  it("is its column's where all values are of one kind, and open where nothing is declared", () => {
    const number = column({ native_type: "bigint", class: "number" });
    expect(cellOf({ text: "7", null: false }, number).align).toBeUndefined();
    expect(gridColumns([number, column({}), column({ native_type: "text", class: "text" })])).toMatchObject([
      { align: "right" },
      { align: "cells" },
      { align: "left" },
    ]);
  });
});
