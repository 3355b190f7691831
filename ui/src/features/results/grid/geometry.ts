/**
 * A browser caps an element's height (33,554,428 px in WebKit) and loses single pixels above 16,777,216. The
 * sizer stays well under both; the logical position is a float64 of our own.
 */
export const SIZER_CAP = 8_000_000;

/** A step up to this many pixels came from a wheel or a key; a larger one from the scrollbar's thumb. */
const SMALL_STEP = 2_000;

/** Physical room kept before both ends while the logical position is not at that end. */
const MARGIN = 20_000;

/** No screen is larger. Until styles apply a scroller is as tall as its content: the pools must not grow to a million rows. */
const MOST_PIXELS = 8_192;

/** What of a scroller can be seen. */
export function viewportOf(scroller: { readonly clientWidth: number; readonly clientHeight: number }) {
  return {
    width: Math.min(MOST_PIXELS, scroller.clientWidth),
    height: Math.min(MOST_PIXELS, scroller.clientHeight),
  };
}

/** The vertical axis: which logical pixel is at the top, and which physical one the scroller shows for it. */
export class ScrollMap {
  top = 0;
  physical = 0;
  private rows = 0;
  private rowHeight = 26;
  private viewport = 0;
  private readonly cap: number;

  constructor(cap: number = SIZER_CAP) {
    this.cap = cap;
  }

  /** New sizes. The row at the top stays there, unless there are no longer that many rows. */
  resize(rows: number, rowHeight: number, viewport: number) {
    const firstRow = this.rowHeight > 0 ? this.top / this.rowHeight : 0;
    if (rowHeight !== this.rowHeight) this.top = firstRow * rowHeight;
    this.rows = rows;
    this.rowHeight = rowHeight;
    this.viewport = Math.max(0, viewport);
    this.top = this.clamp(this.top);
  }

  get virtualHeight(): number {
    return this.rows * this.rowHeight;
  }
  get sizerHeight(): number {
    return Math.min(this.virtualHeight, this.cap);
  }
  get maxTop(): number {
    return Math.max(0, this.virtualHeight - this.viewport);
  }
  get maxPhysical(): number {
    return Math.max(0, this.sizerHeight - this.viewport);
  }
  get scaled(): boolean {
    return this.virtualHeight > this.cap;
  }

  private clamp(top: number): number {
    return Math.max(0, Math.min(this.maxTop, top));
  }

  /** The scroller moved to `physical` by itself. Says whether it must be set to another place at once. */
  scrolledTo(physical: number): boolean {
    const step = physical - this.physical;
    this.physical = physical;
    if (!this.scaled) {
      this.top = this.clamp(physical);
      return false;
    }
    if (Math.abs(step) <= SMALL_STEP) {
      this.top = this.clamp(this.top + step);
      // At a physical end no further wheel step would be reported.
      const atEnd = physical <= 0 || physical >= this.maxPhysical;
      return atEnd && this.anchor() !== physical;
    }
    if (physical <= 0) this.top = 0;
    else if (physical >= this.maxPhysical) this.top = this.maxTop;
    else this.top = this.clamp((physical / this.maxPhysical) * this.maxTop);
    return false;
  }

  /** Puts a logical pixel at the top; the scroller must then be set to `physical`. */
  moveTo(top: number) {
    this.top = this.clamp(top);
    this.physical = this.anchor();
  }

  /** Where the scroller belongs for the present top. */
  anchor(): number {
    if (!this.scaled) return this.top;
    if (this.top <= 0) return 0;
    if (this.top >= this.maxTop) return this.maxPhysical;
    const margin = Math.min(MARGIN, this.maxPhysical / 4);
    const proportional = Math.round((this.top / this.maxTop) * this.maxPhysical);
    return Math.max(margin, Math.min(this.maxPhysical - margin, proportional));
  }

  rowAt(y: number): number {
    const row = Math.floor((this.top + y) / this.rowHeight);
    return Math.max(0, Math.min(this.rows - 1, row));
  }

  /** The top that brings a row into view with the least movement; the present one when it is in view. */
  topShowing(row: number): number {
    const above = row * this.rowHeight;
    const below = above + this.rowHeight - this.viewport;
    if (above < this.top) return above;
    if (below > this.top) return this.viewport < this.rowHeight ? above : below;
    return this.top;
  }
}

/** The horizontal axis: widths and their prefix sums. */
export class ColumnAxis {
  private widths: Float64Array;
  private starts: Float64Array;

  constructor(widths: readonly number[]) {
    this.widths = Float64Array.from(widths);
    this.starts = new Float64Array(widths.length + 1);
    this.sum(0);
  }

  get count(): number {
    return this.widths.length;
  }
  get total(): number {
    return this.starts[this.count] ?? 0;
  }
  width(index: number): number {
    return this.widths[index] ?? 0;
  }
  start(index: number): number {
    return this.starts[index] ?? 0;
  }

  private sum(from: number) {
    for (let i = from; i < this.count; i++) this.starts[i + 1] = this.start(i) + this.width(i);
  }

  setWidth(index: number, width: number) {
    if (index < 0 || index >= this.count) return;
    this.widths[index] = width;
    this.sum(index);
  }

  /** The column under a pixel; the nearest one outside of all. */
  at(x: number): number {
    let low = 0;
    let high = Math.max(0, this.count - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** How many columns from a first one on a viewport can show at most, wherever it stands. */
  mostVisible(viewport: number, from = 0): number {
    let most = 0;
    for (let i = from; i < this.count; i++) most = Math.max(most, this.at(this.start(i) + viewport) - i + 1);
    // One more: the first may be cut at the left edge.
    return Math.min(this.count - from, most + 1);
  }

  /** The scroll position that brings a column into view with the least movement. */
  leftShowing(index: number, left: number, viewport: number): number {
    const start = this.start(index);
    const end = start + this.width(index);
    if (start < left || this.width(index) > viewport) return start;
    return end > left + viewport ? end - viewport : left;
  }

  /** The gap nearest to a pixel, from 0 to count: where a dragged column would land. */
  gapAt(x: number): number {
    const index = this.at(x);
    return x > this.start(index) + this.width(index) / 2 ? index + 1 : index;
  }
}

export const MIN_COLUMN = 40;
export const MAX_FIT = 360;

/** Pixels of a text in the data face: 7.2 per character, twice that for wide ones. */
export function textWidth(text: string): number {
  let units = 0;
  for (const character of text) {
    units +=
      /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : 1;
    if (units > 64) break;
  }
  return units * 7.22;
}
