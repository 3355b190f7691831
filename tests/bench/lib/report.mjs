// How a bench says what it found: a table of its own, and the same lines for the table at the end of `make bench`.
import { appendFileSync, readFileSync } from "node:fs";

/** The middle of several numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The machine's load over the last minute: figures of a busy machine say little. */
export function load() {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
  } catch {
    return Number.NaN;
  }
}

export const milliseconds = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

const HEADS = ["what", "Rowhouse", "beside", "ratio", "target", "load"];

/** Lines up cells under their heads. */
export function table(heads, rows) {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => String(line[column] ?? "").length)));
  const line = (cells) => cells.map((cell, column) => String(cell ?? "").padEnd(widths[column])).join("  ").trimEnd();
  return [line(heads), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/**
 * One measured thing: `ours` and `beside` as text; `ratio` of the two where both are there; `target` as text with `met`,
 * or neither, where there is only something to tell.
 */
const cells = (row) => [
  row.what,
  row.ours,
  row.beside ?? "",
  row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} x`,
  row.target === undefined ? "" : `${row.target}: ${row.met ? "met" : "MISSED"}`,
  row.load === undefined ? "" : row.load.toFixed(1),
];

/** Prints a bench's table and keeps its lines for the last one. */
export function report(title, rows) {
  const measured = rows.map((row) => ({ load: load(), ...row }));
  console.log(`${title}\n\n${table(HEADS, measured.map(cells))}\n`);
  const file = process.env.ROWHOUSE_BENCH_REPORT;
  if (file) for (const row of measured) appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** All lines of a report file as one table. */
export function summary(file) {
  const rows = readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const missed = rows.filter((row) => row.target !== undefined && !row.met).length;
  const verdict = missed === 0 ? "Every target is met." : `${missed} of ${rows.filter((row) => row.target !== undefined).length} targets are MISSED.`;
  return `${table(HEADS, rows.map(cells))}\n\n${verdict}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname && process.argv[2]) console.log(summary(process.argv[2]));
