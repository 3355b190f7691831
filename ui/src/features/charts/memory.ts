/** What a person chose for the chart of a result: kept for as long as the window lives, by what the result is. */
import type { ChartSpec, ResultHead } from "@/ipc";
import type { Look } from "./drawing";

export interface Kept {
  readonly spec: ChartSpec | null;
  readonly look: Look;
}

export const NO_LOOK: Look = { log: false, stacked: false, hidden: [] };

/** Results of the same columns share a chart within a place. */
const kept = new Map<string, Kept>();
/** Charts that are remembered. */
const MOST = 200;

export const keyOf = (place: string, head: ResultHead): string =>
  [place, ...head.columns.map(({ name, native_type }) => `${name} ${native_type}`)].join("\u001f");

export const remembered = (key: string): Kept => kept.get(key) ?? { spec: null, look: NO_LOOK };

export function remember(key: string, value: Kept): void {
  kept.delete(key);
  kept.set(key, value);
  const oldest = kept.keys().next().value;
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}
