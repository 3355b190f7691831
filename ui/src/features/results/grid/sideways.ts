/** The horizontal position: where columns are in their pane, which is pixels from the numbers' right edge. */
import type { Box } from "./boxes";
import type { GridColumns } from "./columns";
import type { Rectangle } from "./selection";

/** Where a dragged column would land: in the gap before a place, pinned or not. */
export interface Gap {
  gap: number;
  pin: boolean;
}

export class Sideways {
  /** Pixels the columns that scroll are moved by. */
  left = 0;
  /** Columns that keep their place at the left edge, as many as fit, and how wide they are together. */
  fixed = 0;
  fixedWidth = 0;
  private readonly columns: GridColumns;

  constructor(columns: GridColumns) {
    this.columns = columns;
  }

  resize(viewport: number) {
    this.fixed = this.columns.fixed(viewport);
    this.fixedWidth = this.columns.axis.start(this.fixed);
  }

  /** The pixel at which a column begins to be seen. */
  edgeOf(place: number): number {
    return place < this.fixed ? 0 : this.fixedWidth;
  }
  /** Where a column begins. */
  startOf(place: number): number {
    return this.columns.axis.start(place) - (place < this.fixed ? 0 : this.left);
  }
  /** The column under a pixel, the nearest one outside of all; `behind` looks behind pinned ones. */
  columnAt(x: number, behind = false): number {
    const { axis } = this.columns;
    if (x < this.fixedWidth && !behind) return Math.min(axis.at(Math.max(0, x)), this.fixed - 1);
    return Math.max(this.fixed, axis.at(Math.max(0, x + this.left)));
  }
  /** Whether the last column ends before a pixel. */
  endsBefore(x: number): boolean {
    return x >= this.fixedWidth && x + this.left >= this.columns.axis.total;
  }
  /** The position that brings a column into view with the least movement. */
  leftShowing(place: number, viewport: number): number {
    if (place < this.fixed) return this.left;
    const { fixedWidth: width } = this;
    return Math.max(0, this.columns.axis.leftShowing(place, this.left + width, viewport - width) - width);
  }
  /** The first of so many columns that are drawn in the pane that scrolls. */
  firstDrawn(count: number): number {
    const { axis } = this.columns;
    return Math.max(this.fixed, Math.min(axis.at(this.left + this.fixedWidth), axis.count - count));
  }

  /** Where a column dragged to a pixel would land; `corner`: over the corner, which pins the first one. */
  gapAt(x: number, corner: boolean): Gap {
    const { axis, pinnedCount } = this.columns;
    if (this.fixed > 0 && x < this.fixedWidth)
      return { gap: Math.min(this.fixed, axis.gapAt(Math.max(0, x))), pin: true };
    if (this.fixed === 0 && corner) return { gap: 0, pin: true };
    const gap = Math.max(this.fixed, Math.min(axis.count, axis.gapAt(x + this.left)));
    return { gap, pin: gap < pinnedCount };
  }

  /** A rectangle's columns in the pane; one from pinned columns to others reaches at least to the edge between them. */
  boxOf({ firstColumn, lastColumn }: Rectangle): Pick<Box, "left" | "width"> & { edge: number } {
    const left = this.startOf(firstColumn);
    const edge = this.edgeOf(firstColumn);
    const least = edge < this.edgeOf(lastColumn) ? this.fixedWidth : left;
    const right = Math.max(least, this.startOf(lastColumn) + this.columns.axis.width(lastColumn));
    return { left, width: right - left, edge };
  }
}
