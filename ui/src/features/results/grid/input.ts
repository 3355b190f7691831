import type { Grid } from "./engine";
import { pasteCatcher } from "./overlay";
import type { Place } from "./selection";

type Part = "corner" | "header" | "numbers" | "body";

interface Hit {
  part: Part;
  place: Place;
  /** Within the pane of columns, in its own pixels. */
  x: number;
  y: number;
}

type Drag =
  | { kind: "cells" | "rows" | "columns"; scrolls: boolean }
  | { kind: "resize"; column: number; from: number; width: number }
  | { kind: "reorder"; column: number; from: number; moved: boolean };

const MOVED = 5;

/** A paste that never came gives the focus back. */
const PASTE_MS = 400;

/** Keys and pointers. Everything goes through the grid's public face; state of a drag lives here alone. */
export function attachInput(grid: Grid, signal: AbortSignal) {
  const { scroller } = grid;
  const inEditor = (event: Event) => event.target instanceof Node && grid.editorNode.contains(event.target);
  // What happens in an editor over a cell is the editor's.
  const listen = <K extends keyof HTMLElementEventMap>(name: K, handler: (event: HTMLElementEventMap[K]) => void) =>
    scroller.addEventListener(name, (event) => inEditor(event) || handler(event), { signal });
  let drag: Drag | undefined;
  let pointer = { x: 0, y: 0 };
  let scrolling = 0;

  /** A drag that began in columns that scroll stays in them, behind the pinned ones, until the first of them is in view. */
  const behind = () => drag !== undefined && "scrolls" in drag && drag.scrolls && grid.left > 0;

  /** What is under a point of the window. Outside the grid it is the nearest cell. */
  const hit = (clientX: number, clientY: number): Hit => {
    const box = scroller.getBoundingClientRect();
    const x = clientX - box.left - scroller.clientLeft - grid.numbersWidth;
    const y = clientY - box.top - scroller.clientTop - grid.headerHeight;
    const part: Part = y < 0 ? (x < 0 ? "corner" : "header") : x < 0 ? "numbers" : "body";
    const place = { row: grid.map.rowAt(y), column: grid.sideways.columnAt(x, behind()) };
    return { part, place, x, y };
  };
  const partOf = (event: Event) =>
    event.target instanceof Element ? event.target.closest("[data-part]")?.getAttribute("data-part") : undefined;
  const beyond = (at: Hit) =>
    at.part === "body" && (grid.sideways.endsBefore(at.x) || at.y + grid.map.top >= grid.map.virtualHeight);

  const headBox = (place: number) => {
    const box = scroller.getBoundingClientRect();
    const left = box.left + grid.numbersWidth + grid.sideways.startOf(place);
    return { left, top: box.top, width: grid.axis.width(place), height: grid.headerHeight };
  };
  const openHeaderMenu = (place: number) => {
    const column = grid.sourceColumn(place);
    if (column !== undefined) grid.events.onHeaderMenu?.(column, headBox(place));
  };

  /** Selects a column, unless it is one of several that are. */
  const select = (column: number) => {
    const range = grid.sourceRange();
    const source = grid.sourceColumn(column);
    if (range?.kind === "columns" && source !== undefined && range.columns.includes(source)) return;
    grid.act({ type: "column", column, extend: false }, false);
  };

  const drop = (at: Hit) => grid.sideways.gapAt(at.x, at.part === "corner");

  const follow = () => {
    if (!drag) return;
    const at = hit(pointer.x, pointer.y);
    if (drag.kind === "cells") grid.act({ type: "cell", place: at.place, extend: true }, false);
    else if (drag.kind === "rows") grid.act({ type: "row", row: at.place.row, extend: true }, false);
    else if (drag.kind === "columns") grid.act({ type: "column", column: at.place.column, extend: true }, false);
    else if (drag.kind === "resize") grid.resizeColumn(drag.column, drag.width + pointer.x - drag.from, false);
    else if (drag.kind === "reorder" && drag.moved) grid.showDrop(drop(at));
  };

  /** Past an edge, the grid scrolls by as much as the pointer is beyond it. */
  const edgeScroll = () => {
    scrolling = 0;
    if (!drag || drag.kind === "resize") return;
    const at = hit(pointer.x, pointer.y);
    const over = (value: number, size: number, from = 0) =>
      value < from ? value - from : value > size ? value - size : 0;
    const rows = drag.kind === "cells" || drag.kind === "rows";
    const columns = drag.kind === "cells" || drag.kind === "columns" || (drag.kind === "reorder" && drag.moved);
    const dy = rows ? over(at.y, grid.viewportHeight) : 0;
    const dx = columns ? over(at.x, grid.viewportWidth, behind() ? grid.sideways.fixedWidth : 0) : 0;
    if (dx === 0 && dy === 0) return;
    grid.scrollBy(dx / 3, dy / 3);
    follow();
    scrolling = requestAnimationFrame(edgeScroll);
  };

  listen("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = hit(event.clientX, event.clientY);
    // The scrollbars belong to the platform.
    if (at.x + grid.numbersWidth >= scroller.clientWidth || at.y + grid.headerHeight >= scroller.clientHeight) return;
    event.preventDefault();
    grid.focus();
    pointer = { x: event.clientX, y: event.clientY };
    const part = partOf(event);
    if (at.part === "corner") {
      grid.act({ type: "all" }, false);
      return;
    }
    if (at.part === "header") {
      if (grid.sideways.endsBefore(at.x) && part !== "grip") return;
      const head = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
      const column = Number(head?.dataset["place"] ?? at.place.column);
      if (part === "menu") {
        select(column);
        openHeaderMenu(column);
        return;
      }
      drag =
        part === "grip"
          ? { kind: "resize", column, from: event.clientX, width: grid.axis.width(column) }
          : event.shiftKey
            ? { kind: "columns", scrolls: column >= grid.sideways.fixed }
            : { kind: "reorder", column, from: event.clientX, moved: false };
      if (part !== "grip") grid.act({ type: "column", column, extend: event.shiftKey }, false);
    } else if (beyond(at)) {
      return;
    } else if (at.part === "numbers") {
      drag = { kind: "rows", scrolls: false };
      grid.act({ type: "row", row: at.place.row, extend: event.shiftKey }, false);
    } else {
      drag = { kind: "cells", scrolls: at.place.column >= grid.sideways.fixed };
      grid.act({ type: "cell", place: at.place, extend: event.shiftKey });
    }
    scroller.setPointerCapture?.(event.pointerId);
  });

  listen("pointermove", (event) => {
    if (!drag) return;
    pointer = { x: event.clientX, y: event.clientY };
    if (drag.kind === "reorder" && Math.abs(event.clientX - drag.from) >= MOVED) drag.moved = true;
    follow();
    if (!scrolling) scrolling = requestAnimationFrame(edgeScroll);
  });

  const end = (keep: boolean) => {
    const was = drag;
    drag = undefined;
    cancelAnimationFrame(scrolling);
    scrolling = 0;
    grid.showDrop(undefined);
    if (was?.kind === "resize") {
      const width = keep ? was.width + pointer.x - was.from : was.width;
      if (width !== was.width || !keep) grid.resizeColumn(was.column, width);
    } else if (was?.kind === "reorder" && was.moved && keep) {
      const { gap, pin } = drop(hit(pointer.x, pointer.y));
      const column = grid.sourceColumn(was.column) ?? 0;
      const layout = grid.columns.dropped(was.column, gap, pin);
      if (layout) grid.arrange(layout, true);
      const to = grid.placeOf(column);
      grid.act({ type: "column", column: to, extend: false }, false);
    }
  };
  listen("pointerup", () => end(true));
  listen("pointercancel", () => end(false));

  listen("dblclick", (event) => {
    const at = hit(event.clientX, event.clientY);
    if (at.part === "header" && partOf(event) === "grip") {
      const head = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
      grid.fitColumn(Number(head?.dataset["place"] ?? at.place.column));
    } else if (at.part === "body" && !beyond(at)) begin(grid, at.place);
  });

  listen("contextmenu", (event) => {
    event.preventDefault();
    const byKeyboard = event.button !== 2 || (event.clientX === 0 && event.clientY === 0);
    const active = grid.active;
    if (byKeyboard && active) {
      grid.events.onContextMenu?.(grid.toSource(active), event, grid.cellBox(active));
      return;
    }
    const at = hit(event.clientX, event.clientY);
    if (at.part === "header") {
      select(at.place.column);
      openHeaderMenu(at.place.column);
      return;
    }
    if (at.part === "corner" || beyond(at)) return;
    const box = grid.selected;
    const { row, column } = at.place;
    const within =
      box &&
      row >= box.firstRow &&
      row <= box.lastRow &&
      (at.part === "numbers" || (column >= box.firstColumn && column <= box.lastColumn));
    if (!within)
      grid.act(
        at.part === "numbers" ? { type: "row", row, extend: false } : { type: "cell", place: at.place, extend: false },
        false,
      );
    const here = { left: event.clientX, top: event.clientY, width: 0, height: 0 };
    grid.events.onContextMenu?.(grid.toSource(at.place), event, here);
  });

  let back = 0;
  const done = () => {
    window.clearTimeout(back);
    catcher.value = "";
    grid.focus();
  };
  const catcher = pasteCatcher((text) => {
    const range = grid.sourceRange();
    if (range) grid.events.onPaste?.(text, range);
  }, done);
  scroller.append(catcher);
  signal.addEventListener("abort", () => window.clearTimeout(back));

  listen("keydown", (event) => {
    if (event.target === catcher) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "v" && grid.events.onPaste) {
      // Not prevented: the platform pastes into what has the focus by then.
      catcher.focus({ preventScroll: true });
      window.clearTimeout(back);
      back = window.setTimeout(() => document.activeElement === catcher && done(), PASTE_MS);
      return;
    }
    if (startsText(event) && grid.active && grid.events.onEdit) {
      const typed = event.key.length === 1 ? event.key : "";
      // A sign that is still being composed goes on in the editor by itself.
      if (typed) event.preventDefault();
      event.stopPropagation();
      grid.events.onEdit(grid.toSource(grid.active), typed);
      return;
    }
    if (event.isComposing) return;
    if (event.key === "Escape" && drag) {
      end(false);
      event.stopPropagation();
      event.preventDefault();
      return;
    }
    if (handleKey(grid, event, openHeaderMenu)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

const ARROWS: Readonly<Record<string, readonly [rows: -1 | 0 | 1, columns: -1 | 0 | 1]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Whether a key begins a text: a sign, or one that is composed of several keys. */
function startsText(event: KeyboardEvent): boolean {
  if (event.key === "Process" || event.key === "Dead") return true;
  const composed = event.getModifierState?.("AltGraph") ?? false;
  if (!composed && (event.ctrlKey || event.metaKey || event.altKey)) return false;
  // Space shows the whole value, as it does where nothing can be edited.
  return event.key.length === 1 && event.key !== " ";
}

/** Edits a cell where that is possible, and opens it otherwise. */
function begin(grid: Grid, at: Place) {
  if (grid.events.onEdit) grid.events.onEdit(grid.toSource(at), undefined);
  else grid.events.onOpen?.(grid.toSource(at), grid.cellBox(at));
}

/** Whether the key meant something here. */
function handleKey(grid: Grid, event: KeyboardEvent, openHeaderMenu: (place: number) => void): boolean {
  const mod = event.ctrlKey || event.metaKey;
  const extend = event.shiftKey;
  const active = grid.active;
  const range = grid.sourceRange();
  const arrow = ARROWS[event.key];
  if (arrow) {
    const [rows, columns] = arrow;
    if (event.altKey) {
      if (!active || mod) return false;
      if (extend && columns !== 0) grid.resizeColumn(active.column, grid.axis.width(active.column) + columns * 16);
      else if (!extend && rows === 1) openHeaderMenu(active.column);
      else return false;
      return true;
    }
    grid.act(mod ? { type: "edge", rows, columns, extend } : { type: "move", rows, columns, extend });
    return true;
  }
  if (event.altKey) return false;
  const page = Math.max(1, Math.floor(grid.viewportHeight / grid.rowHeight) - 1);
  switch (event.key) {
    case "PageDown":
    case "PageUp":
      if (mod) return false;
      grid.act({ type: "move", rows: event.key === "PageDown" ? page : -page, columns: 0, extend });
      return true;
    case "Home":
      grid.act({ type: "edge", rows: mod ? -1 : 0, columns: -1, extend });
      return true;
    case "End":
      grid.act({ type: "edge", rows: mod ? 1 : 0, columns: 1, extend });
      return true;
    case " ":
      if (!active) return false;
      if (extend) grid.act({ type: "row", row: active.row, extend: false }, false);
      else if (mod) grid.act({ type: "column", column: active.column, extend: false }, false);
      else grid.events.onOpen?.(grid.toSource(active), grid.cellBox(active));
      return true;
    case "Enter":
    case "F2":
      if (!active || mod) return false;
      begin(grid, active);
      return true;
    case "Delete":
      if (!range || mod || !grid.events.onDelete) return false;
      grid.events.onDelete(range);
      return true;
    case "Backspace":
      if (!active || mod || !grid.events.onEdit) return false;
      grid.events.onEdit(grid.toSource(active), "");
      return true;
    case "Escape":
      // First a range becomes its one cell; a single cell is left to whoever is around.
      if (!range || (range.firstRow === range.lastRow && range.columns.length === 1)) return false;
      grid.act({ type: "collapse" }, false);
      return true;
    case "a":
    case "A":
      if (!mod || extend) return false;
      grid.act({ type: "all" }, false);
      return true;
    case "x":
    case "X":
      if (!mod || extend || !range || !grid.events.onCut) return false;
      grid.events.onCut(range);
      return true;
    case "c":
    case "C":
      if (!mod || extend || !range) return false;
      grid.events.onCopy?.(range);
      return true;
    default:
      return false;
  }
}
