import { iconNode } from "@/design/icons/dom";
import type { ColumnAxis } from "./geometry";
import type { GridColumn } from "./types";

interface PooledHead {
  node: HTMLElement;
  column: number;
}

export interface HeaderFrame {
  left: number;
  firstColumn: number;
  count: number;
  axis: ColumnAxis;
  column: (place: number) => GridColumn | undefined;
  rightAligned: (place: number) => boolean;
  selected: (place: number) => boolean;
  pinned: (place: number) => boolean;
  hasMenu: boolean;
}

/** Column heads: a pane of their own, pooled like the cells under them. */
export class GridHeader {
  readonly pane = document.createElement("div");
  private readonly row = document.createElement("div");
  private readonly drop = document.createElement("div");
  private pool: PooledHead[] = [];

  constructor() {
    this.pane.className = "rg-header";
    this.pane.setAttribute("role", "rowgroup");
    this.row.className = "rg-inner rg-header-row";
    this.row.setAttribute("role", "row");
    this.row.setAttribute("aria-rowindex", "1");
    this.drop.className = "rg-drop";
    this.drop.hidden = true;
    this.drop.setAttribute("role", "presentation");
    this.pane.append(this.row, this.drop);
  }

  allocate(columns: number) {
    if (columns === this.pool.length) return;
    this.pool = Array.from({ length: columns }, () => {
      const node = document.createElement("div");
      node.className = "rg-head";
      node.setAttribute("role", "columnheader");
      return { node, column: -1 };
    });
    this.row.replaceChildren(...this.pool.map((head) => head.node));
  }

  invalidate() {
    for (const head of this.pool) head.column = -1;
  }

  draw(frame: HeaderFrame) {
    const { pool } = this;
    this.row.style.transform = `translateX(${-frame.left}px)`;
    const last = Math.min(frame.firstColumn + frame.count, frame.axis.count);
    for (let place = frame.firstColumn; place < last; place++) {
      const head = pool[place % pool.length];
      if (!head) continue;
      if (head.column !== place) {
        head.column = place;
        const column = frame.column(place);
        if (column) fill(head.node, column, place, frame);
        head.node.style.left = `${frame.axis.start(place)}px`;
        head.node.style.width = `${frame.axis.width(place)}px`;
      }
      head.node.classList.toggle("rg-head-selected", frame.selected(place));
    }
  }

  /** Shows where a dragged column would land; `undefined` hides the mark. */
  showDrop(x: number | undefined) {
    this.drop.hidden = x === undefined;
    if (x !== undefined) this.drop.style.left = `${x - 1}px`;
  }

  sort() {
    const inOrder = [...this.pool].sort((a, b) => a.column - b.column);
    this.row.replaceChildren(...inOrder.map((head) => head.node));
  }
}

function fill(node: HTMLElement, column: GridColumn, place: number, frame: HeaderFrame) {
  node.setAttribute("aria-colindex", String(place + 1));
  node.dataset["place"] = String(place);
  const tip = [column.name, column.type, column.note].filter(Boolean).join("\n");
  node.dataset["tip"] = column.readOnly ? `${tip}\n${column.readOnly}` : tip;
  node.classList.toggle("rg-right", frame.rightAligned(place));
  if (column.sort) node.setAttribute("aria-sort", column.sort);
  else node.removeAttribute("aria-sort");

  const name = document.createElement("div");
  name.className = "rg-head-name";
  // A primary key's column that refers elsewhere has both.
  if (column.key === "primary" && column.note) {
    const glyph = iconNode("foreign-key", 12);
    glyph.classList.add("rg-key-foreign");
    name.append(glyph);
  }
  if (column.key) {
    const glyph = iconNode(column.key === "primary" ? "key" : "foreign-key", 12);
    glyph.classList.add(`rg-key-${column.key}`);
    name.append(glyph);
  }
  const label = document.createElement("span");
  label.className = "rg-head-label";
  label.textContent = column.name;
  name.append(label);
  if (frame.pinned(place)) {
    const pin = iconNode("pin", 12);
    pin.classList.add("rg-head-pin");
    name.append(pin);
  }
  if (column.readOnly) {
    const lock = iconNode("lock", 12);
    lock.classList.add("rg-head-lock");
    name.append(lock);
  }
  if (column.sort) {
    const mark = document.createElement("span");
    mark.className = "rg-head-sort";
    mark.append(iconNode(column.sort === "ascending" ? "arrow-up" : "arrow-down", 12));
    if (column.sortOrder !== undefined) mark.append(String(column.sortOrder));
    name.append(mark);
  }
  const parts: Node[] = [name];
  if (column.type !== undefined) {
    const type = document.createElement("div");
    type.className = "rg-head-type";
    type.textContent = column.type;
    parts.push(type);
  }
  if (frame.hasMenu) {
    const menu = document.createElement("span");
    menu.className = "rg-head-menu";
    menu.dataset["part"] = "menu";
    menu.setAttribute("aria-hidden", "true");
    menu.append(iconNode("chevron-down", 12));
    parts.push(menu);
  }
  const grip = document.createElement("span");
  grip.className = "rg-head-grip";
  grip.dataset["part"] = "grip";
  grip.setAttribute("aria-hidden", "true");
  parts.push(grip);
  node.replaceChildren(...parts);
}
