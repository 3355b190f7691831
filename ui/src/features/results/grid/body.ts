import type { ColumnAxis } from "./geometry";
import { sortChildren } from "./order";
import type { Cell, RowHead } from "./types";

interface PooledCell {
  node: HTMLElement;
  text: Text;
  column: number;
  look: string;
  /** What a screen reader is told in place of the text; empty where that is the text itself. */
  label: string;
  tip: string;
}

interface PooledRow {
  node: HTMLElement;
  number: HTMLElement;
  numberText: Text;
  /** How the gutter looks beside the number. */
  headLook: string;
  cells: PooledCell[];
  row: number;
  y: number;
  /** Some visible cell had not arrived when it was last painted. */
  waiting: boolean;
}

/** Everything one frame needs. Columns are visible places. */
export interface Frame {
  top: number;
  left: number;
  rowHeight: number;
  rows: number;
  /** Pixels of the viewport that rows cover. */
  covered: number;
  firstRow: number;
  firstColumn: number;
  axis: ColumnAxis;
  cell: (row: number, column: number) => Cell | undefined;
  head: (row: number) => RowHead | undefined;
  rightAligned: (column: number) => boolean;
  /** A text in lower case whose cells are marked; empty for none. */
  sought: string;
  /** Cells may have changed: paint all of them, not only the rebound ones. */
  repaint: boolean;
}

/** Rows are placed relative to a base that moves only this often, so that a small scroll rewrites no row. */
const BASE_ROWS = 2_048;

/** A cell is at most this wide in characters; laying out more is wasted. */
const SHOWN = 320;

/** One line, whatever the value holds. */
function oneLine(text: string): string {
  const cut = text.length > SHOWN ? text.slice(0, SHOWN) : text;
  return /[\r\n\t]/.test(cut) ? cut.replace(/\r\n|\r|\n/g, "↵").replace(/\t/g, "  ") : cut;
}

/** What is written into the cell. NULL is drawn by its style, so that no value can look like it. */
export function shownText(cell: Cell): string {
  switch (cell.class) {
    case "null":
      return "";
    case "empty":
      return "''";
    case "default":
      return cell.text || "default";
    default:
      return oneLine(cell.text);
  }
}

/**
 * Whether the text may reach beyond its cell. A clipped cell is a layer of its own to the browser, which costs the software
 * renderer about as much as the text, so only what needs it is clipped; the padding at the end may be written on. Outside
 * plain Latin the width is not known: those are clipped.
 */
function overflows(text: string, width: number): boolean {
  return text.length * 7.3 + 8 > width || /[^\x20-\x7e\xa0-\u024f]/.test(text);
}

const MARKS = { changed: "changed", new: "new row", deleted: "to be deleted" } as const;

/** How a screen reader says it, with what is staged. */
export function spokenText(cell: Cell | undefined): string {
  if (!cell) return "loading";
  const mark = cell.mark ? `, ${MARKS[cell.mark]}` : "";
  return `${spokenValue(cell)}${mark}${cell.problem ? `, refused: ${cell.problem}` : ""}`;
}

function spokenValue(cell: Cell): string {
  if (cell.class === "null") return "NULL";
  if (cell.class === "missing") return "no such field";
  if (cell.class === "empty") return "empty text";
  if (cell.class === "default") return cell.text ? `default, ${oneLine(cell.text)}` : "default";
  return cell.truncated ? `${oneLine(cell.text)}, cut` : oneLine(cell.text);
}

/** The pool of rows and cells. Nothing here is created or removed while scrolling. */
export class GridBody {
  readonly pane = document.createElement("div");
  readonly numbers = document.createElement("div");
  private readonly inner = document.createElement("div");
  private readonly numbersInner = document.createElement("div");
  private readonly idPrefix: string;
  private pool: PooledRow[] = [];
  private readonly lines = document.createElement("div");
  private linePool: { node: HTMLElement; column: number }[] = [];
  private linesHeight = -1;
  private columns = 0;
  private base = 0;
  private activeRow = -1;

  constructor(idPrefix: string) {
    this.idPrefix = idPrefix;
    this.pane.className = "rg-body";
    this.pane.setAttribute("role", "rowgroup");
    this.inner.className = "rg-inner";
    this.inner.setAttribute("role", "presentation");
    this.numbers.className = "rg-numbers";
    // The row's own index says the same to a screen reader.
    this.numbers.setAttribute("aria-hidden", "true");
    this.numbersInner.className = "rg-inner";
    this.lines.className = "rg-lines";
    this.lines.setAttribute("role", "presentation");
    this.pane.append(this.inner, this.lines);
    this.numbers.append(this.numbersInner);
  }

  get rowCount(): number {
    return this.pool.length;
  }
  get columnCount(): number {
    return this.columns;
  }

