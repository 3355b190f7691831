import { iconNode } from "@/design/icons/dom";
import type { Box } from "./boxes";
import type { Grid } from "./engine";
import type { Place } from "./selection";
import type { CellPlace } from "./types";

/** What the grid asks and tells of cells that lead elsewhere. Columns in these are source columns. */
export interface FollowEvents {
  /** What the mark of a cell says that leads somewhere; nothing for one that does not. Asked for few cells at a time. */
  leads?(place: CellPlace): string | undefined;
  /** The mark was pressed, or the cell with Ctrl held. */
  onFollow?(place: CellPlace, box: Box): void;
}

const SIZE = 18;

/** A small mark in a cell that leads elsewhere: one follows the pointer, one stands in the active cell. */
class Mark {
  readonly node = document.createElement("div");
  place: Place | undefined;

  constructor(pane: HTMLElement) {
    this.node.className = "rg-follow";
    this.node.dataset["part"] = "follow";
    // The command and the menu say the same to a screen reader.
    this.node.setAttribute("aria-hidden", "true");
    this.node.hidden = true;
    this.node.append(iconNode("arrow-right", 12));
    pane.append(this.node);
  }

  draw(grid: Grid, place: Place | undefined) {
    const says = place && grid.events.leads?.(grid.toSource(place));
    this.place = says === undefined ? undefined : place;
    this.node.hidden = says === undefined;
    if (!place || says === undefined) return;
    const box = grid.cellBox(place);
    const pane = grid.body.pane.getBoundingClientRect();
    const left = box.left - pane.left;
    const top = box.top - pane.top;
    // The text of the cell keeps its end: a number's mark stands before it, a text's behind.
    const right = grid.rightAligned(place.column) ? left + 2 : left + box.width - SIZE - 3;
    this.node.hidden =
      right < grid.sideways.edgeOf(place.column) ||
      right + SIZE > grid.viewportWidth ||
      top < 0 ||
      top + box.height > pane.height + 1;
    this.node.dataset["tip"] = says;
    this.node.style.transform = `translate(${Math.round(right)}px, ${Math.round(top + (box.height - SIZE) / 2)}px)`;
  }
}

/** Marks in cells that lead elsewhere, and what a press on them means. Costs nothing in a grid whose cells lead nowhere. */
export function attachFollow(grid: Grid, signal: AbortSignal) {
  const { scroller, body } = grid;
  const cursor = body.pane.querySelector<HTMLElement>(".rg-cursor");
  const hovered = new Mark(body.pane);
  const active = new Mark(body.pane);
  let pointer: { x: number; y: number } | undefined;
  let frame = 0;

  const placeAt = (x: number, y: number): Place | undefined => {
    const box = body.pane.getBoundingClientRect();
    const within = { x: x - box.left, y: y - box.top };
    if (within.x < 0 || within.y < 0 || within.x >= grid.viewportWidth || within.y >= grid.viewportHeight)
      return undefined;
    if (grid.sideways.endsBefore(within.x) || within.y + grid.map.top >= grid.map.virtualHeight) return undefined;
    return { row: grid.map.rowAt(within.y), column: grid.sideways.columnAt(within.x) };
  };
  const same = (a: Place | undefined, b: Place | undefined) => a?.row === b?.row && a?.column === b?.column;
  const draw = () => {
    frame = 0;
    // Without a cursor there is no cell to stand in, or an editor stands there.
    active.draw(grid, cursor?.hidden ? undefined : grid.active);
    const under = pointer && placeAt(pointer.x, pointer.y);
    hovered.draw(grid, same(under, grid.active) ? undefined : under);
  };
  const schedule = () => {
    if (grid.events.leads && !frame) frame = requestAnimationFrame(draw);
  };
  const listen = (name: string, handler: (event: PointerEvent) => void, capture = false) =>
    scroller.addEventListener(name, handler as EventListener, { signal, capture });

  listen("pointermove", (event) => {
    pointer = event.buttons === 0 ? { x: event.clientX, y: event.clientY } : undefined;
    schedule();
  });
  listen("pointerleave", () => {
    pointer = undefined;
    schedule();
  });
  listen("scroll", () => {
    pointer = undefined;
    schedule();
  });
  // Before the grid's own meaning of a press.
  listen(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || !grid.events.leads || event.shiftKey || event.altKey) return;
      const onMark = event.target instanceof Element && event.target.closest("[data-part=follow]");
      if (!onMark && !event.ctrlKey && !event.metaKey) return;
      const place = placeAt(event.clientX, event.clientY);
      if (!place || grid.events.leads(grid.toSource(place)) === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      grid.focus();
      grid.act({ type: "cell", place, extend: false }, false);
      grid.events.onFollow?.(grid.toSource(place), grid.cellBox(place));
    },
    true,
  );
  // The cursor moves with whatever moves the active cell.
  const watching = new MutationObserver(schedule);
  if (cursor) watching.observe(cursor, { attributes: true });
  signal.addEventListener("abort", () => {
    watching.disconnect();
    cancelAnimationFrame(frame);
  });
}
