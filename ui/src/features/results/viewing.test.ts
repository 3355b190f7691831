import { describe, expect, it } from "vitest";
import { bytesOf, hexDump, layoutJson, piecesOf } from "./viewing";

describe("JSON in the cell viewer", () => {
  it("keeps every number as it stands", () => {
    expect(layoutJson('{"id":9007199254740993,"p":1.10,"e":1E+400}')).toBe(
      '{\n  "id": 9007199254740993,\n  "p": 1.10,\n  "e": 1E+400\n}',
    );
  });

  it("lays out nesting and leaves empty ones on one line", () => {
    expect(layoutJson('[1,{"a":[],"b":{}}, "x\\"y"]')).toBe(
      '[\n  1,\n  {\n    "a": [],\n    "b": {}\n  },\n  "x\\"y"\n]',
    );
    expect(layoutJson(" null ")).toBe("null");
  });

  it("refuses what is not JSON", () => {
    for (const text of ["", "{", "[1,]", '{"a"}', "{'a':1}", "1 2", "[1}", "nul", '{"a":1,}', "[,]", "{]"]) {
      expect(layoutJson(text), text).toBeNull();
    }
  });

  it("reads bytes that the server wrote as hexadecimal text, and leaves others alone", () => {
    const text = (value: string) => new TextEncoder().encode(value);
    expect([...bytesOf(text("\\x00ff41"))]).toEqual([0, 255, 65]);
    expect([...bytesOf(text("\\x"))]).toEqual([]);
    expect(bytesOf(text("\\xyz"))).toEqual(text("\\xyz"));
    expect(bytesOf(text("plain"))).toEqual(text("plain"));
  });

  it("dumps bytes with their offsets and says what it leaves out", () => {
    expect(hexDump(new Uint8Array([0x41, 0x00, 0xff]))).toMatch(/^00000000 {2}41 00 ff\s+A\.\.$/);
    expect(hexDump(new Uint8Array(100), 16)).toContain("84 more bytes");
  });
});

describe("a long text in the cell viewer", () => {
  it("is cut into pieces that are the text together, at lines where there are some, never within a character", () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at}`).join("\n");
    for (const piece of piecesOf(lines).slice(0, -1)) expect(piece.endsWith("\n")).toBe(true);
    const rockets = `a${"🚀".repeat(20_000)}`;
    for (const text of ["", "short", lines, rockets]) expect(piecesOf(text).join("")).toBe(text);
    for (const piece of piecesOf(rockets)) expect(piece).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
    expect(piecesOf("0".repeat(5_000_000)).length).toBeGreaterThan(500);
  });
});
