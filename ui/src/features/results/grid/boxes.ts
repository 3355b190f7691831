import type { Place, Rectangle } from "./selection";

/** A rectangle on the screen, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function cellAt({ row, column }: Place): Rectangle {
  return { firstRow: row, lastRow: row, firstColumn: column, lastColumn: column };
}

export function place(node: HTMLElement, box: Box) {
  node.style.left = `${box.left}px`;
  node.style.top = `${box.top}px`;
  node.style.width = `${Math.max(0, box.width)}px`;
  node.style.height = `${Math.max(0, box.height)}px`;
}

/** A range of ten million rows is no element of that height: what is outside of the viewport is cut, but for a border's width. */
export function clip(box: Box, width: number, height: number): Box {
  const left = Math.max(box.left, -8);
  const top = Math.max(box.top, -8);
  return {
    left,
    top,
    width: Math.min(box.left + box.width, width + 8) - left,
    height: Math.min(box.top + box.height, height + 8) - top,
  };
}
