import { useLayoutEffect, useState } from "react";

const FOCUSABLE =
  'a[href],button:not([disabled]),input:not([disabled]):not([type="hidden"]),select:not([disabled]),textarea:not([disabled]),[tabindex]:not([tabindex="-1"]),[contenteditable="true"]';

export function focusables(root: ParentNode | null): HTMLElement[] {
  if (!root) return [];
  return [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (node) => node.tabIndex >= 0 && !node.closest("[inert],[hidden]"),
  );
}

export function firstFocusable(root: ParentNode | null): HTMLElement | undefined {
  return focusables(root)[0];
}

/** Gives the focus back on unmount to what had it on mount, unless something else took it meanwhile. */
export function useReturnFocus(active = true) {
  // Taken while rendering: effects run after the new surface has taken the focus.
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    if (!active) return;
    return () => {
      // The nodes are still there during the cleanup; a microtask later they are gone, and so is their focus.
      queueMicrotask(() => {
        const now = document.activeElement;
        const lost = !now || now === document.body || !now.isConnected;
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [active, before]);
}
