/** Marks of the page's own timeline, for whoever measures how soon a result is seen. */

/** From the head of a result to its first cells on the screen; `detail` is the hold. */
export const FIRST_CELLS = "rowhouse:first-cells";
const BEGUN = "rowhouse:result";

/** A result's head is here. Only the latest one is kept: a timeline that grows with every run would be a leak. */
export function resultBegins(hold: string): void {
  performance.clearMarks(BEGUN);
  performance.mark(BEGUN, { detail: hold });
}

/** Its first cells are drawn; they are on the screen with the next frame. */
export function firstCellsPainted(hold: string): void {
  requestAnimationFrame(() => {
    const begun = performance.getEntriesByName(BEGUN)[0];
    if (!(begun instanceof PerformanceMark) || begun.detail !== hold) return;
    performance.clearMeasures(FIRST_CELLS);
    performance.measure(FIRST_CELLS, { start: begun.startTime, detail: hold });
  });
}
