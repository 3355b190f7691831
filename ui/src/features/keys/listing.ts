/**
 * The rows of one list of keys that are in sight. The core reads the list and holds it; here are some hundred of its rows. While
 * it grows, what is in sight stays where it is: rows that come above it move the place that is looked at.
 */
import { type AppError, failureOf, type Host, type KeysProgress, type KeysWanted, type KeyTreeRow } from "@/ipc";
import { compareRows, rowId } from "./model";

export type Reader = Pick<Host, "keysList" | "keysGoOn" | "keysWindow" | "keysClose">;

export interface ListState {
  /** Nothing was listed yet; nothing can be. */
  readonly phase: "starting" | "ready" | "failed";
  readonly error: AppError | null;
  readonly progress: KeysProgress | null;
  readonly total: number;
  readonly rows: ReadonlyMap<number, KeyTreeRow>;
  /** How many rows what is in sight has moved, once for each `seq`. */
  readonly shift: { readonly seq: number; readonly by: number };
}

export interface Anchor {
  readonly row: KeyTreeRow;
  readonly index: number;
}

const EMPTY: ListState = {
  phase: "starting",
  error: null,
  progress: null,
  total: 0,
  rows: new Map(),
  shift: { seq: 0, by: 0 },
};

/** Between two looks at a list that is being read. */
export const EVERY_MS = 400;
/** Rows around what is in sight. */
const MARGIN = 60;
/** A new reading takes the place of the one before when it has as much, or after so long. */
const PATIENCE_MS = 3_000;
const MOST_RANGE = 5_000;

export class KeyList {
  private state: ListState = EMPTY;
  private readonly listeners = new Set<() => void>();
  private id: string | null = null;
  private wanted: KeysWanted | null = null;
  private expanded: readonly string[] = [];
  private seen = { first: 0, last: 60 };
  private version = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private again = false;
  /** Raised by whatever makes an answer that is under way stale. */
  private generation = 0;
  private active = true;
  /** What must not move under a person's eyes; none where nobody looks at a row in particular. */
  anchor: () => Anchor | null = () => null;

  private readonly reader: Reader;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ListState => this.state;

