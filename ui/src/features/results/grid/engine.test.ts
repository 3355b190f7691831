import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Grid } from "./engine";
import type { GridEvents } from "./events";
import type { Cell, GridSource } from "./types";

class Rows implements GridSource {
  readonly columns = Array.from({ length: 40 }, (_, index) => ({
    id: `c${index}`,
    name: `column ${index}`,
    align: "left" as const,
    width: 100,
  }));
  private readonly listeners = new Set<() => void>();
  missing = false;
  readonly generation: string;
  known: number;
  more: boolean;
  constructor(generation: string, known: number, more = false) {
    this.generation = generation;
    this.known = known;
    this.more = more;
  }
  rows() {
    return { known: this.known, more: this.more };
  }
  cell(row: number, column: number): Cell | undefined {
    if (this.missing) return undefined;
    if (column === 1) return { text: "", class: "null" };
    return { text: `${this.generation}/${row}/${column}`, class: "text" };
  }
  ensure() {}
  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  change() {
    for (const listener of this.listeners) listener();
  }
}

let grid: Grid;
let events: GridEvents;
const all = (selector: string) => [...grid.scroller.querySelectorAll<HTMLElement>(selector)];
const shownRows = () =>
  all('[role="row"][aria-rowindex]')
    .filter((node) => !node.hidden && node.closest(".rg-body"))
    .map((node) => Number(node.getAttribute("aria-rowindex")));
const key = (name: string, more: KeyboardEventInit = {}) =>
  grid.scroller.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, ...more }));
const activeText = () => {
  const id = grid.scroller.getAttribute("aria-activedescendant");
  return id ? document.getElementById(id)?.textContent : undefined;
};

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
  events = { onCopy: vi.fn(), onOpen: vi.fn(), onNearEnd: vi.fn(), onLayout: vi.fn() };
  grid = new Grid(document.body, { label: "Rows", rowHeight: 26, headerHeight: 40, events });
});
afterEach(() => {
  grid.destroy();
  vi.useRealTimers();
});

