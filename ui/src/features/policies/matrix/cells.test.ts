import { describe, expect, it } from "vitest";
import type { PolicyCell } from "@/ipc";
import { signOf, walked, wordOf } from "./cells";

const cell = (level: PolicyCell["level"], more: Partial<PolicyCell> = {}): PolicyCell => ({
  level,
  no_policy: false,
  some_columns: false,
  ...more,
});

describe("cells of the matrix", () => {
  it("tell a missing privilege from a missing policy, and all rows of the owner from those of a stranger", () => {
    expect(signOf(cell("none"), { exposed: true })).toBe("none");
    expect(signOf(cell("none", { no_policy: true }), { exposed: true })).toBe("no_policy");
    expect(signOf(cell("all"), { exposed: false })).toBe("all");
    expect(signOf(cell("all"), { exposed: true })).toBe("exposed");
    expect(wordOf(signOf(cell("bypass"), { exposed: false }))).toBe("bypass");
  });

  it("are walked by keys and never left", () => {
    const at = { row: 1, column: 3 };
    expect(walked(at, "ArrowRight", 2, 2, 5)).toEqual({ row: 1, column: 4 });
    expect(walked(at, "ArrowDown", 2, 2, 5)).toEqual(at);
    expect(walked(at, "PageUp", 2, 2, 5)).toEqual({ row: 0, column: 3 });
    expect(walked(at, "End", 2, 2, 5)).toEqual({ row: 1, column: 7 });
    expect(walked(at, "a", 2, 2, 5)).toBeNull();
  });
});
