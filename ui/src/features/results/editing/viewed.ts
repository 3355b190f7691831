/**
 * Rows of the screen where they are some of the held ones in another order: a local filter or sort. A row of the screen has two
 * numbers then: its place in the view, by which its cells are read, and the held row it is, by which it is edited, followed and
 * known. New rows stand after the last: next to which of the held ones they were added says nothing here.
 */
import { type Anchored, type RowAt, RowMap, type ScreenRows } from "./rows";

const NONE = -1;

/** Which held row each row of a view is. Made once for a view; never changed. */
export class ViewedRows {
  private readonly held: Uint32Array;
  private places: Int32Array | null = null;

  constructor(held: Uint32Array) {
    this.held = held;
  }

  /** As the core sends it: 32 bits each, least byte first, whatever this machine's order is. */
  static from(bytes: ArrayBuffer): ViewedRows {
    const view = new DataView(bytes);
    const held = new Uint32Array(Math.floor(bytes.byteLength / 4));
    for (let at = 0; at < held.length; at += 1) held[at] = view.getUint32(at * 4, true);
    return new ViewedRows(held);
  }

  get count(): number {
    return this.held.length;
  }

  /** The held row at a place of the view; -1 where there is none. */
  heldAt(place: number): number {
    return this.held[place] ?? NONE;
  }

  /** Where a held row stands in the view; none where it was left out. */
  placeOf(held: number): number | undefined {
    this.places ??= this.inverse();
    const place = this.places[held] ?? NONE;
    return place === NONE ? undefined : place;
  }

  private inverse(): Int32Array {
    let most = -1;
    for (const row of this.held) if (row > most) most = row;
    const places = new Int32Array(most + 1).fill(NONE);
    for (let place = 0; place < this.held.length; place += 1) places[this.held[place] ?? 0] = place;
    return places;
  }
}

/** The screen's rows over a view. What it calls held are numbers of the hold, never of the view. */
export class ViewMap implements ScreenRows {
  private readonly view: ViewedRows;
  private readonly screen: RowMap;

  constructor(view: ViewedRows, added: readonly Anchored[], gone: readonly number[] = []) {
    this.view = view;
    const last = view.count - 1;
    this.screen = new RowMap(
      view.count,
      added.map(({ id }) => ({ id, after: last < 0 ? null : last })),
      gone.map((row) => view.placeOf(row)).filter((place) => place !== undefined),
    );
  }

  get count(): number {
    return this.screen.count;
  }

  get extra(): number {
    return this.screen.extra;
  }

  at(screen: number): RowAt | undefined {
    const at = this.screen.at(screen);
    return at?.kind === "held" ? { kind: "held", row: this.view.heldAt(at.row) } : at;
  }

  heldAt(screen: number): number {
    const place = this.screen.heldAt(screen);
    return place < 0 ? NONE : this.view.heldAt(place);
  }

  placeAt(screen: number): number {
    return this.screen.heldAt(screen);
  }

  ofAdded(id: number): number | undefined {
    return this.screen.ofAdded(id);
  }

  ofHeld(row: number): number | undefined {
    const place = this.view.placeOf(row);
    return place === undefined ? undefined : this.screen.ofHeld(place);
  }
}
