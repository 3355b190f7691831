/** A policy dragged onto another table. Pointer events: the window's own dragging is for files. */
import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { PolicyOn } from "@/ipc";
import { sameTable } from "../drafts";
import { DROP } from "./TableRows";

/** Before so many pixels it is a press. */
const FAR = 6;

export interface Drag {
  readonly x: number;
  readonly y: number;
  /** Where it would be copied to; null over nothing that takes it. */
  readonly target: PolicyOn | null;
}

function tableAt(x: number, y: number, own: PolicyOn): { node: Element; on: PolicyOn } | null {
  const node = document.elementFromPoint(x, y)?.closest(`[${DROP}]`);
  const text = node?.getAttribute(DROP);
  if (!node || !text) return null;
  const on = JSON.parse(text) as PolicyOn;
  return sameTable(on, own) ? null : { node, on };
}

export function useDragCopy(own: PolicyOn, onCopy: (to: PolicyOn) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const begun = useRef<{ x: number; y: number; id: number } | null>(null);
  const over = useRef<Element | null>(null);
  const mark = (node: Element | null) => {
    if (over.current === node) return;
    over.current?.removeAttribute("data-over");
    node?.setAttribute("data-over", "");
    over.current = node;
  };
  const stop = () => {
    begun.current = null;
    mark(null);
    setDrag(null);
  };
  const dragging = drag !== null;
  const latest = useRef(stop);
  latest.current = stop;
  useEffect(() => {
    if (!dragging) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [dragging]);
  return {
    drag,
    handle: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        begun.current = { x: event.clientX, y: event.clientY, id: event.pointerId };
      },
      onPointerMove: ({ clientX: x, clientY: y }: PointerEvent<HTMLElement>) => {
        const from = begun.current;
        if (!from || (!dragging && Math.hypot(x - from.x, y - from.y) < FAR)) return;
        const found = tableAt(x, y, own);
        mark(found?.node ?? null);
        setDrag({ x, y, target: found?.on ?? null });
      },
      onPointerUp: ({ clientX, clientY }: PointerEvent<HTMLElement>) => {
        const found = dragging ? tableAt(clientX, clientY, own) : null;
        stop();
        if (found) onCopy(found.on);
      },
      onPointerCancel: stop,
    },
  };
}
