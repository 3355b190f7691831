import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arranged, hideColumns, pinColumns, placeColumns, showColumns } from "./arrange";
import { GridColumns } from "./columns";
import { Grid } from "./engine";
import { Sideways } from "./sideways";
import type { GridColumn, GridLayout, GridSource } from "./types";

const columnsOf = (count: number, width = 100): GridColumn[] =>
  Array.from({ length: count }, (_, index) => ({ id: `c${index}`, name: `column ${index}`, align: "left", width }));
const layoutOf = (count: number): GridLayout => ({ order: columnsOf(count).map(({ id }) => id), widths: {} });

describe("an arrangement of columns", () => {
  it("puts a column it does not know behind the one before it in the source, and shows it", () => {
    const { sequence, hidden } = arranged(columnsOf(5), { order: ["c3", "c0", "c2"], widths: {}, hidden: ["c0"] });
    expect(sequence).toEqual([3, 4, 0, 1, 2]);
    expect([...hidden]).toEqual([0]);
  });

  it("puts what is before every known column first", () => {
    expect(arranged(columnsOf(3), { order: ["c2"], widths: {} }).sequence).toEqual([0, 1, 2]);
  });

  it("forgets columns that are gone", () => {
    const layout = { order: ["gone", "c1", "c0"], widths: {}, hidden: ["gone"], pinned: ["gone", "c0"] };
    const { sequence, hidden, pinned } = arranged(columnsOf(2), layout);
    expect(sequence).toEqual([0, 1]);
    expect([hidden.size, [...pinned]]).toEqual([0, [0]]);
  });

  it("never hides the last column", () => {
    const one = hideColumns(layoutOf(3), ["c0", "c1"]);
    expect(one.hidden).toEqual(["c0", "c1"]);
    expect(hideColumns(one, ["c2"])).toBe(one);
    expect(arranged(columnsOf(3), { ...layoutOf(3), hidden: ["c0", "c1", "c2"] }).hidden.size).toBe(0);
  });

  it("shows a column again where it stood", () => {
    const hidden = hideColumns(layoutOf(4), ["c1"]);
    expect(arranged(columnsOf(4), showColumns(hidden, ["c1"])).sequence).toEqual([0, 1, 2, 3]);
  });

  it("pins behind what is pinned, and lets go to the first place that scrolls", () => {
    const two = pinColumns(pinColumns(layoutOf(5), ["c3"], true), ["c1"], true);
    expect(two.order).toEqual(["c3", "c1", "c0", "c2", "c4"]);
    expect(two.pinned).toEqual(["c3", "c1"]);
    const one = pinColumns(two, ["c3"], false);
    expect(one.order).toEqual(["c1", "c3", "c0", "c2", "c4"]);
    expect(one.pinned).toEqual(["c1"]);
  });

  it("places columns before another on either side of the edge", () => {
    const pinned = pinColumns(layoutOf(5), ["c0"], true);
    expect(placeColumns(pinned, ["c4"], "c0", true).order).toEqual(["c4", "c0", "c1", "c2", "c3"]);
    expect(placeColumns(pinned, ["c0"], "c3", false).order).toEqual(["c1", "c2", "c0", "c3", "c4"]);
  });
});

