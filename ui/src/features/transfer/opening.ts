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
const destination = slot<Destination>();

/** Asks how these rows are to be exported. */
export const openExport = (rows: Exported) => exported.set(rows);
export const closeExport = () => exported.set(null);
export const useExported = exported.use;

/** Asks what is to be imported here. */
export const openImportInto = (to: Destination) => destination.set(to);
export const closeImportInto = () => destination.set(null);
export const useDestination = destination.use;

type Imported = (profileId: string, table: string) => void;
const heard = new Set<Imported>();

/** Hears of tables that rows were imported into; returns the way to stop. */
export function onImported(listener: Imported): () => void {
  heard.add(listener);
  return () => {
    heard.delete(listener);
  };
}
export const imported = (profileId: string, table: string) => {
  for (const listener of heard) listener(profileId, table);
};
