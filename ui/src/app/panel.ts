/** The side panel: what it shows and how wide it is. Kept by the window's own storage; nothing depends on it. */
import { useCallback, useEffect, useMemo, useState } from "react";

export const PLACES = ["explorer", "search", "history", "saved", "security"] as const;
export type Place = (typeof PLACES)[number];

export interface Panel {
  /** What it shows, also while it is hidden. */
  readonly place: Place;
  readonly open: boolean;
  readonly width: number;
  /** The window is narrow: the panel lies over the content. */
  readonly narrow: boolean;
  show(place: Place): void;
  /** Hides the panel when it shows this place already. */
  toggle(place: Place): void;
  toggleOpen(): void;
  hide(): void;
  resize(width: number): void;
}

const KEY = "rowhouse.panel";
const NARROW = "(max-width: 1100px)";

interface Kept {
  readonly place: Place;
  readonly open: boolean;
  readonly width: number;
}

const DEFAULT: Kept = { place: "explorer", open: true, width: 240 };

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return DEFAULT;
    const { place, open, width } = kept as Partial<Record<keyof Kept, unknown>>;
    return {
      place: PLACES.find((each) => each === place) ?? "explorer",
      open: open !== false,
      width: typeof width === "number" && width >= 180 && width <= 640 ? width : DEFAULT.width,
    };
  } catch {
    return DEFAULT;
  }
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia?.(NARROW).matches ?? false);
  useEffect(() => {
    const query = window.matchMedia?.(NARROW);
    const update = () => setNarrow(query?.matches ?? false);
    query?.addEventListener("change", update);
    return () => query?.removeEventListener("change", update);
  }, []);
  return narrow;
}

export function usePanel(): Panel {
  const [kept, setKept] = useState(read);
  // Below 1100 px the panel begins hidden and lies over the content when called.
  const [over, setOver] = useState(false);
  const narrow = useNarrow();
  useEffect(() => {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage costs a panel's width, nothing more.
    }
  }, [kept]);
  useEffect(() => {
    if (!narrow) setOver(false);
  }, [narrow]);
  const open = narrow ? over : kept.open;
  const setOpen = useCallback(
    (next: boolean) => (narrow ? setOver(next) : setKept((now) => ({ ...now, open: next }))),
    [narrow],
  );
  const hide = useCallback(() => setOpen(false), [setOpen]);
  return useMemo(() => {
    const show = (place: Place) => {
      setKept((now) => ({ ...now, place }));
      setOpen(true);
    };
    return {
      place: kept.place,
      open,
      width: kept.width,
      narrow,
      show,
      toggle: (place) => (open && kept.place === place ? setOpen(false) : show(place)),
      toggleOpen: () => setOpen(!open),
      hide,
      resize: (width) => setKept((now) => ({ ...now, width })),
    };
  }, [kept, open, narrow, setOpen, hide]);
}
