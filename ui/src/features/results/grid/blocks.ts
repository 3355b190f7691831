import type { Cell, GridColumn, GridSource } from "./types";

export const BLOCK_ROWS = 128;
export const BLOCK_COLUMNS = 16;
const IN_FLIGHT = 2;
const KEPT = 600;
/** After a failure the same block is not asked for again this soon. */
const RETRY_AFTER = 2_000;

export interface WindowRequest {
  generation: string;
  firstRow: number;
  rowCount: number;
  firstColumn: number;
  columnCount: number;
}

/** A rectangle of cells as it arrived; rows and columns count from its own corner. */
export interface Window {
  /** Can be fewer than asked: the run has no more yet. */
  rowCount: number;
  cell(row: number, column: number): Cell;
}

export type FetchWindow = (request: WindowRequest, signal: AbortSignal) => Promise<Window>;

interface Entry {
  window: Window;
  firstRow: number;
  firstColumn: number;
}

export interface BlockSourceOptions {
  generation: string;
  columns: readonly GridColumn[];
  fetch: FetchWindow;
  known: number;
  more: boolean;
  onFailure?: (error: unknown) => void;
  /** Blocks kept; the least recently wanted goes first. */
  kept?: number;
  /** Cells that show until these rows' own are here: of the same rows, as they were read before. */
  before?: ((row: number, column: number) => Cell | undefined) | undefined;
}

/**
 * Rows by blocks of 128 x 16. The latest window wins: what nobody looks at any more is never asked for. At most two
 * requests run; each carries the adjacent missing blocks of one band of rows. Belongs to one run for all its life.
 */
export class BlockSource implements GridSource {
  readonly generation: string;
  readonly columns: readonly GridColumn[];
  private readonly fetch: FetchWindow;
  private readonly onFailure: ((error: unknown) => void) | undefined;
  private readonly kept: number;
  private readonly before: BlockSourceOptions["before"];
  private readonly bands: number;
  private known: number;
  private more: boolean;
  private readonly entries = new Map<number, Entry>();
  private readonly pending = new Set<number>();
  private readonly failed = new Map<number, number>();
  private readonly listeners = new Set<() => void>();
  private readonly closing = new AbortController();
  private wanted: number[] = [];
  private inFlight = 0;

  constructor(options: BlockSourceOptions) {
    this.generation = options.generation;
    this.columns = options.columns;
    this.fetch = options.fetch;
    this.onFailure = options.onFailure;
    this.kept = options.kept ?? KEPT;
    this.before = options.before;
    this.known = options.known;
    this.more = options.more;
    this.bands = Math.max(1, Math.ceil(options.columns.length / BLOCK_COLUMNS));
  }

  rows() {
    return { known: this.known, more: this.more };
  }

  /** The run went on: more rows are held now. A count never shrinks within a run. */
  grow(known: number, more: boolean) {
    if (known <= this.known && more === this.more) return;
    this.known = Math.max(known, this.known);
    this.more = more;
    this.notify();
  }

