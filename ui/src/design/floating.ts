import { type RefObject, useLayoutEffect } from "react";

export type Side = "bottom" | "top" | "right" | "left";
export type Align = "start" | "center" | "end";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Placement {
  side: Side;
  align: Align;
  /** Pixels between the anchor and what floats. */
  gap: number;
}

const MARGIN = 8;

/** Where a box of `size` goes beside `anchor`: flipped when the other side has more room, then clamped. */
export function place(
  anchor: Box,
  size: { width: number; height: number },
  viewport: { width: number; height: number },
  { side, align, gap }: Placement,
): { left: number; top: number; maxHeight: number } {
  const right = anchor.left + anchor.width;
  const bottom = anchor.top + anchor.height;
  const room = {
    bottom: viewport.height - bottom - gap - MARGIN,
    top: anchor.top - gap - MARGIN,
    right: viewport.width - right - gap - MARGIN,
    left: anchor.left - gap - MARGIN,
  };
  const opposite = { bottom: "top", top: "bottom", right: "left", left: "right" } as const;
  const vertical = side === "bottom" || side === "top";
  const need = vertical ? size.height : size.width;
  const chosen = room[side] < need && room[opposite[side]] > room[side] ? opposite[side] : side;

  const along = (start: number, length: number, own: number) =>
    align === "start" ? start : align === "end" ? start + length - own : start + (length - own) / 2;
  let left: number;
  let top: number;
  const maxHeight = vertical ? Math.max(96, room[chosen]) : viewport.height - 2 * MARGIN;
  const height = Math.min(size.height, maxHeight);
  if (vertical) {
    left = along(anchor.left, anchor.width, size.width);
    top = chosen === "bottom" ? bottom + gap : anchor.top - gap - height;
  } else {
    left = chosen === "right" ? right + gap : anchor.left - gap - size.width;
    top = along(anchor.top, anchor.height, height);
  }
  return {
    left: Math.max(MARGIN, Math.min(left, viewport.width - size.width - MARGIN)),
    top: Math.max(MARGIN, Math.min(top, viewport.height - height - MARGIN)),
    maxHeight,
  };
}

export type Anchor = Element | Box | null;

function boxOf(anchor: Exclude<Anchor, null>): Box {
  return anchor instanceof Element ? anchor.getBoundingClientRect() : anchor;
}

/** Keeps `element` placed beside `anchor` while `active`; written straight to the style, before paint. */
export function useFloating(
  element: RefObject<HTMLElement | null>,
  anchor: Anchor,
  active: boolean,
  { side, align, gap }: Placement,
) {
  useLayoutEffect(() => {
    const node = element.current;
    if (!active || !node || !anchor) return;
    const update = () => {
      // Measured where it has all the room: at an edge it would shrink to what is left there.
      node.style.maxHeight = "none";
      node.style.left = "0px";
      node.style.top = "0px";
      const viewport = { width: window.innerWidth, height: window.innerHeight };
      const size = { width: node.offsetWidth, height: node.offsetHeight };
      const at = place(boxOf(anchor), size, viewport, { side, align, gap });
      node.style.left = `${Math.round(at.left)}px`;
      node.style.top = `${Math.round(at.top)}px`;
      node.style.maxHeight = `${Math.round(at.maxHeight)}px`;
    };
    let frame = 0;
    // The page around the anchor is laid out anew only after the window told of its size.
    const follow = () => {
      update();
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(update);
      });
    };
    update();
    window.addEventListener("resize", follow);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("resize", follow);
    };
  });
}