describe("the horizontal position with pinned columns", () => {
  const at = (pinned: readonly string[], viewport: number, count = 10) => {
    const columns = new GridColumns();
    columns.apply(columnsOf(count), { ...layoutOf(count), pinned });
    const sideways = new Sideways(columns);
    sideways.resize(viewport);
    return sideways;
  };

  it("keeps them in place while the others move behind them", () => {
    const sideways = at(["c0", "c1"], 600);
    sideways.left = 250;
    expect([sideways.fixed, sideways.fixedWidth]).toEqual([2, 200]);
    expect([0, 1, 4].map((place) => sideways.startOf(place))).toEqual([0, 100, 150]);
    expect([sideways.columnAt(150), sideways.columnAt(210), sideways.columnAt(150, true)]).toEqual([1, 4, 4]);
    expect(sideways.firstDrawn(5)).toBe(4);
  });

  it("brings a column out from behind them with the least movement", () => {
    const sideways = at(["c0", "c1"], 600);
    sideways.left = 250;
    expect(sideways.leftShowing(4, 600)).toBe(200);
    expect(sideways.leftShowing(9, 600)).toBe(400);
    expect(sideways.leftShowing(0, 600)).toBe(250);
  });

  it("lets those scroll that would take more than a part of the viewport", () => {
    expect(at(["c0", "c1", "c2", "c3"], 350).fixed).toBe(2);
    expect(at(["c0"], 120).fixed).toBe(0);
    expect(
      at(
        columnsOf(10).map(({ id }) => id),
        600,
      ).fixed,
    ).toBe(3);
  });

  it("draws one rectangle across the edge, and cuts what is behind it", () => {
    const sideways = at(["c0", "c1"], 600);
    sideways.left = 350;
    const rows = { firstRow: 0, lastRow: 0 };
    expect(sideways.boxOf({ ...rows, firstColumn: 1, lastColumn: 6 })).toEqual({ left: 100, width: 250, edge: 0 });
    expect(sideways.boxOf({ ...rows, firstColumn: 1, lastColumn: 3 })).toEqual({ left: 100, width: 100, edge: 0 });
    expect(sideways.boxOf({ ...rows, firstColumn: 5, lastColumn: 5 })).toEqual({ left: 150, width: 100, edge: 200 });
  });

  it("pins what is dropped on them, or on the corner where there are none", () => {
    const sideways = at(["c0", "c1"], 600);
    expect(sideways.gapAt(90, false)).toEqual({ gap: 1, pin: true });
    expect(sideways.gapAt(230, false)).toEqual({ gap: 2, pin: false });
    expect(at([], 600).gapAt(-20, true)).toEqual({ gap: 0, pin: true });
    expect(at([], 600).gapAt(-20, false)).toEqual({ gap: 0, pin: false });
  });
});

