import { describe, expect, it } from "vitest";
import type { ChartGroup, ChartLine, ChartSeries, ChartSpec } from "@/ipc";
import { canLog, type Drawing, draw, type Look, short } from "./drawing";
import { markAt } from "./Plot";
import { fileName, wrapped } from "./picture";
import { linear, logarithmic, niceStep, numberLabel, temporal, timeLabel } from "./scale";
import { percent } from "./slices";
import { buckets, groupName, widthOf, withAggregate, withKind, withX } from "./spec";

const LOOK: Look = { log: false, stacked: false, hidden: [] };

const SPEC: ChartSpec = {
  kind: "bar",
  x: 0,
  series: null,
  measures: [{ column: 1, aggregate: "sum" }],
  bucket: { by: "auto" },
  order: "key",
  limit: 1_000,
  others: true,
};

const group = (label: string, more: Partial<ChartGroup> = {}): ChartGroup => ({
  kind: "value",
  label,
  from: null,
  to: null,
  rows: 1,
  ...more,
});

const line = (label: string, values: readonly (number | null)[]): ChartLine => ({
  kind: "value",
  label,
  measure: 0,
  marks: values.map((y, at) => ({ group: at, x: null, label: "", y, text: y === null ? null : String(y), rows: 1 })),
});

const chart = (
  groups: readonly ChartGroup[],
  lines: readonly ChartLine[],
  more: Partial<ChartSeries> = {},
): ChartSeries => ({
  hold_id: "h",
  title: "Sum of amount by place",
  x_title: "place",
  y_title: "sum of amount",
  rows: groups.length,
  partial: null,
  axis: "category",
  unit: null,
  width: null,
  groups: [...groups],
  series: [...lines],
  notes: [],
  ...more,
});

const bars = (drawing: Drawing) =>
  drawing.marks.map(({ outline }) => (outline.as === "bar" ? outline : { x: 0, y: 0, width: 0, height: 0 }));

