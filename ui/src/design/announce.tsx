import { useEffect, useRef } from "react";

let region: HTMLElement | null = null;

/** Says something to a screen reader without showing it. The last message wins. */
export function announce(message: string) {
  if (!region) return;
  // The same text twice is no change, and would not be read.
  region.textContent = region.textContent === message ? `${message}\u00a0` : message;
}

export function AnnouncerRegion() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    region = element.current;
    return () => {
      region = null;
    };
  }, []);
  return <div ref={element} className="rh-visually-hidden" aria-live="polite" aria-atomic="true" />;
}
