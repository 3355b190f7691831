/** Where everything of a chart stands, in pixels. Pure: no DOM, no colours but the number of a series. */
import type { ChartSeries, ChartSpec } from "@/ipc";
import { linear, logarithmic, type Scale, temporal } from "./scale";
import { slicesOf } from "./slices";
import { groupName } from "./spec";

export interface Look {
  /** A logarithmic y axis, where every value is above zero. */
  readonly log: boolean;
  /** Bars and areas of several series on top of each other. */
  readonly stacked: boolean;
  /** Series that are not shown, by their legend's text. */
  readonly hidden: readonly string[];
}

export type Outline =
  | { readonly as: "bar"; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly as: "point"; readonly x: number; readonly y: number; readonly size: number }
  /** `caption` stands in a slice that has room for it. */
  | { readonly as: "slice"; readonly path: string; readonly x: number; readonly y: number; readonly caption: string };

export interface DrawnMark {
  readonly id: string;
  /** Which colour and shape. */
  readonly colour: number;
  readonly outline: Outline;
  /** The x value. */
  readonly name: string;
  /** The series, where there are several. */
  readonly series: string;
  /** The exact value. */
  readonly text: string;
  readonly rows: number;
}

export interface DrawnLine {
  readonly id: string;
  readonly colour: number;
  readonly path: string;
  readonly area?: string;
}

export interface DrawnTick {
  readonly at: number;
  readonly label: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** What the axes enclose. */
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly xTicks: readonly DrawnTick[];
  readonly yTicks: readonly DrawnTick[];
  /** Labels along x stand upright. */
  readonly turned: boolean;
  /** Where zero is, where it is in sight. */
  readonly zero: number | null;
  readonly marks: readonly DrawnMark[];
  readonly lines: readonly DrawnLine[];
  /** What the legend lists: series, or a pie's slices. */
  readonly legend: readonly { readonly colour: number; readonly label: string; readonly hidden: boolean }[];
  /** What else has to be said of the drawing. */
  readonly notes: readonly string[];
  /** Nothing can be drawn, and why. */
  readonly nothing: string | null;
}

/** Letters of the axes are about this wide. */
const LETTER = 6.2;
/** Most letters of a label along x. */
const LONGEST = 24;
const GAP_FOR_SPECIAL = 56;

export const short = (text: string, most = LONGEST): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text;

const widthOf = (text: string): number => [...text].length * LETTER;

interface Value {
  readonly series: number;
  readonly label: string;
  readonly group: number | null;
  readonly x: number | null;
  readonly y: number;
  readonly from: number;
  readonly name: string;
  readonly text: string;
  readonly rows: number;
  /** A gap before it: the one before has no value. */
  readonly broken: boolean;
}

/** Whether groups stand at their distances rather than side by side. */
export function isPositional(chart: ChartSeries, spec: ChartSpec): boolean {
  if (chart.axis === "category") return false;
  if (chart.groups.length === 0) return true;
  if (spec.order !== "key" && spec.order !== "key_descending") return false;
  const bucketed = chart.unit !== null || chart.width !== null;
  return bucketed || spec.kind === "line" || spec.kind === "area" || spec.kind === "scatter";
}

/** Every value that is shown, stacked where that is wanted. */
function valuesOf(chart: ChartSeries, look: Look, stacked: boolean): Value[] {
  const values: Value[] = [];
  const above = new Map<number, number>();
  const below = new Map<number, number>();
  chart.series.forEach((line, series) => {
    if (look.hidden.includes(line.label)) return;
    let broken = false;
    for (const mark of line.marks) {
      if (mark.y === null) {
        broken = true;
        continue;
      }
      const group = mark.group === null ? undefined : chart.groups[mark.group];
      let from = 0;
      let y = mark.y;
      if (stacked && mark.group !== null) {
        const pile = y < 0 ? below : above;
        from = pile.get(mark.group) ?? 0;
        y += from;
        pile.set(mark.group, y);
      }
      values.push({
        series,
        label: line.label,
        group: mark.group,
        x: mark.x,
        y,
        from,
        name: group ? groupName(group) : mark.label,
        text: mark.text ?? "",
        rows: mark.rows,
        broken,
      });
      broken = false;
    }
  });
  return values;
}

export const canStack = (chart: ChartSeries, spec: ChartSpec): boolean =>
  (spec.kind === "bar" || spec.kind === "area") && chart.series.length > 1 && chart.groups.length > 0;

export const canLog = (chart: ChartSeries, spec: ChartSpec): boolean =>
  (spec.kind === "line" || spec.kind === "scatter") &&
  chart.series.every((line) => line.marks.every((mark) => mark.y === null || mark.y > 0));

