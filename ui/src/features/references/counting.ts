/** Counts what refers to a row: one key after the other, so that the rows of a tab never wait behind them. */
import { failureOf, host, type PolicyActor } from "@/ipc";
import { nextAsk } from "./asks";
import { type CountedKey, type Tally, tallyOf } from "./model";

export type Tallies = ReadonlyMap<string, Tally>;

export class Counting {
  private tallies: Tallies = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly keys: readonly CountedKey[];
  private readonly actor: PolicyActor | null;
  private queue: string[] = [];
  private running: string | null = null;
  /** Which start is being worked on; none while nothing is left. */
  private working = 0;
  /** Counts starts: what an earlier one still hears is not for this one. */
  private starts = 0;

  constructor(keys: readonly CountedKey[], actor: PolicyActor | null) {
    this.keys = keys;
    this.actor = actor;
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
    this.starts += 1;
    const mine = this.starts;
    this.queue = this.keys.map(({ id }) => id);
    void this.work(mine);
    return () => {
      if (mine !== this.starts) return;
      this.starts += 1;
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
    void this.work(this.starts);
  }

  private async work(mine: number): Promise<void> {
    if (this.working === mine) return;
    this.working = mine;
    while (mine === this.starts) {
      const id = this.queue.shift();
      if (id === undefined) break;
      await this.count(id, mine);
    }
    if (this.working === mine) this.working = 0;
  }

  private async count(id: string, mine: number): Promise<void> {
    const rows = this.keys.find((each) => each.id === id)?.key.rows;
    if (!rows) return;
    if (rows.nothing !== null) {
      this.set(id, { state: "nothing", why: rows.nothing });
      return;
    }
    this.set(id, { state: "counting" });
    const ask = nextAsk();
    this.running = ask;
    let tally: Tally;
    try {
      const count = await host().countReferences(ask, rows.profile_id, rows.object, rows.filters, this.actor);
      tally = { state: "counted", count };
    } catch (thrown) {
      tally = tallyOf(failureOf(thrown));
    }
    if (mine !== this.starts) return;
    this.running = null;
    this.set(id, tally);
  }
}