  /** Stops all requests. What arrives later is dropped. */
  close() {
    this.closing.abort();
    this.listeners.clear();
    this.entries.clear();
    this.wanted = [];
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  cell(row: number, column: number): Cell | undefined {
    const entry = this.entries.get(this.keyOf(Math.floor(row / BLOCK_ROWS), Math.floor(column / BLOCK_COLUMNS)));
    if (row >= this.known) return undefined;
    if (!entry) return this.before?.(row, column);
    const inside = row - entry.firstRow;
    return inside < entry.window.rowCount ? entry.window.cell(inside, column - entry.firstColumn) : undefined;
  }

  /** The cells that are here now, for whatever reads the same rows again; it outlives the source. */
  keepsake(): (row: number, column: number) => Cell | undefined {
    const entries = new Map(this.entries);
    return (row, column) => {
      const entry = entries.get(this.keyOf(Math.floor(row / BLOCK_ROWS), Math.floor(column / BLOCK_COLUMNS)));
      const inside = entry ? row - entry.firstRow : 0;
      if (!entry || inside >= entry.window.rowCount) return undefined;
      return entry.window.cell(inside, column - entry.firstColumn);
    };
  }

  ensure(firstRow: number, lastRow: number, columns: readonly number[]) {
    const bands = [...new Set(columns.map((column) => Math.floor(column / BLOCK_COLUMNS)))].sort((a, b) => a - b);
    const last = Math.min(lastRow, this.known - 1);
    this.wanted = [];
    for (let block = Math.floor(firstRow / BLOCK_ROWS); block * BLOCK_ROWS <= last; block++) this.want(block, bands);
    this.pump();
  }

  /** As `ensure`, for rows that stand here and there. */
  ensureRows(rows: readonly number[], columns: readonly number[]) {
    const bands = [...new Set(columns.map((column) => Math.floor(column / BLOCK_COLUMNS)))].sort((a, b) => a - b);
    const here = rows.filter((row) => row >= 0 && row < this.known);
    const blocks = [...new Set(here.map((row) => Math.floor(row / BLOCK_ROWS)))].sort((a, b) => a - b);
    this.wanted = [];
    for (const block of blocks) this.want(block, bands);
    this.pump();
  }

  private want(block: number, bands: readonly number[]) {
    for (const band of bands) {
      const key = this.keyOf(block, band);
      const entry = this.entries.get(key);
      if (entry) {
        // Wanted again: the youngest of all.
        this.entries.delete(key);
        this.entries.set(key, entry);
      }
      if (!this.complete(entry, block) && !this.pending.has(key) && !this.resting(key)) this.wanted.push(key);
    }
  }

  /** Asks again for what failed. */
  retry() {
    this.failed.clear();
    this.notify();
  }

  private keyOf(block: number, band: number): number {
    return block * this.bands + band;
  }

  /** A block taken while the run was still reading may hold only its first rows. */
  private complete(entry: Entry | undefined, block: number): boolean {
    if (!entry) return false;
    return entry.window.rowCount >= Math.min(BLOCK_ROWS, this.known - block * BLOCK_ROWS);
  }

  private resting(key: number): boolean {
    const since = this.failed.get(key);
    return since !== undefined && Date.now() - since < RETRY_AFTER;
  }

  private notify() {
    for (const listener of this.listeners) listener();
  }

  /** Takes from the front of what is wanted the blocks that one request can carry. */
  private take(): { keys: number[]; block: number; firstBand: number } | undefined {
    const first = this.wanted.shift();
    if (first === undefined) return undefined;
    const keys = [first];
    const block = Math.floor(first / this.bands);
    while (this.wanted[0] === first + keys.length && Math.floor((this.wanted[0] ?? -1) / this.bands) === block) {
      this.wanted.shift();
      keys.push(first + keys.length);
    }
    return { keys, block, firstBand: first % this.bands };
  }

  private pump() {
    while (this.inFlight < IN_FLIGHT && !this.closing.signal.aborted) {
      const next = this.take();
      if (!next) return;
      this.inFlight += 1;
      for (const key of next.keys) this.pending.add(key);
      void this.load(next);
    }
  }

  private async load({ keys, block, firstBand }: { keys: number[]; block: number; firstBand: number }) {
    const firstRow = block * BLOCK_ROWS;
    const firstColumn = firstBand * BLOCK_COLUMNS;
    const request: WindowRequest = {
      generation: this.generation,
      firstRow,
      rowCount: Math.min(BLOCK_ROWS, this.known - firstRow),
      firstColumn,
      columnCount: Math.min(keys.length * BLOCK_COLUMNS, this.columns.length - firstColumn),
    };
    try {
      const window = await this.fetch(request, this.closing.signal);
      if (this.closing.signal.aborted) return;
      for (const key of keys) {
        this.failed.delete(key);
        this.entries.delete(key);
        this.entries.set(key, { window, firstRow, firstColumn });
      }
      this.evict();
    } catch (error) {
      if (this.closing.signal.aborted) return;
      for (const key of keys) this.failed.set(key, Date.now());
      this.onFailure?.(error);
    } finally {
      this.inFlight -= 1;
      for (const key of keys) this.pending.delete(key);
      if (!this.closing.signal.aborted) {
        this.notify();
        this.pump();
      }
    }
  }

  private evict() {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= this.kept) return;
      this.entries.delete(key);
    }
  }
}
