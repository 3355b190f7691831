import { describe, expect, it } from "vitest";
import { RowMap } from "./rows";

/** What a map says, row by row: `3` is held, `+7` was added. */
const shown = (map: RowMap) =>
  Array.from({ length: map.count }, (_, screen) => {
    const at = map.at(screen);
    return at?.kind === "held" ? String(at.row) : `+${at?.id}`;
  });

/** The same by a list of all rows, which a map never makes. */
function plainly(known: number, added: { id: number; after: number | null }[], gone: number[]): string[] {
  const below = (row: number | null) =>
    added
      .filter(({ after }) => (after === null ? -1 : Math.min(after, known - 1)) === (row ?? -1))
      .sort((a, b) => a.id - b.id)
      .map(({ id }) => `+${id}`);
  const rows = below(null);
  for (let row = 0; row < known; row += 1) {
    if (!gone.includes(row)) rows.push(String(row));
    rows.push(...below(row));
  }
  return rows;
}

describe("which row of the screen is which", () => {
  it("is the hold's own number where nothing was added", () => {
    const map = new RowMap(10_000_000, []);
    expect(map.count).toBe(10_000_000);
    expect(map.at(9_999_999)).toEqual({ kind: "held", row: 9_999_999 });
    expect(map.heldAt(77)).toBe(77);
    expect(map.ofHeld(77)).toBe(77);
    expect(map.at(10_000_000)).toBeUndefined();
  });

  it("puts added rows below where they were added, in the order of their ids, and leaves gone ones out", () => {
    const added = [
      { id: 4, after: 2 },
      { id: 2, after: 2 },
      { id: 9, after: null },
      { id: 5, after: 40 },
    ];
    expect(shown(new RowMap(5, added, [0, 3]))).toEqual(["+9", "1", "2", "+2", "+4", "4", "+5"]);
  });

  it("agrees with the plain way for whatever is staged, forth and back", () => {
    let seed = 7;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 400; round += 1) {
      const known = next(12);
      const gone = Array.from({ length: 12 }, (_, row) => row).filter(() => next(4) === 0);
      const added = Array.from({ length: next(6) }, (_, id) => ({
        id,
        after: known === 0 || next(4) === 0 ? null : next(known),
      }));
      const map = new RowMap(known, added, gone);
      const rows = shown(map);
      expect(rows).toEqual(plainly(known, added, gone));
      rows.forEach((row, screen) => {
        if (row.startsWith("+")) expect(map.ofAdded(Number(row.slice(1)))).toBe(screen);
        else expect(map.ofHeld(Number(row))).toBe(screen);
        expect(map.heldAt(screen)).toBe(row.startsWith("+") ? -1 : Number(row));
      });
      for (const row of gone) expect(map.ofHeld(row)).toBeUndefined();
    }
  });
});
