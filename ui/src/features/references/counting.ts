/** Counts what refers to a row: one key after the other, so that the rows of a tab never wait behind them. */
import { failureOf, host } from "@/ipc";
import { nextAsk } from "./asks";
import { type CountedKey, type Tally, tallyOf } from "./model";

export type Tallies = ReadonlyMap<string, Tally>;

export class Counting {
  private tallies: Tallies = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly keys: readonly CountedKey[];
  private queue: string[] = [];
  private running: string | null = null;
  private busy = false;
  private stopped = true;

  constructor(keys: readonly CountedKey[]) {
    this.keys = keys;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): Tallies => this.tallies;

  private set(id: string, tally: Tally): void {
    this.tallies = new Map(this.tallies).set(id, tally);
    for (const listener of this.listeners) listener();
  }

  /** Counts everything. Returns what stops it, also at the server. */
  start(): () => void {
    this.stopped = false;
    this.queue = this.keys.map(({ id }) => id);
    void this.work();
    return () => {
      this.stopped = true;
      this.queue = [];
      if (this.running !== null)
        host()
          .stopAsking(this.running)
          .catch(() => undefined);
    };
  }

  /** Counts one key once more. */
  again(id: string): void {
    this.set(id, { state: "waiting" });
    this.queue.push(id);
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let id = this.queue.shift(); id !== undefined; id = this.queue.shift()) await this.count(id);
    this.busy = false;
  }

  private async count(id: string): Promise<void> {
    const rows = this.keys.find((each) => each.id === id)?.key.rows;
    if (!rows) return;
    if (rows.nothing !== null) {
      this.set(id, { state: "nothing", why: rows.nothing });
      return;
    }
    this.set(id, { state: "counting" });
    const ask = nextAsk();
    this.running = ask;
    try {
      const count = await host().countReferences(ask, rows.profile_id, rows.object, rows.filters);
      if (!this.stopped) this.set(id, { state: "counted", count });
    } catch (thrown) {
      if (!this.stopped) this.set(id, tallyOf(failureOf(thrown)));
    }
    this.running = null;
  }
}
