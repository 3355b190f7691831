import type { IconName } from "./icons/shapes";

export interface MenuAction {
  label: string;
  onSelect?: () => void;
  icon?: IconName;
  /** Shortcut, as `Mod+C`. */
  keys?: string;
  /** Small text at the end, where there is no shortcut. */
  meta?: string;
  danger?: boolean;
  /** Present and not empty: greyed, with the reason as its tooltip. */
  disabledReason?: string | undefined;
  /** Present: a tick or its empty place. */
  checked?: boolean;
  /** Present: opens a submenu. */
  items?: readonly MenuItem[];
}

export type MenuItem = MenuAction | { separator: true } | { heading: string };

function enabled(item: MenuItem | undefined): boolean {
  return item !== undefined && !("separator" in item) && !("heading" in item) && item.disabledReason === undefined;
}

export function firstEnabled(items: readonly MenuItem[]): number {
  return items.findIndex(enabled);
}

export function lastEnabled(items: readonly MenuItem[]): number {
  return items.findLastIndex(enabled);
}

/** The next item that can be chosen, going round; the same one when there is no other. */
export function stepEnabled(items: readonly MenuItem[], from: number, step: 1 | -1): number {
  for (let i = 1; i <= items.length; i++) {
    const at = (from + step * i + items.length * 2) % items.length;
    if (enabled(items[at])) return at;
  }
  return from;
}

/** The item whose label starts with `text`, searched after `from` when one letter is repeated. */
export function typeAhead(items: readonly MenuItem[], from: number, text: string): number | undefined {
  const first = text[0];
  if (first === undefined) return undefined;
  const wanted = ([...text].every((letter) => letter === first) ? first : text).toLowerCase();
  for (let i = wanted.length === 1 ? 1 : 0; i <= items.length; i++) {
    const at = (Math.max(0, from) + i) % items.length;
    const item = items[at];
    if (item && enabled(item) && "label" in item && item.label.toLowerCase().startsWith(wanted)) return at;
  }
  return undefined;
}
