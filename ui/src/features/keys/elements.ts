/** The elements of one value that were in sight: by place where it has an order, else one part behind the other. */
import { type AppError, failureOf, type Host, type KeyElement, type KeysOf } from "@/ipc";

export const PAGE = 200;

export interface ElementsState {
  /** `waiting`: nothing is there yet. */
  readonly phase: "waiting" | "ready" | "failed";
  readonly error: AppError | null;
  readonly rows: ReadonlyMap<number, KeyElement>;
  /** Rows there are to scroll through: all of an order, else those that were read. */
  readonly count: number;
  /** Elements of the whole value. */
  readonly total: number;
  /** More can be read behind the last. */
  readonly more: boolean;
}

export interface ElementsOf {
  readonly of: KeysOf;
  readonly key: string;
  readonly kind: string;
  readonly pattern: string;
  readonly backwards: boolean;
}

const EMPTY: ElementsState = { phase: "waiting", error: null, rows: new Map(), count: 0, total: 0, more: false };

/** Whether elements are read by their place. */
export const isOrdered = (kind: string): boolean => kind === "list" || kind === "zset";

export class Elements {
  private state: ElementsState = EMPTY;
  private readonly listeners = new Set<() => void>();
  private readonly asked = new Set<number>();
  private next: string | null = null;
  private generation = 0;

  private readonly what: ElementsOf;
  private readonly reader: Pick<Host, "keyRead">;

  constructor(what: ElementsOf, reader: Pick<Host, "keyRead">) {
    this.what = what;
    this.reader = reader;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ElementsState => this.state;

  private set(change: Partial<ElementsState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private read(first: number, from: string | null) {
    const { of, key, kind, pattern, backwards } = this.what;
    const filter = pattern === "" ? null : pattern;
    return this.reader.keyRead({ of, key, kind, first, from, most: PAGE, backwards, pattern: filter });
  }

  /** Everything anew; what is there stays until then. */
  async begin(): Promise<void> {
    this.generation += 1;
    this.asked.clear();
    const mine = this.generation;
    try {
      const ordered = isOrdered(this.what.kind);
      const part = await this.read(0, null);
      if (mine !== this.generation) return;
      this.next = part.next;
      const unlike = unique(part.elements, new Map());
      const rows = new Map(unlike.map((element, at) => [at, element] as const));
      const count = ordered ? part.total : rows.size;
      this.set({ phase: "ready", error: null, rows, count, total: part.total, more: !ordered && part.next !== null });
      if (!ordered && rows.size === 0 && part.next !== null) await this.onward();
    } catch (thrown) {
      if (mine === this.generation)
        this.set({ error: failureOf(thrown), phase: this.state.phase === "ready" ? "ready" : "failed" });
    }
  }

  /** These rows are in sight. */
  see(first: number, last: number): void {
    if (this.state.phase !== "ready" || this.state.error) return;
    if (!isOrdered(this.what.kind)) {
      if (this.state.more && last >= this.state.count) void this.onward();
      return;
    }
    for (let at = first - (first % PAGE); at < Math.min(last, this.state.count); at += PAGE)
      if (!this.state.rows.has(Math.max(at, first)) && !this.asked.has(at)) void this.page(at);
  }

  private async page(first: number): Promise<void> {
    this.asked.add(first);
    const mine = this.generation;
    try {
      const part = await this.read(first, null);
      if (mine !== this.generation) return;
      const rows = new Map(this.state.rows);
      part.elements.forEach((element, at) => {
        rows.set(first + at, element);
      });
      this.set({ rows, count: part.total, total: part.total });
    } catch (thrown) {
      if (mine === this.generation) this.set({ error: failureOf(thrown) });
    } finally {
      if (mine === this.generation) this.asked.delete(first);
    }
  }

  /** The part behind the last one. A scan may give some twice, and parts with none that fits. */
  private async onward(): Promise<void> {
    if (this.asked.has(-1)) return;
    this.asked.add(-1);
    const mine = this.generation;
    try {
      for (let empty = 0; empty < 50 && this.next !== null; empty += 1) {
        const part = await this.read(0, this.next);
        if (mine !== this.generation) return;
        this.next = part.next;
        const rows = new Map(this.state.rows);
        for (const element of unique(part.elements, this.state.rows)) rows.set(rows.size, element);
        const found = rows.size > this.state.count;
        this.set({ rows, count: rows.size, total: part.total, more: part.next !== null });
        if (found) return;
      }
    } catch (thrown) {
      if (mine === this.generation) this.set({ error: failureOf(thrown) });
    } finally {
      if (mine === this.generation) this.asked.delete(-1);
    }
  }

  /** What stands where this element was read: at its place, or by its name. Fails where nothing does. */
  async one({ name, place }: KeyElement): Promise<KeyElement> {
    const { of, key, kind } = this.what;
    const read = { of, key, kind, first: place ?? 0, from: null, most: 1, backwards: false, pattern: null };
    const { elements } = await this.reader.keyRead({ ...read, name, whole: true });
    const [found] = elements;
    if (!found) throw new Error("It is not there any more.");
    return found;
  }

  /** Another element stands in a row now. */
  put(at: number, element: KeyElement): void {
    this.set({ rows: new Map(this.state.rows).set(at, element), error: null });
  }

  /** A row went. */
  drop(at: number): void {
    const left = [...this.state.rows].filter(([index]) => index !== at);
    const moved = left.map(([index, element]): [number, KeyElement] => {
      const place = element.place !== null && index > at ? element.place - 1 : element.place;
      return [index > at ? index - 1 : index, { ...element, place }];
    });
    const { count, total } = this.state;
    this.set({ rows: new Map(moved), count: Math.max(0, count - 1), total: Math.max(0, total - 1), error: null });
  }

  stop(): void {
    this.generation += 1;
  }
}

function unique(elements: readonly KeyElement[], known: ReadonlyMap<number, KeyElement>): KeyElement[] {
  const names = new Set([...known.values()].map(({ name }) => name));
  return elements.filter(({ name }) => {
    if (name === null) return true;
    const had = names.has(name);
    names.add(name);
    return !had;
  });
}
