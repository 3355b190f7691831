/** Fields of a hold's documents, as they are wanted: what nobody looks at any more is never asked for. */
import { type AppError, type DocumentFieldRow, failureOf, host } from "@/ipc";
import type { Path } from "./staged";

/** Fields that come at once. */
export const PAGE = 500;
/** Fields of a document that nobody has opened: enough to say what it is. */
export const GLANCE = 24;
const IN_FLIGHT = 4;
/** Places kept that nobody has opened. */
const KEPT = 3_000;

export interface Fields {
  readonly total: number;
  readonly fields: readonly DocumentFieldRow[];
  readonly loading: boolean;
  readonly failure: AppError | null;
}

const NONE: Fields = { total: 0, fields: [], loading: true, failure: null };

interface Wish {
  readonly key: string;
  readonly row: number;
  readonly path: Path;
  readonly count: number;
}

export const keyOf = (row: number, path: Path): string => (path.length === 0 ? `${row}` : `${row}:${path.join(".")}`);

export class DocumentLoader {
  readonly holdId: string;
  private readonly known = new Map<string, Fields>();
  private readonly sizes = new Map<number, number | null>();
  private readonly listeners = new Set<() => void>();
  private wishes: Wish[] = [];
  private inFlight = 0;
  private version = 0;
  private closed = false;

  constructor(holdId: string) {
    this.holdId = holdId;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): number => this.version;

  /** Works again where the same one is drawn once more. */
  open(): void {
    this.closed = false;
  }

  close(): void {
    this.closed = true;
    this.wishes = [];
  }

  get(row: number, path: Path): Fields | undefined {
    return this.known.get(keyOf(row, path));
  }

  /** Bytes of a document, once they are known. */
  size(row: number): number | undefined {
    return this.sizes.get(row) ?? undefined;
  }

  /** Asks for fields up to `count`; the latest wishes come first. */
  want(row: number, path: Path, count: number): void {
    const key = keyOf(row, path);
    const now = this.known.get(key);
    if (now?.loading || now?.failure) return;
    if (now && now.fields.length >= Math.min(count, now.total)) return;
    if (this.wishes.some((wish) => wish.key === key && wish.count >= count)) return;
    this.wishes = [{ key, row, path, count }, ...this.wishes.filter((wish) => wish.key !== key)].slice(0, 200);
    this.pump();
  }

  /** Asks how long a document is. */
  wantSize(row: number): void {
    if (this.sizes.has(row)) return;
    this.sizes.set(row, null);
    host()
      .holdDocuments(this.holdId, row, 1, "relaxed")
      .then(([text]) => {
        if (!text || this.closed) return;
        this.sizes.set(row, text.bytes);
        this.tell();
      })
      .catch(() => this.sizes.delete(row));
  }

  /** Asks again for what failed. */
  retry(row: number, path: Path, count: number): void {
    this.known.delete(keyOf(row, path));
    this.want(row, path, count);
  }

  private tell(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  private pump(): void {
    while (this.inFlight < IN_FLIGHT && !this.closed) {
      const wish = this.wishes.shift();
      if (!wish) return;
      void this.load(wish);
    }
  }

  private async load({ key, row, path, count }: Wish): Promise<void> {
    const before = this.known.get(key) ?? NONE;
    this.inFlight += 1;
    this.known.set(key, { ...before, loading: true });
    try {
      const offset = before.fields.length;
      const { total, fields } = await host().holdDocumentFields({
        hold_id: this.holdId,
        row,
        path: [...path],
        offset,
        limit: Math.max(1, count - offset),
      });
      this.known.set(key, { total, fields: [...before.fields, ...fields], loading: false, failure: null });
    } catch (thrown) {
      this.known.set(key, { ...before, loading: false, failure: failureOf(thrown) });
    } finally {
      this.inFlight -= 1;
      this.forget();
      if (!this.closed) {
        this.tell();
        this.pump();
      }
    }
  }

  private forget(): void {
    if (this.known.size <= KEPT) return;
    for (const [key, { fields }] of this.known) {
      if (this.known.size <= KEPT * 0.8) return;
      // What was opened was asked for in full: those stay.
      if (!key.includes(":") && fields.length <= GLANCE) this.known.delete(key);
    }
  }
}
