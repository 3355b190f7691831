import { type RefObject, useCallback, useEffect, useState } from "react";

/** Height of a line. */
export const LINE = 26;
const AROUND = 8;

/** Which lines are in sight; every one has the same height, so none is measured. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number) {
  const [place, setPlace] = useState({ top: 0, height: 0 });
  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    // What has no size yet (a test, a hidden pane) shows as much as a window would.
    const read = () => setPlace({ top: node.scrollTop, height: node.clientHeight || 900 });
    read();
    node.addEventListener("scroll", read, { passive: true });
    const sizes = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(read);
    sizes?.observe(node);
    return () => {
      node.removeEventListener("scroll", read);
      sizes?.disconnect();
    };
  }, [scroller]);
  const first = Math.max(0, Math.floor(place.top / LINE) - AROUND);
  const last = Math.min(count - 1, Math.ceil((place.top + place.height) / LINE) + AROUND);
  const reveal = useCallback(
    (index: number) => {
      const node = scroller.current;
      if (!node) return;
      const top = index * LINE;
      if (top < node.scrollTop) node.scrollTop = top;
      else if (top + LINE > node.scrollTop + node.clientHeight) node.scrollTop = top + LINE - node.clientHeight;
    },
    [scroller],
  );
  return { first, last, page: Math.max(1, Math.floor(place.height / LINE) - 1), reveal };
}
