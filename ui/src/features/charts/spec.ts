/** What a chart is to show, and how one choice leads to the next. */
import type {
  ChartAggregate,
  ChartAxis,
  ChartBucket,
  ChartGroup,
  ChartKind,
  ChartOrder,
  ChartSpec,
  ChartUnit,
} from "@/ipc";

export const KINDS: readonly (readonly [ChartKind, string])[] = [
  ["bar", "Bar"],
  ["line", "Line"],
  ["area", "Area"],
  ["scatter", "Scatter"],
  ["pie", "Pie"],
  ["histogram", "Histogram"],
];

export const AGGREGATES: readonly (readonly [ChartAggregate, string])[] = [
  ["rows", "Count of rows"],
  ["values", "Count of values"],
  ["sum", "Sum"],
  ["average", "Average"],
  ["least", "Least"],
  ["greatest", "Greatest"],
  ["none", "Each row"],
];

export const UNITS: readonly ChartUnit[] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

export const ORDERS: readonly (readonly [ChartOrder, string])[] = [
  ["key", "By x"],
  ["key_descending", "By x, last first"],
  ["value_descending", "Greatest first"],
  ["value", "Least first"],
  ["met", "As the rows come"],
];

export const LIMITS = [10, 30, 100, 1_000] as const;

/** Slices a pie can be read with, the one for all others aside. */
const SLICES = 7;

/** How x values of a kind may be put together; the texts are what a choice is called. */
export function buckets(axis: ChartAxis): readonly (readonly [string, string, ChartBucket])[] {
  const auto = ["auto", "As fits", { by: "auto" }] as const;
  const each = ["each", "Every value", { by: "each" }] as const;
  if (axis === "category") return [each];
  if (axis === "number")
    return [
      auto,
      each,
      ...[10, 20, 50, 100].map((count) => [`count:${count}`, `About ${count} steps`, { by: "count", count }] as const),
    ];
  const units = axis === "clock" ? UNITS.slice(0, 3) : UNITS;
  return [auto, each, ...units.map((unit) => [`unit:${unit}`, `By ${unit}`, { by: "unit", unit }] as const)];
}

export function bucketKey(bucket: ChartBucket): string {
  switch (bucket.by) {
    case "count":
      return `count:${bucket.count}`;
    case "width":
      return `width:${bucket.width}`;
    case "unit":
      return `unit:${bucket.unit}`;
    default:
      return bucket.by;
  }
}

/** A width of steps as a person types it, as decimal text; nothing where it is none above zero. */
export function widthOf(typed: string): string | null {
  const text = typed.trim().replaceAll(/[\s_,]/g, "");
  if (!/^\+?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})$/.test(text) || !/[1-9]/.test(text)) return null;
  const plain = text.replace(/^\+/, "").replace(/\.$/, "");
  return plain.startsWith(".") ? `0${plain}` : plain;
}

const numberAmong = (axes: readonly ChartAxis[], but?: number): number | null => {
  const other = axes.findIndex((axis, at) => axis === "number" && at !== but);
  return other >= 0 ? other : axes.indexOf("number") >= 0 ? axes.indexOf("number") : null;
};

/** The same chart drawn another way, with what that needs. */
export function withKind(spec: ChartSpec, kind: ChartKind, axes: readonly ChartAxis[]): ChartSpec {
  const axis = axes[spec.x] ?? "category";
  const measured = spec.measures[0]?.column ?? null;
  const base: ChartSpec = { ...spec, kind };
  switch (kind) {
    case "histogram": {
      const x = axis === "number" ? spec.x : (measured ?? numberAmong(axes) ?? spec.x);
      return {
        ...base,
        x,
        bucket: { by: "auto" },
        measures: [{ column: null, aggregate: "rows" }],
        order: "key",
        limit: 1_000,
      };
    }
    case "scatter": {
      const y = measured ?? numberAmong(axes, spec.x);
      if (y === null) return base;
      const x = axis === "category" ? (numberAmong(axes, y) ?? spec.x) : spec.x;
      return { ...base, x, bucket: { by: "each" }, order: "key", measures: [{ column: y, aggregate: "none" }] };
    }
    case "pie":
      return {
        ...grouped(base),
        measures: grouped(base).measures.slice(0, 1),
        series: null,
        order: "value_descending",
        limit: SLICES,
        others: true,
      };
    case "line":
    case "area":
      return axis === "category" ? grouped(base) : { ...wider(base, spec), order: "key" };
    case "bar":
      return grouped(wider(base, spec));
  }
}

/** A pie's few slices are no limit for anything else. */
const wider = (next: ChartSpec, former: ChartSpec): ChartSpec =>
  former.kind === "pie" && next.limit === SLICES ? { ...next, limit: 30 } : next;

const grouped = (spec: ChartSpec): ChartSpec => ({
  ...spec,
  bucket: spec.kind === "histogram" ? { by: "auto" } : spec.bucket,
  measures: spec.measures.map((measure) => (measure.aggregate === "none" ? { ...measure, aggregate: "sum" } : measure)),
});

/** Another column along x: its buckets and order are those of its kind. */
export function withX(spec: ChartSpec, x: number, axes: readonly ChartAxis[]): ChartSpec {
  const axis = axes[x] ?? "category";
  const bars = spec.kind === "bar" || spec.kind === "pie";
  return {
    ...spec,
    x,
    bucket: { by: axis === "category" ? "each" : "auto" },
    order: axis === "category" && bars ? "value_descending" : "key",
    limit: axis === "category" ? Math.min(spec.limit, 30) : spec.kind === "pie" ? spec.limit : 1_000,
  };
}

/** Another aggregate for one measure. Points of rows and groups do not mix. */
export function withAggregate(
  spec: ChartSpec,
  index: number,
  aggregate: ChartAggregate,
  axes: readonly ChartAxis[],
): ChartSpec {
  const first = numberAmong(axes);
  const changed = spec.measures.map((measure, at) => {
    const mixed = (measure.aggregate === "none") !== (aggregate === "none");
    if (at !== index && !mixed) return measure;
    const next = at === index ? aggregate : aggregate === "none" ? "none" : "sum";
    if (next === "rows") return { column: null, aggregate: next };
    return { column: measure.column ?? first ?? spec.x, aggregate: next };
  });
  return { ...spec, measures: changed };
}

export const isRaw = (spec: ChartSpec): boolean => spec.measures.some((measure) => measure.aggregate === "none");

export const groupName = ({ kind, label }: Pick<ChartGroup, "kind" | "label">): string =>
  kind === "null" ? "NULL" : kind === "other" ? "all others" : label === "" ? "(empty text)" : label;