describe("a grid with pinned and hidden columns", () => {
  let grid: Grid;
  const onLayout = vi.fn();
  const onCopy = vi.fn();
  const source: GridSource = {
    generation: "g",
    columns: columnsOf(40),
    rows: () => ({ known: 50, more: false }),
    cell: (row, column) => ({ text: `${row}/${column}`, class: "text" }),
    ensure() {},
    subscribe: () => () => {},
  };
  const key = (name: string, more: KeyboardEventInit = {}) =>
    grid.scroller.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, ...more }));
  const activeText = () => {
    const id = grid.scroller.getAttribute("aria-activedescendant");
    return id ? document.getElementById(id)?.textContent : undefined;
  };
  const pinnedHeads = () =>
    [...grid.scroller.querySelectorAll(".rg-pinned [role=columnheader]")].map((head) => head.textContent);
  beforeEach(() => {
    vi.useFakeTimers();
    // jsdom lays nothing out: a window of this size.
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
    document.body.replaceChildren();
    grid = new Grid(document.body, { label: "Rows", rowHeight: 26, headerHeight: 40, events: { onLayout, onCopy } });
    grid.setSource(source);
  });
  afterEach(() => {
    grid.destroy();
    vi.restoreAllMocks();
    vi.useRealTimers();
    onLayout.mockReset();
    onCopy.mockReset();
  });

  it("has no pane for pinned columns before one is pinned, and none after the last is let go", () => {
    const panes = () => grid.scroller.querySelectorAll(".rg-pinned, .rg-over, .rg-pinned-edge").length;
    expect(panes()).toBe(0);
    grid.arrange(grid.columns.pinning([5], true), true);
    expect(panes()).toBe(4);
    expect(grid.scroller.querySelector(".rg-over > .rg-cursor")).not.toBeNull();
    grid.arrange(grid.columns.pinning([5], false), true);
    expect(panes()).toBe(0);
    expect(grid.scroller.querySelector(".rg-body > .rg-cursor")).not.toBeNull();
  });

  it("draws pinned columns however far the others are scrolled, and walks over the edge by keys", () => {
    grid.arrange(grid.columns.pinning([5, 7], true), true);
    expect(pinnedHeads()).toEqual(["column 5", "column 7"]);
    grid.scrollBy(1_500, 0);
    expect(pinnedHeads()).toEqual(["column 5", "column 7"]);
    key("ArrowDown");
    expect(activeText()).toBe("0/5");
    key("ArrowRight");
    expect(activeText()).toBe("0/7");
    key("ArrowRight");
    expect(activeText()).toBe("0/0");
    expect(grid.left).toBe(0);
    key("End");
    expect(activeText()).toBe("0/39");
    key("Home");
    expect(activeText()).toBe("0/5");
    expect(grid.left).toBeGreaterThan(0);
  });

  it("copies the visible columns in visible order", () => {
    grid.arrange(grid.columns.pinning([3], true), true);
    grid.arrange(grid.columns.hiding([0, 1]), true);
    key("ArrowDown");
    key("ArrowRight", { shiftKey: true });
    key("ArrowRight", { shiftKey: true });
    key("c", { ctrlKey: true });
    expect(onCopy).toHaveBeenCalledWith({ firstRow: 0, lastRow: 0, columns: [3, 2, 4], kind: "cells" });
    expect(grid.scroller.getAttribute("aria-colcount")).toBe("38");
  });

  it("keeps the cursor on its column when others are hidden, and shows a hidden one that is gone to", () => {
    grid.activate({ row: 2, column: 6 });
    grid.arrange(grid.columns.hiding([0, 1, 2]), true);
    expect(activeText()).toBe("2/6");
    grid.activate({ row: 2, column: 1 });
    expect(activeText()).toBe("2/1");
    expect(grid.layout.hidden).toEqual(["c0", "c2"]);
    expect(onLayout).toHaveBeenLastCalledWith(grid.layout);
  });

  it("moves a column over hidden ones, and never across the pinned edge by keys and menus", () => {
    grid.arrange(grid.columns.hiding([1, 2]), true);
    grid.moveColumn(0, 1);
    expect(grid.visibleColumns.slice(0, 3)).toEqual([3, 0, 4]);
    grid.arrange(grid.columns.pinning([3], true), true);
    grid.moveColumn(0, 1);
    expect(grid.visibleColumns[0]).toBe(3);
  });

  it("takes the width of a pinned column, and tells it", () => {
    grid.arrange(grid.columns.pinning([3], true), true);
    grid.resizeColumn(0, 240);
    expect(grid.sideways.fixedWidth).toBe(240);
    expect(grid.layout.widths["c3"]).toBe(240);
    expect(grid.layout.pinned).toEqual(["c3"]);
  });

  it("goes back to how the columns came", () => {
    grid.arrange(grid.columns.pinning([3], true), true);
    grid.arrange(grid.columns.hiding([0]), true);
    grid.resetLayout();
    expect(grid.layout.hidden).toBeUndefined();
    expect(grid.layout.pinned).toBeUndefined();
    expect(grid.visibleColumns.slice(0, 4)).toEqual([0, 1, 2, 3]);
  });

  it("shows the same layout again from what it told", () => {
    grid.arrange(grid.columns.pinning([3], true), true);
    grid.arrange(grid.columns.hiding([0]), true);
    const kept = JSON.parse(JSON.stringify(onLayout.mock.lastCall?.[0])) as GridLayout;
    grid.setSource({ ...source, generation: "next" });
    grid.setOptions({ label: "Rows", rowHeight: 26, headerHeight: 40, events: {}, layout: kept });
    expect(grid.visibleColumns.slice(0, 3)).toEqual([3, 1, 2]);
    expect(grid.sideways.fixed).toBe(1);
  });
});
