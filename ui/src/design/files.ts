/** Files that are dropped on the window: offered to what lies under the pointer, from the innermost element outwards. */
import { type RefObject, useEffect, useRef } from "react";

const OFFERED = "rh-files";

/** Offers files to what lies at a place of the page; whether it took them. */
export function offerFiles(paths: readonly string[], at: { readonly x: number; readonly y: number }): boolean {
  const target = document.elementFromPoint?.(at.x, at.y);
  if (!target) return false;
  return !target.dispatchEvent(new CustomEvent(OFFERED, { bubbles: true, cancelable: true, detail: paths }));
}

/** Hears of files that are offered to an element within; `take` says whether it takes them. */
export function useFiles(
  within: RefObject<HTMLElement | null>,
  take: (target: Element, paths: readonly string[]) => boolean,
): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const node = within.current;
    const hear = (event: Event) => {
      if (!(event instanceof CustomEvent) || !(event.target instanceof Element) || event.defaultPrevented) return;
      if (latest.current(event.target, event.detail as readonly string[])) event.preventDefault();
    };
    node?.addEventListener(OFFERED, hear);
    return () => node?.removeEventListener(OFFERED, hear);
  }, [within]);
}
