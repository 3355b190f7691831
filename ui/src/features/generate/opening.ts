/** Where rows are about to be made up. Kept outside of the shell: trees, tabs and the palette open it. */
import { useSyncExternalStore } from "react";
import type { ObjectRef } from "@/ipc";

/** A table or a schema of a connection. */
export interface Place {
  readonly profileId: string;
  readonly object: ObjectRef;
}

let place: Place | null = null;
const listeners = new Set<() => void>();

function set(next: Place | null): void {
  place = next;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Asks what rows are to be made up here. */
export const openGenerate = (profileId: string, object: ObjectRef): void => set({ profileId, object });
export const closeGenerate = (): void => set(null);
export const usePlace = (): Place | null => useSyncExternalStore(subscribe, () => place);