  private set(change: Partial<ListState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  get listId(): string | null {
    return this.id;
  }

  /** Lists keys; rows of a list of the same wish stay until there is as much again. */
  async start(wanted: KeysWanted, expanded: readonly string[]): Promise<void> {
    const same = JSON.stringify(wanted) === JSON.stringify(this.wanted) && this.state.phase === "ready";
    this.generation += 1;
    const mine = this.generation;
    clearTimeout(this.timer);
    const before = this.id;
    const had = this.state.progress?.keys ?? 0;
    this.wanted = wanted;
    this.expanded = expanded;
    if (!same) {
      // Rows of another wish must not come back for this one.
      this.id = null;
      if (before !== null) this.forget(before);
      this.set({ ...EMPTY, shift: this.state.shift });
    }
    try {
      let progress = await this.reader.keysList(wanted);
      if (mine !== this.generation) return void this.forget(progress.id);
      const begun = Date.now();
      while (same && progress.state.state === "reading" && progress.keys < had && Date.now() - begun < PATIENCE_MS) {
        this.set({ progress });
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS / 4));
        const look = await this.reader.keysWindow({ id: progress.id, expanded: [], offset: 0, limit: 0 });
        if (mine !== this.generation) return void this.forget(progress.id);
        progress = look.progress;
      }
      this.id = progress.id;
      this.version = "";
      if (same && before !== null) this.forget(before);
      await this.load();
    } catch (thrown) {
      // What was listed before stays, with what is wrong above it.
      if (mine === this.generation) this.set({ phase: same ? "ready" : "failed", error: failureOf(thrown) });
    }
  }

  private forget(id: string): void {
    void this.reader.keysClose(id).catch(() => undefined);
  }

  async goOn(): Promise<void> {
    if (this.id === null) return;
    try {
      this.set({ progress: await this.reader.keysGoOn(this.id) });
      await this.load();
    } catch (thrown) {
      this.set({ error: failureOf(thrown) });
    }
  }

  /** These rows are in sight. */
  see(first: number, last: number): void {
    this.seen = { first, last };
    for (let at = first; at < Math.min(last, this.state.total); at += 1)
      if (!this.state.rows.has(at)) return void this.load();
  }

  open(expanded: readonly string[]): void {
    this.expanded = expanded;
    this.version = "";
    void this.load(false);
  }

  /** A list that nobody looks at is not asked for. */
  attend(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    if (active && this.id !== null) void this.load();
    else clearTimeout(this.timer);
  }

  close(): void {
    this.generation += 1;
    clearTimeout(this.timer);
    if (this.id !== null) this.forget(this.id);
    this.id = null;
    this.wanted = null;
    this.state = EMPTY;
  }

  /** Reads what is in sight anew. */
  async load(anchored = true): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    clearTimeout(this.timer);
    const { id, generation } = this;
    try {
      if (id !== null) await this.take(id, anchored);
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (generation !== this.generation) return;
      // It was forgotten: too many others came since, or the connection is another.
      if (failure.code === "not_found" && this.wanted) {
        const { wanted } = this;
        this.id = null;
        queueMicrotask(() => void this.start(wanted, this.expanded));
      } else this.set({ error: failure, phase: this.state.phase === "starting" ? "failed" : this.state.phase });
    } finally {
      this.running = false;
      if (this.again) {
        this.again = false;
        void this.load(anchored);
      } else if (this.active && this.state.progress?.state.state === "reading" && this.id !== null)
        this.timer = setTimeout(() => void this.load(), EVERY_MS);
    }
  }

  private async take(id: string, anchored: boolean): Promise<void> {
    const { generation, expanded } = this;
    const held = anchored ? this.anchor() : null;
    const look = (first: number, last: number) => {
      const offset = Math.max(0, first - MARGIN);
      const limit = Math.max(1, last - offset + MARGIN);
      return this.reader.keysWindow({ id, expanded: [...expanded], offset, limit }).then((window) => ({
        ...window,
        rows: new Map(window.rows.map((row, at) => [offset + at, row] as const)),
      }));
    };
    let window = await look(this.seen.first, this.seen.last);
    if (generation !== this.generation || expanded !== this.expanded) {
      this.again = true;
      return;
    }
    const version = `${id} ${window.progress.version}`;
    let by = 0;
    if (version === this.version) {
      const rows = new Map(this.state.rows);
      for (const [at, row] of window.rows) rows.set(at, row);
      // Far more than is in sight is not kept.
      if (rows.size > 4_000) for (const at of rows.keys()) if (!window.rows.has(at)) rows.delete(at);
      window = { ...window, rows };
    } else if (held) {
      const id = rowId(held.row);
      const found = [...window.rows].find(([, row]) => rowId(row) === id)?.[0];
      const now = found ?? (await this.locate(held.row, window.total));
      if (generation !== this.generation) return;
      by = now - held.index;
      if (found === undefined && by !== 0) window = await look(this.seen.first + by, this.seen.last + by);
      if (generation !== this.generation) return;
    }
    this.version = version;
    const { shift } = this.state;
    this.set({
      phase: "ready",
      error: null,
      progress: window.progress,
      total: window.total,
      rows: window.rows,
      ...(by === 0 ? {} : { shift: { seq: shift.seq + 1, by } }),
    });
  }

  /** Where a row is now, or would be: rows stand in the order of their names. */
  async locate(row: Pick<KeyTreeRow, "key" | "keys">, total = this.state.total): Promise<number> {
    let [low, high] = [0, total];
    while (low < high && this.id !== null) {
      const middle = (low + high) >> 1;
      const known = await this.fetch(middle, 1);
      const at = known[0];
      if (at && compareRows(at, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private async fetch(offset: number, limit: number): Promise<readonly KeyTreeRow[]> {
    if (this.id === null) return [];
    return (await this.reader.keysWindow({ id: this.id, expanded: [...this.expanded], offset, limit })).rows;
  }

  async rowAt(index: number): Promise<KeyTreeRow | undefined> {
    return this.state.rows.get(index) ?? (await this.fetch(index, 1))[0];
  }

  /** Rows from one place to another, both with them; not more than can be meant. */
  async range(from: number, to: number): Promise<readonly KeyTreeRow[]> {
    const first = Math.min(from, to);
    return this.fetch(first, Math.min(MOST_RANGE, Math.abs(to - from) + 1));
  }
}