describe("scales", () => {
  it("have ticks at steps of one, two or five, at their exact values", () => {
    expect([100, 0.7, 3e9].map((range) => niceStep(range, 5))).toEqual([20, 0.2, 1e9]);
    const scale = linear(0, 0.7, [0, 100]);
    expect(scale.ticks.map(({ value }) => value)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(scale(scale.domain[0])).toBe(0);
    expect(scale(scale.domain[1])).toBe(100);
  });

  it("label ticks with no more digits than their step has", () => {
    expect(numberLabel(1_234_000, 1_000)).toBe("1.234M");
    expect(numberLabel(20_000, 10_000)).toBe("20,000");
    expect(numberLabel(0.3, 0.1)).toBe("0.3");
    expect(numberLabel(-2, 1)).toBe("-2");
    expect(numberLabel(3e20, 1e20)).toBe("3e20");
  });

  it("put one value in the middle and bear the whole range of a double", () => {
    expect(linear(5, 5, [0, 100])(5)).toBe(50);
    const wide = linear(-1.7e308, 1.7e308, [0, 100], { nice: false });
    expect(wide(0)).toBeCloseTo(50);
    expect(logarithmic(1, 1_000, [0, 300])(10)).toBeCloseTo(100);
  });

  it("put times where the calendar's units begin", () => {
    const [from, to] = [Date.UTC(2024, 0, 10), Date.UTC(2024, 5, 20)];
    const labels = temporal(from, to, [0, 600], { count: 6 }).ticks.map(({ label }) => label);
    expect(labels).toEqual(["2024-02", "2024-03", "2024-04", "2024-05", "2024-06"]);
    const years = temporal(-62_198_755_200_000, -61_000_000_000_000, [0, 600], { count: 4 }).ticks;
    expect(years[0]?.label).toMatch(/BC$|^00/);
    expect(timeLabel(Date.UTC(2024, 0, 1, 14, 5), 60_000, true)).toBe("14:05");
  });
});

describe("a drawing", () => {
  it("has bars that begin at zero, below it too", () => {
    const drawing = draw(chart([group("a"), group("b")], [line("", [10, -5])]), SPEC, LOOK, 600, 300);
    const [above, below] = bars(drawing);
    expect(drawing.zero).not.toBeNull();
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeCloseTo(drawing.zero ?? -1);
    expect(below?.y).toBeCloseTo(drawing.zero ?? -1);
    expect((above?.height ?? 0) / (below?.height ?? 1)).toBeCloseTo(2);
    expect(drawing.marks.map(({ name, text }) => `${name} ${text}`)).toEqual(["a 10", "b -5"]);
  });

  it("says when a line's axis does not begin at zero, and breaks where there is no value", () => {
    const months = [0, 1, 2, 3].map((month) =>
      group(`2024-0${month + 1}`, { from: Date.UTC(2024, month), to: Date.UTC(2024, month + 1) }),
    );
    const of = chart(months, [line("", [100, null, 102, 103])], { axis: "time", unit: "month" });
    const drawing = draw(of, { ...SPEC, kind: "line" }, LOOK, 600, 300);
    expect(drawing.notes).toEqual(["The y axis does not begin at zero."]);
    expect(drawing.lines[0]?.path.match(/M/g)).toHaveLength(2);
    expect(drawing.marks).toHaveLength(3);
  });

  it("stacks series and leaves hidden ones out", () => {
    const of = chart([group("a")], [line("one", [10]), line("two", [5])]);
    const stacked = bars(draw(of, SPEC, { ...LOOK, stacked: true }, 600, 300));
    expect(stacked[1]?.y).toBeLessThan(stacked[0]?.y ?? 0);
    expect((stacked[1]?.y ?? 0) + (stacked[1]?.height ?? 0)).toBeCloseTo(stacked[0]?.y ?? 0);
    const hidden = draw(of, SPEC, { ...LOOK, hidden: ["one"] }, 600, 300);
    expect(hidden.marks.map(({ series }) => series)).toEqual(["two"]);
    expect(hidden.legend.map((entry) => entry.hidden)).toEqual([true, false]);
    expect(draw(of, SPEC, { ...LOOK, hidden: ["one", "two"] }, 600, 300).nothing).toBe("Every series is hidden.");
  });

  it("says why there is nothing to draw", () => {
    expect(draw(chart([], [line("", [])]), SPEC, LOOK, 600, 300).nothing).toBe("There are no rows.");
    expect(draw(chart([group("", { kind: "null" })], [line("", [null])]), SPEC, LOOK, 600, 300).nothing).toContain(
      "NULL",
    );
  });

  it("has room for a thousand groups, in a tiny pane too", () => {
    const many = Array.from({ length: 1_000 }, (_, at) => group(`a rather long name of group ${at}`));
    const of = chart(many, [
      line(
        "",
        many.map((_, at) => at),
      ),
    ]);
    for (const [width, height] of [
      [900, 400],
      [120, 60],
    ] as const) {
      const drawing = draw(of, SPEC, LOOK, width, height);
      expect(drawing.marks).toHaveLength(1_000);
      expect(drawing.xTicks.length).toBeLessThanOrEqual(width / 12);
      expect(bars(drawing).every((bar) => Number.isFinite(bar.x) && bar.width > 0)).toBe(true);
    }
    expect(short("a rather long name of group 1", 10)).toBe("a rather …");
  });

  it("keeps a place of its own for NULL beside numbers that have distances", () => {
    const groups = [group("0 to 10", { from: 0, to: 10 }), group("", { kind: "null" })];
    const of = chart(groups, [line("", [3, 4])], { axis: "number", width: "10" });
    const drawing = draw(of, { ...SPEC, kind: "histogram" }, LOOK, 600, 300);
    expect(drawing.xTicks[drawing.xTicks.length - 1]?.label).toBe("NULL");
    const [own, nulls] = bars(drawing);
    expect(nulls?.x).toBeGreaterThan((own?.x ?? 0) + (own?.width ?? 0));
  });

  it("cuts a pie of what is above zero, and says what is not", () => {
    const of = chart([group("a"), group("b"), group("c")], [line("", [3, 1, -2])]);
    const drawing = draw(of, { ...SPEC, kind: "pie" }, LOOK, 400, 300);
    expect(drawing.marks.map(({ name, text }) => `${name} ${text}`)).toEqual(["a 3 (75 %)", "b 1 (25 %)"]);
    expect(drawing.notes[0]).toContain("below zero");
    expect([1, 0.9999, 0.0001].map(percent)).toEqual(["100 %", "99.9 %", "< 0.1 %"]);
  });

  it("finds the mark a pointer means", () => {
    const { marks, plot } = draw(chart([group("a"), group("b")], [line("", [10, 0])]), SPEC, LOOK, 600, 300);
    expect(markAt(marks, plot.x + plot.width * 0.75, plot.y + 5)?.name).toBe("b");
    expect(markAt(marks, plot.x + plot.width * 0.25, plot.y + 5)?.name).toBe("a");
    expect(markAt(marks, 1, 1)).toBeNull();
  });

  it("takes logarithms only of what is above zero", () => {
    const spec: ChartSpec = { ...SPEC, kind: "line" };
    expect(canLog(chart([group("a")], [line("", [1])]), spec)).toBe(true);
    expect(canLog(chart([group("a")], [line("", [0])]), spec)).toBe(false);
    expect(canLog(chart([group("a")], [line("", [1])]), SPEC)).toBe(false);
  });
});

describe("choices", () => {
  const axes = ["category", "number", "time", "number"] as const;

  it("lead from one kind to the next", () => {
    const histogram = withKind(SPEC, "histogram", axes);
    expect([histogram.x, histogram.measures[0]?.aggregate]).toEqual([1, "rows"]);
    const scatter = withKind(SPEC, "scatter", axes);
    expect([scatter.x, scatter.measures[0]]).toEqual([3, { column: 1, aggregate: "none" }]);
    const pie = withKind(SPEC, "pie", axes);
    expect([pie.limit, pie.order, withKind(pie, "bar", axes).limit]).toEqual([7, "value_descending", 30]);
    expect(withKind(scatter, "bar", axes).measures[0]?.aggregate).toBe("sum");
  });

  it("never mix points of rows with groups", () => {
    const two: ChartSpec = { ...SPEC, measures: [...SPEC.measures, { column: 3, aggregate: "average" }] };
    expect(withAggregate(two, 0, "none", axes).measures.map(({ aggregate }) => aggregate)).toEqual(["none", "none"]);
    expect(withAggregate(two, 1, "rows", axes).measures[1]).toEqual({ column: null, aggregate: "rows" });
  });

  it("offer the buckets an axis can have", () => {
    expect(buckets("category").map(([key]) => key)).toEqual(["each"]);
    expect(buckets("clock").map(([key]) => key)).toEqual(["auto", "each", "unit:second", "unit:minute", "unit:hour"]);
    expect(withX(SPEC, 2, axes).bucket).toEqual({ by: "auto" });
    expect(groupName({ kind: "value", label: "" })).toBe("(empty text)");
  });
});

describe("a picture", () => {
  it("has a name a file may have, and lines that fit", () => {
    expect(fileName('Sum of a/b: "c" by d', "svg")).toBe("Sum of a b c by d.svg");
    expect(fileName("///", "png")).toBe("chart.png");
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });

  it("reads a width of steps as typed, exactly, and nothing that is none", () => {
    for (const [typed, width] of [
      ["2.5", "2.5"],
      [" 1,000 ", "1000"],
      [".5", "0.5"],
      ["7.", "7"],
      ["0.1000000000000000000000001", "0.1000000000000000000000001"],
    ])
      expect(widthOf(typed ?? "")).toBe(width);
    for (const typed of ["", "0", "0.00", "-1", "1e3", "abc", "1.2.3", "."]) expect(widthOf(typed), typed).toBeNull();
  });
});
