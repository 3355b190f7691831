/**
 * What a person chose for the charts of a place, by what the result is. It is here for as long as the window lives; a place that
 * hears of it keeps it for longer.
 */
import type { ChartSpec, ResultHead } from "@/ipc";
import type { Look } from "./drawing";
import { KINDS } from "./spec";

export interface Kept {
  readonly spec: ChartSpec | null;
  readonly look: Look;
}

/** A chart as its place keeps it. */
export interface KeptChart {
  /** Names and types of the result's columns. */
  readonly columns: string;
  readonly spec: ChartSpec;
  readonly look: Look;
}

export const NO_LOOK: Look = { log: false, stacked: false, hidden: [] };

/** Results of the same columns share a chart within a place. */
const kept = new Map<string, Kept>();
const hearers = new Map<string, () => void>();
/** Charts that are remembered. */
const MOST = 200;
/** Charts that a place keeps, and the longest of them in characters. */
const MOST_OF_PLACE = 8;
const LONGEST = 8_000;
const SEPARATOR = "\u001f";

const columnsOf = (head: ResultHead): string =>
  head.columns.map(({ name, native_type }) => `${name} ${native_type}`).join(SEPARATOR);

export const keyOf = (place: string, head: ResultHead): string => [place, columnsOf(head)].join(SEPARATOR);

export const remembered = (key: string): Kept => kept.get(key) ?? { spec: null, look: NO_LOOK };

export function remember(key: string, value: Kept): void {
  put(key, value);
  hearers.get(key.slice(0, key.indexOf(SEPARATOR)))?.();
}

function put(key: string, value: Kept): void {
  kept.delete(key);
  kept.set(key, value);
  const oldest = kept.keys().next().value;
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

/** The charts that were chosen in a place, the latest last. */
export function chartsIn(place: string): readonly KeptChart[] {
  const start = place + SEPARATOR;
  const charts = [...kept].flatMap(([key, { spec, look }]): KeptChart[] =>
    spec !== null && key.startsWith(start) ? [{ columns: key.slice(start.length), spec, look }] : [],
  );
  return charts.filter((chart) => JSON.stringify(chart).length <= LONGEST).slice(-MOST_OF_PLACE);
}

/** Takes up what a place kept; what was chosen since is newer. */
export function restoreCharts(place: string, charts: readonly KeptChart[]): void {
  for (const { columns, spec, look } of charts) {
    const key = place + SEPARATOR + columns;
    if (!kept.has(key)) put(key, { spec, look });
  }
}

/** Calls back whenever a chart of the place is chosen. */
export function hearCharts(place: string, hearer: () => void): () => void {
  hearers.set(place, hearer);
  return () => {
    if (hearers.get(place) === hearer) hearers.delete(place);
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isPlace = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;

function isSpec(value: unknown): value is ChartSpec {
  if (!isRecord(value) || !isRecord(value.bucket) || !Array.isArray(value.measures)) return false;
  const measured = value.measures.every(
    (measure) =>
      isRecord(measure) &&
      typeof measure.aggregate === "string" &&
      (measure.column === null || isPlace(measure.column)),
  );
  return (
    KINDS.some(([kind]) => kind === value.kind) &&
    measured &&
    isPlace(value.x) &&
    (value.series === null || isPlace(value.series)) &&
    typeof value.bucket.by === "string" &&
    typeof value.order === "string" &&
    isPlace(value.limit) &&
    typeof value.others === "boolean"
  );
}

function readLook(value: unknown): Look {
  if (!isRecord(value)) return NO_LOOK;
  const { log, stacked, hidden } = value;
  const labels = Array.isArray(hidden) ? hidden.filter((label): label is string => typeof label === "string") : [];
  return { log: log === true, stacked: stacked === true, hidden: labels };
}

/** Charts as a place kept them; what is odd is left out. */
export function readCharts(value: unknown): readonly KeptChart[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MOST_OF_PLACE).flatMap((one): KeptChart[] => {
    if (!isRecord(one) || typeof one.columns !== "string" || !isSpec(one.spec)) return [];
    return [{ columns: one.columns, spec: one.spec, look: readLook(one.look) }];
  });
}
