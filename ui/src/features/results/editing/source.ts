/** Held rows with what is staged upon them. Looks a cell up where it is asked for; keeps nothing per row of the hold. */
import type { ResultHead } from "@/ipc";
import type { BlockSource, Cell, GridColumn, GridSource, RowHead } from "../grid";
import { cellKey, type Overlay, problemInWords, rowMapOf, type Staged, shownCell, unsetCell } from "./model";
import type { RowAt, ScreenRows } from "./rows";
import type { EditsView, ShownValue } from "./types";
import type { ViewedRows } from "./viewed";

const MARK = { update: "changed", insert: "new", delete: "deleted" } as const;

/** Asks for the rows that were read again after a save. */
export type FreshSource = Pick<BlockSource, "cell" | "ensureRows" | "subscribe" | "grow" | "close">;

export class EditedSource implements GridSource {
  readonly generation: string;
  readonly kin: string;
  /** The hold or the view whose rows are read by the places they are shown in. */
  readonly holdId: string;
  private readonly base: BlockSource;
  private readonly head_: ResultHead;
  private readonly openFresh: (holdId: string, rows: number) => FreshSource;
  private readonly listeners = new Set<() => void>();
  private staged: Staged | null = null;
  private readonly view: ViewedRows | null;
  private rowMap: ScreenRows;
  private known: number;
  private fresh: FreshSource | null = null;
  private freshHold: string | null = null;
  /** Values on their way to the core, as `cellKey` names them. */
  private pending: ReadonlyMap<string, ShownValue> = new Map();
  /** Rows as they were staged before they were saved: shown until they have been read again. */
  private before: ReadonlyMap<number, Overlay> = new Map();
  private readonly unsubscribe: () => void;
  columns: readonly GridColumn[];

  /** `base` reads the rows in the order they are shown in; `view` says which held rows those are, where they are not all. */
  constructor(
    base: BlockSource,
    head: ResultHead,
    openFresh: (holdId: string, rows: number) => FreshSource,
    view: { readonly holdId: string; readonly held: ViewedRows } | null = null,
  ) {
    this.view = view?.held ?? null;
    this.holdId = view?.holdId ?? head.hold_id;
    this.base = base;
    this.head_ = head;
    this.openFresh = openFresh;
    this.generation = base.generation;
    this.kin = head.hold_id;
    this.columns = base.columns;
    this.known = base.rows().known;
    this.rowMap = rowMapOf(null, this.known, this.view);
    this.unsubscribe = base.subscribe(() => this.tell());
  }

  get map(): ScreenRows {
    const { known } = this.base.rows();
    if (known !== this.known) {
      this.known = known;
      this.rowMap = rowMapOf(this.staged, known, this.view);
    }
    return this.rowMap;
  }

  /** The core answered: what is staged now. */
  set(staged: Staged | null, pending: ReadonlyMap<string, ShownValue>) {
    const changed = staged !== this.staged;
    if (changed && this.staged) this.before = savedNow(this.staged, staged, this.before);
    this.staged = staged;
    this.pending = pending;
    if (changed) {
      this.rowMap = rowMapOf(staged, this.known, this.view);
      this.followFresh(staged?.view);
    }
    this.tell();
  }

  private followFresh(view: EditsView | undefined) {
    const holdId = view?.fresh_hold ?? null;
    let rows = 0;
    for (const { row } of this.staged?.byId.values() ?? []) rows = Math.max(rows, (row.fresh ?? -1) + 1);
    if (holdId !== this.freshHold) {
      this.fresh?.close();
      this.freshHold = holdId;
      this.fresh = holdId === null ? null : this.openFresh(holdId, rows);
      this.fresh?.subscribe(() => this.tell());
    } else this.fresh?.grow(rows, false);
  }

  close() {
    this.unsubscribe();
    this.fresh?.close();
    this.listeners.clear();
  }

