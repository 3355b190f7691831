/**
 * Which row of the screen is which row of the data: held rows in their order, added ones below the row they were added at,
 * and none that are gone. Its size is that of what is staged, never that of the hold.
 */

/** What a row of the screen is. */
export type RowAt = { readonly kind: "held"; readonly row: number } | { readonly kind: "added"; readonly id: number };

/** An added row and where it stands: below a held row, or above all. */
export interface Anchored {
  readonly id: number;
  readonly after: number | null;
}

/** The rows of the screen. */
export interface ScreenRows {
  /** How many there are. */
  readonly count: number;
  /** Rows the screen has more or fewer than what is shown of the hold. */
  readonly extra: number;
  /** What stands there. */
  at(screen: number): RowAt | undefined;
  /** The held row that stands there; -1 for an added one. Allocates nothing: it is asked for every cell. */
  heldAt(screen: number): number;
  /** Where the cells of the held row that stands there are read: its number, or its place in a view; -1 for an added one. */
  placeAt(screen: number): number;
  /** Where an added row stands. */
  ofAdded(id: number): number | undefined;
  /** Where a held row stands; none where it is gone or not shown. */
  ofHeld(row: number): number | undefined;
}

interface Piece {
  /** Where it begins on the screen. */
  readonly at: number;
  /** The first held row of a run of them; an added row's id otherwise. */
  readonly held: number;
  readonly id: number | null;
}

/** The last piece that begins at or before a place, by a key. */
function lastAt(pieces: readonly Piece[], value: number, key: (piece: Piece) => number): Piece | undefined {
  let low = 0;
  let high = pieces.length - 1;
  let found: Piece | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece && key(piece) <= value) {
      found = piece;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

export class RowMap implements ScreenRows {
  private readonly pieces: readonly Piece[];
  private readonly runs: readonly Piece[];
  private readonly byId = new Map<number, number>();
  private readonly gone: ReadonlySet<number>;
  /** Rows the screen has more or fewer than the hold. */
  readonly extra: number;
  private readonly known: number;

  /** `known` rows are held. */
  constructor(known: number, added: readonly Anchored[], gone: readonly number[] = []) {
    this.known = known;
    this.gone = new Set(gone.filter((row) => row < known));
    const lost = [...this.gone].sort((a, b) => a - b);
    // What stands below a row that is not held yet stands at the end.
    const inserts = added
      .map(({ id, after }) => ({ id, at: Math.min(known, after === null ? 0 : after + 1) }))
      .sort((a, b) => a.at - b.at || a.id - b.id);
    const pieces: Piece[] = [];
    let screen = 0;
    let held = 0;
    const runTo = (end: number) => {
      if (end > held) pieces.push({ at: screen, held, id: null });
      screen += Math.max(0, end - held);
      held = Math.max(held, end);
    };
    let next = 0;
    for (const { id, at } of inserts) {
      while (next < lost.length && (lost[next] ?? 0) < at) {
        runTo(lost[next] ?? 0);
        held = (lost[next] ?? 0) + 1;
        next += 1;
      }
      runTo(at);
      pieces.push({ at: screen, held: at, id });
      this.byId.set(id, screen);
      screen += 1;
    }
    for (; next < lost.length; next += 1) {
      runTo(lost[next] ?? 0);
      held = (lost[next] ?? 0) + 1;
    }
    runTo(known);
    this.pieces = pieces;
    this.runs = pieces.filter((piece) => piece.id === null);
    this.extra = inserts.length - lost.length;
  }

  /** Rows on the screen. */
  get count(): number {
    return this.known + this.extra;
  }

  /** What stands there. */
  at(screen: number): RowAt | undefined {
    if (screen < 0 || screen >= this.count) return undefined;
    if (this.pieces.length === 0) return { kind: "held", row: screen };
    const piece = lastAt(this.pieces, screen, (each) => each.at);
    if (!piece) return undefined;
    return piece.id === null ? { kind: "held", row: piece.held + screen - piece.at } : { kind: "added", id: piece.id };
  }

  /** The held row that stands there; -1 for an added one. Allocates nothing: it is asked for every cell. */
  heldAt(screen: number): number {
    if (this.extra === 0 && this.byId.size === 0 && this.gone.size === 0) return screen;
    const piece = lastAt(this.pieces, screen, (each) => each.at);
    return piece?.id === null ? piece.held + screen - piece.at : -1;
  }

  placeAt(screen: number): number {
    return this.heldAt(screen);
  }

  /** Where an added row stands. */
  ofAdded(id: number): number | undefined {
    return this.byId.get(id);
  }

  /** Where a held row stands; none where it is gone. */
  ofHeld(row: number): number | undefined {
    if (row < 0 || row >= this.known || this.gone.has(row)) return undefined;
    const run = lastAt(this.runs, row, (piece) => piece.held);
    return run ? run.at + row - run.held : undefined;
  }
}
