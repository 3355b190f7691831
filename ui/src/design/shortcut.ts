/**
 * Shortcuts are written once, platform-free: `Mod+Shift+K`, `Alt+ArrowUp`, `F5`, `Mod+.`.
 * `Mod` is Command on macOS and Ctrl elsewhere; `Ctrl` is the Control key everywhere.
 */
export type Platform = "mac" | "other";

export function platform(): Platform {
  const agent = typeof navigator === "undefined" ? "" : navigator.userAgent;
  return /Mac|iPhone|iPad/.test(agent) ? "mac" : "other";
}

const MAC: Readonly<Record<string, string>> = {
  Mod: "⌘",
  Ctrl: "⌃",
  Alt: "⌥",
  Shift: "⇧",
  Enter: "↩",
  Backspace: "⌫",
  Delete: "⌦",
  Escape: "esc",
  Tab: "⇥",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Space: "space",
};

const OTHER: Readonly<Record<string, string>> = {
  Mod: "Ctrl",
  Escape: "Esc",
  Delete: "Del",
  ArrowUp: "Up",
  ArrowDown: "Down",
  ArrowLeft: "Left",
  ArrowRight: "Right",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** `Mod++` is the plus key, so an empty part after a plus stands for a plus. */
function parts(keys: string): string[] {
  return keys.replace(/\+\+$/, "+Plus").split("+").filter(Boolean);
}

const shown = (part: string) => (part === "Plus" ? "+" : part);

export function formatShortcut(keys: string, on: Platform = platform()): string {
  const table = on === "mac" ? MAC : OTHER;
  return parts(keys)
    .map((part) => table[part] ?? shown(part))
    .join(on === "mac" ? "" : "+");
}

/** The form `aria-keyshortcuts` wants. */
export function ariaShortcut(keys: string, on: Platform = platform()): string {
  const mod = on === "mac" ? "Meta" : "Control";
  return parts(keys)
    .map((part) => (part === "Mod" ? mod : part === "Ctrl" ? "Control" : part))
    .join("+");
}

/** Whether a key event is this shortcut. Letters compare without case, by the character typed. */
export function matchesShortcut(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
  keys: string,
  on: Platform = platform(),
): boolean {
  const all = parts(keys);
  const key = all[all.length - 1];
  if (key === undefined) return false;
  const modifiers = all.slice(0, -1);
  const has = (name: string) => modifiers.includes(name);
  const ctrl = has("Ctrl") || (has("Mod") && on === "other");
  const meta = has("Meta") || (has("Mod") && on === "mac");
  if (event.ctrlKey !== ctrl || event.metaKey !== meta || event.altKey !== has("Alt")) return false;
  const wanted = key === "Space" ? " " : shown(key);
  const letter = /^[a-z0-9]$/i.test(wanted) || wanted.length > 1;
  // A symbol such as `?` already holds its Shift; a letter or a named key does not.
  if ((letter || has("Shift")) && event.shiftKey !== has("Shift")) return false;
  return event.key.toLowerCase() === wanted.toLowerCase();
}