  private tell() {
    for (const listener of this.listeners) listener();
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  rows() {
    const { more } = this.base.rows();
    return { known: this.map.count, more };
  }

  /** The staged row on the screen's place, if there is one. */
  overlayAt(screen: number): Overlay | undefined {
    if (!this.staged) return undefined;
    const held = this.map.heldAt(screen);
    if (held >= 0) return this.staged.byHeld.size > 0 ? this.staged.byHeld.get(held) : undefined;
    const at = this.map.at(screen);
    return at?.kind === "added" ? this.staged.byId.get(at.id) : undefined;
  }

  /** Whether anything is staged or was saved upon these rows. Looks through what is staged, not through the rows. */
  hasOverlay(first: number, last: number): boolean {
    for (const held of this.staged?.byHeld.keys() ?? []) {
      const screen = this.map.ofHeld(held);
      if (screen !== undefined && screen >= first && screen <= last) return true;
    }
    return (this.staged?.added ?? []).some(({ id }) => {
      const screen = this.map.ofAdded(id) ?? -1;
      return screen >= first && screen <= last;
    });
  }

  /** Where the row that is read at a place of the hold, or of the view of it, stands. None where it is gone. */
  screenOf(place: number): number | undefined {
    return this.map.ofHeld(this.view ? this.view.heldAt(place) : place);
  }

  at(screen: number): RowAt | undefined {
    return this.map.at(screen);
  }

  /** Whether these are some of the held rows, or in another order. */
  get viewed(): boolean {
    return this.view !== null;
  }

  /** The hold or view that has a row's values as they are stored, and its number there; none for one that was never stored. */
  stored(screen: number): { holdId: string; row: number } | undefined {
    const overlay = this.overlayAt(screen);
    if (overlay && overlay.row.fresh !== null && this.freshHold !== null)
      return { holdId: this.freshHold, row: overlay.row.fresh };
    const place = this.map.placeAt(screen);
    return place >= 0 ? { holdId: this.holdId, row: place } : undefined;
  }

  cell(screen: number, column: number): Cell | undefined {
    const { map } = this;
    const held = map.heldAt(screen);
    if (this.pending.size > 0) {
      const at = map.at(screen);
      const value = at && this.pending.get(cellKey(at, column));
      if (value) return { ...this.valueCell(value, column), mark: held >= 0 ? "changed" : "new" };
    }
    const overlay = this.overlayAt(screen);
    const place = map.placeAt(screen);
    if (!overlay) return place >= 0 ? this.base.cell(place, column) : undefined;
    return this.overlaid(overlay, place, column);
  }

  private valueCell(value: ShownValue, column: number): Cell {
    return shownCell(value, this.head_.columns[column]?.class ?? "text", this.staged?.view.columns[column]);
  }

  /** What the row holds without what is staged; `place` is where it is read. */
  private below(overlay: Overlay, place: number, column: number): Cell | undefined {
    if (overlay.row.fresh !== null) {
      const fresh = this.fresh?.cell(overlay.row.fresh, column);
      if (fresh) return fresh;
      const was = this.before.get(overlay.row.id)?.cells.get(column);
      if (was) return this.valueCell(was.value, column);
      if (place < 0) return undefined;
    }
    return place >= 0 ? this.base.cell(place, column) : unsetCell(this.staged?.view.columns[column]);
  }

  private overlaid(overlay: Overlay, place: number, column: number): Cell | undefined {
    const { row } = overlay;
    const staged = overlay.cells.get(column);
    if (row.kind === "saved" || row.kind === "gone") return this.below(overlay, place, column);
    const mark = MARK[row.kind];
    if (row.kind === "delete") {
      const below = this.below(overlay, place, column);
      return below && { ...below, mark };
    }
    if (!staged) {
      const below = this.below(overlay, place, column);
      return row.kind === "insert" && below ? { ...below, mark } : below;
    }
    const cell = this.valueCell(staged.value, column);
    const problem = staged.problem;
    return { ...cell, mark, ...(problem ? { problem: sentence(problem.message, problem.constraint) } : {}) };
  }

  head(screen: number): RowHead | undefined {
    const held = this.map.heldAt(screen);
    const overlay = this.overlayAt(screen);
    const number = held >= 0 && held !== screen ? { number: held + 1 } : {};
    if (!overlay) return held >= 0 && held !== screen ? number : undefined;
    const { row } = overlay;
    const problem = problemInWords(row);
    const sign = row.kind === "insert" ? "+" : row.kind === "delete" ? "−" : held < 0 ? "•" : undefined;
    if (problem) return { ...number, sign: `!${sign ?? held + 1}`, mark: "problem", said: `Not saved: ${problem}` };
    switch (row.kind) {
      case "insert":
        return { sign: "+", mark: "new", said: "A new row, not saved yet" };
      case "delete":
        return { sign: "−", mark: "deleted", said: "Deleted with the next save" };
      case "update": {
        const names = [
          ...row.cells.map((cell) => this.head_.columns[cell.column]?.name ?? ""),
          ...row.hidden.map((name) => `${name} (not shown here)`),
        ].slice(0, 5);
        return { ...number, ...(sign ? { sign } : {}), mark: "changed", said: `Changed: ${names.join(", ")}` };
      }
      default:
        return held < 0 ? { sign: "•", said: "Saved. It gets its place when the rows are read again." } : number;
    }
  }

  ensure(firstRow: number, lastRow: number, columns: readonly number[]) {
    const { map } = this;
    let first = -1;
    let last = -1;
    const fresh: number[] = [];
    for (let screen = firstRow; screen <= lastRow; screen += 1) {
      const place = map.placeAt(screen);
      if (place >= 0) {
        if (first < 0) first = place;
        last = place;
      }
      if (this.fresh) {
        const row = this.overlayAt(screen)?.row.fresh;
        if (row !== null && row !== undefined) fresh.push(row);
      }
    }
    if (first >= 0) this.base.ensure(first, last, columns);
    if (fresh.length > 0) this.fresh?.ensureRows(fresh, columns);
  }
}

/** Rows that were staged and are saved now, with those that were saved a while ago. */
function savedNow(was: Staged, now: Staged | null, before: ReadonlyMap<number, Overlay>): ReadonlyMap<number, Overlay> {
  const next = new Map<number, Overlay>();
  for (const [id, { row }] of now?.byId ?? []) {
    if (row.fresh === null) continue;
    const known = was.byId.get(id);
    const kept = known && known.row.kind !== "saved" ? known : before.get(id);
    if (kept) next.set(id, kept);
  }
  return next;
}

/** A message with the constraint it is about, where the message does not name it. */
export function sentence(message: string, constraint: string | null): string {
  return constraint && !message.includes(constraint) ? `${message} (${constraint})` : message;
}
