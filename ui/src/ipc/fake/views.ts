/** The fake host's views of held rows: filtered, sorted and searched in plain script. */
import type { FindRequest, Found, HeldCell, HoldView, ViewRequest } from "../bindings";
import { type Hold, holdOf } from "./holds";
import { refuse, type World } from "./world";

const views = new WeakMap<Hold, { readonly base: string; readonly rows: readonly number[] }>();

const NUMBERS = new Set(["number"]);

function compared(hold: Hold, column: number, left: number, right: number, descending: boolean): number {
  const [one, other] = [hold.cell(left, column), hold.cell(right, column)];
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order = NUMBERS.has(hold.head.columns[column]?.class ?? "text")
    ? Number(one) - Number(other)
    : one < other
      ? -1
      : Number(one > other);
  return descending ? -order : order;
}

export function viewOf(world: World, holdId: string, request: ViewRequest): HoldView {
  const asked = holdOf(world, holdId);
  const base = holdOf(world, views.get(asked)?.base ?? holdId);
  const text = request.contains?.toLowerCase() ?? "";
  const columns = request.columns ?? base.head.columns.map((_, index) => index);
  const has = (row: number) => columns.some((column) => base.cell(row, column)?.toLowerCase().includes(text));
  const meets = (row: number) =>
    request.conditions.every(({ column, operator, values }) =>
      operator === "is_null" ? base.cell(row, column) === null : base.cell(row, column) === values[0],
    );
  const rows = Array.from({ length: base.rows }, (_, row) => row).filter(
    (row) => (text === "" || has(row)) && meets(row),
  );
  rows.sort((left, right) => {
    for (const key of request.sort) {
      const order = compared(base, key.column, left, right, key.descending);
      if (order !== 0) return order;
    }
    return left - right;
  });
  const hold_id = `v${world.nextId++}`;
  const complete = base.progress.state === "complete";
  const view: Hold = {
    head: { ...base.head, hold_id },
    total: rows.length,
    rows: rows.length,
    progress: { hold_id, rows: rows.length, bytes: 0, elapsed_ms: 0, state: "complete" },
    sqlite: base.sqlite,
    cell: (row, column) => base.cell(rows[row] ?? -1, column),
  };
  views.set(view, { base: base.head.hold_id, rows });
  world.holds.set(hold_id, view);
  return { hold_id, rows: rows.length, of: base.rows, complete };
}

export function viewRows(world: World, holdId: string): ArrayBuffer {
  const { rows } = views.get(holdOf(world, holdId)) ?? refuse("unsupported", "These rows are no view.");
  const bytes = new DataView(new ArrayBuffer(rows.length * 4));
  for (const [at, row] of rows.entries()) bytes.setUint32(at * 4, row, true);
  return bytes.buffer;
}

export function findIn(world: World, request: FindRequest): Found {
  const hold = holdOf(world, request.hold_id);
  const text = request.text.toLowerCase();
  const columns = request.columns ?? hold.head.columns.map((_, index) => index);
  const cells: HeldCell[] = [];
  for (let row = 0; row < hold.rows; row += 1)
    for (const column of columns)
      if (text !== "" && hold.cell(row, column)?.toLowerCase().includes(text)) cells.push({ row, column });
  const place = ({ row, column }: HeldCell) => row * columns.length + columns.indexOf(column);
  const { from, inclusive } = request;
  const after = (cell: HeldCell) => !from || place(cell) > place(from) || (inclusive && place(cell) === place(from));
  const before = (cell: HeldCell) => !from || place(cell) < place(from) || (inclusive && place(cell) === place(from));
  const next = request.backward ? cells.findLast(before) : cells.find(after);
  const hit = next ?? (request.backward ? cells.at(-1) : cells[0]) ?? null;
  const hits = { cells: cells.length, all: true, nth: hit ? cells.indexOf(hit) + 1 : null };
  return { hit, wrapped: !next && hit !== null, hits: request.count ? hits : null };
}
