import { Announcer } from "./announce";
import { sameLayout } from "./arrange";
import { type Frame, GridBody, spokenText } from "./body";
import { type Box, cellAt } from "./boxes";
import { GridColumns } from "./columns";
import type { GridEvents, GridOptions } from "./events";
import { fittingWidth } from "./fit";
import { attachFollow } from "./follow";
import { type ColumnAxis, ScrollMap, viewportOf } from "./geometry";
import { GridHeader, type HeaderFrame } from "./header";
import { attachInput } from "./input";
import { describe, gridNodes } from "./nodes";
import { GridOverlay, type Standing } from "./overlay";
import { PinnedPane } from "./pinned";
import {
  isSingle,
  type Place,
  type Rectangle,
  rectangle,
  type Selection,
  type SelectionAction,
  select,
} from "./selection";
import { type Gap, Sideways } from "./sideways";
import type { Cell, CellPlace, GridColumn, GridLayout, GridRange, GridSource } from "./types";

const OVERSCAN = 2;
const IDLE = 160;
const NEAR_END = 256;
let grids = 0;

/** The grid: one scroller, one sizer, one pinned layer, panes of recycled nodes. Knows nothing of React or of drivers. */
export class Grid {
  readonly scroller: HTMLDivElement;
  readonly map = new ScrollMap();
  readonly header = new GridHeader();
  readonly body: GridBody;
  readonly columns = new GridColumns();
  readonly sideways = new Sideways(this.columns);
  /** Milliseconds the last frame took in script; the measuring page reads it. */
  lastFrame = 0;
  events: GridEvents;

  private readonly id = `grid-${++grids}`;
  private readonly sizer: HTMLDivElement;
  private readonly layer: HTMLDivElement;
  private readonly corner: HTMLDivElement;
  private readonly overlay = new GridOverlay();
  private readonly pinned: PinnedPane;
  private readonly announcer = new Announcer();
  private readonly stop = new AbortController();
  private readonly observer: ResizeObserver;
  private unsubscribe: (() => void) | undefined;
  private source: GridSource | undefined;
  private fitted = false;
  /** The layout the shell was told last, or is known to hold still. */
  private told: GridLayout | undefined;
  private selection: Selection | undefined;
  private rows = { known: 0, more: false };
  private options: GridOptions;
  private width = 0;
  private height = 0;
  private numberWidth = 0;
  private frame = 0;
  private idle = 0;
  private nearEndAt = -1;
  private drawn = false;

