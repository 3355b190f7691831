import { describe, expect, it } from "vitest";
import { ColumnAxis, ScrollMap, SIZER_CAP, viewportOf } from "./geometry";

const ROW = 26;
const VIEW = 800;

function map(rows: number) {
  const made = new ScrollMap();
  made.resize(rows, ROW, VIEW);
  return made;
}

it("never sees more than a screen, also of a scroller that is as tall as its million rows", () => {
  expect(viewportOf({ clientWidth: 1_440, clientHeight: 860 })).toEqual({ width: 1_440, height: 860 });
  const unstyled = viewportOf({ clientWidth: 1_440, clientHeight: 8_000_000 });
  expect(unstyled.height / ROW).toBeLessThan(400);
});

describe("the vertical axis", () => {
  it("is one to one while the rows fit under the cap", () => {
    const small = map(1_000);
    expect(small.scaled).toBe(false);
    small.scrolledTo(5_000);
    expect(small.top).toBe(5_000);
    expect(small.sizerHeight).toBe(26_000);
  });

  it("keeps the sizer under the cap for ten million rows", () => {
    expect(map(10_000_000).sizerHeight).toBe(SIZER_CAP);
  });

  it("reaches exactly the first and the last row with the thumb", () => {
    const big = map(10_000_000);
    big.scrolledTo(big.maxPhysical);
    expect(big.top).toBe(10_000_000 * ROW - VIEW);
    expect(big.rowAt(VIEW - 1)).toBe(9_999_999);
    big.scrolledTo(0);
    expect(big.top).toBe(0);
    expect(big.rowAt(0)).toBe(0);
  });

  it("scales a jump of the thumb and moves a wheel step one to one", () => {
    const big = map(10_000_000);
    big.scrolledTo(4_000_000);
    expect(big.top / big.maxTop).toBeCloseTo(0.5, 3);
    const before = big.top;
    big.scrolledTo(big.physical + 40);
    expect(big.top).toBe(before + 40);
    big.scrolledTo(big.physical - 120);
    expect(big.top).toBe(before - 80);
  });

  it("does not skip rows when the wheel runs into the physical start before the logical one", () => {
    const big = map(10_000_000);
    big.moveTo(100_000);
    big.scrolledTo(30);
    big.moveTo(100_000);
    // The scroller stands near its start: wheel upwards until the logical start is reached.
    let steps = 0;
    while (big.top > 0 && steps < 2_000) {
      const before = big.top;
      const physical = Math.max(0, big.physical - 100);
      if (big.scrolledTo(physical)) big.physical = big.anchor();
      expect(before - big.top).toBeLessThanOrEqual(100);
      steps += 1;
    }
    expect(big.top).toBe(0);
    expect(steps).toBeGreaterThan(990);
  });

  it("gets to the last row by wheel steps too", () => {
    const big = map(1_000_000);
    big.moveTo(big.maxTop - 5_000);
    let steps = 0;
    while (big.top < big.maxTop && steps < 500) {
      const physical = Math.min(big.maxPhysical, big.physical + 40);
      if (big.scrolledTo(physical)) big.physical = big.anchor();
      steps += 1;
    }
    expect(big.rowAt(VIEW - 1)).toBe(999_999);
    expect(steps).toBe(125);
  });

  it("leaves the top row where it is when rows are appended", () => {
    const growing = map(300_000);
    growing.moveTo(1_234_567);
    growing.resize(400_000, ROW, VIEW);
    expect(growing.scaled).toBe(true);
    expect(growing.top).toBe(1_234_567);
  });

  it("keeps the row at the top when the rows get taller", () => {
    const dense = map(100_000);
    dense.moveTo(ROW * 500);
    dense.resize(100_000, 32, VIEW);
    expect(dense.top).toBe(32 * 500);
  });

  it("shows a row with the least movement", () => {
    const small = map(1_000);
    small.moveTo(2_600);
    expect(small.topShowing(100)).toBe(2_600);
    expect(small.topShowing(99)).toBe(2_574);
    expect(small.topShowing(999)).toBe(small.maxTop);
  });

  it("is never below zero with no rows at all", () => {
    const none = map(0);
    none.scrolledTo(10);
    expect(none.top).toBe(0);
    expect(none.maxTop).toBe(0);
  });
});

describe("the horizontal axis", () => {
  const widths = Array.from({ length: 1_600 }, (_, index) => 60 + ((index * 13) % 60));

  it("finds the column under every edge", () => {
    const axis = new ColumnAxis(widths);
    for (const index of [0, 1, 799, 1_599]) {
      expect(axis.at(axis.start(index))).toBe(index);
      expect(axis.at(axis.start(index) + axis.width(index) - 0.5)).toBe(index);
    }
    expect(axis.at(axis.total + 500)).toBe(1_599);
    expect(axis.at(-5)).toBe(0);
  });

  it("draws only what a viewport can show of 1,600 columns", () => {
    expect(new ColumnAxis(widths).mostVisible(1_000)).toBeLessThan(20);
  });

  it("shifts what follows a resized column", () => {
    const axis = new ColumnAxis([100, 100, 100]);
    axis.setWidth(1, 150);
    expect([axis.start(1), axis.start(2), axis.total]).toEqual([100, 250, 350]);
  });

  it("names the gap a dragged column would land in", () => {
    const axis = new ColumnAxis([100, 100, 100]);
    expect([axis.gapAt(10), axis.gapAt(60), axis.gapAt(290)]).toEqual([0, 1, 3]);
  });

  it("brings a column into view by its nearer edge", () => {
    const axis = new ColumnAxis([100, 100, 100, 100]);
    expect(axis.leftShowing(3, 0, 250)).toBe(150);
    expect(axis.leftShowing(0, 150, 250)).toBe(0);
    expect(axis.leftShowing(2, 100, 250)).toBe(100);
  });
});
