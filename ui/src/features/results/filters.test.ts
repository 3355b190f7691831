import { describe, expect, it } from "vitest";
import {
  added,
  type Conditions,
  changed,
  describeFilter,
  inForce,
  listOf,
  listText,
  narrowed,
  toggled,
} from "./filters";

const item = (column: string, value = "1") => ({ column, operator: "equal" as const, values: [value] });
const conditions = (given: Partial<Conditions>): Conditions => ({ filters: [], any: false, where: "", ...given });

describe("conditions", () => {
  it("take lists with commas, quotes and line ends apart as they were put together", () => {
    expect(listOf('a, \'b, c\', "d ""e""", \'\'\nf,,')).toEqual(["a", "b, c", 'd "e"', "", "f"]);
    expect(listOf("'it''s'")).toEqual(["it's"]);
    expect(listOf("it's")).toEqual(["it's"]);
    expect(listOf("  ")).toEqual([]);
    for (const values of [["a"], ["a, b", "it's", ""], [" a "], ['"'], ["a\nb"], ["NULL", "1"]])
      expect(listOf(listText(values)), listText(values)).toEqual(values);
  });

  it("ask for what is in force: groups, any of them, and what is written", () => {
    const one = (column: string) => ({ kind: "one", filter: item(column) });
    expect(inForce(conditions({ filters: [item("a"), toggled(item("b"))] }))).toEqual([one("a")]);
    expect(inForce(conditions({ filters: [item("a"), item("b")], any: true }))).toEqual([
      { kind: "any", conditions: [one("a"), one("b")] },
    ]);
    const group = { any: true, items: [item("a"), toggled(item("b")), item("c")] };
    expect(
      inForce(conditions({ filters: [group, { any: true, items: [toggled(item("d"))] }], where: " x = 1 " })),
    ).toEqual([
      { kind: "where", text: " x = 1 " },
      { kind: "any", conditions: [one("a"), one("c")] },
    ]);
    expect(inForce(conditions({ where: "  " }))).toEqual([]);
  });

  it("change, grow and go without leaving an empty group", () => {
    const parts = added(added([item("a")], item("b"), "any"), item("c"), 1);
    expect(parts).toEqual([item("a"), { any: true, items: [item("b"), item("c")] }]);
    const less = changed(parts, { place: 1, item: 0 }, null);
    expect(less).toEqual([item("a"), { any: true, items: [item("c")] }]);
    expect(changed(less, { place: 1, item: 0 }, null)).toEqual([item("a")]);
    expect(changed(parts, { place: 0 }, toggled(item("a")))[0]).toEqual({ ...item("a"), off: true });
    expect(toggled(toggled(item("a")))).toEqual(item("a"));
  });

  it("are narrowed by one more, also where one of several was enough", () => {
    expect(narrowed(conditions({ filters: [item("a"), item("b")], any: true }), item("c"))).toEqual({
      filters: [{ any: true, items: [item("a"), item("b")] }, item("c")],
      any: false,
    });
    expect(narrowed(conditions({ filters: [item("a")] }), item("c")).filters).toHaveLength(2);
  });

  it("say themselves in words", () => {
    expect(describeFilter({ column: "n", operator: "between", values: ["1", "5"] })).toBe("n between 1 and 5");
    expect(describeFilter({ column: "n", operator: "not_in", values: ["a, b", "c"] })).toBe("n none of 'a, b', c");
    expect(describeFilter({ column: "n", operator: "is_empty", values: [] })).toBe("n is empty");
    expect(describeFilter({ column: "n", operator: "equal", values: [""] })).toBe("n is ''");
  });
});
