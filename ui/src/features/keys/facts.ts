/** What is known of the keys in sight: asked for in one go a moment after they came into sight, and kept. */
import type { Host, KeyFactsRow, KeysOf } from "@/ipc";

export interface Known {
  /** `null`: there is no such key any more. */
  readonly facts: KeyFactsRow | null;
  /** When that was. */
  readonly at: number;
}

const SOON_MS = 60;
const AT_ONCE = 400;
const MOST_KEPT = 5_000;

export class FactsCache {
  private readonly known = new Map<string, Known>();
  private readonly asked = new Set<string>();
  /** Known, and to be asked for again when they are in sight. */
  private readonly stale = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private wanted: readonly string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private version = 0;
  private generation = 0;

  private readonly of: KeysOf;
  private readonly reader: Pick<Host, "keysFacts">;

  constructor(of: KeysOf, reader: Pick<Host, "keysFacts">) {
    this.of = of;
    this.reader = reader;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): number => this.version;

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  get(key: string): Known | undefined {
    return this.known.get(key);
  }

  /** These keys are in sight. */
  want(keys: readonly string[]): void {
    this.wanted = keys;
    if (this.timer !== undefined || !keys.some((key) => this.lacks(key))) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.ask();
    }, SOON_MS);
  }

  private async ask(): Promise<void> {
    const keys = this.wanted.filter((key) => this.lacks(key)).slice(0, AT_ONCE);
    if (keys.length === 0) return;
    for (const key of keys) this.asked.add(key);
    const mine = this.generation;
    try {
      const facts = await this.reader.keysFacts(this.of, keys);
      if (mine !== this.generation) return;
      keys.forEach((key, at) => {
        this.known.set(key, { facts: facts[at] ?? null, at: Date.now() });
        this.stale.delete(key);
      });
      for (const key of this.known.keys()) {
        if (this.known.size <= MOST_KEPT) break;
        this.known.delete(key);
      }
    } catch {
      // They stand there without; the list itself says what is wrong.
    } finally {
      if (mine === this.generation) for (const key of keys) this.asked.delete(key);
      this.changed();
    }
  }

  private lacks(key: string): boolean {
    return (!this.known.has(key) || this.stale.has(key)) && !this.asked.has(key);
  }

  /** What was read of a key elsewhere. */
  put(key: string, facts: KeyFactsRow | null): void {
    this.stale.delete(key);
    this.known.set(key, { facts, at: Date.now() });
    this.changed();
  }

  /** Everything is asked for anew. */
  clear(): void {
    this.generation += 1;
    this.asked.clear();
    for (const key of this.known.keys()) this.stale.add(key);
    this.want(this.wanted);
  }
}