  constructor(host: HTMLElement, options: GridOptions) {
    this.options = options;
    this.events = options.events;
    this.body = new GridBody(this.id);
    const { scroller, sizer, layer, corner } = gridNodes(options.label, options.events.onEdit !== undefined);
    this.scroller = scroller;
    this.sizer = sizer;
    this.layer = layer;
    this.pinned = new PinnedPane(`${this.id}-p`, layer, this.body.pane);
    this.body.pane.append(this.overlay.range, this.overlay.cursor, this.overlay.editor);
    this.corner = corner;
    layer.append(this.header.pane, this.body.pane, this.body.numbers, corner);
    host.append(scroller, this.announcer.node);
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true, signal: this.stop.signal });
    attachInput(this, this.stop.signal);
    attachFollow(this, this.stop.signal);
    this.observer = new ResizeObserver(() => this.schedule(true));
    this.observer.observe(this.scroller);
    if (options.layout) this.columns.setWidths(options.layout.widths);
  }

  destroy() {
    this.stop.abort();
    this.observer.disconnect();
    this.unsubscribe?.();
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.idle);
    this.scroller.remove();
    this.announcer.stop();
  }

  // ---- what the shell sets ------------------------------------------------------------------------------

  /** Another source. Another generation starts at the first row with nothing selected; the same one stays in place. */
  setSource(source: GridSource) {
    const same = this.source?.generation === source.generation;
    const kin = same || (source.kin !== undefined && source.kin === this.source?.kin);
    this.unsubscribe?.();
    this.source = source;
    this.unsubscribe = source.subscribe(() => this.schedule(true));
    if (!same) {
      this.map.moveTo(0);
      this.drawn = false;
      this.numberWidth = 0;
      this.editing = undefined;
      this.setSelection(undefined);
    }
    if (!kin) {
      this.left = 0;
      this.fitted = false;
      this.columns.forget(this.options.layout?.widths ?? {});
    }
    this.nearEndAt = -1;
    this.columns.apply(source.columns, this.options.layout ?? (kin ? this.layout : undefined));
    this.relayout();
  }

  setOptions(options: GridOptions) {
    const changed = options.rowHeight !== this.options.rowHeight || options.headerHeight !== this.options.headerHeight;
    const marked = options.sought !== this.options.sought;
    const given = options.layout;
    const relaid =
      given !== this.options.layout && given !== undefined && given !== this.told && !sameLayout(given, this.layout);
    this.options = options;
    this.events = options.events;
    describe(this.scroller, options.label, options.events.onEdit !== undefined);
    if (relaid && given) this.arrange(given);
    else if (changed) this.relayout();
    else if (marked) this.draw(true);
  }

  get layout(): GridLayout {
    return this.columns.layout;
  }

  // ---- columns ------------------------------------------------------------------------------------------

  get left(): number {
    return this.sideways.left;
  }
  set left(pixels: number) {
    this.sideways.left = pixels;
  }
  get axis(): ColumnAxis {
    return this.columns.axis;
  }
  column(place: number): GridColumn | undefined {
    return this.columns.at(place);
  }
  sourceColumn(place: number): number | undefined {
    return this.columns.sourceColumn(place);
  }
  get visibleColumns(): readonly number[] {
    return this.columns.visible;
  }
  placeOf(sourceColumn: number): number {
    return this.columns.placeOf(sourceColumn);
  }

  resizeColumn(place: number, width: number, done = true) {
    if (!this.columns.resize(place, width)) return;
    this.fitted = true;
    this.relayout();
    if (done) this.tell();
  }

  /** Fits a column to its head and to the rows in view. */
  fitColumn(place: number) {
    this.resizeColumn(place, this.fittingWidth(place));
  }

  private fittingWidth(place: number): number {
    return fittingWidth(this.column(place), this.cellsInView(place));
  }

  private *cellsInView(place: number): Iterable<Cell | undefined> {
    const index = this.columns.visible[place] ?? 0;
    const first = this.map.rowAt(0);
    for (let row = first; row < first + this.body.rowCount; row++) yield this.source?.cell(row, index);
  }

  /** Moves a column on its side of the pinned edge. */
  moveColumn(place: number, to: number) {
    const layout = this.columns.moved(place, to);
    if (layout) this.arrange(layout, true);
  }

  /** Arranges columns anew; the cursor stays on its column while that shows. `done`: a person did it, and the shell is told. */
  arrange(layout: GridLayout, done = false) {
    const was = this.selection;
    const active = was && this.toSource(was.active).column;
    this.columns.setWidths(layout.widths);
    this.columns.apply(this.source?.columns ?? [], layout);
    if (was && active !== undefined) {
      const found = this.placeOf(active);
      const column = found >= 0 ? found : Math.max(0, Math.min(this.axis.count - 1, was.active.column));
      const single = was.anchor.column === was.active.column && found >= 0;
      this.selection = undefined;
      this.setSelection({
        active: { row: was.active.row, column },
        anchor: { row: was.anchor.row, column },
        kind: was.kind === "columns" && !single ? "cells" : was.kind,
      });
    }
    this.relayout();
    if (done) this.tell();
  }

  /** As if nobody had ever changed the columns. */
  resetLayout() {
    const { layout, ...rest } = this.options;
    this.options = rest;
    this.told = layout;
    this.columns.forget({});
    this.fitted = false;
    this.arrange({ order: [], widths: {} });
    this.events.onLayoutReset?.();
  }

  /** The shell hears of a layout, and may hand the same one back. */
  private tell() {
    this.told = this.layout;
    this.events.onLayout?.(this.told);
  }

  /** Keeps what is wide now when a column is moved or the first rows come. */
  private fitFirstRows() {
    if (this.fitted || this.rows.known === 0 || !this.source) return;
    const index = this.columns.visible[0];
    if (index === undefined || !this.source.cell(this.map.rowAt(0), index)) return;
    this.fitted = true;
    this.columns.fitFirst(
      this.options.layout?.widths,
      (place) => this.cellsInView(place),
      (place) => this.fittingWidth(place),
    );
    this.relayout();
  }

  readonly rightAligned = (place: number): boolean => this.columns.rightAligned(place);

  // ---- selection ----------------------------------------------------------------------------------------

  get bounds() {
    return { rows: this.rows.known, columns: this.axis.count };
  }
  get active(): Place | undefined {
    return this.selection?.active;
  }
  get selected(): Rectangle | undefined {
    return this.selection && this.rows.known > 0 ? rectangle(this.selection, this.bounds) : undefined;
  }

  act(action: SelectionAction, reveal = true) {
    this.setSelection(select(this.selection, action, this.bounds));
    const active = this.selection?.active;
    if (reveal && active) this.reveal(active, action.type === "column", action.type === "row" || action.type === "all");
    else this.draw(false);
  }

  /** Puts the cursor on a cell; for the shell, which knows source columns. */
  activate(place: CellPlace) {
    // What is gone to is shown: an error in a hidden column must not stay out of sight.
    if (this.placeOf(place.column) < 0) this.arrange(this.columns.showing([place.column]), true);
    this.act({
      type: "cell",
      place: { row: place.row, column: Math.max(0, this.placeOf(place.column)) },
      extend: false,
    });
  }

  clearSelection() {
    this.setSelection(undefined);
    this.draw(false);
  }

  private setSelection(next: Selection | undefined) {
    const before = this.selection;
    this.selection = next;
    const moved = before?.active.row !== next?.active.row || before?.active.column !== next?.active.column;
    if (moved) {
      this.events.onActive?.(next ? this.toSource(next.active) : undefined);
      this.announce();
    }
    if (before !== next) this.events.onSelection?.(this.sourceRange());
  }

  toSource(place: Place): CellPlace {
    return { row: place.row, column: this.columns.visible[place.column] ?? 0 };
  }

  sourceRange(): GridRange | undefined {
    const box = this.selected;
    if (!box || !this.selection) return undefined;
    const columns = this.columns.visible.slice(box.firstColumn, box.lastColumn + 1);
    return { firstRow: box.firstRow, lastRow: box.lastRow, columns, kind: this.selection.kind };
  }

  private announce() {
    this.announcer.say(() => {
      const active = this.selection?.active;
      if (!active || !this.source) return undefined;
      const place = this.toSource(active);
      const name = this.column(active.column)?.name ?? "";
      return `${name}, row ${active.row + 1}: ${spokenText(this.source.cell(place.row, place.column))}`;
    });
  }

  // ---- scrolling ----------------------------------------------------------------------------------------

  get viewportHeight(): number {
    return Math.max(0, this.height - this.options.headerHeight);
  }
  get viewportWidth(): number {
    return Math.max(0, this.width - this.numberWidth);
  }
  /** Shows where a dragged column would land. */
  showDrop(at: Gap | undefined) {
    const { fixed, fixedWidth, left } = this.sideways;
    const onPinned = at?.pin === true && fixed > 0 && at.gap <= fixed;
    this.corner.classList.toggle("rg-corner-pin", at?.pin === true && fixed === 0);
    this.pinned.header.showDrop(onPinned ? Math.min(fixedWidth - 1, this.axis.start(at.gap)) : undefined);
    this.header.showDrop(at && !onPinned ? this.axis.start(at.gap) - left : undefined);
  }
  get rowHeight(): number {
    return this.options.rowHeight;
  }
  get numbersWidth(): number {
    return this.numberWidth;
  }
  get headerHeight(): number {
    return this.options.headerHeight;
  }

  /** Brings a cell into view and draws in the same call: no frame shows the old place. */
  reveal(place: Place, keepRows = false, keepColumns = false) {
    if (!keepRows) {
      const top = this.map.topShowing(place.row);
      if (top !== this.map.top) this.map.moveTo(top);
    }
    if (!keepColumns) this.left = this.sideways.leftShowing(place.column, this.viewportWidth);
    this.pushScroll();
    this.draw(false);
  }

  scrollBy(dx: number, dy: number) {
    this.map.moveTo(this.map.top + dy);
    this.left = Math.max(0, Math.min(this.axis.total - this.viewportWidth, this.left + dx));
    this.pushScroll();
    this.draw(false);
  }

  /** Sets the scroller; the event this causes finds nothing changed and is ignored. */
  private pushScroll() {
    if (this.scroller.scrollTop !== this.map.physical) {
      this.scroller.scrollTop = this.map.physical;
      this.map.physical = this.scroller.scrollTop;
    }
    if (this.scroller.scrollLeft !== this.left) {
      this.scroller.scrollLeft = this.left;
      this.left = this.scroller.scrollLeft;
    }
  }

  private onScroll() {
    const { scrollTop, scrollLeft } = this.scroller;
    if (scrollTop === this.map.physical && scrollLeft === this.left) return;
    this.left = scrollLeft;
    if (scrollTop !== this.map.physical && this.map.scrolledTo(scrollTop)) {
      this.map.physical = this.map.anchor();
      this.pushScroll();
    }
    this.draw(false);
  }

  private onIdle() {
    this.body.sort();
    if (this.pinned.count > 0) this.pinned.body.sort();
    if (this.map.scaled && this.map.physical !== this.map.anchor()) {
      this.map.physical = this.map.anchor();
      this.pushScroll();
    }
    this.pointActive();
  }

  // ---- drawing ------------------------------------------------------------------------------------------

  private dirty = false;
  private schedule(dirty: boolean) {
    this.dirty ||= dirty;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const repaint = this.dirty;
      this.dirty = false;
      if (this.measure()) return;
      this.draw(repaint);
      this.fitFirstRows();
    });
  }

  /** Reads the sizes; true when something changed and everything was drawn anew. */
  private measure(): boolean {
    const rows = this.source?.rows() ?? { known: 0, more: false };
    const { width, height } = viewportOf(this.scroller);
    const same = rows.known === this.rows.known && rows.more === this.rows.more;
    if (same && width === this.width && height === this.height) return false;
    // What opens beside the grid must not cover the cell it was opened for.
    const kept = width < this.width || height < this.height ? this.activeInView() : undefined;
    this.relayout();
    if (kept) this.reveal(kept);
    return true;
  }

  /** The active cell, if any of it can be seen. */
  private activeInView(): Place | undefined {
    const active = this.selection?.active;
    if (!active) return undefined;
    const { left, top, width, height } = this.boxOf(cellAt(active));
    const seen =
      left + width > this.sideways.edgeOf(active.column) &&
      left < this.viewportWidth &&
      top + height > 0 &&
      top < this.viewportHeight;
    return seen ? active : undefined;
  }

  /** New sizes, rows or columns: the pools, the sizer and the panes follow, and a whole frame is drawn. */
  relayout() {
    const { headerHeight, rowHeight } = this.options;
    this.rows = this.source?.rows() ?? { known: 0, more: false };
    if (this.source) this.columns.describe(this.source.columns);
    ({ width: this.width, height: this.height } = viewportOf(this.scroller));
    // A run still reading keeps room for six digits, and the column never shrinks: cells must not shift sideways.
    const digits = Math.max(String(this.rows.known).length, this.rows.more ? 6 : 1);
    this.numberWidth = Math.max(this.numberWidth, 40, digits * 7 + 18);
    this.map.resize(this.rows.known, rowHeight, this.viewportHeight);
    this.scroller.setAttribute("aria-rowcount", this.rows.more ? "-1" : String(this.rows.known + 1));
    this.scroller.setAttribute("aria-colcount", String(this.axis.count));
    this.scroller.style.setProperty("--rg-row", `${rowHeight}px`);
    this.scroller.style.setProperty("--rg-head", `${headerHeight}px`);
    this.scroller.style.setProperty("--rg-numbers", `${this.numberWidth}px`);
    this.scroller.style.setProperty("--rg-total", `${this.axis.total}px`);
    this.sizer.style.width = `${this.axis.total + this.numberWidth}px`;
    this.sizer.style.height = `${this.map.sizerHeight + headerHeight}px`;
    // Bars that came or went with the new sizer change the viewport once more.
    ({ width: this.width, height: this.height } = viewportOf(this.scroller));
    this.map.resize(this.rows.known, rowHeight, this.viewportHeight);
    this.layer.style.width = `${this.width}px`;
    this.layer.style.height = `${this.height}px`;
    this.sideways.resize(this.viewportWidth);
    const { fixed, fixedWidth } = this.sideways;
    const most = Math.ceil(this.viewportHeight / rowHeight) + 1 + OVERSCAN * 2;
    this.body.allocate(most, this.axis.mostVisible(this.viewportWidth - fixedWidth, fixed));
    this.header.allocate(this.body.columnCount);
    const standing = [...this.overlay.nodes, ...this.layer.querySelectorAll<HTMLElement>(".rg-follow")];
    this.pinned.allocate(most, fixed, fixedWidth, standing);
    this.body.invalidate();
    this.header.invalidate();
    this.pinned.invalidate();
    if (!this.map.scaled) this.map.physical = this.map.top;
    this.pushScroll();
    this.draw(true);
    this.fitFirstRows();
  }

  private draw(repaint: boolean) {
    const started = performance.now();
    const { source, axis, body, map } = this;
    if (!source || this.height === 0) return;
    const count = body.rowCount;
    const firstRow = Math.max(0, Math.min(Math.floor(map.top / this.rowHeight) - OVERSCAN, this.rows.known - count));
    const { fixed } = this.sideways;
    const firstColumn = this.sideways.firstDrawn(body.columnCount);
    const shown = this.columns.visible.slice(firstColumn, firstColumn + body.columnCount);
    const visible = fixed > 0 ? [...this.columns.visible.slice(0, fixed), ...shown] : shown;
    if (this.rows.known > 0) source.ensure(firstRow, firstRow + count - 1, visible);
    const frame: Frame = {
      top: map.top,
      left: this.left,
      rowHeight: this.rowHeight,
      rows: this.rows.known,
      covered: Math.max(0, Math.min(this.viewportHeight, map.virtualHeight - map.top)),
      firstRow,
      firstColumn,
      axis,
      cell: (row, place) => source.cell(row, this.columns.visible[place] ?? 0),
      head: (row) => source.head?.(row),
      rightAligned: this.rightAligned,
      sought: this.options.sought ?? "",
      repaint,
    };
    const waiting = body.draw(frame);
    const missing = this.pinned.draw(frame) || waiting;
    const box = this.selected;
    const kind = this.selection?.kind;
    const heads: HeaderFrame = {
      left: this.left,
      firstColumn,
      count: body.columnCount,
      axis,
      column: (place) => this.column(place),
      rightAligned: this.rightAligned,
      selected: (place) => Boolean(box && kind !== "rows" && place >= box.firstColumn && place <= box.lastColumn),
      pinned: (place) => place < this.columns.pinnedCount,
      hasMenu: this.events.onHeaderMenu !== undefined,
    };
    this.header.draw(heads);
    this.pinned.drawHeader(heads);
    this.drawSelection(box);
    if (!this.drawn && !missing && this.rows.known > 0) {
      this.drawn = true;
      this.events.onFirstCells?.();
    }
    this.askForMore(firstRow + count);
    window.clearTimeout(this.idle);
    this.idle = window.setTimeout(() => this.onIdle(), IDLE);
    this.lastFrame = performance.now() - started;
  }

  private askForMore(lastRow: number) {
    if (!this.rows.more || lastRow < this.rows.known - NEAR_END || this.nearEndAt === this.rows.known) return;
    this.nearEndAt = this.rows.known;
    this.events.onNearEnd?.();
  }

  private drawSelection(box: Rectangle | undefined) {
    const active = this.selection?.active;
    this.body.setActiveRow(active && box ? active.row : -1);
    const column = this.editing ? this.placeOf(this.editing.column) : -1;
    this.overlay.draw(
      box && !isSingle(box) ? this.boxOf(box) : undefined,
      active && box ? this.boxOf(cellAt(active)) : undefined,
      this.editing && column >= 0 ? this.boxOf(cellAt({ row: this.editing.row, column })) : undefined,
      this.viewportWidth,
      this.viewportHeight,
    );
    this.pointActive();
  }

  private pointActive() {
    const active = this.selection?.active;
    const { body } = active && active.column < this.pinned.count ? this.pinned : this;
    const node = active ? body.find(active.row, active.column) : undefined;
    const id = node?.id ?? "";
    if ((this.scroller.getAttribute("aria-activedescendant") ?? "") === id) return;
    if (id) this.scroller.setAttribute("aria-activedescendant", id);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  /** In the body pane's pixels. */
  private boxOf(box: Rectangle): Standing {
    return {
      ...this.sideways.boxOf(box),
      top: box.firstRow * this.rowHeight - this.map.top,
      height: (box.lastRow - box.firstRow + 1) * this.rowHeight,
    };
  }

  /** Where a cell is in the window, for an editor or a menu. */
  cellBox(at: Place): Box {
    const pane = this.body.pane.getBoundingClientRect();
    const box = this.boxOf(cellAt(at));
    return { left: pane.left + box.left, top: pane.top + box.top, width: box.width, height: box.height };
  }

  // ---- an editor over a cell ----------------------------------------------------------------------------

  private editing: CellPlace | undefined;

  /** Where an editor is drawn; it follows its cell. */
  get editorNode(): HTMLElement {
    return this.overlay.editor;
  }

  /** Opens the editor's place over a cell; `undefined` closes it. */
  setEditing(at: CellPlace | undefined) {
    const column = at ? this.placeOf(at.column) : -1;
    const next = column >= 0 ? at : undefined;
    if (next?.row === this.editing?.row && next?.column === this.editing?.column) return;
    this.editing = next;
    if (next) this.reveal({ row: next.row, column });
    else this.draw(false);
  }

  focus() {
    this.scroller.focus({ preventScroll: true });
  }
}
