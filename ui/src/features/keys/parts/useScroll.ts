/**
 * Rows of one height, millions of them: a page cannot be as high as two million rows, so that beyond a height the bar moves
 * several rows a pixel. Below it, this is what every list does.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";

/** Pixels that every engine can lay out. */
const HIGHEST = 12_000_000;

export interface Scrolled {
  /** Height of what is scrolled. */
  readonly height: number;
  /** The first row in sight, and the one behind the last. */
  readonly first: number;
  readonly last: number;
  /** Where a row is drawn. */
  readonly topOf: (index: number) => number;
  readonly reveal: (index: number, how?: "nearest" | "center") => void;
  /** Moves what is in sight by rows, without anybody seeing it. */
  readonly shift: (rows: number) => void;
  readonly onScroll: () => void;
  readonly page: number;
}

export function useScroll(scroller: RefObject<HTMLElement | null>, total: number, row: number): Scrolled {
  const [top, setTop] = useState(0);
  const [view, setView] = useState(0);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const measure = () => setView(node.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [scroller]);
  const full = total * row;
  const height = Math.min(full, HIGHEST);
  // Rows a pixel of the bar stands for.
  const scale = full <= HIGHEST ? 1 / row : (total - view / row) / (height - view);
  const place = Math.max(0, Math.min(top, height - view));
  const exact = place * scale;
  const first = Math.max(0, Math.floor(exact));
  const onScroll = useCallback(() => setTop(scroller.current?.scrollTop ?? 0), [scroller]);
  const go = (to: number) => {
    if (!scroller.current) return;
    scroller.current.scrollTop = to;
    setTop(Math.max(0, to));
  };
  // A list that became shorter has its end in sight.
  useEffect(() => {
    if (top > height - view) setTop(Math.max(0, height - view));
  }, [top, height, view]);
  const rows = view / row;
  return {
    height,
    first,
    last: Math.min(total, Math.ceil(exact + rows)),
    topOf: (index) => place + (index - exact) * row,
    reveal: (index, how = "nearest") => {
      if (how === "center") go(Math.max(0, (index - rows / 2) / scale));
      else if (index < exact) go(index / scale);
      else if (index + 1 > exact + rows) go((index + 1 - rows) / scale);
    },
    shift: (by) => go(Math.max(0, place + by / scale)),
    onScroll,
    page: Math.max(1, Math.floor(rows) - 1),
  };
}
