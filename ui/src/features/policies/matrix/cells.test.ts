import { describe, expect, it } from "vitest";
import type { PolicyCell } from "@/ipc";
import { signOf, wordOf } from "./cells";

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
});
