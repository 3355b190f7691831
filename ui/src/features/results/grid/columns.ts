/** Which columns of a source are on show, in which order and how wide: places on screen by source column, and back. */
import { beginsRight, initialWidth } from "./fit";
import { ColumnAxis, MIN_COLUMN } from "./geometry";
import type { Cell, GridColumn, GridLayout } from "./types";

/** The widest a column can be made, in pixels. */
const MAX_COLUMN = 2_000;

export class GridColumns {
  axis = new ColumnAxis([]);
  private source: readonly GridColumn[] = [];
  /** Source columns by visible place. */
  private order: number[] = [];
  private widths = new Map<string, number>();
  /** Columns without a declared kind whose first cells are numbers, by id. */
  private readonly numeric = new Set<string>();

  get visible(): readonly number[] {
    return this.order;
  }
  get layout(): GridLayout {
    const order = this.order.map((index) => this.source[index]?.id ?? "");
    const widths = Object.fromEntries(order.map((id, place) => [id, this.axis.width(place)]));
    return { order, widths };
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

  /** Another result: nothing of the old one's widths holds. */
  forget(widths: GridLayout["widths"]) {
    this.numeric.clear();
    this.setWidths(widths);
  }

  setWidths(widths: GridLayout["widths"]) {
    this.widths = new Map(Object.entries(widths));
  }

  apply(source: readonly GridColumn[], order: readonly string[] | undefined) {
    this.source = source;
    const byId = new Map(source.map((column, index) => [column.id, index]));
    const named = (order ?? []).map((id) => byId.get(id)).filter((index) => index !== undefined);
    this.order = named.length > 0 ? named : source.map((_, index) => index);
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

  /** Whether anything moved. */
  move(place: number, to: number): boolean {
    const index = this.order[place];
    if (index === undefined || to === place) return false;
    this.order.splice(place, 1);
    this.order.splice(Math.max(0, Math.min(this.order.length, to)), 0, index);
    this.measure();
    return true;
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
