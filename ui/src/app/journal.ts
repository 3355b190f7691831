/**
 * Puts what is typed on disk. Edits wait at most 200 ms, go out in order, one entry at a time per tab, and are numbered; when
 * the core has lost the thread, or an answer did not come, the whole text goes instead. A text that cannot be kept says so.
 */
import { host, type JournalEntry, type TextEdit } from "@/ipc";

const DELAY_MS = 200;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 10_000;
/** More moments than this are dearer than the text they make. */
const MOST_MOMENTS = 24;
const TELLS_AFTER = 2;

/** Edits of a large text are put into it when somebody asks for the whole, or when they are this many. */
const MOST_BEHIND = 500;

interface Text {
  /** Without the edits of `behind`. */
  text: string;
  behind: (readonly TextEdit[])[];
  sequence: number;
  moments: TextEdit[][];
  /** The core must be sent the whole text next. */
  whole: boolean;
  sending: Promise<void> | null;
  timer: ReturnType<typeof setTimeout> | null;
  failures: number;
}

/** The text after edits of one moment, whose ranges all count in the text before them. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  let next = text;
  for (const { range, insert } of [...edits].sort((a, b) => b.range.from - a.range.from)) {
    next = next.slice(0, range.from) + insert + next.slice(range.to);
  }
  return next;
}

/** The text with everything typed. */
function whole(known: Text): string {
  for (const edits of known.behind) known.text = applied(known.text, edits);
  known.behind = [];
  return known.text;
}

/** Typing on where the last moment ended is the same moment. */
export function joined(last: readonly TextEdit[] | undefined, next: readonly TextEdit[]): TextEdit[] | null {
  const [a, b] = [last?.[0], next[0]];
  if (!a || !b || last?.length !== 1 || next.length !== 1) return null;
  const end = a.range.from + a.insert.length;
  if (b.range.from < a.range.from || b.range.to > end) return null;
  const at = b.range.from - a.range.from;
  return [{ range: a.range, insert: a.insert.slice(0, at) + b.insert + a.insert.slice(b.range.to - a.range.from) }];
}

export class Journal {
  private readonly texts = new Map<string, Text>();
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Begins with what is on disk; `sequence` 0 is a text that was never kept. */
  open(tabId: string, text: string, sequence: number): void {
    if (this.texts.has(tabId)) return;
    const fresh = sequence === 0;
    const nothing = { behind: [], moments: [], sending: null, timer: null, failures: 0 };
    this.texts.set(tabId, { text, sequence, whole: fresh, ...nothing });
    if (fresh && text !== "") this.schedule(tabId, 0);
  }

  /** Edits of one moment. */
  edited(tabId: string, edits: readonly TextEdit[]): void {
    const known = this.texts.get(tabId);
    if (!known || edits.length === 0) return;
    known.behind.push(edits);
    if (known.behind.length > MOST_BEHIND) whole(known);
    const more = joined(known.moments.at(-1), edits);
    if (more) known.moments[known.moments.length - 1] = more;
    else known.moments.push([...edits]);
    if (known.moments.length > MOST_MOMENTS) known.whole = true;
    if (known.timer === null) this.schedule(tabId, DELAY_MS);
  }

  /** The text as typed, for parts that are not on screen. */
  text(tabId: string): string {
    const known = this.texts.get(tabId);
    return known ? whole(known) : "";
  }

  /** Whether this tab's text could not be put on disk for a while. */
  readonly failing = (tabId: string): boolean => (this.texts.get(tabId)?.failures ?? 0) >= TELLS_AFTER;

  /** Sends what waits, now; resolves when it is on disk or has failed. */
  async flush(tabId: string): Promise<void> {
    const known = this.texts.get(tabId);
    if (!known) return;
    if (known.timer !== null) clearTimeout(known.timer);
    known.timer = null;
    known.sending ??= this.send(tabId, known).finally(() => {
      known.sending = null;
    });
    await known.sending;
  }

  async flushAll(): Promise<void> {
    await Promise.all([...this.texts.keys()].map((tabId) => this.flush(tabId)));
  }

  /** The tab is closed: what waits goes out, then it is forgotten. */
  async close(tabId: string): Promise<void> {
    await this.flush(tabId);
    this.texts.delete(tabId);
  }

  private schedule(tabId: string, delay: number): void {
    const known = this.texts.get(tabId);
    if (!known) return;
    if (known.timer !== null) clearTimeout(known.timer);
    known.timer = setTimeout(() => {
      known.timer = null;
      void this.flush(tabId);
    }, delay);
  }

  private async send(tabId: string, known: Text): Promise<void> {
    while (known.whole || known.moments.length > 0) {
      const all = known.whole;
      const edits = all ? [] : (known.moments.shift() ?? []);
      if (all) {
        known.whole = false;
        known.moments = [];
      }
      const entry: JournalEntry = {
        tab_id: tabId,
        sequence: known.sequence + 1,
        edits,
        text: all ? whole(known) : null,
      };
      try {
        const answer = await host().journal(entry);
        if (answer === "resend") known.whole = true;
        else known.sequence += 1;
        this.settle(known, 0);
      } catch {
        // Whether it was kept is not known: only the whole text is certain.
        known.whole = true;
        known.sequence += 1;
        this.settle(known, known.failures + 1);
        if (this.texts.has(tabId)) this.schedule(tabId, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** known.failures));
        return;
      }
    }
  }

  private settle(known: Text, failures: number): void {
    const told = known.failures >= TELLS_AFTER;
    known.failures = failures;
    if (told === failures >= TELLS_AFTER) return;
    for (const listener of this.listeners) listener();
  }
}
