/** The fake host's data tabs: pages of a relation's rows, filtered and sorted. */
import type { BrowseCondition, Browsed, BrowsedAgain, BrowseFilter, BrowseRequest, HoldProgress } from "../bindings";
import { actingWords, actorSees } from "./acting";
import { readBson } from "./bson";
import { tableOf } from "./catalog";
import { isCollection } from "./collections";
import { fits, withDocuments } from "./documents";
import { columnsOf, type Hold, holdOf, makeHead } from "./holds";
import type { FakeTable } from "./tables";
import { isSqlite, refuse, requireOpen, type World } from "./world";

const asked = new WeakMap<World, Map<string, BrowseRequest>>();

/** Rows a condition looks at: enough for a screen, cheap enough for a test. */
const LOOKED_AT = 20_000;

/** What each of these asks is what the other does not answer, and NULL answers nothing. */
const OPPOSITES: Partial<Record<BrowseFilter["operator"], BrowseFilter["operator"]>> = {
  not_equal: "equal",
  not_contains: "contains",
  not_in: "in",
};

export function passes(text: string | null, { column, operator, values }: BrowseFilter, numeric: boolean): boolean {
  if (operator === "is_null") return text === null;
  if (operator === "is_not_null") return text !== null;
  const opposite = OPPOSITES[operator];
  if (opposite) return !passes(text, { column, operator: opposite, values }, numeric);
  if (text === null) return false;
  const value = values[0] ?? "";
  const order = numeric ? Number(text) - Number(value) : text.localeCompare(value);
  switch (operator) {
    case "equal":
      return text === value;
    case "less":
      return order < 0;
    case "less_or_equal":
      return order <= 0;
    case "greater":
      return order > 0;
    case "greater_or_equal":
      return order >= 0;
    case "contains":
      return text.toLowerCase().includes(value.toLowerCase());
    case "starts_with":
      return text.startsWith(value);
    case "like":
      return new RegExp(
        `^${value
          .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
          .replaceAll("%", ".*")
          .replaceAll("_", ".")}$`,
      ).test(text);
    case "in":
      return values.includes(text);
    case "ends_with":
      return text.toLowerCase().endsWith(value.toLowerCase());
    case "between": {
      const last = values[1] ?? "";
      return order >= 0 && (numeric ? Number(text) <= Number(last) : text.localeCompare(last) <= 0);
    }
    case "is_empty":
      return text === "";
    case "is_not_empty":
      return text !== "";
    default:
      return false;
  }
}

const plain = (filter: BrowseFilter): string => {
  const value = filter.values.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
  return filter.operator === "equal" ? `${filter.column} = ${value}` : `${filter.column} ${filter.operator} ${value}`;
};

/** Conditions as a text, much as a server would have them. */
export function whereText(conditions: readonly BrowseCondition[], word = " AND "): string {
  return conditions
    .map((one) => {
      if (one.kind === "one") return plain(one.filter);
      if (one.kind === "where") return `(${one.text})`;
      return `(${whereText(one.conditions, one.kind === "any" ? " OR " : " AND ")})`;
    })
    .join(word);
}

/** The rows asked for, by their numbers in the table; `null` is all of them as they are. */
function chosen(table: FakeTable, request: BrowseRequest): number[] | null {
  if (request.filters.length === 0 && request.sort.length === 0 && !request.actor) return null;
  const column = (name: string) =>
    table.columns.find((each) => each.name === name) ?? refuse("not_found", `There is no column ${name}.`);
  let rows = Array.from({ length: Math.min(table.rows, LOOKED_AT) }, (_, row) => row);
  const holds = (row: number, one: BrowseCondition): boolean => {
    switch (one.kind) {
      case "one": {
        const of = column(one.filter.column);
        return passes(of.value(row), one.filter, of.class === "number");
      }
      case "all":
        return one.conditions.every((each) => holds(row, each));
      case "any":
        return one.conditions.some((each) => holds(row, each));
      case "where":
        return written(row, one.text);
    }
  };
  // Of what is written by hand, the fake understands `column = value`.
  const written = (row: number, text: string): boolean => {
    const document = isCollection(table) ? table.documents[row] : undefined;
    if (document) return fits(document, readBson(text));
    const found = /^\s*"?(\w+)"?\s*=\s*'?([^']*?)'?\s*$/.exec(text);
    const of = found ? table.columns.find((each) => each.name === found[1]) : undefined;
    if (found && of) return of.value(row) === found[2];
    const from = text.search(/\S/);
    return refuse("invalid_statement", `column "${text.trim()}" does not exist`, {
      range: { from: Math.max(0, from), to: text.length },
    });
  };
  if (request.actor) rows = rows.filter(actorSees);
  for (const one of request.filters) rows = rows.filter((row) => holds(row, one));
  for (const key of [...request.sort].reverse()) {
    const of = column(key.column);
    const sign = key.descending ? -1 : 1;
    const values = new Map(rows.map((row) => [row, of.value(row)]));
    const compare = (a: string | null | undefined, b: string | null | undefined) =>
      of.class === "number" ? Number(a ?? 0) - Number(b ?? 0) : (a ?? "").localeCompare(b ?? "");
    rows.sort((a, b) => sign * compare(values.get(a), values.get(b)));
  }
  return rows;
}

