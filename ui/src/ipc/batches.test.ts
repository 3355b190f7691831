import { binary, bool, int16, int64, tableFromArrays, tableToIPC, uint8, uint64 } from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { decodeWindow } from "./batches";

const utf8 = (text: string) => new TextEncoder().encode(text);

function window(): ArrayBuffer {
  const table = tableFromArrays(
    {
      "3": [9223372036854775807n, null, -9223372036854775808n],
      "5": [utf8("12345678901234567890.10"), utf8(""), null],
      "7": [true, false, null],
      "8": [utf8("12"), new Uint8Array([0xde, 0xad]), new Uint8Array([0xff, 0x41])],
      "9": [1, 2, 3],
      "8#class": [3, 2, 5],
      "5#long": [70000n, null, null],
    },
    {
      types: {
        "3": int64(),
        "5": binary(),
        "7": bool(),
        "8": binary(),
        "9": int16(),
        "8#class": uint8(),
        "5#long": uint64(),
      },
    },
  );
  const bytes = tableToIPC(table, { format: "stream" }) as Uint8Array;
  return bytes.slice().buffer;
}

describe("a window of rows", () => {
  const rows = decodeWindow(window(), [3, 5, 7, 8, 9], ["t", "f"]);

  it("keeps every digit of the greatest and least integers", () => {
    expect(rows.rowCount).toBe(3);
    expect(rows.cell(0, 0).text).toBe("9223372036854775807");
    expect(rows.cell(2, 0).text).toBe("-9223372036854775808");
  });

  it("tells NULL from the empty text", () => {
    expect(rows.cell(1, 0).null).toBe(true);
    expect(rows.cell(1, 1)).toEqual({ text: "", null: false });
    expect(rows.cell(2, 1).null).toBe(true);
  });

  it("shows the server's own text, cut cells with their whole length", () => {
    expect(rows.cell(0, 1)).toEqual({ text: "12345678901234567890.10", null: false, fullBytes: 70000 });
    expect(rows.cell(0, 2).text).toBe("t");
    expect(rows.cell(1, 2).text).toBe("f");
  });

  it("shows bytes as hexadecimal and marks text that is not UTF-8", () => {
    expect(rows.cell(0, 3)).toMatchObject({ text: "12", stored: "integer" });
    expect(rows.cell(1, 3)).toMatchObject({ text: "\\xdead", stored: "bytes" });
    expect(rows.cell(2, 3)).toMatchObject({ text: "\uFFFDA", stored: "invalid" });
  });
});