  /** Makes the pool that many rows and cells large. Rebuilds: call it on resize, never on scroll. */
  allocate(rows: number, columns: number) {
    if (rows === this.pool.length && columns === this.columns) return;
    this.columns = columns;
    this.inner.replaceChildren();
    this.numbersInner.replaceChildren();
    // One line per column instead of a border per cell: far fewer things to paint.
    this.linePool = Array.from({ length: columns }, () => {
      const node = document.createElement("div");
      node.className = "rg-line";
      return { node, column: -1 };
    });
    this.lines.replaceChildren(...this.linePool.map((line) => line.node));
    this.pool = Array.from({ length: rows }, (_, r) => this.makeRow(r, columns));
  }

  /** Forgets what is drawn, so that the next frame writes everything anew. */
  invalidate() {
    for (const line of this.linePool) line.column = -1;
    for (const row of this.pool) {
      row.row = -1;
      row.y = -1;
      for (const cell of row.cells) cell.column = -1;
    }
  }

  private makeRow(index: number, columns: number): PooledRow {
    const node = document.createElement("div");
    node.className = "rg-row";
    node.setAttribute("role", "row");
    const cells: PooledCell[] = [];
    for (let c = 0; c < columns; c++) {
      const cell = document.createElement("div");
      cell.className = "rg-cell";
      cell.id = `${this.idPrefix}-${index}-${c}`;
      cell.setAttribute("role", "gridcell");
      const text = document.createTextNode("");
      cell.append(text);
      node.append(cell);
      cells.push({ node: cell, text, column: -1, look: "", label: "", tip: "" });
    }
    const number = document.createElement("div");
    number.className = "rg-number";
    const numberText = document.createTextNode("");
    number.append(numberText);
    this.inner.append(node);
    this.numbersInner.append(number);
    return { node, number, numberText, headLook: "", cells, row: -1, y: -1, waiting: false };
  }

  /** Draws a frame; returns whether any visible cell is still missing. */
  draw(frame: Frame): boolean {
    const { pool } = this;
    const count = pool.length;
    if (count === 0) return false;
    const base = Math.floor(frame.firstRow / BASE_ROWS) * BASE_ROWS;
    if (base !== this.base) {
      this.base = base;
      for (const row of pool) row.y = -1;
    }
    const offset = base * frame.rowHeight - frame.top;
    this.inner.style.transform = `translate(${-frame.left}px,${offset}px)`;
    this.numbersInner.style.transform = `translateY(${offset}px)`;
    this.drawLines(frame);
    let missing = false;
    for (let index = frame.firstRow; index < frame.firstRow + count; index++) {
      const row = pool[index % count];
      if (!row) continue;
      if (index >= frame.rows || index < 0) {
        this.park(row);
        continue;
      }
      this.drawRow(row, index, frame);
      missing ||= row.waiting;
    }
    return missing;
  }

  private drawLines(frame: Frame) {
    this.lines.style.transform = `translateX(${-frame.left}px)`;
    if (frame.covered !== this.linesHeight) {
      this.linesHeight = frame.covered;
      this.lines.style.height = `${frame.covered}px`;
    }
    const last = Math.min(frame.firstColumn + this.columns, frame.axis.count);
    for (let column = frame.firstColumn; column < last; column++) {
      const line = this.linePool[column % this.columns];
      if (!line || line.column === column) continue;
      line.column = column;
      line.node.style.left = `${frame.axis.start(column + 1) - 1}px`;
    }
  }

  private park(row: PooledRow) {
    if (row.row === -2) return;
    row.row = -2;
    row.y = -1;
    row.waiting = false;
    row.node.hidden = true;
    row.number.hidden = true;
  }

  private drawRow(row: PooledRow, index: number, frame: Frame) {
    const rebound = row.row !== index;
    if (rebound) {
      // Asked of the node: what is drawn may have been forgotten while the row was parked.
      if (row.node.hidden) {
        row.node.hidden = false;
        row.number.hidden = false;
      }
      row.row = index;
      row.node.setAttribute("aria-rowindex", String(index + 2));
    }
    if (rebound || frame.repaint) this.paintHead(row, index, frame.head(index));
    const y = (index - this.base) * frame.rowHeight;
    if (row.y !== y) {
      row.y = y;
      row.node.style.top = `${y}px`;
      row.number.style.top = `${y}px`;
    }
    const columns = this.columns;
    const last = Math.min(frame.firstColumn + columns, frame.axis.count);
    const wasWaiting = row.waiting;
    row.waiting = false;
    for (let column = frame.firstColumn; column < last; column++) {
      const slot = row.cells[column % columns];
      if (!slot) continue;
      const moved = slot.column !== column;
      if (moved) {
        slot.column = column;
        slot.node.style.marginLeft = `${frame.axis.start(column)}px`;
        slot.node.style.width = `${frame.axis.width(column)}px`;
        slot.node.setAttribute("aria-colindex", String(column + 1));
      }
      if (moved || rebound || wasWaiting || frame.repaint) {
        const cell = frame.cell(index, column);
        if (!cell) row.waiting = true;
        paint(slot, cell, frame.rightAligned(column), frame.axis.width(column), frame.sought);
      }
    }
  }

