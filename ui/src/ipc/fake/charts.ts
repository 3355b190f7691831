/** Charts of the fake's rows: counted and added up as the core does, with numbers as floats. */
import type { ChartAxis, ChartGroup, ChartLine, ChartMark, ChartSeries, ChartSpec, ResultHead } from "../bindings";
import type { Host } from "../host";
import { type Hold, holdOf } from "./holds";
import { refuse, type World, wait } from "./world";

/** Rows that are looked at. */
const LOOKED_AT = 20_000;

const axesOf = (head: ResultHead): ChartAxis[] =>
  head.columns.map(({ class: kind }) => (kind === "number" ? "number" : kind === "temporal" ? "time" : "category"));

function suggested(head: ResultHead): ChartSpec {
  const axes = axesOf(head);
  const named = (axis: ChartAxis) =>
    axes.findIndex((each, at) => each === axis && !/(^|_)id$/.test(head.columns[at]?.name ?? ""));
  const [time, label, number] = [named("time"), named("category"), named("number")];
  const x = label >= 0 ? label : time >= 0 ? time : Math.max(0, number);
  const base = { x, series: null, bucket: { by: "auto" }, order: "key", limit: 1_000, others: true } as const;
  if (number < 0)
    return {
      ...base,
      kind: "bar",
      measures: [{ column: null, aggregate: "rows" }],
      order: "value_descending",
      limit: 30,
    };
  if (label >= 0)
    return {
      ...base,
      kind: "bar",
      measures: [{ column: number, aggregate: "sum" }],
      order: "value_descending",
      limit: 30,
    };
  if (time >= 0) return { ...base, kind: "line", measures: [{ column: number, aggregate: "sum" }] };
  return { ...base, x: number, kind: "histogram", measures: [{ column: null, aggregate: "rows" }] };
}

function aggregated(aggregate: string, values: readonly number[], rows: number): number | null {
  if (aggregate === "rows") return rows;
  if (aggregate === "values") return values.length;
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  if (aggregate === "average") return sum / values.length;
  if (aggregate === "least") return Math.min(...values);
  return aggregate === "greatest" ? Math.max(...values) : Math.round(sum * 100) / 100;
}

interface Named {
  readonly key: string;
  readonly group: ChartGroup;
}

function groupOf(text: string | null, axis: ChartAxis, width: number | null): Named {
  const blank = { from: null, to: null, rows: 0 };
  if (text === null) return { key: "\uffff", group: { ...blank, kind: "null", label: "" } };
  if (axis === "time") {
    const label = text.slice(0, 7);
    const [year = 0, month = 1] = label.split("-").map(Number);
    const from = Date.UTC(year, month - 1);
    return { key: label, group: { ...blank, kind: "value", label, from, to: Date.UTC(year, month) } };
  }
  if (axis === "number") {
    const at = width ? Math.floor(Number(text) / width) * width : Number(text);
    const to = at + (width ?? 0);
    const label = width ? `${at} to ${to}` : text;
    return { key: String(at + 1e12), group: { ...blank, kind: "value", label, from: at, to } };
  }
  return { key: text, group: { ...blank, kind: "value", label: text } };
}