export function draw(chart: ChartSeries, spec: ChartSpec, look: Look, width: number, height: number): Drawing {
  if (spec.kind === "pie") return slicesOf(chart, look, width, height);
  const stacked = look.stacked && canStack(chart, spec);
  const values = valuesOf(chart, look, stacked);
  const legend =
    chart.series.length > 1
      ? chart.series.map((line, colour) => ({ colour, label: line.label, hidden: look.hidden.includes(line.label) }))
      : [];
  const blank = {
    width,
    height,
    plot: { x: 0, y: 0, width, height },
    xTicks: [],
    yTicks: [],
    turned: false,
    zero: null,
  };
  if (values.length === 0) {
    const nothing =
      chart.rows === 0
        ? "There are no rows."
        : chart.series.some((line) => line.marks.some((mark) => mark.y !== null))
          ? "Every series is hidden."
          : "There is no value to draw: all are NULL or have no place.";
    return { ...blank, marks: [], lines: [], legend, notes: [], nothing };
  }

  const bars = spec.kind === "bar" || spec.kind === "histogram";
  const fromZero = bars || spec.kind === "area";
  const log = look.log && canLog(chart, spec);
  const ends = values.flatMap((value) => (fromZero ? [value.y, value.from] : [value.y]));
  const low = ends.reduce((least, value) => Math.min(least, value), fromZero ? 0 : Number.POSITIVE_INFINITY);
  const high = ends.reduce((most, value) => Math.max(most, value), fromZero ? 0 : Number.NEGATIVE_INFINITY);
  const flat = fromZero && low === 0 && high === 0;

  const positional = isPositional(chart, spec);
  const turnable = !positional && Math.max(0, ...chart.groups.map((group) => widthOf(short(groupName(group)))));
  const roomy = height > 150;
  // The labels of y need room before it is known how wide they are: measured once with any range.
  const y0 = log ? logarithmic(low, high, [1, 0]) : linear(low, flat ? 1 : high, [1, 0], { count: ticksFor(height) });
  const left = Math.min(width * 0.3, 14 + Math.max(...y0.ticks.map((tick) => widthOf(tick.label)))) + (roomy ? 18 : 0);
  const inner = Math.max(20, width - left - 14);
  const band = inner / Math.max(1, chart.groups.length);
  const turned = turnable !== false && turnable > band - 6;
  const below =
    (turned ? Math.min(110, height * 0.35, Math.max(16, Number(turnable) * 0.72 + 12)) : 22) + (roomy ? 18 : 0);
  const plot = { x: left, y: 10, width: inner, height: Math.max(20, height - 10 - below) };
  const range = [plot.y + plot.height, plot.y] as const;
  const y: Scale = log
    ? logarithmic(low, high, range)
    : linear(low, flat ? 1 : high, range, { count: ticksFor(plot.height) });
  const zero = y.domain[0] <= 0 && y.domain[1] >= 0 && !log ? y(0) : null;

  const special = positional ? chart.groups.flatMap((group, at) => (group.from === null ? [at] : [])) : [];
  const along = plot.width - special.length * GAP_FOR_SPECIAL;
  const x = positional ? xScale(chart, values, [plot.x + (bars ? 1 : 6), plot.x + Math.max(12, along) - 6]) : null;
  const shown = chart.series.flatMap((line, at) => (look.hidden.includes(line.label) ? [] : [at]));

  /** A group's left end and width. */
  const place = (group: number | null, at: number | null): readonly [number, number] => {
    const own = group === null ? undefined : chart.groups[group];
    if (x && own && own.from !== null) {
      const [from, to] = [x(own.from), x(own.to ?? own.from)];
      return to - from < 0.5 ? [from - 0.5, 1] : [from, to - from];
    }
    if (x && own) {
      const slot = special.indexOf(group ?? -1);
      return [plot.x + along + slot * GAP_FOR_SPECIAL + 8, GAP_FOR_SPECIAL - 16];
    }
    if (x) return [x(at ?? 0), 0];
    return [plot.x + (group ?? 0) * band, band];
  };
  const centre = (value: Value): number => {
    const [from, wide] = place(value.group, value.x);
    const own = value.group === null ? undefined : chart.groups[value.group];
    // A bucket's value stands where the bucket begins, a single value where it is.
    return x && own && own.from !== null ? x(own.from) : from + wide / 2;
  };

  const marks = values.map((value, at): DrawnMark => {
    const [start, wide] = place(value.group, value.x);
    const base = { id: String(at), colour: value.series, name: value.name, text: value.text, rows: value.rows };
    const series = chart.series.length > 1 ? value.label : "";
    if (!bars)
      return { ...base, series, outline: { as: "point", x: centre(value), y: y(value.y), size: sizeOf(spec, values) } };
    const touching = chart.width !== null || chart.unit !== null;
    const gap = touching ? Math.min(1, wide * 0.1) : Math.min(12, wide * 0.2);
    const lanes = stacked ? 1 : Math.max(1, shown.length);
    const lane = Math.max(0.5, (wide - gap) / lanes);
    const [top, bottom] = [y(Math.max(value.y, value.from)), y(Math.min(value.y, value.from))];
    return {
      ...base,
      series,
      outline: {
        as: "bar",
        x: start + gap / 2 + (stacked ? 0 : shown.indexOf(value.series) * lane),
        y: top,
        width: Math.max(0.5, lane - (lanes > 1 && lane > 4 ? 1 : 0)),
        height: Math.max(0, bottom - top),
      },
    };
  });

  const lines: DrawnLine[] = [];
  if (spec.kind === "line" || spec.kind === "area")
    for (const series of shown) {
      const own = values.filter((value) => value.series === series && !isSpecial(chart, value.group));
      const path = pathOf(own, centre, (value) => y(value.y));
      const area = spec.kind === "area" ? areaOf(own, centre, y) : undefined;
      if (path) lines.push({ id: String(series), colour: series, path, ...(area ? { area } : {}) });
    }

  const xTicks = x
    ? [
        ...x.ticks.map((tick) => ({ at: x(tick.value), label: tick.label })),
        ...special.map((group) => {
          const [from, wide] = place(group, null);
          const own = chart.groups[group];
          return { at: from + wide / 2, label: own ? groupName(own) : "" };
        }),
      ]
    : thinned(chart, plot.x, band, turned);
  return {
    width,
    height,
    plot,
    xTicks,
    yTicks: y.ticks.map((tick) => ({ at: y(tick.value), label: tick.label })),
    turned,
    zero,
    marks,
    lines,
    legend,
    notes: spec.kind === "area" || bars || y.domain[0] <= 0 || log ? [] : ["The y axis does not begin at zero."],
    nothing: null,
  };
}

