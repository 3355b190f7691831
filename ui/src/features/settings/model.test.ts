import { describe, expect, it } from "vitest";
import { clashWith, keysOf, numberOf, refusal, withKeys } from "./model";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("a shortcut as pressed", () => {
  it("is written as the table writes it, on both kinds of keyboard", () => {
    expect(keysOf(press("k", { ctrlKey: true }), false)).toBe("Mod+K");
    expect(keysOf(press("k", { metaKey: true }), true)).toBe("Mod+K");
    expect(keysOf(press("K", { ctrlKey: true, shiftKey: true }), false)).toBe("Mod+Shift+K");
    expect(keysOf(press("?", { ctrlKey: true, shiftKey: true }), false)).toBe("Mod+?");
    expect(keysOf(press("Control", { ctrlKey: true }), false)).toBeNull();
  });

  it("must not be a key that types", () => {
    expect(refusal("K")).not.toBeNull();
    expect(refusal("Shift+K")).not.toBeNull();
    expect(refusal("Escape")).not.toBeNull();
    expect(refusal("F9")).toBeNull();
    expect(refusal("Alt+K")).toBeNull();
  });

  it("names the command it clashes with, in its scope and everywhere", () => {
    expect(clashWith({}, "query.format", "Mod+K")?.id).toBe("palette.open");
    expect(clashWith({}, "query.format", "Mod+S")?.id).toBe("query.save");
    expect(clashWith({}, "connection.test", "Mod+/")).toBeNull();
  });

  it("is forgotten when it is the default again, and kept when it is taken away", () => {
    expect(withKeys({ "query.format": "F9" }, "query.format", "Mod+Shift+F")).toEqual({});
    expect(withKeys({}, "query.format", "")).toEqual({ "query.format": "" });
    expect(withKeys({ "query.format": "F9" }, "query.format", null)).toEqual({});
  });
});

describe("a number as typed", () => {
  it("may have separators, and is refused outside its range", () => {
    expect(numberOf("100,000", 1, 1e6)).toBe(100_000);
    expect(numberOf("0", 2, 64)).toBeNull();
    expect(numberOf("65", 2, 64)).toBeNull();
    expect(numberOf("64", 2, 64)).toBe(64);
    expect(numberOf("many", 2, 64)).toBeNull();
  });
});