const patched = new WeakMap<FakeTable, Map<string, string | null>>();

/** What saves changed of a table, by `row:column`. */
function patchesOf(table: FakeTable): Map<string, string | null> {
  const known = patched.get(table) ?? new Map<string, string | null>();
  patched.set(table, known);
  return known;
}

export function browse(world: World, request: BrowseRequest): Browsed {
  requireOpen(world, request.profile_id);
  const table = tableOf(world, request.profile_id, request.object);
  if (table.denied) {
    refuse("forbidden", `You may not read ${table.name}.`, {
      hint: `reporting has no SELECT on ${table.name}. The owner is hr_admin.`,
      native: {
        product: "PostgreSQL",
        code: "42501",
        message: `permission denied for table ${table.name}`,
        severity: "ERROR",
        detail: null,
        context: null,
        constraint: null,
        object: table.name,
        internal: null,
      },
    });
  }
  const rows = chosen(table, request);
  const sqlite = isSqlite(world, request.profile_id);
  const total = rows?.length ?? table.rows;
  const head = makeHead(world, table.name, columnsOf(table.columns, sqlite), sqlite);
  const shown = Math.min(total, world.settings.page_rows);
  const progress: HoldProgress = {
    hold_id: head.hold_id,
    rows: shown,
    bytes: shown * 140,
    elapsed_ms: 41,
    state: shown < total ? "more_pages" : "complete",
  };
  const patches = patchesOf(table);
  const tableRow = (row: number) => (rows ? (rows[row] ?? 0) : row);
  // A hold is what it was when it was read.
  const asRead = new Map(patches);
  const cell = (row: number, column: number) => {
    const patched = asRead.get(`${tableRow(row)}:${column}`);
    return patched === undefined ? (table.columns[column]?.value(tableRow(row)) ?? null) : patched;
  };
  const places = rows ? new Map(rows.map((row, at) => [row, at])) : null;
  const hold: Hold = {
    head,
    total,
    rows: shown,
    progress,
    sqlite,
    cell,
    source: { profileId: request.profile_id, table, object: request.object, acting: actingWords(request.actor) },
    tableRow,
    rowOf: (row) => (places ? (places.get(row) ?? -1) : row),
    patch: (row, column, text) => patches.set(`${row}:${column}`, text),
  };
  const all = isCollection(table) ? table.documents : null;
  const documents = all && (rows ? rows.flatMap((row) => all[row] ?? []) : [...all]);
  const held = documents ? withDocuments(hold, documents) : hold;
  world.holds.set(head.hold_id, held);
  const requests = asked.get(world) ?? new Map<string, BrowseRequest>();
  asked.set(world, requests.set(head.hold_id, request));
  const keyed = table.columns.some((column) => column.primaryKey);
  const where = request.filters.length ? ` WHERE ${whereText(request.filters)}` : "";
  return {
    head: held.head,
    progress,
    statement: `SELECT * FROM ${table.name}${where} ORDER BY 1 LIMIT ${world.settings.page_rows}`,
    paging: keyed
      ? `by primary key ${table.columns.find((column) => column.primaryKey)?.name ?? ""}`
      : "by position: rows may repeat or be missed while others write",
    paging_warns: !keyed,
  };
}

/** The rows of a hold once more; those that were saved meanwhile count as changed. */
export function browseAgain(world: World, holdId: string, keep: number | null): BrowsedAgain {
  const former = holdOf(world, holdId);
  const request = asked.get(world)?.get(holdId) ?? refuse("not_found", "These rows are closed.");
  const browsed = browse(world, request);
  const now = holdOf(world, browsed.head.hold_id);
  now.rows = Math.min(now.total, Math.max(now.rows, former.rows));
  now.progress = { ...now.progress, rows: now.rows, state: now.rows < now.total ? "more_pages" : "complete" };
  const columns = browsed.head.columns.map((_, column) => column);
  const rows = Array.from({ length: Math.min(now.rows, 1_000) }, (_, row) => row);
  const changed = rows.filter((row) => columns.some((column) => now.cell(row, column) !== former.cell(row, column)));
  return { browsed: { ...browsed, progress: now.progress }, changed, kept: keep };
}

export function browseMore(world: World, holdId: string): HoldProgress {
  const hold = holdOf(world, holdId);
  hold.rows = Math.min(hold.total, hold.rows + world.settings.page_rows);
  hold.progress = {
    hold_id: holdId,
    rows: hold.rows,
    bytes: hold.rows * 140,
    elapsed_ms: 38,
    state: hold.rows < hold.total ? "more_pages" : "complete",
  };
  return hold.progress;
}

export function countRows(world: World, request: BrowseRequest): number {
  const table = tableOf(world, request.profile_id, request.object);
  return chosen(table, request)?.length ?? table.rows;
}
