import { describe, expect, it } from "vitest";
import { namedColumn } from "./troubled";

describe("the column a server's message is about", () => {
  const names = ["id", "name", "full name", "note"];
  it("is the one it names, also where nothing was staged for it", () => {
    expect(namedColumn("note needs a value: it takes no NULL.", names)).toBe(3);
  });
  it("is no part of another word", () => {
    expect(namedColumn("people_name_key refuses it; paid is no number", names)).toBeUndefined();
  });
  it("is the longer of two names at one place, and the first of several", () => {
    expect(namedColumn("full name and note need a value", names)).toBe(2);
  });
});