function drawn(hold: Hold, spec: ChartSpec): ChartSeries {
  const { columns } = hold.head;
  const axis = axesOf(hold.head)[spec.x] ?? refuse("not_found", `The result has no column ${spec.x + 1}.`);
  const rows = Array.from({ length: Math.min(hold.rows, LOOKED_AT) }, (_, row) => row);
  const name = (column: number | null) => (column === null ? "" : (columns[column]?.name ?? ""));
  const words = spec.measures.map(({ column, aggregate }) =>
    aggregate === "none" ? name(column) : aggregate === "rows" ? "rows" : `${aggregate} of ${name(column)}`,
  );
  const raw = spec.measures.some(({ aggregate }) => aggregate === "none");
  const numbers = rows.map((row) => Number(hold.cell(row, spec.x))).filter(Number.isFinite);
  const spread = numbers.length ? Math.max(...numbers) - Math.min(...numbers) : 0;
  const width =
    axis === "number" && spec.bucket.by !== "each" ? Math.max(1, 10 ** Math.floor(Math.log10(spread || 1))) : null;
  const lines =
    spec.series === null
      ? [""]
      : [...new Set(rows.map((row) => hold.cell(row, spec.series ?? 0) ?? "NULL"))].sort().slice(0, 12);
  const among = (line: string) =>
    spec.series === null ? rows : rows.filter((row) => (hold.cell(row, spec.series ?? 0) ?? "NULL") === line);
  const title = `${words.join(", ")} by ${name(spec.x)}`;
  const told = {
    hold_id: hold.head.hold_id,
    title: title.charAt(0).toUpperCase() + title.slice(1),
    x_title: name(spec.x),
    y_title: words.join(", "),
    rows: hold.rows,
    partial: hold.progress.state === "complete" ? null : `first ${hold.rows.toLocaleString("en")} rows, not all`,
    axis,
    unit: axis === "time" && !raw ? ("month" as const) : null,
    width: raw || width === null ? null : String(width),
    notes: [] as string[],
  };
  const number = (row: number, column: number | null) => {
    const text = column === null ? null : hold.cell(row, column);
    return text === null || !Number.isFinite(Number(text)) ? null : { text, y: Number(text) };
  };
  if (raw && axis !== "category") {
    const place = (text: string | null) => (text === null ? null : axis === "number" ? Number(text) : Date.parse(text));
    const marks = (line: string, column: number | null) =>
      among(line)
        .slice(0, 2_000)
        .flatMap((row): ChartMark[] => {
          const text = hold.cell(row, spec.x);
          const value = number(row, column);
          return value
            ? [{ group: null, x: place(text), label: text ?? "", y: value.y, text: value.text, rows: 1 }]
            : [];
        })
        .sort((left, right) => (left.x ?? 0) - (right.x ?? 0));
    const series = spec.measures.flatMap(({ column }, measure) =>
      lines.map(
        (line): ChartLine => ({
          kind: "value",
          label: line || (words[measure] ?? ""),
          measure,
          marks: marks(line, column),
        }),
      ),
    );
    return { ...told, groups: [], series };
  }
  const met = new Map<string, Named & { rows: number[] }>();
  for (const row of rows) {
    const named = groupOf(hold.cell(row, spec.x), axis, width);
    const known = met.get(named.key) ?? { ...named, rows: [] };
    known.rows.push(row);
    met.set(named.key, known);
  }
  const first = spec.measures[0];
  const total = (own: readonly number[], line: string, measure = first) => {
    const of = own.filter((row) => line === "" || (hold.cell(row, spec.series ?? 0) ?? "NULL") === line);
    const values = of.flatMap((row) => number(row, measure?.column ?? null)?.y ?? []);
    return aggregated(measure?.aggregate ?? "rows", values, of.length);
  };
  const ordered = [...met.values()].sort((left, right) =>
    spec.order === "value_descending"
      ? (total(right.rows, "") ?? 0) - (total(left.rows, "") ?? 0)
      : left.key < right.key
        ? -1
        : 1,
  );
  const kept = ordered.slice(0, spec.limit);
  if (kept.length < ordered.length) told.notes.push(`Top ${kept.length} of ${ordered.length} groups.`);
  const series = spec.measures.flatMap((measure, at) =>
    lines.map(
      (line): ChartLine => ({
        kind: "value",
        label: line || (words[at] ?? ""),
        measure: at,
        marks: kept.map((each, group): ChartMark => {
          const y = total(each.rows, line, measure);
          return { group, x: null, label: "", y, text: y === null ? null : String(y), rows: each.rows.length };
        }),
      }),
    ),
  );
  return { ...told, groups: kept.map((each) => ({ ...each.group, rows: each.rows.length })), series };
}

export function chartCommands(
  world: World,
): Pick<Host, "chartSuggest" | "chartOf" | "chartOnServer" | "stopChart" | "saveChart"> {
  return {
    chartSuggest: async (holdId) => {
      await wait(0);
      const { head } = holdOf(world, holdId);
      return { spec: suggested(head), axes: axesOf(head), why: "It is what the columns are good for." };
    },
    chartOnServer: async (holdId, spec) => {
      const column = holdOf(world, holdId).head.columns[spec.x]?.name ?? "";
      return spec.bucket.by === "each" && !spec.measures.some(({ aggregate }) => aggregate === "none")
        ? { text: `SELECT q.${column}, COUNT(*)\nFROM (…) AS q\nGROUP BY q.${column};`, refused: null }
        : { text: null, refused: "values along x are put together here: choose “Every value”" };
    },
    chartOf: async (holdId, spec) => {
      await wait(0);
      return drawn(holdOf(world, holdId), spec);
    },
    stopChart: async () => null,
    saveChart: async () => null,
  };
}
