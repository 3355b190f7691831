import { describe, expect, it } from "vitest";
import { COMMANDS, clashes, effectiveKeys } from "./table";

describe("the table of shortcuts", () => {
  it("gives every key one meaning per scope", () => {
    expect(clashes(effectiveKeys({}))).toEqual([]);
  });

  it("names every command once", () => {
    const ids = COMMANDS.map((command) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("sees a clash that a person's own keys make, also with a global one", () => {
    expect(clashes(effectiveKeys({ "query.format": "Mod+K" }))).toEqual([
      { keys: "Mod+K", first: "palette.open", second: "query.format" },
    ]);
  });

  it("forgets a key that a person removed", () => {
    expect(effectiveKeys({ "palette.open": "" }).has("palette.open")).toBe(false);
  });
});
