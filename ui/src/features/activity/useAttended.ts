/** Whether somebody is at this window: it is seen, and something was pressed or moved in the last minutes. */
import { useEffect, useState } from "react";

/** As in the core: a person who has done nothing for this long may have gone. */
export const LASTS_MS = 5 * 60_000;
const LOOK_MS = 5_000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "focus"] as const;

export function useAttended(): boolean {
  const [attended, setAttended] = useState(() => document.visibilityState !== "hidden");
  useEffect(() => {
    let last = Date.now();
    const look = () => setAttended(document.visibilityState !== "hidden" && Date.now() - last < LASTS_MS);
    const sign = () => {
      const before = last;
      last = Date.now();
      if (last - before > LASTS_MS) look();
    };
    const shown = () => {
      if (document.visibilityState !== "hidden") last = Date.now();
      look();
    };
    const timer = setInterval(look, LOOK_MS);
    for (const name of SIGNS) window.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);
  return attended;
}
