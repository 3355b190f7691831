/** Whether the first page shows the import instead of the connections. Kept outside of it: the palette opens it too. */
import { useSyncExternalStore } from "react";

let shown = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (shown === next) return;
  shown = next;
  for (const listener of listeners) listener();
}

/** Shows the import on the first page. */
export const openImport = () => set(true);
export const closeImport = () => set(false);

export const useImporting = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
