/** What is about to be exported or imported. Kept outside of the shell: grids, trees and the palette open it. */
import { useSyncExternalStore } from "react";
import type { Destination } from "./importModel";
import type { Exported } from "./model";

/** One thing at a time that a dialog asks about. */
function slot<T>() {
  let value: T | null = null;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    set: (next: T | null) => {
      value = next;
      for (const listener of listeners) listener();
    },
    use: (): T | null => useSyncExternalStore(subscribe, () => value),
  };
}

const exported = slot<Exported>();
const imported = slot<Destination>();

/** Asks how these rows are to be exported. */
export const openExport = (rows: Exported) => exported.set(rows);
export const closeExport = () => exported.set(null);
export const useExported = exported.use;

/** Asks what is to be imported here. */
export const openImportInto = (to: Destination) => imported.set(to);
export const closeImportInto = () => imported.set(null);
export const useDestination = imported.use;
