/** Which columns of a source are on show, in which order and how wide: places on screen by source column, and back. */
import { arranged, hideColumns, pinColumns, placeColumns, showColumns } from "./arrange";
import { beginsRight, initialWidth } from "./fit";
import { ColumnAxis, MIN_COLUMN } from "./geometry";
import type { Cell, GridColumn, GridLayout } from "./types";

/** The widest a column can be made, in pixels. */
const MAX_COLUMN = 2_000;

/** Pinned columns take at most this part of the viewport: what does not fit scrolls with the rest. */
const MOST_PINNED = 0.6;

export class GridColumns {
  axis = new ColumnAxis([]);
  private source: readonly GridColumn[] = [];
  /** Every source column in order, also those that are hidden; pinned ones first. */
  private sequence: readonly number[] = [];
  /** Source columns by visible place. */
  private order: number[] = [];
  private hidden: ReadonlySet<number> = new Set();
  private pinned: ReadonlySet<number> = new Set();
  private widths = new Map<string, number>();
  /** Columns without a declared kind whose first cells are numbers, by id. */
  private readonly numeric = new Set<string>();

  get visible(): readonly number[] {
    return this.order;
  }
  get layout(): GridLayout {
    const id = (index: number) => this.source[index]?.id ?? "";
    const widths: Record<string, number> = {};
    for (const [place, index] of this.order.entries()) widths[id(index)] = this.axis.width(place);
    for (const index of this.hidden) {
      const width = this.widths.get(id(index));
      if (width !== undefined) widths[id(index)] = width;
    }
    const chosen = (of: ReadonlySet<number>) => this.sequence.filter((index) => of.has(index)).map(id);
    return {
      order: this.sequence.map(id),
      widths,
      ...(this.hidden.size > 0 ? { hidden: chosen(this.hidden) } : {}),
      ...(this.pinned.size > 0 ? { pinned: chosen(this.pinned) } : {}),
    };
  }

  at(place: number): GridColumn | undefined {
    const index = this.order[place];
    return index === undefined ? undefined : this.source[index];
  }
  sourceColumn(place: number): number | undefined {
    return this.order[place];
  }
  placeOf(sourceColumn: number): number {
    return this.order.indexOf(sourceColumn);
  }

  /** Visible pinned columns, whether or not all of them fit. */
  get pinnedCount(): number {
    let count = 0;
    while (count < this.order.length && this.pinned.has(this.order[count] ?? -1)) count += 1;
    return count;
  }

  /** How many columns keep their place at the left edge of a viewport of this width. */
  fixed(viewport: number): number {
    if (this.pinned.size === 0) return 0;
    let count = this.pinnedCount;
    while (count > 0 && this.axis.start(count) > viewport * MOST_PINNED) count -= 1;
    return count;
  }

  /** Another result: nothing of the old one's widths holds. */
  forget(widths: GridLayout["widths"]) {
    this.numeric.clear();
    this.setWidths(widths);
  }

  setWidths(widths: GridLayout["widths"]) {
    this.widths = new Map(Object.entries(widths));
  }

  /** The same columns in the same order, which say something else of themselves. */
  describe(source: readonly GridColumn[]) {
    if (source.length === this.source.length) this.source = source;
  }

  apply(source: readonly GridColumn[], layout: GridLayout | undefined) {
    this.source = source;
    const { sequence, hidden, pinned } = arranged(source, layout);
    this.sequence = sequence;
    this.hidden = hidden;
    this.pinned = pinned;
    this.order = hidden.size === 0 ? [...sequence] : sequence.filter((index) => !hidden.has(index));
    this.measure();
  }

  private measure() {
    this.axis = new ColumnAxis(
      this.order.map((index) => {
        const column = this.source[index];
        return initialWidth(column, this.widths.get(column?.id ?? ""));
      }),
    );
  }

  /** Whether there is such a column. */
  resize(place: number, width: number): boolean {
    const column = this.at(place);
    if (!column) return false;
    const next = Math.round(Math.max(MIN_COLUMN, Math.min(MAX_COLUMN, width)));
    this.widths.set(column.id, next);
    this.axis.setWidth(place, next);
    return true;
  }

  private ids(columns: readonly number[]): string[] {
    return columns.map((index) => this.source[index]?.id).filter((id) => id !== undefined);
  }
  hiding(columns: readonly number[]): GridLayout {
    return hideColumns(this.layout, this.ids(columns));
  }
  showing(columns: readonly number[]): GridLayout {
    return showColumns(this.layout, this.ids(columns));
  }
  pinning(columns: readonly number[], pin: boolean): GridLayout {
    return pinColumns(this.layout, this.ids(columns), pin);
  }

  /** A column moved to another place, no further than the end of its side of the pinned edge; nothing where it stands there. */
  moved(place: number, to: number): GridLayout | undefined {
    const pinned = this.pinnedCount;
    const [first, last] = place < pinned ? [0, pinned - 1] : [pinned, this.order.length - 1];
    const target = Math.max(first, Math.min(last, to));
    return this.dropped(place, target > place ? target + 1 : target, place < pinned);
  }

  /** A column put into the gap before a place: before the one that stands there, so that hidden ones keep their neighbours. */
  dropped(place: number, gap: number, pin: boolean): GridLayout | undefined {
    const id = this.at(place)?.id;
    const pinned = this.pinnedCount;
    if (id === undefined || ((gap === place || gap === place + 1) && pin === place < pinned)) return undefined;
    return placeColumns(this.layout, [id], pin && gap >= pinned ? undefined : this.at(gap)?.id, pin);
  }

  /** Fits what has no width of its own to the first rows. */
  fitFirst(
    kept: GridLayout["widths"] | undefined,
    cells: (place: number) => Iterable<Cell | undefined>,
    fitting: (place: number) => number,
  ) {
    for (let place = 0; place < this.axis.count; place++) {
      const column = this.at(place);
      if (column?.align === "cells" && beginsRight(cells(place))) this.numeric.add(column.id);
      if (!column || column.width !== undefined || kept?.[column.id] !== undefined) continue;
      const width = Math.round(Math.max(72, Math.min(280, fitting(place))));
      this.widths.set(column.id, width);
      this.axis.setWidth(place, width);
    }
  }

  rightAligned(place: number): boolean {
    const column = this.at(place);
    return column?.align === "right" || (column?.align === "cells" && this.numeric.has(column.id));
  }
}
