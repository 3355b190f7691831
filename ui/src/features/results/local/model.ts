/** Which of the held rows are shown, in which order, and in what words that is said. Pure. */
import type { HoldProgress, LocalCondition, ResultColumn } from "@/ipc";
import type { ViewedRows } from "../editing/viewed";
import { OPERATORS } from "../filters";
import { formatCount } from "../format";

export interface LocalSort {
  /** Place in the head's columns. */
  readonly column: number;
  readonly descending: boolean;
}

/** What is asked of the held rows. */
export interface LocalRequest {
  readonly contains: string;
  readonly sort: readonly LocalSort[];
  /** All of these hold too. */
  readonly conditions?: readonly LocalCondition[];
}

export const EVERYTHING: LocalRequest = { contains: "", sort: [] };

const keepsAll = ({ contains, conditions = [] }: LocalRequest): boolean => contains === "" && conditions.length === 0;

export const isEverything = (request: LocalRequest): boolean => keepsAll(request) && request.sort.length === 0;

/** `status is paid, note is NULL`. */
export const conditionsInWords = (conditions: readonly LocalCondition[], columns: readonly ResultColumn[]): string =>
  conditions
    .map(({ column, operator, values }) => {
      const word = OPERATORS.find(({ value }) => value === operator)?.words ?? operator;
      const [value] = values;
      const said = value === "" ? "the empty text" : value;
      return [columns[column]?.name ?? "", word, ...(said === undefined ? [] : [said])].join(" ");
    })
    .join(", ");

/** A view that is on the screen. */
export interface ShownView {
  readonly holdId: string;
  readonly rows: number;
  /** Of how many held rows it was made. */
  readonly of: number;
  /** Whether those were all there are. */
  readonly complete: boolean;
  /** Which held rows they are. */
  readonly held: ViewedRows;
  readonly request: LocalRequest;
  /** The columns the text was looked for in. */
  readonly columns: readonly number[];
}

/** The keys after a column is chosen: alone, or behind those that are there. A column is a key once. */
export function sorted(
  sort: readonly LocalSort[],
  column: number,
  descending: boolean,
  add: boolean,
): readonly LocalSort[] {
  const key = { column, descending };
  if (!add) return [key];
  return sort.some((each) => each.column === column)
    ? sort.map((each) => (each.column === column ? key : each))
    : [...sort, key];
}

/** The keys after a column's head is pressed: added, turned, taken out again. */
export function turned(sort: readonly LocalSort[], column: number): readonly LocalSort[] {
  const key = sort.find((each) => each.column === column);
  if (!key) return [...sort, { column, descending: false }];
  return key.descending
    ? sort.filter((each) => each !== key)
    : sort.map((each) => (each === key ? { column, descending: true } : each));
}

/** `name, id ↓`. */
export const sortInWords = (sort: readonly LocalSort[], columns: readonly ResultColumn[]): string =>
  sort.map(({ column, descending }) => `${columns[column]?.name ?? ""}${descending ? " ↓" : ""}`).join(", ");

/** `120 of 100,000 rows`. */
export const countInWords = ({ rows, of, request }: Pick<ShownView, "rows" | "of" | "request">): string =>
  keepsAll(request) ? `${formatCount(of)} rows` : `${formatCount(rows)} of ${formatCount(of)} rows`;

/** `first 100,000 rows, not all`; nothing where they are all. */
export const partialInWords = (of: number, complete: boolean): string | null =>
  complete ? null : `first ${formatCount(of)} rows, not all`;

/** How far a view's rows go, as a hold's are told. */
export function progressOf(view: ShownView, base: HoldProgress): HoldProgress {
  const { hold_id: _id, rows: _rows, bytes, elapsed_ms } = base;
  const common = { hold_id: view.holdId, rows: view.rows, bytes, elapsed_ms };
  const said = partialInWords(view.of, view.complete);
  return said === null
    ? { ...common, state: "complete" }
    : { ...common, state: "truncated", reason: `These are of the ${said}.` };
}

/** What is found: `3 of 120`, `1,000+`, `nothing`. */
export function hitsInWords(hits: { cells: number; all: boolean; nth: number | null } | null): string {
  if (!hits) return "";
  if (hits.cells === 0) return "nothing";
  const many = `${formatCount(hits.cells)}${hits.all ? "" : "+"}`;
  return hits.nth === null ? `${many} found` : `${formatCount(hits.nth)} of ${many}`;
}

/** Which hit comes next, where all were counted. */
export function stepped(
  hits: { cells: number; all: boolean; nth: number | null },
  backward: boolean,
): { cells: number; all: boolean; nth: number | null } {
  if (hits.nth === null || hits.cells === 0) return hits;
  if (!hits.all) {
    const nth = backward ? hits.nth - 1 : hits.nth + 1;
    return { ...hits, nth: nth >= 1 && nth <= hits.cells ? nth : null };
  }
  return { ...hits, nth: ((hits.nth - 1 + (backward ? -1 : 1) + hits.cells) % hits.cells) + 1 };
}
