/** Foreign keys of held rows in words, pure. */
import type { AppError, CappedCount, LookupRow, ReferredRow, ReferringKey, ResultKey } from "@/ipc";

/** A key and its place among those of the head. */
export interface PlacedKey {
  readonly index: number;
  readonly key: ResultKey;
}

/** The keys a column belongs to; those that can be followed first. */
export function keysAt(keys: readonly ResultKey[], column: number): readonly PlacedKey[] {
  const placed = keys.map((key, index) => ({ index, key })).filter(({ key }) => key.shown_at.includes(column));
  return [...placed.filter(({ key }) => !key.obstacle), ...placed.filter(({ key }) => key.obstacle)];
}

/** What the head of a column says of its keys, a line each. */
export function badge(keys: readonly ResultKey[], column: number): string | undefined {
  const lines = keysAt(keys, column).map(({ key }) => (key.obstacle ? `${key.label}\n${key.obstacle}` : key.label));
  return lines.length ? lines.join("\n") : undefined;
}

const SHORT = 40;

/** A value in a menu: one line, and not all of a long one. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const letters = [...line];
  return letters.length > SHORT ? `${letters.slice(0, SHORT).join("")}…` : line;
}

/** What following does, from the texts of the key's cells; `null` is NULL, `undefined` is not here yet. */
export function goLabel(key: ResultKey, texts: readonly (string | null | undefined)[]): string {
  const values = texts.map((text) => (text === undefined ? "…" : text === null ? "NULL" : short(text)));
  const value = values.length > 1 ? `(${values.join(", ")})` : (values[0] ?? "");
  return `Go to ${key.object.name} ${value}`.trim();
}

/** Why following leads nowhere, as far as the cells tell it. */
export function nowhere(key: ResultKey, texts: readonly (string | null | undefined)[]): string | undefined {
  if (key.obstacle) return key.obstacle;
  const at = texts.indexOf(null);
  return at < 0 ? undefined : `${key.columns[at] ?? "it"} is NULL: it refers to no row`;
}

/** How the count of one key stands. */
export type Tally =
  | { readonly state: "waiting" | "counting" }
  | { readonly state: "counted"; readonly count: CappedCount }
  | { readonly state: "nothing"; readonly why: string }
  | { readonly state: "denied" | "failed"; readonly failure: AppError };

/** A number or a word, and what is said on hover. */
export function tallyText(tally: Tally): { readonly text: string; readonly title?: string } {
  switch (tally.state) {
    case "waiting":
      return { text: "…", title: "Not counted yet" };
    case "counting":
      return { text: "counting" };
    case "counted": {
      const rows = tally.count.rows.toLocaleString("en");
      return tally.count.more
        ? { text: `${rows}+`, title: `More than ${rows}: the count stops there` }
        : { text: rows, title: `Counted in ${tally.count.elapsed_ms} ms` };
    }
    case "nothing":
      return { text: "none", title: tally.why };
    case "denied":
      return { text: "denied", title: tally.failure.message };
    case "failed":
      return {
        text: tally.failure.code === "timed_out" ? "took too long" : "failed",
        title: [tally.failure.message, tally.failure.hint].filter(Boolean).join(" "),
      };
  }
}

export const tallyOf = (failure: AppError): Tally => ({
  state: failure.code === "forbidden" ? "denied" : "failed",
  failure,
});

/** A key of a referred row, with the place it is counted under. */
export interface CountedKey {
  readonly id: string;
  readonly key: ReferringKey;
}

/** Each row with a name of its own: a statement may have rows of one relation twice. */
export const placedRows = (
  rows: readonly ReferredRow[],
): readonly { readonly id: string; readonly row: ReferredRow }[] => rows.map((row, at) => ({ id: String(at), row }));

/** Every key of every row, each with a name of its own. */
export const countedKeys = (rows: readonly ReferredRow[]): readonly CountedKey[] =>
  rows.flatMap((row, at) => row.keys.map((key, place) => ({ id: `${at}.${place}`, key })));

/** The row whose key is exactly what was typed stands first. */
export function exactFirst(rows: readonly LookupRow[], text: string): readonly LookupRow[] {
  const typed = text.trim();
  const at = rows.findIndex((row) => row.key.length === 1 && row.key[0] === typed);
  const found = rows[at];
  return at > 0 && found ? [found, ...rows.toSpliced(at, 1)] : rows;
}

/** The next row of a list by key; `undefined` for a key that moves nothing. */
export function stepRow(key: string, at: number, count: number, page = 8): number | undefined {
  if (count === 0) return undefined;
  const within = (to: number) => Math.max(0, Math.min(count - 1, to));
  switch (key) {
    case "ArrowDown":
      return at < 0 ? 0 : (at + 1) % count;
    case "ArrowUp":
      return at <= 0 ? count - 1 : at - 1;
    case "PageDown":
      return within(at + page);
    case "PageUp":
      return within(at - page);
    default:
      return undefined;
  }
}