  private paintHead(row: PooledRow, index: number, head: RowHead | undefined) {
    const text = head?.sign ?? String(head?.number ?? index + 1);
    if (row.numberText.data !== text) row.numberText.data = text;
    const look = `${index === this.activeRow ? " rg-number-active" : ""}${head?.mark ? ` rg-number-${head.mark}` : ""}`;
    if (row.headLook !== look) {
      row.headLook = look;
      row.number.className = `rg-number${look}`;
    }
    const said = head?.said ?? "";
    if ((row.number.dataset["tip"] ?? "") === said) return;
    if (said) {
      row.number.dataset["tip"] = said;
      row.node.setAttribute("aria-description", said);
    } else {
      delete row.number.dataset["tip"];
      row.node.removeAttribute("aria-description");
    }
  }

  /** The node showing a cell, if it is drawn. */
  find(row: number, column: number): HTMLElement | undefined {
    const pooled = this.pool.length > 0 && row >= 0 ? this.pool[row % this.pool.length] : undefined;
    if (pooled?.row !== row || this.columns === 0) return undefined;
    const slot = pooled.cells[column % this.columns];
    return slot?.column === column ? slot.node : undefined;
  }

  setActiveRow(row: number) {
    if (row === this.activeRow) return;
    this.activeRow = row;
    for (const pooled of this.pool) {
      const active = pooled.row === row;
      if (active === pooled.headLook.startsWith(" rg-number-active")) continue;
      pooled.headLook = active
        ? ` rg-number-active${pooled.headLook}`
        : pooled.headLook.slice(" rg-number-active".length);
      pooled.number.className = `rg-number${pooled.headLook}`;
    }
  }

  /** Puts rows and cells in visual order in the document. Returns how many nodes moved. */
  sort(): number {
    const visible = this.pool.filter((row) => row.row >= 0).sort((a, b) => a.row - b.row);
    const parked = this.pool.filter((row) => row.row < 0);
    let moved = sortChildren(
      this.inner,
      [...visible, ...parked].map((row) => row.node),
    );
    for (const row of visible) {
      const cells = [...row.cells].sort((a, b) => a.column - b.column).map((cell) => cell.node);
      moved += sortChildren(row.node, cells);
    }
    return moved;
  }
}

/** Whether a cell has the text that is looked for: stored values only, as they are found. */
export function isFound(cell: Cell, sought: string): boolean {
  const stored =
    cell.class !== "null" && cell.class !== "missing" && cell.class !== "default" && cell.mark === undefined;
  return stored && cell.text.toLowerCase().includes(sought);
}

function paint(slot: PooledCell, cell: Cell | undefined, right: boolean, width: number, sought: string) {
  const text = cell ? shownText(cell) : "";
  if (slot.text.data !== text) slot.text.data = text;
  let look = "rg-cell";
  if (cell?.align ? cell.align === "right" : right) look += " rg-right";
  if (!cell) look += " rg-missing";
  else {
    if (cell.class === "missing") look += " rg-absent";
    else if (cell.class !== "text" && cell.class !== "number") look += ` rg-${cell.class}`;
    if (cell.truncated) look += " rg-cut rg-clip";
    else if (overflows(text, width)) look += " rg-clip";
    if (cell.mark) look += ` rg-${cell.mark}`;
    else if (cell.fresh) look += " rg-fresh";
    if (cell.problem) look += " rg-problem";
    if (sought !== "" && isFound(cell, sought)) look += " rg-found";
  }
  // Plain values are read as they stand; everything else is said in words.
  const plain =
    !cell ||
    !(cell.mark || cell.problem || cell.class === "null" || cell.class === "empty" || cell.class === "missing");
  const label = plain ? "" : spokenText(cell);
  if (slot.label !== label) {
    slot.label = label;
    if (label) slot.node.setAttribute("aria-label", label);
    else slot.node.removeAttribute("aria-label");
  }
  const tip = cell?.problem ?? "";
  if (slot.tip !== tip) {
    slot.tip = tip;
    if (tip) slot.node.dataset["tip"] = tip;
    else delete slot.node.dataset["tip"];
  }
  if (slot.look === look) return;
  slot.look = look;
  slot.node.className = look;
  if (cell) slot.node.removeAttribute("aria-busy");
  else slot.node.setAttribute("aria-busy", "true");
}
