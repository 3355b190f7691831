import { formatShortcut, type Platform } from "./shortcut";

/** A shortcut in this platform's own form. */
export function Kbd({ keys, on }: { keys: string; on?: Platform }) {
  return <kbd className="rh-kbd">{formatShortcut(keys, on)}</kbd>;
}
