import { describe, expect, it } from "vitest";
import type { StructurePartition, StructurePartitioning, StructurePartitionWay } from "@/ipc";
import { boundProblem, emptyBound, nextBound, partitioningProblem } from "./partitioning";

const by = (way: StructurePartitionWay, ...keys: string[]): StructurePartitioning => ({
  way,
  keys: keys.map((text) => ({ text, expression: false })),
});
const part = (bound: string, change: StructurePartition["change"] = null): StructurePartition => ({
  object: null,
  name: bound,
  bound,
  by: null,
  change,
});

describe("a partition", () => {
  it("goes on where those that there are end", () => {
    const there = [
      part("FOR VALUES FROM (MINVALUE) TO ('2025-01-01')"),
      part("FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"),
      part("FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')", "removed"),
      part("DEFAULT"),
    ];
    expect(nextBound(by("range", "at"), there)).toEqual({ bound: "range", from: ["2026-01-01"], to: [] });
    const numbered = ["(0) TO (900)", "(900) TO (1000)"].map((bound) => part(`FOR VALUES FROM ${bound}`));
    expect(nextBound(by("range", "id"), numbered)).toEqual({ bound: "range", from: ["1000"], to: [] });
    expect(nextBound(by("range", "a", "b"), there)).toEqual({ bound: "range", from: [], to: [] });
    const last = part("FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)");
    expect(nextBound(by("range", "at"), [last])).toEqual({ bound: "range", from: [], to: [] });
    const hashed = [0, 2].map((rest) => part(`FOR VALUES WITH (modulus 3, remainder ${rest})`));
    expect(nextBound(by("hash", "id"), hashed)).toEqual({ bound: "hash", modulus: 3, remainder: 1 });
    expect(nextBound(by("list", "kind"), [])).toEqual({ bound: "list", values: [] });
  });

  it("needs all of its bound", () => {
    expect(boundProblem(emptyBound(by("range", "a")), 1, true)).toBe("Say where it begins");
    expect(boundProblem(emptyBound(by("range", "a")), 1, false)).toBe("Say where it ends");
    expect(boundProblem({ bound: "range", from: ["1", " "], to: ["2", "3"] }, 2, true)).toBe("Say where it begins");
    expect(boundProblem({ bound: "range", from: ["1"], to: ["2"] }, 1, true)).toBeNull();
    expect(boundProblem({ bound: "list", values: ["", " "] }, 1, true)).toBe("Write a value");
    expect(boundProblem({ bound: "hash", modulus: 0, remainder: 0 }, 1, true)).toBe("Nothing can be divided by 0");
    expect(boundProblem({ bound: "hash", modulus: 4, remainder: 4 }, 1, true)).toBe("What is left is less than 4");
    expect(boundProblem({ bound: "default" }, 1, true)).toBeNull();
    expect(partitioningProblem(by("range", "a", " "))).not.toBeNull();
    expect(partitioningProblem(null)).toBeNull();
  });
});
