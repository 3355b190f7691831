import { useEffect, useState } from "react";

/**
 * So that a document's keys work as soon as its tab is in front, and when what had the focus went with its `view`. Goes to
 * what is marked `data-focus-first`, or to the document; whoever types or chooses elsewhere is left alone.
 */
export function useFocusWhen(active: boolean, view: string) {
  const [node, setNode] = useState<HTMLDivElement | null>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (!active || !node || (at !== node && node.contains(at))) return;
    const busy = at?.closest("input, textarea, .rh-side, [role=tree], [role=listbox], [role=tablist], [role=dialog]");
    if (!busy) (node.querySelector<HTMLElement>("[data-focus-first]") ?? node).focus({ preventScroll: true });
  }, [active, node, view]);
  return setNode;
}
