import type { MouseEvent } from "react";
import { useSyncExternalStore } from "react";
import type { Box } from "./floating";
import { Menu } from "./Menu";
import type { MenuItem } from "./menuModel";

interface OpenContextMenu {
  at: Box;
  label: string;
  items: readonly MenuItem[];
}

let current: OpenContextMenu | null = null;
const listeners = new Set<() => void>();

function set(next: OpenContextMenu | null) {
  current = next;
  for (const listener of listeners) listener();
}

type MenuEvent = Pick<
  MouseEvent | globalThis.MouseEvent,
  "clientX" | "clientY" | "preventDefault" | "stopPropagation"
> & {
  target: EventTarget | null;
};

/**
 * Opens a menu where the pointer is; opened by the keyboard (no position), at the element. Works from React
 * handlers and from plain listeners alike. `anchor` overrides the place, for an active cell or row.
 */
export function openContextMenu(event: MenuEvent, items: readonly MenuItem[], label = "Actions", anchor?: Box) {
  event.preventDefault();
  event.stopPropagation();
  if (items.length === 0) return;
  const byKeyboard = event.clientX === 0 && event.clientY === 0;
  const rect = byKeyboard && event.target instanceof Element ? event.target.getBoundingClientRect() : undefined;
  const at = anchor ?? rect ?? { left: event.clientX, top: event.clientY, width: 0, height: 0 };
  set({ at, label, items });
}

export function ContextMenuLayer() {
  const open = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  return (
    <Menu
      key={open ? `${open.at.left},${open.at.top}` : "closed"}
      open={open !== null}
      onClose={() => set(null)}
      anchor={open?.at ?? null}
      label={open?.label ?? ""}
      items={open?.items ?? []}
      gap={2}
    />
  );
}
