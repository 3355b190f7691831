/** Statistics of the fake's rows: counted, as the core does, with numbers as floats. */
import type { ColumnStatistics, HistogramBucket } from "../bindings";
import type { Host } from "../host";
import { holdOf } from "./holds";
import { refuse, tablesOf, type World, wait } from "./world";

/** Rows that are looked at. */
const LOOKED_AT = 20_000;
const BUCKETS = 20;

type Cells = (row: number) => string | null;

function bucketsOf(numbers: readonly number[]): HistogramBucket[] {
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  let width = 1;
  const steps = [2, 2.5, 2];
  for (let at = 0; Math.floor(greatest / width) - Math.floor(least / width) >= BUCKETS; at += 1)
    width *= steps[at % 3] ?? 2;
  const first = Math.floor(least / width);
  const last = Math.floor(greatest / width);
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    from: String((first + at) * width),
    to: String((first + at + 1) * width),
    count: numbers.filter((number) => Math.floor(number / width) === first + at).length,
  }));
}

function factsOf(cell: Cells, count: number, isNumber: boolean): ColumnStatistics {
  const rows = Math.min(count, LOOKED_AT);
  const seen = new Map<string, number>();
  const numbers: { row: number; value: number; text: string }[] = [];
  let nulls = 0;
  for (let row = 0; row < rows; row += 1) {
    const text = cell(row);
    if (text === null) {
      nulls += 1;
      continue;
    }
    seen.set(text, (seen.get(text) ?? 0) + 1);
    if (isNumber && Number.isFinite(Number(text))) numbers.push({ row, value: Number(text), text });
  }
  const texts = [...seen.keys()];
  const ordered = isNumber ? texts.sort((a, b) => Number(a) - Number(b)) : texts.sort();
  const sorted = [...numbers].sort((a, b) => a.value - b.value);
  const at = (quarter: number) => sorted[Math.ceil((quarter * sorted.length) / 4) - 1];
  const [lower, median, upper] = [at(1), at(2), at(3)];
  const reach = 1.5 * ((upper?.value ?? 0) - (lower?.value ?? 0));
  const [low, high] = [(lower?.value ?? 0) - reach, (upper?.value ?? 0) + reach];
  const beyond = numbers.filter(({ value }) => value < low || value > high);
  const sum = numbers.reduce((all, { value }) => all + value, 0);
  const top = [...seen].sort((a, b) => b[1] - a[1]).slice(0, 10);
  return {
    rows,
    partial: null,
    on_server: false,
    elapsed_ms: 12,
    nulls,
    empty: seen.get("") ?? 0,
    distinct: seen.size,
    distinct_exact: true,
    unique: rows > 0 && nulls === 0 && seen.size === rows,
    least: ordered[0] ?? null,
    greatest: ordered[ordered.length - 1] ?? null,
    sum: numbers.length ? String(Math.round(sum * 100) / 100) : null,
    mean: numbers.length ? String(Math.round((sum / numbers.length) * 1e6) / 1e6) : null,
    mean_exact: false,
    scale: numbers.length ? "numbers" : "none",
    not_finite: 0,
    too_many: false,
    longest: texts.reduce((most, text) => Math.max(most, text.length), 0),
    top: top.map(([text, times]) => ({ text, count: times, whole: true })),
    quartiles: lower && median && upper ? { lower: lower.text, median: median.text, upper: upper.text } : null,
    histogram: numbers.length && seen.size > 10 ? bucketsOf(numbers.map(({ value }) => value)) : null,
    outliers:
      sorted.length >= 4 && reach > 0
        ? {
            low: String(low),
            high: String(high),
            below: beyond.filter(({ value }) => value < low).length,
            above: beyond.filter(({ value }) => value > high).length,
            farthest: beyond
              .sort((a, b) => Math.abs(b.value - high) - Math.abs(a.value - high))
              .slice(0, 10)
              .map(({ row, text }) => ({ row, text })),
          }
        : null,
  };
}

export function statisticsCommands(
  world: World,
): Pick<Host, "columnStatistics" | "columnStatisticsOnServer" | "keyPairs"> {
  return {
    columnStatistics: async (_askId, holdId, columns) => {
      await wait(0);
      const hold = holdOf(world, holdId);
      const partial =
        hold.progress.state === "complete" ? null : `first ${hold.rows.toLocaleString("en-US")} rows, not all`;
      return columns.map((column) => {
        const described = hold.head.columns[column] ?? refuse("not_found", `The result has no column ${column + 1}.`);
        return { ...factsOf((row) => hold.cell(row, column), hold.rows, described.class === "number"), partial };
      });
    },
    columnStatisticsOnServer: async (_askId, request, name) => {
      await wait(0);
      const table = tablesOf(world, request.profile_id).find((each) => each.name === request.object.name);
      const column = table?.columns.find((each) => each.name === name);
      if (!table || !column) return refuse("not_found", `There is no ${name}.`);
      const facts = factsOf((row) => column.value(row), table.rows, column.class === "number");
      const only = { empty: null, longest: null, quartiles: null, histogram: null, outliers: null, sum: null };
      return { ...facts, ...only, rows: table.rows, on_server: true, elapsed_ms: 840 };
    },
    keyPairs: async () => ({ pairs: [], bound: null }),
  };
}
