import { describe, expect, it } from "vitest";
import { NO_SHAPE } from "@/features/results";
import { readShape, sameShape } from "./keptShape";

describe("what is remembered of a data tab's shape", () => {
  it("comes back as it was", () => {
    const shape = {
      filters: [
        { column: "a", operator: "not_in" as const, values: ["x, y", ""], off: true },
        { any: true, items: [{ column: "b", operator: "is_null" as const, values: [] }] },
      ],
      any: true,
      where: "total > 5",
      sort: [{ column: "b", descending: true }],
    };
    expect(readShape(JSON.parse(JSON.stringify(shape)))).toEqual(shape);
    expect(sameShape(shape, readShape(JSON.parse(JSON.stringify(shape))))).toBe(true);
  });

  it("takes nothing that is not a shape for one", () => {
    for (const other of [undefined, null, 5, "x", [], { filters: 5, sort: {}, where: 1 }])
      expect(readShape(other)).toEqual(NO_SHAPE);
    expect(
      readShape({ filters: [{ column: 1 }, { column: "a", operator: "drop", values: [] }, { items: [] }, 7] }).filters,
    ).toEqual([]);
  });
});