const ticksFor = (height: number): number => Math.max(1, Math.min(8, Math.floor(height / 45)));

const isSpecial = (chart: ChartSeries, group: number | null): boolean =>
  group !== null && (chart.groups[group]?.kind ?? "value") !== "value";

const sizeOf = (spec: ChartSpec, values: readonly Value[]): number =>
  spec.kind === "scatter" ? (values.length > 800 ? 2.5 : 3.5) : values.length > 120 ? 1.5 : 3;

function xScale(chart: ChartSeries, values: readonly Value[], range: readonly [number, number]): Scale {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (at: number | null) => {
    if (at === null) return;
    low = Math.min(low, at);
    high = Math.max(high, at);
  };
  for (const group of chart.groups) {
    see(group.from);
    see(group.to);
  }
  if (chart.groups.length === 0) for (const value of values) see(value.x);
  if (low > high) [low, high] = [0, 1];
  const count = Math.max(2, Math.floor((range[1] - range[0]) / 90));
  if (chart.axis === "number") return linear(low, high, range, { count, nice: chart.groups.length === 0 });
  return temporal(low, high, range, { count, clock: chart.axis === "clock" });
}

/** Labels of groups that stand side by side: as many as there is room for. */
function thinned(chart: ChartSeries, left: number, band: number, turned: boolean): DrawnTick[] {
  const every = Math.max(1, Math.ceil((turned ? 13 : 1) / band));
  return chart.groups.flatMap((group, at) =>
    at % every === 0 ? [{ at: left + (at + 0.5) * band, label: short(groupName(group)) }] : [],
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;

function pathOf(values: readonly Value[], x: (value: Value) => number, y: (value: Value) => number): string {
  return values
    .map((value, at) => `${at === 0 || value.broken ? "M" : "L"}${round(x(value))} ${round(y(value))}`)
    .join("");
}

function areaOf(values: readonly Value[], x: (value: Value) => number, y: Scale): string {
  const runs: Value[][] = [];
  for (const value of values) {
    const last = runs[runs.length - 1];
    if (!last || value.broken) runs.push([value]);
    else last.push(value);
  }
  return runs
    .map((run) => {
      const there = run.map((value) => `${round(x(value))} ${round(y(value.y))}`);
      const back = [...run].reverse().map((value) => `${round(x(value))} ${round(y(value.from))}`);
      return `M${[...there, ...back].join("L")}Z`;
    })
    .join("");
}
