/** What is said of a column's statistics: pure. */
import type { ColumnStatistics, HoldProgress, KeyPairs, ResultColumn } from "@/ipc";
import { formatCount } from "../format";

/** Of how many rows it is asked: while they still come, only when there are twice as many. */
export const lookedAt = ({ state, rows }: HoldProgress): number =>
  state === "reading" && rows > 0 ? 2 ** Math.floor(Math.log2(rows)) : rows;

/** `12.3%`; never 0 or 100 where some, or not all, are meant. */
export function share(part: number, of: number): string {
  if (part === 0 || of === 0) return "0%";
  if (part === of) return "100%";
  const percent = (part / of) * 100;
  if (percent < 0.1) return "<0.1%";
  if (percent > 99.9) return ">99.9%";
  return `${percent.toFixed(1)}%`;
}

/** Of how many values it speaks that are not NULL. */
export const filled = (facts: ColumnStatistics): number => facts.rows - facts.nulls;

export const distinctText = (facts: ColumnStatistics): string =>
  `${facts.distinct_exact ? "" : "at least "}${formatCount(facts.distinct)}`;

export const meanText = (facts: ColumnStatistics): string | null =>
  facts.mean === null ? null : `${facts.mean_exact ? "" : "≈ "}${facts.mean}`;

/** Edges and fences of moments that name a zone are in UTC. */
export const inUtc = (facts: ColumnStatistics): boolean => facts.scale === "zoned_moments";

export const outlierCount = (facts: ColumnStatistics): number =>
  facts.outliers ? facts.outliers.below + facts.outliers.above : 0;

/** Why nothing is judged to be an outlier, where that is so. */
export function noOutliers(facts: ColumnStatistics): string | null {
  if (facts.outliers || facts.scale === "none" || facts.on_server) return null;
  if (facts.too_many) return "Outliers are found among at most 5,000,000 values.";
  if (facts.quartiles && facts.quartiles.lower === facts.quartiles.upper)
    return "The middle half of the values is one value, so none is called an outlier.";
  return filled(facts) === 0 ? null : "There are too few values to call one an outlier.";
}

/** The method, in words. */
export const METHOD =
  "Tukey's fences: values more than 1.5 times the distance between the quartiles below the lower or above the upper quartile.";

/** What a histogram says to who does not see it. */
export function histogramText(facts: ColumnStatistics): string {
  const buckets = facts.histogram ?? [];
  const most = buckets.reduce((best, bucket) => (bucket.count > best.count ? bucket : best), {
    from: "",
    to: "",
    count: 0,
  });
  const first = buckets[0]?.from ?? "";
  const last = buckets[buckets.length - 1]?.to ?? "";
  return `${buckets.length} buckets from ${first} to ${last}; most values, ${formatCount(most.count)}, from ${most.from} to below ${most.to}`;
}

/** How a profile is sorted. */
export type ProfileSort =
  | "place"
  | "name"
  | "type"
  | "nulls"
  | "distinct"
  | "least"
  | "greatest"
  | "mean"
  | "outliers"
  | "key";

export interface ProfileRow {
  readonly place: number;
  readonly column: ResultColumn;
  /** None while it was not looked at. */
  readonly facts: ColumnStatistics | undefined;
}

const collator = new Intl.Collator("en", { numeric: true });

const asNumber = (text: string | null): number | null => {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? null : value;
};

function byText(a: string | null, b: string | null): number {
  const [one, other] = [asNumber(a), asNumber(b)];
  if (one !== null && other !== null) return one - other;
  return collator.compare(a ?? "", b ?? "");
}

function compared(sort: ProfileSort, a: ColumnStatistics, b: ColumnStatistics): number {
  switch (sort) {
    case "nulls":
      return (a.rows ? a.nulls / a.rows : 0) - (b.rows ? b.nulls / b.rows : 0);
    case "distinct":
      return a.distinct - b.distinct;
    case "least":
      return byText(a.least, b.least);
    case "greatest":
      return byText(a.greatest, b.greatest);
    case "mean":
      return byText(a.mean, b.mean);
    case "outliers":
      return outlierCount(a) - outlierCount(b);
    case "key":
      return Number(a.unique) - Number(b.unique);
    default:
      return 0;
  }
}

/** The rows in the order asked for; what was not looked at stands last, what is equal stands as in the result. */
export function sortedProfile(rows: readonly ProfileRow[], sort: ProfileSort, descending: boolean): ProfileRow[] {
  const way = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (sort === "place") return way * (a.place - b.place);
    if (sort === "name") return way * collator.compare(a.column.name, b.column.name) || a.place - b.place;
    if (sort === "type") return way * collator.compare(a.column.native_type, b.column.native_type) || a.place - b.place;
    if (!a.facts || !b.facts) return Number(!a.facts) - Number(!b.facts) || a.place - b.place;
    return way * compared(sort, a.facts, b.facts) || a.place - b.place;
  });
}

/** Columns that may make a key with another: none is NULL, and none does it alone. Those with most different values first. */
export function pairable(rows: readonly ProfileRow[]): number[] {
  return rows
    .filter(({ facts }) => facts && !facts.unique && facts.nulls === 0 && facts.distinct > 1 && facts.distinct_exact)
    .sort((a, b) => (b.facts?.distinct ?? 0) - (a.facts?.distinct ?? 0))
    .map(({ place }) => place);
}

export const pairNames = (pairs: KeyPairs, columns: readonly ResultColumn[]): string[] =>
  pairs.pairs.map(([one, other]) => `${columns[one]?.name ?? ""} + ${columns[other]?.name ?? ""}`);

const HEADS = [
  "Column",
  "Type",
  "Rows",
  "NULLs",
  "NULL share",
  "Distinct",
  "Least",
  "Greatest",
  "Mean",
  "Median",
  "Outliers",
  "Key candidate",
];

function cellsOf({ column, facts }: ProfileRow): readonly string[] {
  if (!facts) return [column.name, column.native_type, ...HEADS.slice(2).map(() => "")];
  return [
    column.name,
    column.native_type,
    String(facts.rows),
    String(facts.nulls),
    share(facts.nulls, facts.rows),
    `${facts.distinct_exact ? "" : "≥ "}${facts.distinct}`,
    facts.least ?? "",
    facts.greatest ?? "",
    meanText(facts) ?? "",
    facts.quartiles?.median ?? "",
    facts.outliers ? String(outlierCount(facts)) : "",
    facts.unique ? "yes" : "",
  ];
}

/** A line of its own for each cell would break the table: line ends and tabs become spaces. */
const inLine = (text: string) => text.replace(/[\r\n\t]+/g, " ");
const inMarkdown = (text: string) => inLine(text).replaceAll("\\", "\\\\").replaceAll("|", "\\|");

/** The profile as a table somebody can paste. */
export function profileText(rows: readonly ProfileRow[], format: "markdown" | "tsv", note: string | null): string {
  const cells = rows.map(cellsOf);
  if (format === "tsv") return [HEADS, ...cells].map((line) => line.map(inLine).join("\t")).join("\n");
  const line = (texts: readonly string[]) => `| ${texts.map(inMarkdown).join(" | ")} |`;
  const table = [line(HEADS), `|${HEADS.map(() => " --- ").join("|")}|`, ...cells.map(line)].join("\n");
  return note ? `${table}\n\n${note}` : table;
}
