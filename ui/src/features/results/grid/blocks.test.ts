import { describe, expect, it, vi } from "vitest";
import { BLOCK_ROWS, BlockSource, type Window, type WindowRequest } from "./blocks";
import type { GridColumn } from "./types";

interface Asked {
  request: WindowRequest;
  answer: (rows?: number) => Promise<void>;
  fail: () => Promise<void>;
}

function setUp(options: { rows?: number; columns?: number; more?: boolean; kept?: number; generation?: string } = {}) {
  const asked: Asked[] = [];
  const columns: GridColumn[] = Array.from({ length: options.columns ?? 16 }, (_, index) => ({
    id: String(index),
    name: String(index),
    align: "left",
  }));
  const failures: unknown[] = [];
  const source = new BlockSource({
    generation: options.generation ?? "run-1",
    columns,
    known: options.rows ?? 100_000,
    more: options.more ?? false,
    onFailure: (error) => failures.push(error),
    ...(options.kept ? { kept: options.kept } : {}),
    fetch: (request) =>
      new Promise<Window>((resolve, reject) => {
        asked.push({
          request,
          answer: async (rows = request.rowCount) => {
            resolve({
              rowCount: rows,
              cell: (row, column) => ({
                text: `${request.generation}:${request.firstRow + row}:${request.firstColumn + column}`,
                class: "text",
              }),
            });
            await new Promise((done) => setTimeout(done));
          },
          fail: async () => {
            reject(new Error("gone"));
            await new Promise((done) => setTimeout(done));
          },
        });
      }),
  });
  return { source, asked, failures };
}

describe("the block cache", () => {
  it("asks by whole blocks and finds the cell afterwards", async () => {
    const { source, asked } = setUp();
    expect(source.cell(130, 3)).toBeUndefined();
    source.ensure(130, 160, [3]);
    expect(asked[0]?.request).toMatchObject({ firstRow: 128, rowCount: 128, firstColumn: 0, columnCount: 16 });
    await asked[0]?.answer();
    expect(source.cell(130, 3)?.text).toBe("run-1:130:3");
  });

  it("carries adjacent column blocks in one request", () => {
    const { source, asked } = setUp({ columns: 50 });
    source.ensure(0, 40, [0, 17, 33, 49]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.request).toMatchObject({ firstColumn: 0, columnCount: 50 });
  });

  it("has at most two requests in flight, and the latest window wins", async () => {
    const { source, asked } = setUp();
    source.ensure(0, 10, [0]);
    source.ensure(10_000, 10_010, [0]);
    source.ensure(20_000, 20_010, [0]);
    source.ensure(90_000, 90_010, [0]);
    expect(asked).toHaveLength(2);
    await asked[0]?.answer();
    // The window at 20,000 was passed by: nobody asks for it any more.
    expect(asked.map((one) => one.request.firstRow)).toEqual([0, 9_984, 89_984]);
  });

  it("does not ask twice for what is on its way", () => {
    const { source, asked } = setUp();
    source.ensure(0, 10, [0]);
    source.ensure(0, 20, [0]);
    expect(asked).toHaveLength(1);
  });

  it("forgets the least recently wanted block first", async () => {
    const { source, asked } = setUp({ kept: 2 });
    for (const row of [0, 128, 0, 256]) {
      source.ensure(row, row, [0]);
      await asked[asked.length - 1]?.answer();
    }
    expect(source.cell(0, 0)).toBeDefined();
    expect(source.cell(256, 0)).toBeDefined();
    expect(source.cell(128, 0)).toBeUndefined();
  });

  it("shows the first rows of a growing block at once and asks for the rest when there is more", async () => {
    const { source, asked } = setUp({ rows: 40, more: true });
    source.ensure(0, 60, [0]);
    expect(asked[0]?.request.rowCount).toBe(40);
    await asked[0]?.answer();
    source.ensure(0, 60, [0]);
    expect(asked).toHaveLength(1);
    source.grow(90, true);
    expect(source.cell(10, 0)?.text).toBe("run-1:10:0");
    expect(source.cell(50, 0)).toBeUndefined();
    source.ensure(0, 60, [0]);
    expect(asked[1]?.request.rowCount).toBe(90);
    expect(source.cell(10, 0)?.text).toBe("run-1:10:0");
  });

  it("never shows a row past the known ones", async () => {
    const { source, asked } = setUp({ rows: 5 });
    source.ensure(0, BLOCK_ROWS, [0]);
    await asked[0]?.answer(BLOCK_ROWS);
    expect(source.cell(4, 0)).toBeDefined();
    expect(source.cell(5, 0)).toBeUndefined();
  });

  it("drops what arrives after it was closed", async () => {
    const { source, asked } = setUp();
    const heard = vi.fn();
    source.subscribe(heard);
    source.ensure(0, 10, [0]);
    source.close();
    await asked[0]?.answer();
    expect(source.cell(0, 0)).toBeUndefined();
    expect(heard).not.toHaveBeenCalled();
  });

  it("tells of a failure and does not ask again at once", async () => {
    const { source, asked, failures } = setUp();
    source.ensure(0, 10, [0]);
    await asked[0]?.fail();
    source.ensure(0, 10, [0]);
    expect(failures).toHaveLength(1);
    expect(asked).toHaveLength(1);
    source.retry();
    source.ensure(0, 10, [0]);
    expect(asked).toHaveLength(2);
  });
});
