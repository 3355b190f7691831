/** What a server says of itself: pure. Values in words, and how they changed since the page was opened. */
import type { ServerFact, ServerTold, SlowRow } from "@/ipc";
import { age, bytes, exactTime, type Order, ordered } from "./model";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** Microseconds: `120 µs`, `12.4 ms`, `3.2 s`. */
export function micros(value: number): string {
  if (value < 1000) return `${whole.format(value)} µs`;
  if (value < 1_000_000) return `${(value / 1000).toFixed(value < 100_000 ? 1 : 0)} ms`;
  return age(value / 1000);
}

/** A fact's value as a person reads it; the server's own text where it is no number. */
export function factText({ value, unit }: Pick<ServerFact, "value" | "unit">): string {
  const number = Number(value);
  if (unit === "text" || value.trim() === "" || !Number.isFinite(number)) return value === "" ? "—" : value;
  switch (unit) {
    case "count":
      return whole.format(number);
    case "bytes":
      return number < 0 ? value : bytes(number);
    case "seconds":
      return number < 0 ? "—" : age(number * 1000);
    case "milliseconds":
      return number < 0 ? "—" : number < 1000 ? `${whole.format(number)} ms` : age(number);
    case "microseconds":
      return number < 0 ? value : micros(number);
    case "per_second":
      return `${whole.format(number)} /s`;
    case "ratio":
      return `${(number * 100).toFixed(1)} %`;
    case "moment":
      return number <= 0 ? "never" : exactTime(number * 1000);
  }
}

/** All that is known of a fact, for its tooltip. */
export const factNote = (fact: ServerFact): string =>
  [
    fact.about,
    fact.computed ? `Computed: ${fact.computed}.` : null,
    fact.computed ? null : `${fact.name}: ${fact.value}`,
  ]
    .filter(Boolean)
    .join("\n");

/** Readings that are kept of each figure. */
const KEPT = 120;

export interface Reading {
  readonly at: number;
  readonly value: number;
}

/** Figures over time, by the name of the fact. */
export interface History {
  readonly at: number;
  readonly figures: ReadonlyMap<string, readonly Reading[]>;
}

export const NO_HISTORY: History = { at: 0, figures: new Map() };

/** The history with one more reading; the same for a reading that is in it already. */
export function grown(history: History, told: ServerTold): History {
  if (told.at_ms <= history.at) return history;
  const figures = new Map<string, readonly Reading[]>();
  for (const { name, value, trend } of told.headline) {
    const number = Number(value);
    if (trend === "none" || !Number.isFinite(number)) continue;
    const before = history.figures.get(name) ?? [];
    figures.set(name, [...before, { at: told.at_ms, value: number }].slice(-KEPT));
  }
  return { at: told.at_ms, figures };
}

/** What is drawn of a figure: its values, or how fast it grows. A counter that fell began anew: there is no rate across that. */
export function drawn(readings: readonly Reading[], trend: ServerFact["trend"]): readonly number[] {
  if (trend === "none") return [];
  if (trend === "level") return readings.map(({ value }) => value);
  return readings.slice(1).flatMap(({ at, value }, index) => {
    const before = readings[index];
    return before && at > before.at && value >= before.value
      ? [(value - before.value) / ((at - before.at) / 1000)]
      : [];
  });
}

/** The points of a line through these values, in a box of this size; a level one lies in its middle. */
export function linePoints(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return "";
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const y = (value: number) =>
    most === least ? height / 2 : 1 + (height - 2) * (1 - (value - least) / (most - least));
  return values
    .map((value, at) => `${((at / (values.length - 1)) * width).toFixed(1)},${y(value).toFixed(1)}`)
    .join(" ");
}

/** What became of a figure since the first reading: `+1.2 MB`; nothing where it is as it was. */
export function since(fact: ServerFact, readings: readonly Reading[]): string {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || first === last || first.value === last.value || fact.unit === "text") return "";
  const change = last.value - first.value;
  const text =
    fact.unit === "ratio"
      ? `${Math.abs(change * 100).toFixed(2)} points`
      : factText({ value: String(Math.abs(change)), unit: fact.unit });
  return `${change < 0 ? "−" : "+"}${text}`;
}

export const SLOW_CELLS: Readonly<Record<string, (row: SlowRow) => string | number | null>> = {
  id: (row) => Number(row.id),
  at: (row) => row.at_ms,
  took: (row) => row.took_us,
  statement: (row) => row.statement,
  client: (row) => row.application ?? row.client,
  part: (row) => row.part,
};

/** Slow statements with all words in them, in their order. */
export function slowShown(rows: readonly SlowRow[], text: string, order: Order): readonly SlowRow[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    const all = [row.statement, row.client, row.application, row.part].filter(Boolean).join("\n").toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
  const cell = SLOW_CELLS[order.by];
  return cell ? ordered(found, cell, order.desc) : found;
}
