import { type RefObject, useEffect, useRef } from "react";

/**
 * What is open above the page, in the order it was opened. One Escape closes one thing: the topmost.
 * A press outside closes every layer above the one it landed in.
 */
interface Layer {
  inside: (node: Node) => boolean;
  dismiss: (reason: "escape" | "outside") => void;
  /** A dialog stays when the press lands beside it. */
  keepOnOutside: boolean;
}

const open: Layer[] = [];

function onPointerDown(event: PointerEvent) {
  const target = event.target;
  if (!(target instanceof Node)) return;
  for (const layer of [...open].reverse()) {
    if (layer.inside(target) || layer.keepOnOutside) return;
    layer.dismiss("outside");
  }
}

function onKeyDown(event: KeyboardEvent) {
  if (event.key !== "Escape" || event.isComposing) return;
  const top = open[open.length - 1];
  if (!top) return;
  event.preventDefault();
  event.stopPropagation();
  top.dismiss("escape");
}

function register(layer: Layer): () => void {
  if (open.length === 0) {
    document.addEventListener("pointerdown", onPointerDown, true);
    document.addEventListener("keydown", onKeyDown, true);
  }
  open.push(layer);
  return () => {
    const at = open.indexOf(layer);
    if (at >= 0) open.splice(at, 1);
    if (open.length === 0) {
      document.removeEventListener("pointerdown", onPointerDown, true);
      document.removeEventListener("keydown", onKeyDown, true);
    }
  };
}

/** Whether anything is open above the page: the shell asks before it gives Escape another meaning. */
export function hasOpenLayer(): boolean {
  return open.length > 0;
}

export interface LayerOptions {
  active: boolean;
  element: RefObject<HTMLElement | null>;
  /** Where a press counts as inside too: the button that opened it. */
  anchor?: Element | null;
  keepOnOutside?: boolean;
  onDismiss: (reason: "escape" | "outside") => void;
}

export function useLayer({ active, element, anchor, keepOnOutside = false, onDismiss }: LayerOptions) {
  const latest = useRef({ onDismiss, anchor });
  latest.current = { onDismiss, anchor };
  useEffect(() => {
    if (!active) return;
    return register({
      inside: (node) => Boolean(element.current?.contains(node) || latest.current.anchor?.contains(node)),
      dismiss: (reason) => latest.current.onDismiss(reason),
      keepOnOutside,
    });
  }, [active, element, keepOnOutside]);
}
