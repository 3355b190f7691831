import { useEffect, useRef, useState } from "react";
import { useFloating } from "./floating";
import { Kbd } from "./Kbd";

interface Shown {
  anchor: Element;
  text: string;
  keys: string | null;
}

const DELAY = 500;
/** After one tooltip showed, the next ones come at once for this long. */
const WARM = 400;

/** The one tooltip of the document: shows `data-tip` of whatever is hovered or has the keyboard's focus. */
export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const element = useRef<HTMLDivElement>(null);
  useFloating(element, shown?.anchor ?? null, shown !== null, { side: "bottom", align: "center", gap: 6 });

  useEffect(() => {
    let timer = 0;
    let lastHidden = 0;
    let over: Element | null = null;
    const hide = () => {
      window.clearTimeout(timer);
      over = null;
      setShown((was) => {
        if (was) lastHidden = Date.now();
        return null;
      });
    };
    const consider = (target: EventTarget | null, delay: number) => {
      const found = target instanceof Element ? target.closest("[data-tip],[data-tip-keys]") : null;
      if (found === over) return;
      hide();
      if (!found) return;
      over = found;
      const wait = Date.now() - lastHidden < WARM ? 0 : delay;
      timer = window.setTimeout(() => {
        if (!found.isConnected || found.getAttribute("aria-expanded") === "true") return;
        const text = found.getAttribute("data-tip") ?? (found.querySelector("kbd") ? "" : found.textContent) ?? "";
        // What is written on the control already, its key too, is not said again.
        if (text === "") return;
        setShown({ anchor: found, text, keys: found.getAttribute("data-tip-keys") });
      }, wait);
    };
    const onOver = (event: PointerEvent) => {
      if (event.pointerType !== "touch") consider(event.target, DELAY);
    };
    const onFocus = (event: FocusEvent) => {
      const keyboard = event.target instanceof Element && event.target.matches(":focus-visible");
      if (keyboard) consider(event.target, DELAY);
    };
    document.addEventListener("pointerover", onOver, true);
    document.addEventListener("focusin", onFocus, true);
    const ends = ["pointerdown", "keydown", "wheel", "focusout", "blur"] as const;
    for (const name of ends) window.addEventListener(name, hide, { capture: true, passive: true });
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener("pointerover", onOver, true);
      document.removeEventListener("focusin", onFocus, true);
      for (const name of ends) window.removeEventListener(name, hide, true);
    };
  }, []);

  // A control that becomes another one under the pointer is not what the text was about.
  useEffect(() => {
    if (!shown) return;
    const changed = new MutationObserver(() => setShown(null));
    changed.observe(shown.anchor, {
      attributes: true,
      attributeFilter: ["data-tip", "data-tip-keys"],
      childList: true,
    });
    return () => changed.disconnect();
  }, [shown]);

  if (!shown) return null;
  return (
    <div ref={element} className="rh-tip" role="tooltip">
      <span>{shown.text}</span>
      {shown.keys ? <Kbd keys={shown.keys} /> : null}
    </div>
  );
}