describe("the grid in the document", () => {
  it("draws a handful of rows of ten million and reaches the last by key", () => {
    grid.setSource(new Rows("a", 10_000_000));
    expect(all('[role="gridcell"]').length).toBeLessThan(400);
    key("ArrowDown");
    key("End", { ctrlKey: true });
    expect(activeText()).toBe("a/9999999/39");
    key("Home", { ctrlKey: true });
    expect(activeText()).toBe("a/0/0");
  });

  it("puts numbers of a column without a type to the right, and its head over them", () => {
    const rows = new Rows("a", 3);
    const columns = rows.columns.map((column, index) =>
      index === 0 ? { ...column, align: "cells" as const } : column,
    );
    const cell = (row: number, column: number): Cell => {
      if (column !== 0) return { text: "x", class: "text" };
      return row === 0 ? { text: "", class: "null" } : { text: String(row), class: "number", align: "right" };
    };
    grid.setSource(Object.assign(Object.create(rows), { columns, cell }) as GridSource);
    vi.runAllTimers();
    const cells = all('[role="row"][aria-rowindex="3"] [role="gridcell"]');
    expect(cells[0]?.classList.contains("rg-right")).toBe(true);
    expect(cells[1]?.classList.contains("rg-right")).toBe(false);
    const heads = all('[role="columnheader"]');
    expect(heads.slice(0, 2).map((head) => head.classList.contains("rg-right"))).toEqual([true, false]);
  });

  it("shows the rows of a run that began with none", () => {
    const rows = new Rows("a", 0, true);
    grid.setSource(rows);
    expect(shownRows()).toEqual([]);
    rows.known = 300;
    rows.change();
    vi.advanceTimersByTime(500);
    expect(shownRows().length).toBeGreaterThan(10);
    expect(all(".rg-number").filter((node) => !node.hidden)[0]?.textContent).toBe("1");
  });

  it("has its rows and cells in visual order once it rests", () => {
    grid.setSource(new Rows("a", 100_000));
    grid.scrollBy(730, 26 * 1_007);
    const scrambled = shownRows();
    expect(scrambled).not.toEqual([...scrambled].sort((a, b) => a - b));
    vi.advanceTimersByTime(500);
    const rows = shownRows();
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of all(".rg-body [role=row]").filter((node) => !node.hidden)) {
      const columns = [...row.children].map((cell) => Number(cell.getAttribute("aria-colindex")));
      expect(columns).toEqual([...columns].sort((a, b) => a - b));
    }
  });

  it("says how many rows and columns there are, and that it does not know while a run reads on", () => {
    const source = new Rows("a", 50, true);
    grid.setSource(source);
    expect(grid.scroller.getAttribute("aria-rowcount")).toBe("-1");
    source.more = false;
    source.change();
    vi.advanceTimersByTime(50);
    expect(grid.scroller.getAttribute("aria-rowcount")).toBe("51");
    expect(grid.scroller.getAttribute("aria-colcount")).toBe("40");
  });

  it("never shows a row of another run", () => {
    grid.setSource(new Rows("old", 1_000));
    grid.scrollBy(0, 5_000);
    grid.setSource(new Rows("new", 3));
    const texts = all(".rg-body [role=row]")
      .filter((row) => !row.hidden)
      .flatMap((row) => [...row.children].map((cell) => cell.textContent ?? ""));
    expect(texts.some((text) => text.startsWith("old"))).toBe(false);
    expect(shownRows()).toEqual([2, 3, 4]);
    expect(grid.map.top).toBe(0);
  });

  it("marks what is missing as busy and writes it in place when it comes", () => {
    const source = new Rows("a", 100);
    source.missing = true;
    grid.setSource(source);
    const cells = all('[role="gridcell"][aria-colindex]');
    expect(cells.every((cell) => cell.getAttribute("aria-busy") === "true")).toBe(true);
    source.missing = false;
    source.change();
    vi.advanceTimersByTime(50);
    expect(all('[role="gridcell"]')).toEqual(cells);
    expect(all('[aria-busy="true"]')).toEqual([]);
  });

  it("does not move what is shown when rows are appended", () => {
    const source = new Rows("a", 2_000, true);
    grid.setSource(source);
    grid.scrollBy(0, 26 * 100 + 7);
    const before = { top: grid.map.top, numbers: grid.numbersWidth };
    source.known = 90_000;
    source.change();
    vi.advanceTimersByTime(50);
    expect({ top: grid.map.top, numbers: grid.numbersWidth }).toEqual(before);
  });

  it("tells NULL from empty text to a screen reader", () => {
    grid.setSource(new Rows("a", 3));
    const nulls = all(".rg-null");
    expect(nulls).toHaveLength(3);
    expect(nulls[0]?.getAttribute("aria-label")).toBe("NULL");
  });

  it("announces the active cell once the keys rest", () => {
    grid.setSource(new Rows("a", 100));
    key("ArrowDown");
    key("ArrowRight");
    key("ArrowDown");
    vi.advanceTimersByTime(400);
    expect(document.querySelector('[aria-live="polite"]')?.textContent).toBe("column 1, row 2: NULL");
  });

  it("copies one rectangle in source columns, in the order on screen", () => {
    grid.setSource(new Rows("a", 100));
    grid.moveColumn(0, 2);
    key("ArrowDown");
    key("ArrowRight", { shiftKey: true });
    key("ArrowRight", { shiftKey: true });
    key("ArrowDown", { shiftKey: true });
    key("c", { ctrlKey: true });
    expect(events.onCopy).toHaveBeenCalledWith({ firstRow: 0, lastRow: 1, columns: [1, 2, 0], kind: "cells" });
    expect(all(".rg-range")).toHaveLength(1);
  });

  it("opens a cell with Enter and leaves Escape alone when one cell is selected", () => {
    grid.setSource(new Rows("a", 100));
    key("ArrowDown");
    key("Enter");
    expect(events.onOpen).toHaveBeenCalledOnce();
    const event = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
    grid.scroller.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });

  it("resizes the active column by keyboard and gives the layout back", () => {
    grid.setSource(new Rows("a", 100));
    key("ArrowDown");
    key("ArrowRight", { altKey: true, shiftKey: true });
    expect(grid.layout.widths["c0"]).toBe(116);
    expect(events.onLayout).toHaveBeenCalled();
  });

  it("asks for more once when the end comes near", () => {
    grid.setSource(new Rows("a", 1_000, true));
    expect(events.onNearEnd).not.toHaveBeenCalled();
    key("ArrowDown");
    key("End", { ctrlKey: true });
    key("ArrowUp");
    expect(events.onNearEnd).toHaveBeenCalledOnce();
  });

  it("shows a lock in a column's head once it is known that it takes no value", () => {
    const rows = new Rows("a", 100);
    grid.setSource(rows);
    expect(all(".rg-head-lock")).toHaveLength(0);
    const locked = rows.columns.map((column, at) => (at === 1 ? { ...column, readOnly: "It is computed." } : column));
    Object.assign(rows, { columns: locked });
    grid.relayout();
    expect(all(".rg-head-lock").map((lock) => lock.closest<HTMLElement>(".rg-head")?.dataset["tip"])).toEqual([
      "column 1\nIt is computed.",
    ]);
  });
});
